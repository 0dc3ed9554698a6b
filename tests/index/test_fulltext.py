"""Words of texts and of questions: whatever is typed, search takes it for words."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kutip.index.document import Document
from kutip.index.embedder import Embedder
from kutip.index.fulltext import columns, match_expression, stems
from kutip.index.language import LANGUAGES, Language
from kutip.index.library import Library


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Perjanjian itu ditandatangani.", "id", ["janji", "itu", "tandatangan"]),
        ("The rates were raised", "en", ["the", "rate", "were", "rais"]),
        ("hello-world foo:bar it's", "en", ["hello", "world", "foo", "bar", "it", "s"]),
        ("“KOMPAS.com” –  Rp10.500", "id", ["kompas", "com", "rp10", "500"]),
        ("?! … –", "id", []),
    ],
)
def test_stems(text: str, language: Language, expected: list[str]) -> None:
    assert stems(text, language) == expected


def test_each_language_has_its_own_stemmer() -> None:
    assert stems("pertandingan rates", "id") == ["tanding", "rates"]
    assert stems("pertandingan rates", "en") == ["pertandingan", "rate"]


def test_a_passage_fills_the_column_of_its_language() -> None:
    assert columns("Raised rates", "en") == ["", "rais rate"]
    assert columns("Suku bunga", "id")[1] == ""


@pytest.mark.parametrize(
    ("terms", "expression"),
    [(["near", "and"], 'en : ("near" OR "and")'), (["bank"], 'en : ("bank")'), ([], "")],
)
def test_match_expression_quotes_every_term(terms: list[str], expression: str) -> None:
    assert match_expression("en", terms) == expression


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    texts = [
        "A hello world program printed foo and bar near the end of it's output.",
        "Nothing of that kind happened in Jakarta on Tuesday.",
        "Erdoğan visited Café São Paulo and the naïve Müller.",
    ]
    with Library.open(tmp_path_factory.mktemp("library"), embedder=embedder) as library:
        library.add_all(Document.from_text(text, language="en") for text in texts)
        yield library


@pytest.mark.parametrize(
    "question",
    [
        *("hello-world", "foo:bar", "it's", "NEAR(", "printed AND", '"hello', "foo*", "^bar"),
        *("NEAR(hello world, 2)", "(hello OR", "-- foo", "hello' OR 1=1", "{en} : hello"),
        *("en : foo", "FOO + bar"),
    ],
)
def test_operators_in_a_question_are_words(filled: Library, question: str) -> None:
    with filled.snapshot() as snapshot:
        found = snapshot.matching(question, 5, "en")
        first = snapshot.passages([id_ for id_, _ in found])[0]
    assert "hello world" in first.text


@pytest.mark.parametrize("question", ["Jakarta", "JAKARTA?", "in jakarta", "Tuesday NOT hello"])
def test_the_passage_with_the_words_comes_first(filled: Library, question: str) -> None:
    with filled.snapshot() as snapshot:
        found = snapshot.matching(question, 5, "en")
        first = snapshot.passages([found[0][0]])[0]
    assert "Jakarta" in first.text


@pytest.mark.parametrize(
    "question", ["Erdoğan", "Erdogan", "café", "naïve", "MÜLLER", "Mu\u0308ller"]
)
def test_words_with_accents_are_found_with_and_without(filled: Library, question: str) -> None:
    with filled.snapshot() as snapshot:
        found = snapshot.matching(question, 5, "en")
        assert [passage.text[:7] for passage in snapshot.passages([id_ for id_, _ in found])] == [
            "Erdoğan"
        ]


@pytest.mark.parametrize("question", ["", "?!", "zebra", "\0", "(", '"'])
def test_a_question_without_known_words_matches_nothing(filled: Library, question: str) -> None:
    with filled.snapshot() as snapshot:
        assert snapshot.matching(question, 5, "en") == []


@given(st.text())
def test_no_question_breaks_the_search(filled: Library, question: str) -> None:
    with filled.snapshot() as snapshot:
        known = set(snapshot.passage_ids().tolist())
        for language in LANGUAGES:
            assert {id_ for id_, _ in snapshot.matching(question, 5, language)} <= known
