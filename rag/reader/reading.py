"""The seam between finding passages and quoting from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kutip.index.document import Passage, Span
from kutip.rag.retriever import Hit


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a passage, or of one of its sentences.

    `answer` is the span that answers and `evidence` the sentences that prove it, in order; both are
    offsets into the document, inside the passage. `score` orders the readings of one question;
    `probability`, in 0 to 1, is that it answers in these words; `answerable` that the question has
    an answer at all, where the reader tells that apart: it may be sure that something answers,
    and less sure what.
    """

    passage: Passage
    answer: Span
    evidence: tuple[Span, ...]
    score: float
    probability: float
    answerable: float | None = None

    @property
    def whole(self) -> Span:
        """From the first sentence of the evidence to the end of the last."""
        return Span(self.evidence[0].start, self.evidence[-1].end)


class Reader(Protocol):
    """Looks for a question's answer in the passages that were found for it."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Readings, best first: at least one for each passage that has any text."""
        ...
