"""What Kutip reads and cites: documents, and the passages cut from them.

Offsets are Unicode code points into `Document.text`, start inclusive, end exclusive, as Python
slices have them. A text is never changed after it has become a document.
"""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, Self

from kutip.index.errors import DocumentError
from kutip.index.language import Language, detect_language
from kutip.index.paragraphs import paragraphs

TITLE_LENGTH = 120
ELLIPSIS = " …"
LONGEST_MARKUP = 16
"""Characters of a heading's marks before the words of a title."""


class Span(NamedTuple):
    """A stretch of a text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """An article.

    `id` comes from the text alone, so the same text is the same document wherever it was found.
    `source` is the file's absolute path, or another name that stays when the content changes.
    `pages` are the offsets at which the pages of a PDF start; empty for other formats.
    """

    id: str
    title: str
    text: str
    language: Language
    source: str | None = None
    outlet: str | None = None
    published: date | None = None
    pages: tuple[int, ...] = ()

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        title: str | None = None,
        language: Language | None = None,
        source: str | None = None,
        outlet: str | None = None,
        published: date | None = None,
        pages: tuple[int, ...] = (),
    ) -> Self:
        """Make a document of `text`, kept to the letter.

        The title defaults to the first line, the language to the one detected. Raises
        `DocumentError` where the text is empty or holds what no article holds (NUL, half a
        surrogate pair).
        """
        name = source or title or "The text"
        if not text.strip():
            raise DocumentError(f"{name} is empty: expected an article's text.")
        try:
            digest = hashlib.sha256(text.encode()).hexdigest()
            (f"{source} {title} {outlet}").encode()
        except UnicodeEncodeError as error:
            raise DocumentError(
                f"{name!a} holds half of a surrogate pair at offset {error.start} of its text or "
                "name, which is not text: decode it again, with the encoding that it was written "
                "in, or rename the file."
            ) from error
        if "\0" in text:
            raise DocumentError(
                f"{name} holds a NUL character at offset {text.index(chr(0))}, so it is binary "
                "data, not text: give its text, or a .txt, .md, .html, .pdf or .docx file."
            )
        return cls(
            id=digest[:16],
            title=title or _first_line(text),
            text=text,
            language=language or detect_language(text),
            source=source,
            outlet=outlet,
            published=published,
            pages=pages,
        )

    @cached_property
    def paragraphs(self) -> list[Span]:
        """The paragraphs in order, without the blank space around them."""
        return [Span(start, end) for start, end in paragraphs(self.text)]

    def paragraph_at(self, offset: int) -> int:
        """The number, from 1, of the paragraph at or before `offset`."""
        return max(1, bisect_right([start for start, _ in self.paragraphs], offset))

    def heading(self, start: int) -> str:
        """The title for a passage at `start`; empty where the passage begins with it."""
        title = self.title.removesuffix(ELLIPSIS)
        beginning = self.text[start : start + len(title) + LONGEST_MARKUP].lstrip("# \n")
        return "" if beginning.startswith(title) else self.title

    def page_at(self, offset: int) -> int | None:
        """The number, from 1, of the page at `offset`; None where the document has no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: `text` is `document.text[start:end]`, cut at sentence ends.

    `id` is given by the library and never used twice; `ordinal` counts from 0 in the document.
    """

    id: int
    document_id: str
    language: Language
    ordinal: int
    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """Where the passage stands in its document."""
        return Span(self.start, self.end)


def _first_line(text: str) -> str:
    line = " ".join(text.strip().splitlines()[0].split()).lstrip("# ")
    if len(line) <= TITLE_LENGTH:
        return line or "Untitled"
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0] + ELLIPSIS
