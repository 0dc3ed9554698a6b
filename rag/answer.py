"""What Kutip gives back: an answer with quotes, each checked against its article.

The promise that everything rests on: `quote.text` is `document.text[quote.start:quote.end]`, to the
letter. Nothing here changes a quote; it does not know how an answer was found.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal, Protocol, Self

from kutip.index.document import Document, Span
from kutip.index.language import Language
from kutip.rag.retriever import Hit

Status = Literal["answered", "related", "not_found", "greeting"]
"""`related`: nothing answers the question, but the quotes are about it. `greeting`: no question."""

FORMAT_VERSION = 1
"""Of `Answer.to_dict`; grows when a field changes its meaning or goes."""


class Printer(Protocol):
    """What IPython prints with."""

    def text(self, obj: str) -> None:
        """Print this."""
        ...


@dataclass(frozen=True, slots=True)
class Quote:
    """Whole sentences of a document, to the letter.

    `mark` are the answering words, as offsets into the document inside the quote; None where the
    quote is only related. `paragraph` and `page` count from 1.
    """

    document_id: str
    title: str
    start: int
    end: int
    text: str
    language: Language
    paragraph: int
    page: int | None = None
    outlet: str | None = None
    published: date | None = None
    source: str | None = None
    mark: Span | None = None

    @classmethod
    def cut(cls, document: Document, span: Span, mark: Span | None = None) -> Self:
        """Quote `document.text[span.start:span.end]`."""
        return cls(
            document_id=document.id,
            title=document.title,
            start=span.start,
            end=span.end,
            text=document.text[span.start : span.end],
            language=document.language,
            paragraph=document.paragraph_at(span.start),
            page=document.page_at(span.start),
            outlet=document.outlet,
            published=document.published,
            source=document.source,
            mark=mark,
        )

    def is_verbatim(self, document: Document) -> bool:
        """Whether this is what stands in the document, and the mark lies inside."""
        inside = self.mark is None or self.start <= self.mark.start < self.mark.end <= self.end
        return (
            bool(self.text.strip())
            and self.document_id == document.id
            and 0 <= self.start < self.end <= len(document.text)
            and document.text[self.start : self.end] == self.text
            and inside
        )

    def parts(self) -> tuple[str, str, str]:
        """The text before the mark, the marked words, and the text after; all three may be ""."""
        if self.mark is None:
            return self.text, "", ""
        first, last = self.mark.start - self.start, self.mark.end - self.start
        return self.text[:first], self.text[first:last], self.text[last:]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation with the answer that was given."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to `question`, which is in `language`.

    `text` are the answering words in the article's own language, "" unless `answered`. `message`
    is the frame around the quotes, in the question's language; a quote without a `mark` holds no
    words that were given as an answer. `confidence`, in 0 to 1, is the probability that the first
    quote answers, `answerable` that anything does. `milliseconds` holds the time of each step;
    `dropped_quotes` counts those that were not verbatim, always a defect.
    """

    question: str
    language: Language
    status: Status
    text: str
    message: str
    quotes: tuple[Quote, ...] = ()
    confidence: float = 0.0
    # Whole articles: not to be printed with the answer, nor kept in a notebook's file.
    hits: tuple[Hit, ...] = field(default=(), repr=False)
    milliseconds: dict[str, float] = field(default_factory=dict)
    dropped_quotes: int = 0
    answerable: float = 0.0

    def as_turn(self) -> Turn:
        """This answer as history for the next question."""
        return Turn(self.question, self.text)

    def timed(self, **milliseconds: float) -> Self:
        """The same answer with the times of further steps."""
        return replace(self, milliseconds=self.milliseconds | milliseconds)

    def __str__(self) -> str:
        """For reading: the frame, the quotes with the words that answer, and where they stand."""
        # Here and below: display knows answers, and is needed only where one is shown.
        from kutip.rag.display import answer_plain

        return answer_plain(self)

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        """The same for IPython."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """The same for a notebook, with the answering words marked."""
        from kutip.rag.display import answer_html

        return answer_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; stable, and numbered by `version`."""
        return {
            "version": FORMAT_VERSION,
            "question": self.question,
            "language": self.language,
            "status": self.status,
            "text": self.text,
            "message": self.message,
            "confidence": round(self.confidence, 4),
            "quotes": [_quote_dict(quote) for quote in self.quotes],
            "milliseconds": {name: round(value, 1) for name, value in self.milliseconds.items()},
        }


def _quote_dict(quote: Quote) -> dict[str, Any]:
    values = asdict(quote)
    values["published"] = quote.published.isoformat() if quote.published else None
    values["mark"] = list(quote.mark) if quote.mark else None
    return values
