"""From a question to an answer: the whole way."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from kutip.index.language import detect_language
from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.answer import Answer, Turn
from kutip.rag.composer import compose
from kutip.rag.followup import with_context
from kutip.rag.kinds import kind_of
from kutip.rag.lead import lead_hits, read_leads
from kutip.rag.phrases import phrase
from kutip.rag.reader import Reader, Reading
from kutip.rag.retriever import LONGEST_QUESTION, Hit, Retriever, check_question
from kutip.rag.smalltalk import smalltalk

READ_PASSAGES = 6
"""Passages read for a question; more make it slower and hardly better."""


class Assistant:
    """Answers questions with quotes from a library. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        *,
        retriever: Retriever | None = None,
        reader: Reader | None = None,
        hits: int = 10,
    ) -> None:
        """`hits` are the passages found for a question, of which the first few are read."""
        self.library = library
        self._retriever = retriever or Retriever(library)
        self._reader = reader
        self._hits = hits
        self._guard = threading.Lock()

    def ask(
        self, question: str, history: Sequence[Turn] = (), *, where: Filter | None = None
    ) -> Answer:
        """Answer `question`, read with what came before in `history`, oldest first.

        `where` restricts the documents. Raises `QuestionError` where the question is empty or too
        long.
        """
        steps = self.ask_steps(question, history, where=where)
        return next(step for step in steps if isinstance(step, Answer))

    async def ask_async(
        self, question: str, history: Sequence[Turn] = (), *, where: Filter | None = None
    ) -> Answer:
        """As `ask`, in a worker thread, so that the event loop is free meanwhile.

        Where the task is cancelled, the thread still finishes.
        """
        return await asyncio.to_thread(self.ask, question, history, where=where)

    def ask_steps(
        self, question: str, history: Sequence[Turn] = (), *, where: Filter | None = None
    ) -> Iterator[list[Hit] | Answer]:
        """As `ask`, in steps: the passages found, best first, where there was a search; then the
        answer, which is always the last.
        """
        started = perf_counter()
        question = check_question(question)
        greeting = smalltalk(question)
        if greeting:
            kind, language = greeting
            yield Answer(question, language, "greeting", "", phrase(kind, language))
            return
        language = detect_language(question)
        # What came before gives way to a long question.
        complete = with_context(question, history)[-LONGEST_QUESTION:]
        hits = self._retriever.search(complete, self._hits, where=where, language=language)
        retrieve = perf_counter() - started
        if not hits and not self.library.documents():
            yield Answer(question, language, "not_found", "", phrase("empty", language))
            return
        yield hits
        # What the caller did with the passages is not the time of an answer.
        resumed = perf_counter()
        hits, readings = self.read(question, hits, complete)
        read = perf_counter()
        answer = compose(question, language, hits, readings)
        ended = perf_counter()
        yield answer.timed(
            retrieve=1000 * retrieve,
            read=1000 * (read - resumed),
            compose=1000 * (ended - read),
            total=1000 * (retrieve + ended - resumed),
        )

    def read(
        self, question: str, hits: list[Hit], complete: str | None = None
    ) -> tuple[list[Hit], list[Reading]]:
        """The passages that a question of its kind is answered from, and what is read in them.

        `hits` were found for it; `complete` is the question with what came before, if anything.
        """
        kind = kind_of(question)
        if kind == "about":
            hits = lead_hits(self.library, hits)
            return hits, read_leads(hits)
        readings = self.reader.read(complete or question, hits[:READ_PASSAGES]) if hits else []
        if kind == "yes_no":
            # "Yes" stands nowhere in the article: the sentence that says so is the answer.
            readings = [
                replace(reading, answer=reading.whole) if reading.evidence else reading
                for reading in readings
            ]
        return hits, readings

    @property
    def reader(self) -> Reader:
        """The reader, made when first needed; the library must hold an article."""
        with self._guard:
            if self._reader is None:
                # It imports torch, which takes seconds.
                from kutip.rag.reader.default import default_reader

                self._reader = default_reader(self.library)
            return self._reader
