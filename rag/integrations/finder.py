"""What every integration gives of a passage: an id, plain metadata and, on request, a quote.

It knows none of the frameworks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kutip.index.document import Document, Passage
from kutip.index.language import detect_language
from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.answer import Answer, Quote
from kutip.rag.assistant import READ_PASSAGES, Assistant
from kutip.rag.composer import compose
from kutip.rag.reader import Reader, Reading
from kutip.rag.retriever import Hit, Retriever, check_question


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with `metadata`, whose values are plain and fit for JSON.

    `id` is its `span_id`, and so stays as long as the article does.
    """

    id: str
    passage: Passage
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """An answer, with the reading that each of its quotes comes from, in the quotes' order."""

    answer: Answer
    readings: tuple[Reading, ...]


class Finder:
    """Searches a library, and reads what it finds. Safe to share between threads."""

    def __init__(self, library: Library, reader: Reader | None = None) -> None:
        self._retriever = Retriever(library)
        self._assistant = Assistant(library, retriever=self._retriever, reader=reader)

    def find(
        self, question: str, k: int, where: Filter | None = None, *, quotes: bool = False
    ) -> list[Found]:
        """The `k` best passages, best first, with `document_metadata` and their own.

        Their own are `start` and `end`, offsets into the article, `score`, `paragraph` and, where
        known, `page`. With `quotes`, the best quote of a passage that `read` gives stands under its
        `quote`: the fields of `Answer.to_dict`, and `confidence`. Its `mark` is None where it is
        about the question and does not answer it.

        Raises `QuestionError` where the question is empty or too long, or `k` is below 1.
        """
        # The quotes must not depend on how many passages are asked for.
        hits = self._retriever.search(
            question, max(k, READ_PASSAGES) if quotes and k > 0 else k, where=where
        )
        found = [_found(hit) for hit in hits[:k]]
        if quotes:
            _attach(self._read(question, hits[:READ_PASSAGES]), found)
        return found

    def read(self, question: str, where: Filter | None = None) -> Read:
        """An answer as `Assistant.ask` gives it, with no heed to small talk or a conversation.

        Raises `QuestionError` where the question is empty or too long.
        """
        return self._read(question, self._retriever.search(question, READ_PASSAGES, where=where))

    def _read(self, question: str, hits: list[Hit]) -> Read:
        question = check_question(question)
        hits, readings = self._assistant.read(question, hits)
        answer = compose(question, detect_language(question), hits, readings)
        sources = [
            next(
                reading
                for reading in readings
                if reading.evidence
                and reading.passage.document_id == quote.document_id
                and quote.start <= reading.evidence[0].start
                and reading.evidence[-1].end <= quote.end
            )
            for quote in answer.quotes
        ]
        return Read(answer, tuple(sources))


def document_metadata(document: Document | Quote) -> dict[str, Any]:
    """`title`, `language` and, where known, `outlet`, `published` (ISO 8601) and `source`."""
    values = {
        "title": document.title,
        "language": document.language,
        "outlet": document.outlet,
        "published": document.published.isoformat() if document.published else None,
        "source": document.source,
    }
    return {name: value for name, value in values.items() if value is not None}


def span_id(document_id: str, start: int, end: int) -> str:
    """An id for `text[start:end]` of an article."""
    return f"{document_id}:{start}-{end}"


def _found(hit: Hit) -> Found:
    passage, document = hit.passage, hit.document
    page = document.page_at(passage.start)
    metadata = {
        "document_id": document.id,
        "start": passage.start,
        "end": passage.end,
        "score": float(hit.score),
        "paragraph": document.paragraph_at(passage.start),
        **({"page": page} if page else {}),
        **document_metadata(document),
    }
    return Found(span_id(document.id, passage.start, passage.end), passage, metadata)


def _attach(read: Read, found: Sequence[Found]) -> None:
    metadata = {item.passage.id: item.metadata for item in found}
    quotes = read.answer.to_dict()["quotes"]
    for quote, reading in zip(quotes, read.readings, strict=True):
        if reading.passage.id in metadata:
            confidence = round(reading.probability, 4)
            metadata[reading.passage.id].setdefault("quote", quote | {"confidence": confidence})
