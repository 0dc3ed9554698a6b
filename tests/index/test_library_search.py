"""What a snapshot finds: nearest vectors, matching words, filters, ids."""

from datetime import date

import numpy as np
import pytest

from kutip.index import Document, Filter, FunctionEmbedder, Library
from kutip.index.embedder import Vectors
from kutip.index.errors import LibraryError
from kutip.index.snapshot import Snapshot


@pytest.fixture
def filled(library: Library, articles: list[Document]) -> Library:
    assert library.add_all(articles).count("added") == 3
    return library


def vector_of(embedder: FunctionEmbedder, question: str) -> Vectors:
    vector: Vectors = embedder.embed_questions([question])[0]
    return vector


def titles(snapshot: Snapshot, found: list[tuple[int, float]]) -> list[str]:
    """The first word of each passage found, in order."""
    return [passage.text.split()[0] for passage in snapshot.passages([id_ for id_, _ in found])]


def test_nearest_gives_cosines_best_first(
    filled: Library, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    vector = vector_of(embedder, "Timnas Indonesia menang")
    with filled.snapshot() as snapshot:
        found = snapshot.nearest(vector, 5, "id")
        assert titles(snapshot, found) == ["Timnas", "Gempa"]
    expected = embedder.embed_passages([articles[2].text, articles[0].text]) @ vector
    np.testing.assert_allclose([score for _, score in found], expected, atol=1e-3)


def test_nearest_stays_in_the_language(filled: Library, embedder: FunctionEmbedder) -> None:
    vector = vector_of(embedder, "Timnas Indonesia menang")
    with filled.snapshot() as snapshot:
        assert titles(snapshot, snapshot.nearest(vector, 5, "en")) == ["The"]


def test_nearest_finds_nothing_in_a_language_that_is_not_there(
    library: Library, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    library.add(articles[0])
    with library.snapshot() as snapshot:
        assert snapshot.nearest(vector_of(embedder, "Gempa"), 5, "en") == []


def test_nearest_gives_at_most_k(filled: Library, embedder: FunctionEmbedder) -> None:
    with filled.snapshot() as snapshot:
        assert len(snapshot.nearest(vector_of(embedder, "Gempa"), 1, "id")) == 1


def test_an_empty_library_finds_nothing(library: Library, embedder: FunctionEmbedder) -> None:
    with library.snapshot() as snapshot:
        assert snapshot.nearest(vector_of(embedder, "Gempa"), 5, "id") == []
        assert snapshot.matching("Gempa", 5, "id") == []
        assert snapshot.sides() == {}
        assert snapshot.passage_ids().tolist() == []


def test_cosines_are_those_of_the_search(filled: Library, embedder: FunctionEmbedder) -> None:
    vector = vector_of(embedder, "Gempa di Cianjur")
    with filled.snapshot() as snapshot:
        found = dict(snapshot.nearest(vector, 5, "id"))
        assert snapshot.cosines(vector, list(found)) == pytest.approx(found, abs=1e-6)
        assert snapshot.cosines(vector, [10**9]) == {}
        assert snapshot.cosines(vector, []) == {}


def test_matching_stems_the_question_by_the_language(filled: Library) -> None:
    with filled.snapshot() as snapshot:
        assert titles(snapshot, snapshot.matching("raising the rate", 5, "en")) == ["The"]
        assert titles(snapshot, snapshot.matching("pengungsian warga", 5, "id")) == ["Gempa"]
        assert snapshot.matching("raising the rate", 5, "id") == []


def test_matching_ranks_the_passage_with_more_of_the_words_first(filled: Library) -> None:
    filled.add(Document.from_text("Bantuan itu dikirim. Hari ini hujan deras.", language="id"))
    with filled.snapshot() as snapshot:
        found = snapshot.matching("bantuan untuk warga Cianjur", 5, "id")
        assert titles(snapshot, found) == ["Gempa", "Bantuan"]
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        assert snapshot.matching("bantuan untuk warga Cianjur", 1, "id") == found[:1]


DAY = date(2024, 6, 19)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(), ["Gempa", "The", "Timnas"]),
        (Filter(language="id"), ["Gempa", "Timnas"]),
        (Filter(language="en"), ["The"]),
        (Filter(published_from=DAY), ["The", "Timnas"]),
        (Filter(published_to=DAY), ["Gempa", "The"]),
        (Filter(published_from=DAY, published_to=DAY), ["The"]),
        (Filter(language="id", published_from=DAY), ["Timnas"]),
        (Filter(published_from=date(2025, 1, 1)), []),
        (Filter(documents=frozenset()), []),
        (Filter(documents=frozenset(["tiada"])), []),
    ],
)
def test_filters(
    filled: Library, embedder: FunctionEmbedder, where: Filter, expected: list[str]
) -> None:
    filled.add(Document.from_text("Tanpa tanggal, tanpa sumber.", language="id"))
    vector = vector_of(embedder, "Gempa bank Timnas")
    with filled.snapshot() as snapshot:
        allowed = snapshot.passages(snapshot.passage_ids(where).tolist())
        undated = ["Tanpa"] if where in (Filter(), Filter(language="id")) else []
        assert [passage.text.split()[0] for passage in allowed] == expected + undated
        near = [
            *snapshot.nearest(vector, 9, "id", where),
            *snapshot.nearest(vector, 9, "en", where),
        ]
        assert sorted(titles(snapshot, near)) == sorted(expected + undated)
        words = "gempa bank timnas warga"
        match = [
            *snapshot.matching(words, 9, "id", where),
            *snapshot.matching(words, 9, "en", where),
        ]
        assert sorted(titles(snapshot, match)) == expected


