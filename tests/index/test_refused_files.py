"""What is refused before it is read, and which files a folder holds."""

import os
from pathlib import Path

import pytest

from kutip.index.errors import DocumentError
from kutip.index.loading import MAX_BYTES, SUFFIXES, find_files, load_document


@pytest.mark.parametrize("name", ["foto.jpg", "lama.doc", "berita.txt.gz", "berita.TXT~"])
def test_another_suffix_is_refused_with_the_ones_that_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Isi berita.")
    with pytest.raises(DocumentError) as caught:
        load_document(tmp_path / name)
    assert name in str(caught.value)
    assert f"of type {Path(name).suffix}" in str(caught.value)
    assert all(suffix in str(caught.value) for suffix in SUFFIXES)


def test_a_name_without_suffix_is_refused(tmp_path: Path) -> None:
    (tmp_path / "berita").write_text("Isi berita.")
    with pytest.raises(DocumentError, match=r"berita is a file without a type in its name"):
        load_document(tmp_path / "berita")


@pytest.mark.parametrize("name", ["hilang.txt", "hilang.pdf", "tiada/hilang.docx"])
def test_a_missing_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match=rf"{name} cannot be read: No such file"):
        load_document(tmp_path / name)


def test_a_folder_named_like_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(DocumentError, match=r"folder\.txt cannot be read: Is a directory"):
        load_document(tmp_path / "folder.txt")


def test_a_name_with_nul_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"cannot be read"):
        load_document("berita\0.txt")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"", b" \r\n\t\n"], ids=["nothing", "blank"])
def test_an_empty_file_is_refused_by_name(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"kosong{suffix}").write_bytes(content)
    with pytest.raises(DocumentError, match=rf"kosong\{suffix} is empty"):
        load_document(tmp_path / f"kosong{suffix}")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe \0\n\0"])
def test_a_file_of_a_byte_order_mark_alone_is_refused_by_name(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "kosong.txt").write_bytes(content)
    with pytest.raises(DocumentError, match=r"kosong\.txt is empty"):
        load_document(tmp_path / "kosong.txt")


@pytest.mark.parametrize("name", ["data.txt", "data.md"])
@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(255, -1, -1)) * 4,
        b"\x7fELF\x02\x01\x01" + b"\0" * 500,
        b"teks biasa " * 2000 + b"\0",
    ],
    ids=["all", "picture", "program", "late"],
)
def test_binary_data_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError, match=rf"{name} holds.* binary data"):
        load_document(tmp_path / name)


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    (tmp_path / "besar.txt").write_text("x" * 1_001)
    with pytest.raises(DocumentError, match=r"besar\.txt has 1,001 bytes, the limit is 1,000"):
        load_document(tmp_path / "besar.txt", max_bytes=1_000)
    assert load_document(tmp_path / "besar.txt", max_bytes=1_001).text == "x" * 1_001


def test_the_default_limit_is_kept_without_reading(tmp_path: Path) -> None:
    with (tmp_path / "besar.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(DocumentError, match=r"besar\.txt has 52,428,801 bytes"):
        load_document(tmp_path / "besar.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ["b.txt", "a.md", "c/d.pdf", "c/a/z.html", ".git/x.txt", "c/.tersembunyi.txt"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Isi.")
    return tmp_path


def test_find_files_walks_folders_by_name(folder: Path) -> None:
    found = [path.relative_to(folder).as_posix() for path in find_files([folder])]
    assert found == ["a.md", "b.txt", "c/a/z.html", "c/d.pdf"]


def test_find_files_keeps_the_order_given_and_names_that_are_missing(folder: Path) -> None:
    given: list[Path | str] = [folder / "hilang.txt", str(folder / "c"), folder / "a.md"]
    found = [path.relative_to(folder).as_posix() for path in find_files(given)]
    assert found == ["hilang.txt", "c/a/z.html", "c/d.pdf", "a.md"]


def test_find_files_takes_a_hidden_folder_that_is_named(folder: Path) -> None:
    assert list(find_files([folder / ".git"])) == [folder / ".git" / "x.txt"]


def test_find_files_in_an_empty_folder(tmp_path: Path) -> None:
    assert list(find_files([tmp_path])) == []


def test_find_files_ends_where_a_link_leads_back(tmp_path: Path) -> None:
    # With two such links the walk would not end in a lifetime.
    (tmp_path / "a.txt").write_text("Isi.")
    os.symlink(tmp_path, tmp_path / "lingkar", target_is_directory=True)
    assert list(find_files([tmp_path])) == [tmp_path / "a.txt"]
