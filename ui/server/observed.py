"""An assistant that counts, times and logs what it is asked, whoever asks.

The text of a question goes into no log unless that was asked for.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from kutip.index.errors import QuestionError
from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.answer import Answer, Turn
from kutip.rag.assistant import Assistant
from kutip.rag.reader import Reader
from kutip.rag.retriever import Hit
from kutip.ui.server.context import INTERFACE, REQUEST_ID
from kutip.ui.server.metrics import Metrics
from kutip.ui.server.work import Work

logger = logging.getLogger("kutip.questions")


class ObservedAssistant(Assistant):
    """The assistant of a server. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        metrics: Metrics,
        work: Work,
        *,
        reader: Reader | None = None,
        log_questions: bool = False,
    ) -> None:
        super().__init__(library, reader=reader)
        self._metrics = metrics
        self._work = work
        self._log_questions = log_questions

    def ask_steps(
        self, question: str, history: Sequence[Turn] = (), *, where: Filter | None = None
    ) -> Iterator[list[Hit] | Answer]:
        """As `Assistant.ask_steps`. Raises `BusyError` where the server is about to end."""
        answer = None
        with self._work.item(), self._watched(question) as answers:
            for step in super().ask_steps(question, history, where=where):
                if isinstance(step, Answer):
                    answer = step
                    answers.append(step)
                    break
                yield step
        # Out here, since whoever wanted the answer alone asks for no more after it.
        if answer:
            yield answer

    @contextmanager
    def _watched(self, question: str) -> Iterator[list[Answer]]:
        """Count and log one question; the answer is put into the list."""
        interface = INTERFACE.get()
        started = perf_counter()
        answers: list[Answer] = []
        status: str = "failed"
        with self._metrics.answering.track_inprogress():
            try:
                yield answers
                status = answers[-1].status
            except QuestionError:
                status = "invalid"
                raise
            except GeneratorExit:
                status = "left"
                raise
            finally:
                seconds = perf_counter() - started
                self._metrics.questions.labels(interface, status).inc()
                self._metrics.seconds.labels(interface).observe(seconds)
                self._log(question, interface, status, seconds, answers)

    def _log(
        self,
        question: str,
        interface: str,
        status: str,
        seconds: float,
        answers: Sequence[Answer],
    ) -> None:
        fields: dict[str, object] = {
            "event": "question",
            "interface": interface,
            "status": status,
            "milliseconds": round(1000 * seconds, 1),
            "characters": len(question),
        }
        if REQUEST_ID.get():
            fields["request_id"] = REQUEST_ID.get()
        for answer in answers[-1:]:
            fields |= {
                "language": answer.language,
                "confidence": round(answer.confidence, 4),
                "quotes": len(answer.quotes),
                "dropped_quotes": answer.dropped_quotes,
            }
        if self._log_questions:
            fields["question"] = question
        logger.info(
            "A question by %s: %s in %.0f ms", interface, status, 1000 * seconds, extra=fields
        )
