"""The promise: a quote is `article.text[start:end]`, to the letter."""

import json
from dataclasses import replace
from math import nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kutip.index.document import Document, Passage, Span
from kutip.rag.answer import Quote
from kutip.rag.composer import PROBABLE, RELATED, SURE, compose
from kutip.rag.reader import Reading
from kutip.rag.retriever import Hit

FIRST_PARAGRAPH = (
    "Perjanjian tahun 1961 mewajibkan Moskow membantu. Perjanjian tersebut dibatalkan pada 1991."
)
TEXT = FIRST_PARAGRAPH + "\n\nPenggantinya diteken pada 2000. “Ini dokumen terobosan,” kata Putin."
DOCUMENT = Document.from_text(TEXT, title="Uji", language="id")
PASSAGE = Passage(1, DOCUMENT.id, "id", 0, 0, len(TEXT), TEXT)


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def hit(score: float = RELATED + 1) -> Hit:
    return Hit(PASSAGE, DOCUMENT, score, 0.8, 1, None, None)


def reading(words: str, sentence: str, probability: float = 0.9) -> Reading:
    return Reading(PASSAGE, span(words), (span(sentence),), 1.0, probability)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=3).filter(str.strip),
    st.data(),
)
def test_a_quote_is_the_text_to_the_letter(text: str, data: st.DataObject) -> None:
    document = Document.from_text(text, language="en")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = Quote.cut(document, Span(start, end))
    assert quote.text == document.text[quote.start : quote.end]
    assert quote.is_verbatim(document) == bool(text[start:end].strip())
    assert "".join(quote.parts()) == quote.text


def test_a_quote_that_was_changed_is_found_out() -> None:
    quote = Quote.cut(DOCUMENT, span("Penggantinya diteken pada 2000."))
    assert quote.is_verbatim(DOCUMENT)
    for changed in (
        {"text": quote.text.replace("2000", "2001")},
        {"start": quote.start + 1},
        {"end": len(TEXT) + 1},
        {"mark": Span(0, 3)},
        {"document_id": "another"},
    ):
        values = {name: getattr(quote, name) for name in Quote.__slots__} | changed
        assert not Quote(**values).is_verbatim(DOCUMENT)


def test_the_answering_words_are_marked_inside_their_sentence() -> None:
    answer = compose("Kapan?", "id", [hit()], [reading("1991", SECOND)])
    assert (answer.status, answer.text) == ("answered", "1991")
    (quote,) = answer.quotes
    # "Perjanjian tersebut" leans on the sentence before.
    assert quote.text == FIRST_PARAGRAPH
    assert quote.parts()[1] == "1991"
    assert quote.paragraph == 1


SECOND = "Perjanjian tersebut dibatalkan pada 1991."


def test_a_sentence_that_opens_a_paragraph_leans_on_the_paragraph_before() -> None:
    answer = compose("Kapan?", "id", [hit()], [reading("2000", "Penggantinya diteken pada 2000.")])
    assert answer.quotes[0].text == f"{SECOND}\n\nPenggantinya diteken pada 2000."


def test_below_the_threshold_nothing_is_given_as_the_answer() -> None:
    below = reading("1991", SECOND, PROBABLE - 0.01)
    answer = compose("Kapan?", "id", [hit()], [below])
    assert (answer.status, answer.text) == ("related", "")
    assert answer.quotes
    assert answer.quotes[0].mark is None


QUOTED = "“Ini dokumen terobosan,” kata Putin."


@pytest.mark.parametrize(("probability", "quotes"), [(SURE, 1), (SURE - 0.01, 2)])
def test_where_the_words_are_unsure_the_next_best_is_quoted_unmarked(
    probability: float, quotes: int
) -> None:
    readings = [reading("1991", SECOND, probability), reading("dokumen", QUOTED, PROBABLE - 0.1)]
    answer = compose("Kapan?", "id", [hit()], readings)
    assert (answer.status, answer.text) == ("answered", "1991")
    assert [quote.mark is None for quote in answer.quotes] == [False, True][:quotes]


def test_what_does_not_answer_is_related_where_the_quote_that_answers_is_dropped() -> None:
    outside = Reading(PASSAGE, Span(0, 4), (Span(0, len(TEXT) + 7),), 1.0, SURE - 0.01)
    answer = compose("Kapan?", "id", [hit()], [outside, reading("dokumen", QUOTED, 0.1)])
    assert (answer.status, answer.text, answer.dropped_quotes) == ("related", "", 1)


def test_far_passages_are_not_quoted() -> None:
    answer = compose("Kapan?", "en", [hit(RELATED - 0.01)], [reading("1991", SECOND, 0.1)])
    assert (answer.status, answer.quotes, answer.text) == ("not_found", (), "")
    assert "does not say" in answer.message


def test_a_reading_outside_the_document_is_dropped_and_counted() -> None:
    outside = Reading(PASSAGE, Span(0, 4), (Span(0, len(TEXT) + 7),), 1.0, 0.9)
    answer = compose("Kapan?", "id", [hit()], [outside, reading("1991", SECOND)])
    assert answer.dropped_quotes == 1
    assert (answer.status, answer.text) == ("answered", "1991")
    assert [quote.text for quote in answer.quotes] == [FIRST_PARAGRAPH]


@pytest.mark.parametrize("false", [{"evidence": ()}, {"probability": 1.2}, {"probability": nan}])
def test_a_reading_that_is_none_is_dropped_and_counted(false: dict[str, Any]) -> None:
    broken = replace(reading("2000", SECOND), **false)
    answer = compose("Kapan?", "id", [hit()], [broken, reading("1991", SECOND)])
    assert (answer.text, answer.confidence, answer.dropped_quotes) == ("1991", 0.9, 1)
    assert compose("Kapan?", "id", [hit()], [broken]).status == "not_found"


def test_without_a_quote_that_holds_there_is_no_answer() -> None:
    outside = Reading(PASSAGE, Span(0, 4), (Span(0, len(TEXT) + 7),), 1.0, 0.9)
    answer = compose("Kapan?", "id", [hit()], [outside])
    assert (answer.status, answer.text, answer.dropped_quotes) == ("not_found", "", 1)


def test_an_answer_goes_through_json() -> None:
    answer = compose("Kapan?", "id", [hit()], [reading("1991", SECOND)]).timed(total=12.34)
    values = json.loads(json.dumps(answer.to_dict()))
    assert values["version"] == 1
    assert values["milliseconds"] == {"total": 12.3}
    quote = values["quotes"][0]
    assert TEXT[quote["start"] : quote["end"]] == quote["text"]
    assert TEXT[slice(*quote["mark"])] == "1991"
