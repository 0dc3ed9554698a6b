"""Directories and databases that are no library of this version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.errors import LibraryError
from kutip.index.library import default_library_path
from kutip.index.schema import SCHEMA, SCHEMA_VERSION, _statements


def write_database(directory: Path, *statements: str) -> Path:
    directory.mkdir()
    with closing(sqlite3.connect(directory / "library.sqlite3")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return directory


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION, 7])
def test_the_database_of_another_program_is_refused_by_name(tmp_path: Path, version: int) -> None:
    # Other programs count their versions from 1 too.
    statements = ["CREATE TABLE films (title TEXT)", f"PRAGMA user_version = {version}"]
    directory = write_database(tmp_path / "film", *statements)
    with pytest.raises(LibraryError, match=r"film/library\.sqlite3"):
        Library.open(directory)


def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    directory = write_database(tmp_path / "film", "CREATE TABLE films (title TEXT)")
    before = (directory / "library.sqlite3").read_bytes()
    with pytest.raises(LibraryError):
        Library.open(directory)
    assert (directory / "library.sqlite3").read_bytes() == before


def test_a_newer_version_is_refused_with_both_numbers(
    library: Library, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    library.add(articles[0])
    library.close()
    with closing(sqlite3.connect(library.path / "library.sqlite3")) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    expected = f"library of version {SCHEMA_VERSION + 1}, this Kutip reads version {SCHEMA_VERSION}"
    with pytest.raises(LibraryError, match=expected):
        Library.open(library.path, embedder=embedder)
    with closing(sqlite3.connect(library.path / "library.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (1,)


@pytest.mark.parametrize(
    "content", [b"Bukan basis data. " * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "library.sqlite3").write_bytes(content)
    with pytest.raises(LibraryError, match=r"library\.sqlite3 cannot be opened as a Kutip library"):
        Library.open(tmp_path)


def test_a_damaged_database_is_refused_by_name(
    library: Library, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    library.add_all(articles)
    library.close()
    file = library.path / "library.sqlite3"
    content = file.read_bytes()
    # The first page, with the tables' names, stays; every other one is lost.
    file.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    with pytest.raises(LibraryError, match=r"library\.sqlite3 cannot be"):
        Library.open(library.path, embedder=embedder).documents()


def test_a_path_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    for path in (tmp_path / "berkas", tmp_path / "berkas" / "dalam"):
        with pytest.raises(LibraryError, match=r"berkas.* cannot be made into a library"):
            Library.open(path)


def test_an_empty_database_file_becomes_a_library(
    tmp_path: Path, embedder: FunctionEmbedder
) -> None:
    # As a crash may leave it between the making of the file and its tables.
    (tmp_path / "library.sqlite3").write_bytes(b"")
    with Library.open(tmp_path, embedder=embedder) as library:
        assert library.add(Document.from_text("Berita ini.")).outcome == "added"


def test_folders_above_the_library_are_made(tmp_path: Path) -> None:
    Library.open(tmp_path / "a" / "b" / "c").close()
    assert (tmp_path / "a" / "b" / "c" / "library.sqlite3").exists()


def test_a_relative_path_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library = Library.open("sini")
    monkeypatch.chdir("/")
    assert library.path == tmp_path / "sini"
    assert library.documents() == []
    library.close()


@pytest.mark.parametrize("named", ["/berita/pustaka", ""])
def test_the_default_path_is_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("KUTIP_LIBRARY", named)
    assert default_library_path() == Path(named or "/data/kutip/library")


def test_the_schema_comes_apart_into_whole_statements() -> None:
    statements = _statements(SCHEMA)
    assert "".join(statements) == SCHEMA
    assert len(statements) == 10
    trigger = next(statement for statement in statements if "CREATE TRIGGER" in statement)
    assert trigger.rstrip().endswith("END;")
