"""The systems that are evaluated: Kutip, its ablations, and the baselines beside it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kutip.evals.prediction import Place, Prediction
from kutip.evals.questions import Question
from kutip.index.document import Passage, Span
from kutip.index.errors import EvaluationError
from kutip.index.library import Library
from kutip.index.sentences import sentences
from kutip.index.snapshot import Filter
from kutip.rag.answer import Answer
from kutip.rag.assistant import Assistant
from kutip.rag.reader import Reader, Reading
from kutip.rag.reader.by_sentences import sentence_reader
from kutip.rag.retriever import Hit, Retriever

RANKED = 20
"""Passages retrieved for each question, for recall@20."""


class System(Protocol):
    """Answers a question from the library, or from one document of it."""

    def predict(self, question: Question, document_id: str | None) -> Prediction: ...


@dataclass(frozen=True, slots=True)
class AssistantSystem:
    """Kutip as people use it."""

    assistant: Assistant

    def predict(self, question: Question, document_id: str | None) -> Prediction:
        where = Filter(documents=frozenset([document_id])) if document_id else None
        answer = self.assistant.ask(question.question, question.history, where=where)
        return as_prediction(question.id, answer)


class AbstainingSystem:
    """The baseline that never answers."""

    def predict(self, question: Question, document_id: str | None) -> Prediction:
        return Prediction(question.id, "not_found", "", None, None, None, 0.0, 0.0)


class RandomSystem:
    """The baseline that quotes a sentence of a passage picked blindly, and is blindly sure."""

    def __init__(self, library: Library, seed: int) -> None:
        self._library = library
        self._seed = seed

    def predict(self, question: Question, document_id: str | None) -> Prediction:
        # A generator of its own for each question, so that order and number do not matter.
        chance = random.Random(f"{self._seed}:{question.id}")
        where = Filter(documents=frozenset([document_id])) if document_id else None
        with self._library.snapshot() as snapshot:
            ids = snapshot.passage_ids(where).tolist()
            passages = snapshot.passages(chance.sample(ids, min(RANKED, len(ids))))
        first = passages[0]
        span = chance.choice(_sentences(first))
        sure = chance.random()
        return Prediction(
            question.id,
            "answered",
            first.text[span.start - first.start : span.end - first.start],
            first.document_id,
            span.start,
            span.end,
            sure,
            sure,
            quotes=(Place(first.document_id, span.start, span.end),),
            retrieved=tuple(Place(p.document_id, p.start, p.end) for p in passages),
        )


class FirstPassageReader:
    """No reader at all: each passage is quoted whole, in the retriever's order."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        readings = []
        for number, passage in enumerate(hit.passage for hit in hits):
            found = _sentences(passage)
            if found:
                whole = Span(found[0].start, found[-1].end)
                readings.append(Reading(passage, whole, tuple(found), -number, 1 / (number + 1)))
        return readings


def make_system(name: str, library: Library, seed: int = 0) -> System:
    """A system by its name in `SYSTEMS`. Raises `EvaluationError` for another name."""
    if name == "abstain":
        return AbstainingSystem()
    if name == "random":
        return RandomSystem(library, seed)
    if name not in SYSTEMS:
        raise EvaluationError(f"No system is called {name!r}: choose from {', '.join(SYSTEMS)}.")
    retriever = Retriever(library, dense=name != "lexical", lexical=name != "dense")
    reader: Reader | None = None
    if name == "no-reader":
        reader = FirstPassageReader()
    elif name == "by-sentences":
        reader = sentence_reader(library)
    return AssistantSystem(Assistant(library, retriever=retriever, reader=reader, hits=RANKED))


ABLATIONS = ("by-sentences", "dense", "lexical", "no-reader")
SYSTEMS = {
    "kutip": "the whole way, as people use it",
    "by-sentences": "the sentence nearest to the question, without a trained reader",
    "dense": "without the lexical side of the retriever",
    "lexical": "without the dense side of the retriever",
    "no-reader": "the best passage, whole, without a reader",
    "abstain": "never answers",
    "random": "a sentence picked blindly",
}


def as_prediction(question_id: str, answer: Answer) -> Prediction:
    """An answer, reduced to what is scored."""
    quotes = tuple(Place(quote.document_id, quote.start, quote.end) for quote in answer.quotes)
    mark = answer.quotes[0].mark if answer.status == "answered" and answer.quotes else None
    return Prediction(
        question_id,
        answer.status,
        answer.text,
        answer.quotes[0].document_id if mark else None,
        mark.start if mark else None,
        mark.end if mark else None,
        answer.answerable,
        answer.confidence,
        quotes=quotes,
        unverified=answer.dropped_quotes,
        retrieved=tuple(
            Place(hit.document.id, hit.passage.start, hit.passage.end, round(hit.score, 4))
            for hit in answer.hits
        ),
        milliseconds=answer.milliseconds,
    )


def _sentences(passage: Passage) -> list[Span]:
    return [
        Span(passage.start + start, passage.start + end)
        for start, end in sentences(passage.text, passage.language)
    ]
