"""Questions with their accepted answers: what every set of questions becomes when it is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kutip.index.document import Document, Passage, Span
from kutip.index.language import Language
from kutip.index.sentences import sentences
from kutip.rag.answer import Turn


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a document.

    `answers` are the accepted ones, the shortest complete one first, each to the letter in the
    document; empty where the document does not answer. `evidence` are the sentences that prove it,
    to the letter; empty where the set does not tell. `document` is a `Document.id`.
    `places` are where accepted answers stand, if the set says so.
    """

    id: str
    language: Language
    question: str
    answers: tuple[str, ...]
    document: str
    evidence: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    places: tuple[Span, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the document answers."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the documents that they are asked of, by `Document.id`.

    `relevant` grades documents for a question, by question id and document id, in sets made for
    retrieval alone; such questions have no answers and are not scored as unanswerable.
    """

    name: str
    documents: Mapping[str, Document]
    questions: tuple[Question, ...]
    relevant: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def answer_spans(question: Question, document: Document) -> list[Span]:
    """Where the accepted answers stand: inside the evidence where they are there, else anywhere."""
    if question.places:
        return list(question.places)
    whole = Span(0, len(document.text))
    for within in (_stretches(question, document), [whole]):
        found = [
            Span(start, start + len(answer))
            for stretch in within
            for answer in question.answers
            for start in _occurrences(answer, document.text, stretch)
        ]
        if found:
            return found
    return []


def evidence_spans(question: Question, document: Document) -> list[Span]:
    """The evidence as sentences: those given, else those in which the first answer stands."""
    given = _stretches(question, document)
    if given or not question.answers:
        return given
    first = answer_spans(question, document)[:1]
    return [
        span
        for span in sentences(document.text, document.language)
        if any(overlap(span, answer) for answer in first)
    ]


def holds_answer(question: Question, document: Document, passage: Passage) -> bool:
    """Whether a passage holds an accepted answer where it counts as one."""
    if passage.document_id != question.document:
        return False
    spans = answer_spans(question, document) or evidence_spans(question, document)
    return any(passage.start <= start and end <= passage.end for start, end in spans)


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end


def _stretches(question: Question, document: Document) -> list[Span]:
    return [
        Span(start, start + len(sentence))
        for sentence in question.evidence
        if (start := document.text.find(sentence)) >= 0
    ]


def _occurrences(words: str, text: str, within: Span) -> list[int]:
    found = []
    start = text.find(words, within.start, within.end)
    while start >= 0:
        found.append(start)
        start = text.find(words, start + 1, within.end)
    return found
