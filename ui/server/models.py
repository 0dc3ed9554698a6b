"""What goes over HTTP and MCP: requests, checked where they enter, and results.

Offsets are Unicode code points into an article's text, the start included and the end not, as
Python slices have them.
"""

import re
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from kutip.index.document import Document
from kutip.index.language import Language
from kutip.index.snapshot import DocumentInfo, Filter
from kutip.rag.answer import Answer, Turn
from kutip.rag.retriever import LONGEST_QUESTION, Hit

MOST_TURNS = 20
MOST_HITS = 50
MOST_IDS = 1_000
LONGEST_NAME = 500

# Something besides blank space and control characters; the second also without NUL.
WORDS = r"[^\s\x00-\x1f\x7f-\x9f]"
TEXT = rf"^[^\x00]*{WORDS}[^\x00]*$"
LINE = rf"^[^\x00-\x1f\x7f-\x9f]*{WORDS}[^\x00-\x1f\x7f-\x9f]*$"

Question = Annotated[
    str,
    Field(
        description="A question in Indonesian or English.",
        examples=["Apa yang digantikan oleh perjanjian tahun 2000?"],
    ),
    StringConstraints(min_length=1, max_length=LONGEST_QUESTION, pattern=WORDS),
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=LINE)]
Offset = Annotated[int, Field(ge=0, description="An offset into the article's text.")]
DocumentId = Annotated[
    str,
    Field(description="An article's id.", examples=["0123456789abcdef"]),
    StringConstraints(pattern="^[0-9a-f]{16}$"),
]


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return date.fromisoformat(value)
    return value


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# In JSON, 5.0 is an integer too.
Count = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day), Field(examples=["2024-06-20"])]


class Input(BaseModel):
    """A request's body; a field that is not known is refused, so that a slip is noticed."""

    # Strict: 5 is no date and "5" no number, whatever a lenient reader would make of them.
    model_config = ConfigDict(extra="forbid", strict=True)


class TurnIn(Input):
    """An earlier question of the conversation, with the answer that was given."""

    question: Annotated[str, Field(max_length=LONGEST_QUESTION)]
    answer: Annotated[str, Field(max_length=10_000)] = ""


class Where(Input):
    """Which articles to ask: those that fit every field that is given."""

    documents: Annotated[list[DocumentId], Field(max_length=MOST_IDS)] | None = Field(
        default=None, description="Ids of the articles."
    )
    language: Language | None = Field(default=None, description="The articles' language.")
    published_from: Day | None = Field(default=None, description="The first day, inclusive.")
    published_to: Day | None = Field(default=None, description="The last day, inclusive.")

    def filter(self) -> Filter:
        """The same for the library."""
        documents = None if self.documents is None else frozenset(self.documents)
        return Filter(documents, self.language, self.published_from, self.published_to)


class QuestionIn(Input):
    """What every question has."""

    question: Question
    where: Where | None = Field(default=None, description="Which articles to ask; all by default.")

    def filter(self) -> Filter | None:
        """Which articles, for the library."""
        return self.where.filter() if self.where else None


class AskIn(QuestionIn):
    """A question, with what came before it."""

    history: Annotated[list[TurnIn], Field(max_length=MOST_TURNS)] = Field(
        default=[],
        description="The conversation so far, oldest first, for questions that lean on it.",
    )

    def turns(self) -> list[Turn]:
        """The history for the assistant."""
        return [Turn(turn.question, turn.answer) for turn in self.history]


class SearchIn(QuestionIn):
    """A question to find passages for."""

    k: Count = Field(default=5, ge=1, le=MOST_HITS, description="How many passages.")


class DocumentIn(Input):
    """An article to add, as text."""

    text: Annotated[
        str,
        Field(description="The article's text, kept to the letter."),
        StringConstraints(min_length=1, pattern=TEXT),
    ]
    title: Line | None = Field(default=None, description="By default the first line.")
    language: Language | None = Field(default=None, description="By default detected.")
    source: Line | None = Field(
        default=None,
        description="A name that stays when the text changes; the same source replaces.",
    )
    outlet: Line | None = Field(default=None, description="Who published it.")
    published: Day | None = Field(default=None, description="When it was published.")

    def document(self) -> Document:
        """The article. Raises `DocumentError` where it cannot be one."""
        return Document.from_text(**dict(self))


