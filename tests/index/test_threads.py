"""One library shared by threads that add, remove and search at once."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.embedder import Vectors
from kutip.index.errors import LibraryBusyError

CITIES = ["Medan", "Garut", "Solo", "Ambon", "Palu", "Batam", "Kupang", "Jambi"]


def article(city: str, number: int) -> Document:
    text = f"Gempa mengguncang {city}. Ini berita nomor {number} dari kota itu."
    return Document.from_text(text, source=f"{city}/{number}", language="id")


def test_threads_add_and_search_at_once(tmp_path: Path, embedder: FunctionEmbedder) -> None:
    vector = embedder.embed_questions(["Gempa mengguncang"])[0]
    done = threading.Event()

    def write(city: str) -> list[str]:
        return [library.add(article(city, number)).outcome for number in range(6)]

    def read(_: int) -> int:
        """Each snapshot must agree with itself, and never be older than the one before."""
        seen, last = 0, -1
        while not done.is_set() or not seen:
            with library.snapshot() as snapshot:
                revision, count = snapshot.revision, len(snapshot.documents())
                assert revision == count >= last
                assert len(snapshot.matching("gempa", 99, "id")) == count
                found = snapshot.nearest(vector, 99, "id")
                held = snapshot.passages([id_ for id_, _ in found])
                # The vectors may be of a later revision, in one language never of an earlier.
                assert len(found) >= len(held) == count
                last = revision
            seen += 1
        return seen

    with (
        Library.open(tmp_path / "a", embedder=embedder, lock_seconds=120) as library,
        ThreadPoolExecutor(7) as pool,
    ):
        readers = [pool.submit(read, number) for number in range(3)]
        writers = [pool.submit(write, city) for city in CITIES]
        try:
            assert [writer.result() for writer in writers] == [["added"] * 6] * len(CITIES)
        finally:
            done.set()
        assert all(reader.result() > 0 for reader in readers)
        assert {info.source for info in library.documents()} == {
            f"{city}/{number}" for city in CITIES for number in range(6)
        }
        with library.snapshot() as snapshot:
            assert snapshot.background("id").shape == (32, 64)


def test_threads_that_add_the_same_article_leave_one(library: Library) -> None:
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: library.add(article("Solo", 1)), range(6)))
    assert {result.document.id for result in results} == {article("Solo", 1).id}
    assert len(library.documents()) == 1
    with library.snapshot() as snapshot:
        assert len(snapshot.matching("Solo", 9, "id")) == 1
        assert len(snapshot.passage_ids()) == 1


def test_an_article_that_two_threads_add_is_added_once(
    tmp_path: Path, embedder: FunctionEmbedder
) -> None:
    both = threading.Barrier(2, timeout=30)

    def embed(texts: Sequence[str]) -> Vectors:
        # Both threads have found by now that the article is not there.
        if "Solo" in texts[0]:
            both.wait()
        return embedder.embed_questions(texts)

    with (
        Library.open(tmp_path / "a", embedder=FunctionEmbedder(embed, 64)) as library,
        ThreadPoolExecutor(2) as pool,
    ):
        library.add(article("Medan", 1))
        results = list(pool.map(lambda _: library.add(article("Solo", 1)).outcome, range(2)))
        assert sorted(results) == ["added", "unchanged"]
        assert library.stats().revision == 2


def test_threads_remove_and_search_at_once(library: Library, embedder: FunctionEmbedder) -> None:
    documents = [library.add(article(city, 1)).document for city in CITIES]
    vector = embedder.embed_questions(["Gempa mengguncang"])[0]

    def search(_: int) -> None:
        with library.snapshot() as snapshot:
            known = {info.id for info in snapshot.documents()}
            found = snapshot.passages([id_ for id_, _ in snapshot.nearest(vector, 99, "id")])
            assert {passage.document_id for passage in found} <= known
            # What a later snapshot removed is gone from the vectors, not from the words.
            assert len(snapshot.matching("gempa", 99, "id")) == len(known)

    with ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(search, number) for number in range(20)]
        removals = [pool.submit(library.remove, document.id) for document in documents[1:]]
        assert [removal.result() for removal in removals] == documents[1:]
        for one in searches:
            one.result()
    assert [info.id for info in library.documents()] == [documents[0].id]


def test_a_thread_that_writes_for_too_long_keeps_others_out(
    tmp_path: Path, embedder: FunctionEmbedder
) -> None:
    with (
        Library.open(tmp_path / "a", embedder=embedder, lock_seconds=0.2) as library,
        ThreadPoolExecutor(1) as pool,
    ):
        library.add(article("Medan", 1))
        with library._database.lock(), pytest.raises(LibraryBusyError, match=r"0\.2 s"):
            pool.submit(library.add, article("Solo", 1)).result()
        assert pool.submit(library.add, article("Solo", 1)).result().outcome == "added"