def test_filter_by_document(
    filled: Library, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    where = Filter(documents=frozenset([articles[2].id, articles[1].id]))
    vector = vector_of(embedder, "Gempa di Cianjur")
    with filled.snapshot() as snapshot:
        assert titles(snapshot, snapshot.nearest(vector, 5, "id", where)) == ["Timnas"]
        assert snapshot.matching("Gempa di Cianjur", 5, "id", where) == []


def test_only_an_empty_filter_is_false() -> None:
    assert not Filter()
    assert Filter(documents=frozenset())
    assert Filter(published_to=DAY)


def test_a_document_is_found_by_the_beginning_of_its_id(
    filled: Library, articles: list[Document]
) -> None:
    for article in articles:
        assert filled.document(article.id[:8]) == article
        assert filled.document(article.id) == article


def test_a_beginning_that_two_ids_share_is_refused(library: Library) -> None:
    # 17 ids have 16 first letters, so two share one.
    ids = [library.add(Document.from_text(f"Berita {n}.")).document.id for n in range(17)]
    shared = next(id_[0] for id_ in ids if sum(other[0] == id_[0] for other in ids) > 1)
    with pytest.raises(LibraryError, match=f"More than one article has the id '{shared}'"):
        library.document(shared)


@pytest.mark.parametrize("id_", ["", "zzz", "ZZ-Top", "%", "_", "' OR 1=1 --"])
def test_an_unknown_id_is_refused_and_named_as_it_was_given(filled: Library, id_: str) -> None:
    with pytest.raises(LibraryError) as caught:
        filled.document(id_)
    assert "article has the id" in str(caught.value)
    assert repr(id_) in str(caught.value)


def test_passages_come_in_the_order_asked_for(filled: Library) -> None:
    with filled.snapshot() as snapshot:
        ids = snapshot.passage_ids().tolist()
        asked = [ids[2], 10**9, ids[0]]
        assert [passage.id for passage in snapshot.passages(asked)] == [ids[2], ids[0]]


def test_sides_hold_the_passages_and_the_background(filled: Library) -> None:
    with filled.snapshot() as snapshot:
        sides = snapshot.sides()
        assert {side: len(held.ids) for side, held in sides.items()} == {"id": 2, "en": 1}
        assert snapshot.background("id").shape == (32, 64)
        np.testing.assert_allclose(np.linalg.norm(sides["id"].sample, axis=1), 1, atol=1e-3)
        assert sides["id"].sample.shape == (34, 64)
        assert sides["id"].ids.tolist() == snapshot.passage_ids(language="id").tolist()


def test_sides_follow_the_library(filled: Library, articles: list[Document]) -> None:
    with filled.snapshot() as snapshot:
        assert set(snapshot.sides()) == {"id", "en"}
    filled.remove(articles[1].id)
    with filled.snapshot() as snapshot:
        assert set(snapshot.sides()) == {"id"}


def test_stats_count(filled: Library, articles: list[Document]) -> None:
    stats = filled.stats()
    assert (stats.documents, stats.passages) == (3, 3)
    assert stats.characters == sum(len(article.text) for article in articles)
    assert stats.languages == {"id": 2, "en": 1}
    assert stats.bytes >= (filled.path / "library.sqlite3").stat().st_size
    assert stats.model is not None
    assert stats.model.dimension == 64
