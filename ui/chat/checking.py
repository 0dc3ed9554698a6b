"""Nothing is shown as a quote that does not stand in the library, to the letter, at that moment."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kutip.index.document import Document, Span
from kutip.index.errors import LibraryError
from kutip.index.library import Library
from kutip.index.snapshot import Snapshot
from kutip.rag.answer import Quote
from kutip.ui.chat.state import KeptQuote, KeptTurn

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote that was just found in its article, with its number in the answer, from 1."""

    number: int
    quote: Quote
    document: Document
    score: float | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A turn with those of its quotes that hold; `missing` counts the others."""

    turn: KeptTurn
    quotes: tuple[Shown, ...]
    missing: int

    @property
    def text(self) -> str:
        """The answering words, from the article itself; "" where there are none."""
        if self.turn.status != "answered" or not self.quotes or self.quotes[0].number != 1:
            return ""
        return self.quotes[0].quote.parts()[1]


def checked(turns: Sequence[KeptTurn], library: Library) -> list[Checked]:
    """The turns with what the library, as it stands now, has of their quotes."""
    documents: dict[str, Document | None] = {}
    results = []
    with library.snapshot() as snapshot:
        for turn in turns:
            shown = []
            for number, kept in enumerate(turn.quotes, 1):
                if kept.document_id not in documents:
                    documents[kept.document_id] = _document(snapshot, kept.document_id)
                document = documents[kept.document_id]
                quote = _quote(kept, document) if document else None
                if document and quote:
                    shown.append(Shown(number, quote, document, kept.score))
            results.append(Checked(turn, tuple(shown), len(turn.quotes) - len(shown)))
    return results


def _document(snapshot: Snapshot, document_id: str) -> Document | None:
    try:
        document = snapshot.document(document_id)
    except LibraryError:
        return None
    # The beginning of an id is enough for a person, but not here.
    return document if document.id == document_id else None


def _quote(kept: KeptQuote, document: Document) -> Quote | None:
    """The quote cut anew from the article; None where that is not what was kept."""
    if not 0 <= kept.start < kept.end <= len(document.text):
        return None
    quote = Quote.cut(document, Span(kept.start, kept.end), kept.mark)
    if quote.text != kept.text or not quote.is_verbatim(document):
        logger.warning("A kept quote of %s at %d is not verbatim", document.id, kept.start)
        return None
    return quote
