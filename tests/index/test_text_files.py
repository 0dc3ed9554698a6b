"""Text and Markdown files, written to disk as editors write them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.loading import load_document
from kutip.index.loading.plain import load_markdown, load_text, parse_date

NEWS = (
    "Jokowi Tiba di Kafé São Paulo\n\n"
    "SÃO PAULO – “Kami tidak akan mundur,” kata Presiden pada Rabu pagi. Ia disambut para menteri "
    "dan warga yang menunggu sejak subuh. Harga kopi naik menjadi Rp 10.500 per gelas…\n"
)
WESTERN = (
    "Le Café São Paulo\n\nThe café's owner, José Müller, said the naïve plan had failed. The "
    "ministry in Brasília promised that the new bridge would be finished by the end of the year.\n"
)


def written(path: Path, content: bytes) -> Document:
    path.write_bytes(content)
    return load_document(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    document = written(tmp_path / "berita.txt", NEWS.encode(encoding))
    assert document.text == NEWS
    assert document.title == "Jokowi Tiba di Kafé São Paulo"
    assert document.language == "id"
    assert document.source == str(tmp_path / "berita.txt")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + NEWS.encode("utf-16-le"),
        b"\xfe\xff" + NEWS.encode("utf-16-be"),
    ],
    ids=["little", "big"],
)
def test_the_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, content: bytes) -> None:
    assert written(tmp_path / "berita.txt", content).text == NEWS


def test_latin_1(tmp_path: Path) -> None:
    assert written(tmp_path / "news.txt", WESTERN.encode("latin-1")).text == WESTERN


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_become_one_kind(tmp_path: Path, line_end: str) -> None:
    document = written(tmp_path / "a.txt", NEWS.replace("\n", line_end).encode())
    assert document.text == NEWS
    assert document.id == Document.from_text(NEWS).id


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert written(tmp_path / "BERITA.TXT", NEWS.encode()).text == NEWS


def test_a_source_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NEWS, "utf-8")
    assert load_document(tmp_path / "a.txt", source="upload:a").source == "upload:a"


def test_front_matter_describes_the_article(tmp_path: Path) -> None:
    document = written(
        tmp_path / "a.md",
        "---\ntitle: 'Kereta: cepat'\ndate: 2024-06-19\noutlet: Antara\nlanguage: en\n---\n\n"
        "# Judul lain\n\nIsi **tebal** berita.\n".encode("utf-8-sig"),
    )
    assert document.title == "Kereta: cepat"
    assert document.published == date(2024, 6, 19)
    assert document.outlet == "Antara"
    assert document.language == "en"
    assert document.text == "# Judul lain\n\nIsi **tebal** berita."


def test_front_matter_with_windows_line_ends(tmp_path: Path) -> None:
    document = written(tmp_path / "a.md", b"---\r\ntitle: Judul\r\n---\r\nIsi berita.\r\n")
    assert (document.title, document.text) == ("Judul", "Isi berita.")


@pytest.mark.parametrize("heading", ["# Judul berita\n", "\n\n#  Judul berita ##\n"])
def test_a_heading_is_the_title_where_nothing_else_is(tmp_path: Path, heading: str) -> None:
    document = written(tmp_path / "a.md", f"{heading}\nIsi berita.\n".encode())
    assert document.title == "Judul berita"
    assert document.text == f"{heading}\nIsi berita.".strip()


def test_front_matter_fields_of_other_kinds_are_left_out(tmp_path: Path) -> None:
    document = written(
        tmp_path / "a.md",
        b"---\ntitle: 2024\ndate: kemarin\noutlet:\nlanguage: [id]\n---\nIsi berita ini.\n",
    )
    assert (document.title, document.published, document.outlet) == ("2024", None, None)
    assert document.language == "id"


@pytest.mark.parametrize("day", ["2024-02-30", "2024-13-01", "2024-06-19T25:00:00"])
def test_a_day_that_does_not_exist_is_refused_or_left_out(tmp_path: Path, day: str) -> None:
    (tmp_path / "salah.md").write_text(f"---\ndate: {day}\n---\nIsi berita.\n")
    try:
        text = load_document(tmp_path / "salah.md").text
    except DocumentError as error:
        text = str(error)
    assert text == "Isi berita." or "salah.md" in text


@pytest.mark.parametrize("matter", ["title: [", "a: b: c", "\t- x", "- {a"])
def test_front_matter_that_is_no_yaml_is_refused(tmp_path: Path, matter: str) -> None:
    (tmp_path / "rusak.md").write_text(f"---\n{matter}\n---\nIsi berita.\n")
    with pytest.raises(DocumentError, match=r"rusak\.md has front matter that is not YAML"):
        load_document(tmp_path / "rusak.md")


@pytest.mark.parametrize("rule", ["---\n", "---\n\n"])
def test_text_between_two_rules_is_no_front_matter(tmp_path: Path, rule: str) -> None:
    text = f"{rule}Kalimat pembuka berita.\n---\nIsi berita."
    assert "Kalimat pembuka" in written(tmp_path / "a.md", text.encode()).text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-06-19", date(2024, 6, 19)),
        ("2024-06-19T07:00:00+07:00", date(2024, 6, 19)),
        (date(2024, 6, 19), date(2024, 6, 19)),
        ("19 Juni 2024", None),
        ("", None),
        (None, None),
        (["2024-06-19"], None),
    ],
)
def test_dates(value: object, expected: date | None) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize("load", [load_text, load_markdown])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_an_article_or_refused_by_name(
    load: Callable[[bytes, str], Document], data: bytes
) -> None:
    try:
        text = load(data, "apa.txt").text
    except DocumentError as error:
        text = str(error)
        assert text.startswith("apa.txt ")
    assert text.strip()
    assert "\r" not in text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_comes_back_to_the_letter(text: str) -> None:
    if text.strip() and not text.startswith("\ufeff"):
        assert load_text(text.encode(), "a.txt").text == text