class QuoteOut(BaseModel):
    """Whole sentences of an article: exactly `text[start:end]` of the article's text."""

    document_id: DocumentId
    title: str
    start: Offset
    end: Offset
    text: str = Field(description="The words of the article, to the letter.")
    language: Language
    paragraph: int = Field(description="Counted from 1.")
    page: int | None = Field(description="Of a PDF, counted from 1.")
    outlet: str | None
    published: date | None
    source: str | None = Field(description="A file's name or the name given when it was added.")
    mark: tuple[Offset, Offset] | None = Field(
        description="Start and end of the answering words in the article's text."
    )


class AnswerOut(BaseModel):
    """An answer, made of quotes."""

    version: int = Field(description="Of this format.")
    question: str
    language: Language = Field(description="The question's.")
    status: Literal["answered", "related", "not_found", "greeting"] = Field(
        description="related: nothing answers it, but the quotes are about it."
    )
    text: str = Field(description="The answering words, in the article's language; may be empty.")
    message: str = Field(description="A frame for the quotes, in the question's language.")
    confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        description="The probability that the first quote answers."
    )
    quotes: list[QuoteOut] = Field(description="Best first.")
    milliseconds: dict[str, float] = Field(description="The time of each step.")

    @classmethod
    def of(cls, answer: Answer, *, private: bool) -> Self:
        """An answer as it goes out; paths of files only where the server is private."""
        values = answer.to_dict()
        for quote in values["quotes"]:
            quote["source"] = shown_source(quote["source"], private=private)
        return cls.model_validate(values)


class SideOut(BaseModel):
    """How one side of the search sees a passage, within the passage's language."""

    rank: int = Field(description="Counted from 1.")
    score: float


class HitOut(BaseModel):
    """A passage: exactly `text[start:end]` of the article's text."""

    document_id: DocumentId
    title: str
    start: Offset
    end: Offset
    text: str
    paragraph: int = Field(description="Counted from 1.")
    score: float = Field(description="In deviations above a passage picked blindly.")
    dense: SideOut = Field(description="By meaning; the score is a cosine.")
    lexical: SideOut | None = Field(description="By words; the score is BM25.")

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """A hit as it goes out."""
        passage, document = hit.passage, hit.document
        lexical = hit.lexical_rank and SideOut(
            rank=hit.lexical_rank, score=round(hit.lexical_score or 0.0, 4)
        )
        return cls(
            document_id=document.id,
            title=document.title,
            start=passage.start,
            end=passage.end,
            text=passage.text,
            paragraph=document.paragraph_at(passage.start),
            score=round(hit.score, 4),
            dense=SideOut(rank=hit.dense_rank, score=round(hit.dense_score, 4)),
            lexical=lexical or None,
        )


class HitsOut(BaseModel):
    """Passages, best first."""

    hits: list[HitOut]

    @classmethod
    def of(cls, hits: list[Hit]) -> Self:
        """Hits as they go out."""
        return cls(hits=[HitOut.of(hit) for hit in hits])


class ArticleOut(BaseModel):
    """What is said of every article."""

    id: DocumentId
    title: str
    language: Language
    source: str | None
    outlet: str | None
    published: date | None

    @classmethod
    def of(cls, article: Document | DocumentInfo, *, private: bool) -> Self:
        """An article as it goes out; its own fields have the names of these."""
        values = {name: getattr(article, name) for name in cls.model_fields}
        values["source"] = shown_source(article.source, private=private)
        return cls.model_validate(values)


class InfoOut(ArticleOut):
    """An article without its text."""

    passages: int
    characters: int


class ListOut(BaseModel):
    """A part of the list of articles, in the order in which they were added."""

    documents: list[InfoOut]
    total: int = Field(description="Of all articles.")
    offset: int
    next_offset: int | None = Field(description="Where the next part starts; null at the end.")

    @classmethod
    def of(cls, documents: list[DocumentInfo], offset: int, limit: int, *, private: bool) -> Self:
        """`limit` articles from `offset` on."""
        end = offset + limit
        return cls(
            documents=[InfoOut.of(info, private=private) for info in documents[offset:end]],
            total=len(documents),
            offset=offset,
            next_offset=end if end < len(documents) else None,
        )


class DocumentOut(ArticleOut):
    """An article with its text."""

    text: str
    pages: list[int] = Field(description="Offsets at which the pages of a PDF start.")


class AddedOut(BaseModel):
    """What became of an article that was given."""

    id: DocumentId
    title: str
    outcome: Literal["added", "replaced", "unchanged"]


def shown_source(source: str | None, *, private: bool) -> str | None:
    """A source as others may see it: of a file's path its name alone, unless all is private."""
    if source is None or private:
        return source
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(source).is_absolute():
            return kind(source).name
    return source
