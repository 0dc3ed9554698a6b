"""Adding, replacing and removing: what the library holds afterwards, in every table."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.errors import DocumentError, LibraryError
from kutip.index.passages import split_passages


def revision(library: Library) -> int:
    return library.stats().revision


def test_a_new_library_is_empty(library: Library, tmp_path: Path) -> None:
    stats = library.stats()
    assert (stats.documents, stats.passages, stats.characters, stats.revision) == (0, 0, 0, 0)
    assert stats.model is None
    assert stats.path == tmp_path / "library"
    assert library.documents() == []


def test_what_is_added_comes_back_whole(library: Library, articles: list[Document]) -> None:
    results = [library.add(article) for article in articles]
    assert [result.outcome for result in results] == ["added"] * 3
    assert [library.document(article.id) for article in articles] == articles
    assert [info.id for info in library.documents()] == [article.id for article in articles]
    first = library.documents()[0]
    assert (first.title, first.outlet) == (articles[0].title, "Antara")
    assert (first.published, first.source) == (articles[0].published, "/berita/gempa.txt")
    assert (first.language, first.characters) == ("id", len(articles[0].text))


def test_passages_are_the_cuts_of_the_text(
    library: Library, embedder: FunctionEmbedder, articles: list[Document]
) -> None:
    article = Document.from_text("\n".join([articles[0].text] * 20) + "\n")
    library.add(article)
    spans = split_passages(article.text, article.language, embedder.count_tokens)
    assert len(spans) > 2
    with library.snapshot() as snapshot:
        passages = snapshot.passages(snapshot.passage_ids().tolist())
        [(_, vectors)] = snapshot.embeddings(snapshot.passage_ids())
    assert [(passage.start, passage.end) for passage in passages] == spans
    assert [passage.ordinal for passage in passages] == list(range(len(spans)))
    assert [passage.text for passage in passages] == [article.text[a:b] for a, b in spans]
    expected = embedder.embed_passages([passage.text.strip() for passage in passages])
    np.testing.assert_allclose(vectors, expected, atol=1e-3)


def test_adding_twice_changes_nothing(library: Library, articles: list[Document]) -> None:
    library.add_all(articles)
    before, held = library.stats(), library.documents()
    summary = library.add_all(articles)
    assert (summary.count("unchanged"), summary.count("added"), summary.refused) == (3, 0, [])
    assert library.stats().revision == before.revision == 3
    assert library.documents() == held


def test_what_a_source_corrects_about_the_same_text_is_taken_over(
    library: Library, articles: list[Document]
) -> None:
    library.add_all(articles)
    corrected = replace(articles[0], title="Judul yang dibetulkan", outlet=None)
    assert library.add(corrected).outcome == "replaced"
    assert library.document(corrected.id) == corrected
    assert library.add(corrected).outcome == "unchanged"
    copied = replace(articles[0], source="/salinan/gempa.txt", title="Judul salinan")
    assert library.add(copied).outcome == "unchanged"
    assert library.document(corrected.id) == corrected
    assert len(library.documents()) == 3


def test_half_a_surrogate_pair_is_no_id(library: Library, articles: list[Document]) -> None:
    library.add_all(articles)
    with pytest.raises(LibraryError, match="No article has the id"):
        library.document(articles[0].id[:3] + "\ud800")


def test_a_changed_file_replaces_its_earlier_version(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "berita.txt"
    file.write_text("Gempa mengguncang Cianjur pada Senin siang.")
    old = library.add(file).document
    file.write_text("Gempa mengguncang Garut pada Senin siang.")
    result = library.add(file)
    assert result.outcome == "replaced"
    assert [info.id for info in library.documents()] == [result.document.id]
    assert old.id != result.document.id
    assert revision(library) == 2
    with library.snapshot() as snapshot:
        assert snapshot.matching("Cianjur", 5, "id") == []
        assert len(snapshot.matching("Garut", 5, "id")) == 1
    with pytest.raises(LibraryError):
        library.document(old.id)


def test_the_same_text_elsewhere_is_unchanged(library: Library, articles: list[Document]) -> None:
    library.add(articles[0])
    copy = Document.from_text(articles[0].text, source="/salinan.txt", title="Lain")
    assert library.add(copy).outcome == "unchanged"
    assert [info.source for info in library.documents()] == ["/berita/gempa.txt"]
    assert revision(library) == 1


def test_a_file_that_becomes_a_copy_of_another_leaves_one(library: Library) -> None:
    library.add(Document.from_text("Berita satu ini.", source="a.txt"))
    library.add(Document.from_text("Berita dua ini.", source="b.txt"))
    assert library.add(Document.from_text("Berita satu ini.", source="b.txt")).outcome == "replaced"
    assert [library.document(info.id).text for info in library.documents()] == ["Berita satu ini."]


def test_texts_without_a_source_stand_beside_each_other(library: Library) -> None:
    for text in ("Berita satu ini.", "Berita dua ini."):
        assert library.add(Document.from_text(text)).outcome == "added"
    assert len(library.documents()) == 2


def test_the_revision_grows_with_each_change(library: Library, articles: list[Document]) -> None:
    seen = [revision(library)]
    for article in articles:
        library.add(article)
        seen.append(revision(library))
    library.remove(articles[1].id)
    seen.append(revision(library))
    assert seen == [0, 1, 2, 3, 4]


def test_add_all_goes_on_after_a_refusal(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Berita satu ini.")
    (tmp_path / "b.txt").write_text("")
    (tmp_path / "c.txt").write_text("x" * 200)
    named = Document.from_text("Berita dua ini.", title="Dua")
    told: list[str] = []
    summary = library.add_all(
        [tmp_path / "a.txt", tmp_path / "b.txt", str(tmp_path / "c.txt"), named],
        max_bytes=100,
        on_item=told.append,
    )
    assert [result.outcome for result in summary.results] == ["added", "added"]
    assert [name for name, _ in summary.refused] == [
        str(tmp_path / "b.txt"),
        str(tmp_path / "c.txt"),
    ]
    assert all(isinstance(error, DocumentError) for _, error in summary.refused)
    assert told == [*(str(tmp_path / name) for name in ("a.txt", "b.txt", "c.txt")), "Dua"]
    assert [info.title for info in library.documents()] == ["Berita satu ini.", "Dua"]


def test_a_name_that_is_not_utf_8_does_not_stop_the_rest(library: Library, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.txt")
    odd.write_text("Berita dari kafe.")
    (tmp_path / "z.txt").write_text("Berita dua ini.")
    summary = library.add_all([odd, tmp_path / "z.txt"])
    assert len(summary.results) + len(summary.refused) == 2
    assert "Berita dua ini." in [info.title for info in library.documents()]


def test_remove_gives_the_document_back(library: Library, articles: list[Document]) -> None:
    library.add_all(articles)
    assert library.remove(articles[0].id[:6]) == articles[0]
    assert [info.id for info in library.documents()] == [article.id for article in articles[1:]]
    with pytest.raises(LibraryError, match="No article has the id"):
        library.remove(articles[0].id)
    assert library.add(articles[0]).outcome == "added"
    assert library.documents()[-1].id == articles[0].id


def cells(directory: Path) -> list[tuple[str, bytes]]:
    """Each value of each table, those inside the full-text index too, as bytes in small letters."""
    found: list[tuple[str, bytes]] = []
    with closing(sqlite3.connect(directory / "library.sqlite3")) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        assert ("words_data",) in tables
        for (table,) in tables:
            for row in connection.execute(f"SELECT * FROM {table}"):
                found += [
                    (table, value if isinstance(value, bytes) else str(value).lower().encode())
                    for value in row
                ]
    return found


def test_remove_leaves_no_trace_in_any_table(
    library: Library, articles: list[Document], embedder: FunctionEmbedder
) -> None:
    library.add_all(articles)
    vector = embedder.embed_passages([articles[0].text])[0].astype(np.float16).tobytes()
    traces = (b"cianjur", b"guncang", b"antara", articles[0].id.encode(), vector)
    before = cells(library.path)
    assert all(any(trace in value for _, value in before) for trace in traces)
    library.remove(articles[0].id)
    left = {
        (table, trace) for table, value in cells(library.path) for trace in traces if trace in value
    }
    assert left == set()
    with library.snapshot() as snapshot:
        assert snapshot.matching("Cianjur", 5, "id") == []


def test_remove_leaves_no_trace_in_the_vector_file(
    library: Library, articles: list[Document], embedder: FunctionEmbedder
) -> None:
    library.add_all(articles)
    library.save_vectors()
    vector = embedder.embed_passages([articles[0].text])[0]
    kept = vector.astype(np.float16).astype(np.float32).tobytes()
    assert kept in (library.path / "vectors.faiss").read_bytes()
    library.remove(articles[0].id)
    library.close()
    with Library.open(library.path, embedder=embedder) as again:
        with again.snapshot() as snapshot:
            assert vector @ vector == pytest.approx(1)
            assert max(score for _, score in snapshot.nearest(vector, 5, "id")) < 0.9
        assert kept not in (library.path / "vectors.faiss").read_bytes()


def test_remove_leaves_no_trace_in_the_files(library: Library, articles: list[Document]) -> None:
    library.add_all(articles)
    library.remove(articles[0].id)
    library.close()
    assert [
        file.name for file in library.path.iterdir() if b"cianjur" in file.read_bytes().lower()
    ] == []


@settings(max_examples=40)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_text_comes_back_to_the_letter(whole: Library, text: str) -> None:
    if not text.strip():
        return
    document = whole.add(Document.from_text(text)).document
    assert whole.document(document.id) == document
    with whole.snapshot() as snapshot:
        passages = snapshot.passages(snapshot.passage_ids().tolist())
    own = [passage for passage in passages if passage.document_id == document.id]
    assert own
    assert all(passage.text == text[passage.start : passage.end] for passage in own)


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, embedder: FunctionEmbedder
) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library"), embedder=embedder) as opened:
        yield opened
