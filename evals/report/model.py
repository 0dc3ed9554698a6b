"""What a report shows, as plain values. It does not know how a run was made, nor how a page looks.

Shares, risks, confidences and figures are fractions in 0 to 1. None is 'not scored' or 'not
measured': it is shown in those words and never counted as zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kutip.evals.metrics.abstention import Bin
from kutip.evals.metrics.figure import Figure
from kutip.index.document import Span
from kutip.index.language import Language
from kutip.rag.answer import Status

Outcome = Literal["answered", "misread", "missed", "declined", "invented", "unscored"]
"""What became of a question. Answerable: `answered` right, `misread` (answered wrong) or `missed`
(not answered). Unanswerable: `declined` as it should be, or `invented`, answered all the same."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage or a whole article, with what was quoted and what should have been.

    Every span is in `text`, in code points: `quotes` as given, `mark` the answering words inside
    the first of them, `expected` where accepted answers stand.
    """

    title: str
    language: Language
    text: str
    quotes: tuple[Span, ...] = ()
    mark: Span | None = None
    expected: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A question and what was made of it.

    `expected` are the accepted answers, empty unless `answerable`; `got` is "" unless something was
    answered. `document_language` is that of the article asked about. `history` are the earlier
    questions of a conversation. `excerpts` are the article asked about and, where the quote comes
    from another, that one too.
    """

    id: str
    language: Language
    document_language: Language
    question: str
    answerable: bool
    expected: tuple[str, ...]
    got: str
    status: Status
    confidence: float | None
    em: float | None
    f1: float | None
    right: bool | None
    tags: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()

    @property
    def pair(self) -> str:
        """The question's language and the article's, as in `Figure.group`."""
        return f"{self.language} → {self.document_language}"

    @property
    def outcome(self) -> Outcome:
        """What became of the question."""
        if self.right is None:
            return "unscored"
        if not self.answerable:
            return "declined" if self.right else "invented"
        if self.right:
            return "answered"
        return "misread" if self.status == "answered" else "missed"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page.

    `figures` come in the order in which metrics and groups are shown. `headline` names the metrics
    that open the page, else the first six. `meanings` explains a metric in a sentence.
    `risk_coverage` holds (coverage, risk) points by system or group, `latency` milliseconds by
    step.
    """

    title: str
    suite: str
    mode: str
    made_at: str
    settings: Mapping[str, str] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    risk_coverage: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    reliability: Sequence[Bin] = ()
    latency: Mapping[str, Sequence[float]] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    headline: Sequence[str] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
