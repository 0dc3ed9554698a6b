"""Makes an answer of readings: which words, which quotes, and how sure.

Every quote is cut from its document here and checked against it; it does not know how passages
were found or read.
"""

import logging
from collections.abc import Mapping, Sequence

from kutip.index.document import Document
from kutip.index.language import Language
from kutip.rag.answer import Answer, Quote, Status
from kutip.rag.context import with_context
from kutip.rag.phrases import phrase
from kutip.rag.reader import Reading
from kutip.rag.retriever import Hit

logger = logging.getLogger(__name__)

ANSWERABLE: dict[tuple[Language, Language], float] = {
    ("id", "id"): 0.72,
    ("id", "en"): 0.71,
    ("en", "id"): 0.77,
    ("en", "en"): 0.73,
}
"""Probability that there is an answer, from which words are given as one, by the languages of
question and passage: one in eight questions without an answer gets one (`docs/decisions.md`)."""
LEAST = 0.2
"""Probability that the words answer, below which they are not given all the same."""
PROBABLE = 0.45
"""The same for a reader that does not tell whether there is an answer at all."""
SURE = 0.6
"""Probability of the first words, below which the next best sentences are quoted too, unmarked: of
1,184 answerable questions they held the answer in one in fifty more (`docs/decisions.md`)."""
RELATED = 2.2
"""Retrieval score from which passages are about the question: one in ten of its own article's are
below, a quarter of another article's above (`docs/decisions.md`)."""
MOST_QUOTES = 3


def compose(
    question: str, language: Language, hits: Sequence[Hit], readings: Sequence[Reading]
) -> Answer:
    """An answer from the hits of the retriever and what the reader made of them, best first."""
    documents = {hit.document.id: hit.document for hit in hits}
    given = len(readings)
    readings = [reading for reading in readings if _is_usable(reading, documents)]
    dropped = given - len(readings)
    if dropped:
        logger.error("%d readings without evidence, article or a probability in 0 to 1", dropped)
    status = _status(language, hits, readings)
    chosen: Sequence[Reading] = [] if status == "not_found" else readings
    answering: list[Reading] = []
    if status == "answered":
        answering = [reading for reading in readings if _answers(language, reading)]
        rest = [reading for reading in readings if reading not in answering]
        chosen = answering if readings[0].probability >= SURE else answering + rest
    kept: list[tuple[Reading, Quote]] = []
    for reading in chosen:
        if len(kept) == MOST_QUOTES:
            break
        document = documents[reading.passage.document_id]
        quote = _quote(document, reading, marked=reading in answering)
        if not quote.is_verbatim(document):
            logger.error("A quote of %s at %d is not verbatim", document.id, quote.start)
            dropped += 1
        elif not any(_overlap(quote, other) for _, other in kept):
            kept.append((reading, quote))
    if not kept:
        # Without a quote that holds there is nothing to show for an answer.
        status = "not_found"
    elif answering and kept[0][0] not in answering:
        status = "related"
    mark = kept[0][1].parts()[1] if kept else ""
    first = (kept[0][0] if kept else readings[0]) if readings else None
    confidence = first.probability if first else 0.0
    answerable = first.answerable if first else None
    return Answer(
        question=question,
        language=language,
        status=status,
        text=mark,
        message=phrase(status, language),
        quotes=tuple(quote for _, quote in kept),
        confidence=confidence,
        hits=tuple(hits),
        dropped_quotes=dropped,
        answerable=confidence if answerable is None else answerable,
    )


def _is_usable(reading: Reading, documents: Mapping[str, Document]) -> bool:
    """Whether it can be looked at: an app may bring any reader."""
    known = reading.passage.document_id in documents
    return known and bool(reading.evidence) and 0 <= reading.probability <= 1


def _answers(language: Language, reading: Reading) -> bool:
    if reading.answerable is None:
        return reading.probability >= PROBABLE
    enough = ANSWERABLE[language, reading.passage.language]
    return reading.answerable >= enough and reading.probability >= LEAST


def _status(language: Language, hits: Sequence[Hit], readings: Sequence[Reading]) -> Status:
    if not hits or not readings:
        return "not_found"
    if _answers(language, readings[0]):
        return "answered"
    return "related" if hits[0].score >= RELATED else "not_found"


def _quote(document: Document, reading: Reading, *, marked: bool) -> Quote:
    """The evidence with the sentence that it leans on; `marked` where its answer is given."""
    quoted = with_context(document, reading.whole)
    return Quote.cut(document, quoted, reading.answer if marked else None)


def _overlap(quote: Quote, other: Quote) -> bool:
    return (
        quote.document_id == other.document_id
        and quote.start < other.end
        and other.start < quote.end
    )
