"""What holds for any text whatever: no cut loses a character, and every offset is exact."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kutip.index.document import Span
from kutip.index.language import LANGUAGES, Language
from kutip.index.paragraphs import paragraphs
from kutip.index.passages import CountTokens, split_passages
from kutip.index.sentences import sentences

# What news is full of and cuts go wrong at.
PIECES = [
    *(
        "Presiden",
        "kata",
        "Ia",
        "the",
        "Hj.",
        "drh.",
        "Prof.",
        "K.H.",
        "Mr.",
        "U.S.",
        "dll.",
        "No.",
    ),
    *(
        "Rp 10.500",
        "pukul 10.30",
        "3,5",
        "VIVA –",
        "KOMPAS.com –",
        "e\u0301",
        "\U0001f600",
        "مرحبا",
    ),
    *(".", "?", "!", "…", "...", ":", ";", ",", "“", "”", '"', "'", "’", "(", ")", "[", "]"),
    *(" ", " ", " ", " ", "  ", "\t", "\u00a0", "\u200b", "\u2028", "\u0085", "\x1c"),
    *("\n", "\n", "\n\n", "\n \n", "\r\n", "\r\n\r\n", "\r", "- ", "• ", "kata " * 30),
]
NEWS = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)
TEXT = st.one_of(st.text(max_size=300), NEWS)
LANGUAGE = st.sampled_from(LANGUAGES)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_bytes(texts: Sequence[str]) -> list[int]:
    """So that one character can be larger than a passage."""
    return [len(text.encode()) for text in texts]


def assert_holds_all(text: str, spans: Sequence[tuple[int, int]]) -> None:
    """The spans are in order, hold no blank edge, and what is between them is blank."""
    edge = 0
    for start, end in spans:
        assert edge <= start < end <= len(text)
        assert not text[edge:start].strip()
        assert text[start:end] == text[start:end].strip()
        edge = end
    assert not text[edge:].strip()


@given(TEXT)
def test_paragraphs_hold_every_character_that_is_not_blank(text: str) -> None:
    assert_holds_all(text, paragraphs(text))


@given(TEXT, LANGUAGE)
def test_sentences_hold_every_character_that_is_not_blank(text: str, language: Language) -> None:
    assert_holds_all(text, sentences(text, language))


@given(TEXT, LANGUAGE)
def test_no_sentence_crosses_a_paragraph(text: str, language: Language) -> None:
    whole = paragraphs(text)
    for start, end in sentences(text, language):
        assert sum(first <= start and end <= last for first, last in whole) == 1


@pytest.mark.parametrize("count_tokens", [count_words, count_bytes])
@given(text=TEXT, language=LANGUAGE, limit=st.integers(1, 40), overlap=st.integers(0, 3))
def test_passages_cover_the_text_within_the_limit(
    text: str, language: Language, limit: int, overlap: int, count_tokens: CountTokens
) -> None:
    spans = split_passages(text, language, count_tokens, max_tokens=limit, overlap=overlap)
    if not text:
        assert spans == []
        return
    assert spans[0].start == 0
    assert spans[-1].end == len(text)
    for one, two in pairwise(spans):
        assert one.start < two.start <= one.end < two.end
        assert overlap or two.start == one.end
    sizes = count_tokens([text[start:end] for start, end in spans])
    for (start, end), size in zip(spans, sizes, strict=True):
        assert size <= limit or end - start == 1


@given(text=TEXT, language=LANGUAGE, limit=st.integers(5, 40), overlap=st.integers(0, 2))
def test_no_passage_cuts_a_sentence_that_fits(
    text: str, language: Language, limit: int, overlap: int
) -> None:
    spans = split_passages(text, language, count_words, max_tokens=limit, overlap=overlap)
    for sentence in sentences(text, language):
        if count_words([text[slice(*sentence)]])[0] <= limit:
            assert any(holds(span, sentence) for span in spans), text[slice(*sentence)]


def holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
