"""What the browser keeps of a conversation, and how it is read back.

The server keeps nothing: a page sends its conversation with each request. What comes from a
browser may be old, cut off or made up, so what does not fit is left out, and nothing of it counts
as a quote before `checking` has found it in the library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self
from uuid import uuid4

from kutip.index.document import Span
from kutip.index.language import LANGUAGES, Language
from kutip.rag.answer import Answer, Quote, Turn
from kutip.rag.retriever import LONGEST_QUESTION, Hit

KeptStatus = Literal["answered", "related", "not_found", "greeting", "failed"]
STATUSES: tuple[KeptStatus, ...] = ("answered", "related", "not_found", "greeting", "failed")
VERDICTS = ("good", "bad", "wrong quote")
MOST_TURNS = 200
MOST_QUOTES = 10
LONGEST_MESSAGE = 2_000
LONGEST_QUOTE = 20_000


@dataclass(frozen=True, slots=True)
class KeptQuote:
    """Where a quote stood and what it said; `score` is that of the passage it was read in."""

    document_id: str
    start: int
    end: int
    text: str
    mark: Span | None = None
    score: float | None = None

    @classmethod
    def of(cls, quote: Quote, hits: Sequence[Hit]) -> Self:
        """A quote of an answer, with the score of its passage among the hits."""
        scores = [
            hit.score
            for hit in hits
            if hit.document.id == quote.document_id
            and hit.passage.start < quote.end
            and quote.start < hit.passage.end
        ]
        return cls(
            quote.document_id,
            quote.start,
            quote.end,
            quote.text,
            quote.mark,
            max(scores, default=None),
        )


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question and what came of it. `message` is the frame, or what went wrong.

    `milliseconds` is the time that the answer took, `verdict` what the person thought of it.
    """

    id: str
    question: str
    language: Language
    status: KeptStatus
    message: str
    text: str = ""
    confidence: float = 0.0
    milliseconds: float = 0.0
    quotes: tuple[KeptQuote, ...] = ()
    verdict: str | None = None

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """An answer as it is kept."""
        return cls(
            id=uuid4().hex[:12],
            question=answer.question,
            language=answer.language,
            status=answer.status,
            message=answer.message,
            text=answer.text,
            confidence=round(answer.confidence, 4),
            milliseconds=round(answer.milliseconds.get("total", 0.0), 1),
            quotes=tuple(KeptQuote.of(quote, answer.hits) for quote in answer.quotes),
        )

    @classmethod
    def failed(cls, question: str, language: Language, message: str) -> Self:
        """A question that came to nothing."""
        return cls(uuid4().hex[:12], question[:LONGEST_QUESTION], language, "failed", message)

    def as_turn(self) -> Turn:
        """This turn as history for the next question."""
        return Turn(self.question, self.text)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the browser."""
        return {
            "id": self.id,
            "question": self.question,
            "language": self.language,
            "status": self.status,
            "message": self.message,
            "text": self.text,
            "confidence": self.confidence,
            "milliseconds": self.milliseconds,
            "quotes": [
                {
                    "document_id": quote.document_id,
                    "start": quote.start,
                    "end": quote.end,
                    "text": quote.text,
                    "mark": list(quote.mark) if quote.mark else None,
                    "score": quote.score,
                }
                for quote in self.quotes
            ],
            "verdict": self.verdict,
        }


def read_turns(values: object) -> list[KeptTurn]:
    """The turns that a browser kept, oldest first; those that do not fit are left out."""
    if not isinstance(values, list):
        return []
    turns = (_read_turn(value) for value in values[-MOST_TURNS:])
    return [turn for turn in turns if turn is not None]


def read_language(value: object, default: Language = "id") -> Language:
    """One of the two languages."""
    return next((language for language in LANGUAGES if language == value), default)


def read_text(value: object, longest: int) -> str:
    """Text that may be sent on; "" for anything else. Half surrogate pairs are replaced."""
    if not isinstance(value, str):
        return ""
    return value[:longest].encode(errors="replace").decode()


def _read_turn(values: object) -> KeptTurn | None:
    if not isinstance(values, Mapping):
        return None
    identity = read_text(values.get("id"), 32)
    question = read_text(values.get("question"), LONGEST_QUESTION)
    status = next((status for status in STATUSES if status == values.get("status")), None)
    if not identity.isalnum() or status is None:
        return None
    quotes = values.get("quotes")
    found = (
        [_read_quote(quote) for quote in quotes[:MOST_QUOTES]] if isinstance(quotes, list) else []
    )
    verdict = values.get("verdict")
    return KeptTurn(
        id=identity,
        question=question,
        language=read_language(values.get("language")),
        status=status,
        message=read_text(values.get("message"), LONGEST_MESSAGE),
        text=read_text(values.get("text"), LONGEST_QUOTE),
        confidence=_number(values.get("confidence"), 1.0),
        milliseconds=_number(values.get("milliseconds"), 1e9),
        # A quote that cannot be read keeps its number, so that the others keep theirs.
        quotes=tuple(quote or KeptQuote("", 0, 0, "") for quote in found),
        verdict=verdict if verdict in VERDICTS else None,
    )


def _read_quote(values: object) -> KeptQuote | None:
    if not isinstance(values, Mapping):
        return None
    start, end, mark = values.get("start"), values.get("end"), values.get("mark")
    if type(start) is not int or type(end) is not int:
        return None
    span = None
    if isinstance(mark, list) and len(mark) == 2 and all(type(part) is int for part in mark):
        span = Span(mark[0], mark[1])
    score = values.get("score")
    return KeptQuote(
        document_id=read_text(values.get("document_id"), 64),
        start=start,
        end=end,
        text=read_text(values.get("text"), LONGEST_QUOTE),
        mark=span,
        score=_number(score, 1e6) if score is not None else None,
    )


def _number(value: object, largest: float) -> float:
    """A number from 0 to `largest`; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    # False for not-a-number too.
    return float(value) if 0 <= value <= largest else 0.0
