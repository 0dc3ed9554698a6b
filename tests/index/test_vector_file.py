"""`vectors.faiss` missing, damaged or behind: search is as with a fresh one, without the model."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.embedder import Embedder, Vectors

QUESTIONS = ["Gempa di Cianjur", "Timnas Indonesia menang", "pelatih", "warga mengungsi"]
Found = list[list[tuple[str, float]]]


class CountingEmbedder(FunctionEmbedder):
    """Remembers every text that it has embedded as a passage."""

    def __init__(self, embedder: FunctionEmbedder) -> None:
        super().__init__(embedder.embed_questions, embedder.identity.dimension)
        self.passages: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages.extend(texts)
        return self.embed_questions(texts)


@pytest.fixture
def counting(embedder: FunctionEmbedder) -> CountingEmbedder:
    return CountingEmbedder(embedder)


@pytest.fixture
def directory(tmp_path: Path, embedder: FunctionEmbedder, articles: list[Document]) -> Path:
    """A closed library with vectors of its present state."""
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        library.add_all(articles)
    assert (tmp_path / "library" / "vectors.faiss").exists()
    return tmp_path / "library"


def search(library: Library) -> Found:
    """Texts with rounded cosines for each question in each language."""
    with library.snapshot() as snapshot:
        return [
            [
                (snapshot.passages([id_])[0].text, round(score, 5))
                for id_, score in snapshot.nearest(vector, 9, language)
            ]
            for vector in library.embedder.embed_questions(QUESTIONS)
            for language in ("id", "en")
        ]


def search_at(directory: Path, embedder: Embedder) -> Found:
    with Library.open(directory, embedder=embedder) as library:
        return search(library)


def fresh(directory: Path, embedder: Embedder) -> Found:
    """What a library with no vector file at all finds."""
    copy = directory.with_name("fresh")
    shutil.copytree(directory, copy, ignore=shutil.ignore_patterns("vectors.*"))
    return search_at(copy, embedder)


def flip(file: Path, position: int) -> None:
    """Change one bit: the third, which makes a 3 a 7."""
    content = bytearray(file.read_bytes())
    content[position] ^= 0b100
    file.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no damage": lambda directory: None,
    "no index": lambda directory: (directory / "vectors.faiss").unlink(),
    "no note": lambda directory: (directory / "vectors.json").unlink(),
    "neither": lambda directory: list(map(Path.unlink, directory.glob("vectors.*"))),
    "empty index": lambda directory: (directory / "vectors.faiss").write_bytes(b""),
    "empty note": lambda directory: (directory / "vectors.json").write_bytes(b""),
    "note of another kind": lambda directory: (directory / "vectors.json").write_text("[]"),
    "cut": lambda directory: (directory / "vectors.faiss").write_bytes(
        (directory / "vectors.faiss").read_bytes()[:-100]
    ),
    "flipped head": lambda directory: flip(directory / "vectors.faiss", 0),
    "flipped vector": lambda directory: flip(directory / "vectors.faiss", 300),
    "flipped id": lambda directory: flip(directory / "vectors.faiss", -8),
    "junk": lambda directory: (directory / "vectors.faiss").write_bytes(b"\xff" * 5000),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_changes_no_result_and_embeds_nothing(
    directory: Path, counting: CountingEmbedder, damage: Callable[[Path], object]
) -> None:
    expected = fresh(directory, counting)
    assert expected[0][0][0].startswith("Gempa")
    assert [len(found) for found in expected] == [2, 1] * 4
    damage(directory)
    assert search_at(directory, counting) == expected
    assert counting.passages == []


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_is_mended_on_disk(
    directory: Path, embedder: FunctionEmbedder, damage: Callable[[Path], object]
) -> None:
    sound = (directory / "vectors.faiss").read_bytes()
    damage(directory)
    search_at(directory, embedder)
    assert (directory / "vectors.faiss").read_bytes() == sound
    assert json.loads((directory / "vectors.json").read_text())["revision"] == 3


def test_a_flipped_byte_anywhere_in_the_note_changes_no_result(
    directory: Path, embedder: FunctionEmbedder
) -> None:
    expected = fresh(directory, embedder)
    note = (directory / "vectors.json").read_bytes()
    index = (directory / "vectors.faiss").read_bytes()
    wrong: dict[int, object] = {}
    for position in range(len(note)):
        flip(directory / "vectors.json", position)
        try:
            with Library.open(directory, embedder=embedder) as library:
                library.add(Document.from_text("Gempa susulan di Cianjur.", language="id"))
                library.remove(library.documents()[-1].id)
                if search(library) != expected:
                    wrong[position] = "another result"
        except (KeyError, TypeError, ValueError) as error:
            wrong[position] = error
        (directory / "vectors.json").write_bytes(note)
        (directory / "vectors.faiss").write_bytes(index)
    assert wrong == {}


def test_an_old_copy_put_back_is_brought_up_to_date(
    directory: Path, counting: CountingEmbedder, articles: list[Document]
) -> None:
    for name in ("vectors.faiss", "vectors.json"):
        shutil.copy(directory / name, directory / f"old-{name}")
    with Library.open(directory, embedder=counting) as library:
        library.remove(articles[0].id)
        library.add(Document.from_text("Timnas menang lagi.", language="id"))
    for name in ("vectors.faiss", "vectors.json"):
        (directory / f"old-{name}").replace(directory / name)
    counting.passages.clear()
    expected = fresh(directory, counting)
    assert {text for text, _ in expected[2]} == {articles[2].text, "Timnas menang lagi."}
    assert search_at(directory, counting) == expected
    assert counting.passages == []


def test_an_old_database_put_back_is_not_searched_with_newer_vectors(
    directory: Path, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    # As one does who restores library.sqlite3 from a copy, which its error message advises.
    shutil.copy(directory / "library.sqlite3", directory / "copy")
    with Library.open(directory, embedder=embedder) as library:
        library.remove(articles[0].id)
        library.add(Document.from_text("Harga beras naik di Medan.", language="id"))
    (directory / "copy").replace(directory / "library.sqlite3")
    expected = fresh(directory, embedder)
    assert {text for text, _ in expected[0]} == {articles[0].text, articles[2].text}
    assert search_at(directory, embedder) == expected


def test_an_old_database_put_back_and_added_to_is_not_searched_with_newer_vectors(
    directory: Path, embedder: FunctionEmbedder
) -> None:
    # The ids of the lost passages are given anew, to other passages.
    shutil.copy(directory / "library.sqlite3", directory / "copy")
    with Library.open(directory, embedder=embedder) as library:
        library.add(Document.from_text("Timnas menang lagi di Hanoi.", language="id"))
    (directory / "copy").replace(directory / "library.sqlite3")
    with Library.open(directory, embedder=embedder) as library:
        library.add(Document.from_text("Harga beras naik di Medan.", language="id"))
    assert search_at(directory, embedder) == fresh(directory, embedder)


def test_vectors_of_another_dimension_are_not_used(
    directory: Path, tmp_path: Path, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    small = FunctionEmbedder(lambda texts: embedder.embed_questions(texts)[:, :32] + 0.01, 32)
    with Library.open(tmp_path / "small", embedder=small) as library:
        library.add_all(articles)
    for name in ("vectors.faiss", "vectors.json"):
        shutil.copy(tmp_path / "small" / name, directory / name)
    assert search_at(directory, embedder) == fresh(directory, embedder)


def test_the_file_is_written_once_and_leaves_no_other_file(
    directory: Path, embedder: FunctionEmbedder
) -> None:
    before = (directory / "vectors.faiss").stat().st_mtime_ns
    search_at(directory, embedder)
    assert (directory / "vectors.faiss").stat().st_mtime_ns == before
    assert {file.name for file in directory.iterdir()} <= {
        "library.sqlite3",
        "vectors.faiss",
        "vectors.json",
        "write.lock",
        "open.lock",
    }
