"""A library and the model that it was made with: mismatches, and embedding anew."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.embedder import Vectors
from kutip.index.errors import KutipError, LibraryError, ModelError, ModelMismatchError


def first_letters(texts: Sequence[str]) -> Vectors:
    """Another model, of 26 dimensions: how often each letter begins a word."""
    counts = np.zeros((len(texts), 26), dtype=np.float32)
    for row, text in zip(counts, texts, strict=True):
        for word in text.lower().split():
            if "a" <= word[0] <= "z":
                row[ord(word[0]) - ord("a")] += 1
    return counts


@pytest.fixture
def other() -> FunctionEmbedder:
    return FunctionEmbedder(first_letters, 26, name="letters")


@pytest.fixture
def filled(library: Library, articles: list[Document]) -> Library:
    library.add_all(articles)
    return library


def nearest(library: Library, question: str) -> list[str]:
    """The first word of each passage, nearest first."""
    vector = library.embedder.embed_questions([question])[0]
    with library.snapshot() as snapshot:
        ids = [id_ for id_, _ in snapshot.nearest(vector, 9, "id")]
        return [passage.text.split()[0] for passage in snapshot.passages(ids)]


def test_a_library_of_another_model_names_both_and_the_mend(
    filled: Library, other: FunctionEmbedder
) -> None:
    with pytest.raises(ModelMismatchError) as caught:
        Library.open(filled.path, embedder=other)
    for part in (
        str(filled.path),
        "function",
        "letters",
        "26",
        "64",
        "kutip reembed --model letters",
    ):
        assert part in str(caught.value)


def test_an_empty_library_takes_any_model(tmp_path: Path, other: FunctionEmbedder) -> None:
    Library.open(tmp_path / "baru").close()
    with Library.open(tmp_path / "baru", embedder=other) as library:
        library.add(Document.from_text("Berita ini."))
        assert library.model == other.identity


def test_the_first_article_decides_even_for_libraries_already_open(
    tmp_path: Path, embedder: FunctionEmbedder, other: FunctionEmbedder
) -> None:
    with (
        Library.open(tmp_path / "a", embedder=embedder) as one,
        Library.open(tmp_path / "a", embedder=other) as two,
    ):
        one.add(Document.from_text("Berita satu ini."))
        with pytest.raises(ModelMismatchError, match="kutip reembed"):
            two.add(Document.from_text("Berita dua ini."))
        assert len(one.documents()) == 1


def test_a_model_that_cannot_be_had_is_named_when_it_is_needed(filled: Library) -> None:
    filled.close()
    with Library.open(filled.path) as again:
        assert len(again.documents()) == 3
        with pytest.raises(ModelError, match="'function'"):
            again.add(Document.from_text("Berita baru ini."))


def test_reembed_keeps_the_documents_in_order(filled: Library, other: FunctionEmbedder) -> None:
    before = filled.documents()
    assert nearest(filled, "Timnas menang")[0] == "Timnas"
    filled.reembed(other)
    assert filled.documents() == before
    assert filled.model == other.identity
    assert filled.embedder is other
    assert nearest(filled, "Timnas Indonesia menang atas Vietnam")[0] == "Timnas"
    with filled.snapshot() as snapshot:
        [(_, vectors)] = snapshot.embeddings(snapshot.passage_ids())
        assert vectors.shape == (3, 26)
        assert snapshot.background("en").shape == (32, 26)


def test_reembed_is_kept(
    filled: Library, embedder: FunctionEmbedder, other: FunctionEmbedder
) -> None:
    filled.save_vectors()
    filled.reembed(other)
    expected = nearest(filled, "Gempa di Cianjur")
    filled.close()
    with pytest.raises(ModelMismatchError):
        Library.open(filled.path, embedder=embedder)
    with Library.open(filled.path, embedder=other) as again:
        assert nearest(again, "Gempa di Cianjur") == expected == ["Gempa", "Timnas"]


def test_reembed_that_fails_midway_changes_nothing(filled: Library) -> None:
    calls = 0

    def failing(texts: Sequence[str]) -> Vectors:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise ConnectionError("the service is gone")
        return first_letters(texts)

    before, model, found = filled.stats(), filled.model, nearest(filled, "Gempa di Cianjur")
    with pytest.raises(ConnectionError, match="the service is gone"):
        filled.reembed(FunctionEmbedder(failing, 26))
    assert calls == 3
    assert filled.stats() == before
    assert filled.model == model
    assert nearest(filled, "Gempa di Cianjur") == found
    with filled.snapshot() as snapshot:
        assert len(snapshot.matching("Cianjur", 5, "id")) == 1
    assert filled.add(Document.from_text("Berita baru ini.")).outcome == "added"


def test_adding_fails_whole_where_the_model_fails(
    library: Library, articles: list[Document]
) -> None:
    def failing(texts: Sequence[str]) -> Vectors:
        raise ConnectionError("the service is gone")

    with (
        Library.open(library.path, embedder=FunctionEmbedder(failing, 64)) as broken,
        pytest.raises(ConnectionError),
    ):
        broken.add(articles[0])
    assert library.stats().revision == 0
    assert library.model is None


def test_another_process_that_reembeds_is_noticed(
    filled: Library, embedder: FunctionEmbedder, other: FunctionEmbedder
) -> None:
    # Two open libraries stand for two processes: neither tells the other anything.
    assert nearest(filled, "Gempa di Cianjur")[0] == "Gempa"
    with Library.open(filled.path, embedder=embedder) as second:
        second.reembed(other)
    with pytest.raises(ModelMismatchError):
        nearest(filled, "Gempa di Cianjur")
    with pytest.raises(ModelMismatchError):
        filled.add(Document.from_text("Berita baru ini."))


def test_a_library_open_without_a_model_follows_another_process_that_reembeds(
    filled: Library,
    embedder: FunctionEmbedder,
    other: FunctionEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {one.identity.name: one for one in (embedder, other)}
    monkeypatch.setattr("kutip.index.library.SentenceTransformerEmbedder", known.__getitem__)
    with Library.open(filled.path) as following:
        assert following.embedder is embedder
        filled.reembed(other)
        assert following.embedder is other
        assert nearest(following, "Gempa di Cianjur")[0] == "Gempa"


def test_an_article_embedded_while_the_model_changes_gets_the_new_one_or_is_refused(
    tmp_path: Path, embedder: FunctionEmbedder, other: FunctionEmbedder
) -> None:
    embedding, go_on = threading.Event(), threading.Event()

    def slow(texts: Sequence[str]) -> Vectors:
        if "lambat" in texts[0]:
            embedding.set()
            assert go_on.wait(30)
        return np.ones((len(texts), 64), dtype=np.float32)

    def add_late(library: Library) -> KutipError | None:
        try:
            library.add(Document.from_text("Berita lambat ini."))
        except KutipError as error:
            return error
        return None

    with (
        Library.open(tmp_path / "a", embedder=FunctionEmbedder(slow, 64)) as library,
        ThreadPoolExecutor(1) as pool,
    ):
        library.add(Document.from_text("Berita cepat ini."))
        late = pool.submit(add_late, library)
        assert embedding.wait(30)
        library.reembed(other)
        go_on.set()
        error = late.result(30)
        assert error is None or isinstance(error, ModelMismatchError)
        with library.snapshot() as snapshot:
            ids = snapshot.passage_ids()
            lengths = [
                len(v[0])
                for _, v in (next(snapshot.embeddings(ids[i : i + 1])) for i in range(len(ids)))
            ]
        assert lengths == [26] * (1 if error else 2)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda library: library.documents(), LibraryError),
        (lambda library: library.add(Document.from_text("Berita ini.")), LibraryError),
        (lambda library: library.remove("a"), LibraryError),
        (lambda library: library.stats(), LibraryError),
        (lambda library: library.model, LibraryError),
        (lambda library: library.snapshot().__enter__(), LibraryError),
    ],
)
def test_a_closed_library_says_so(
    library: Library, call: Callable[[Library], object], expected: type[Exception]
) -> None:
    library.close()
    library.close()
    with pytest.raises(expected, match=r"library is closed|is closed: open it again"):
        call(library)


def test_close_waits_for_nobody_and_a_snapshot_under_way_ends_well(filled: Library) -> None:
    with filled.snapshot() as snapshot:
        assert len(snapshot.documents()) == 3
        filled.close()
        assert len(snapshot.documents()) == 3
    with pytest.raises(LibraryError, match="is closed"):
        filled.documents()
