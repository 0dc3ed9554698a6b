"""Answers as HTML for the page.

Every piece of text from a person or an article is escaped here, and every quote is checked once
more against its article before it is shown. No blank line may stand in a block: the page reads
messages as Markdown, where it would end the HTML.
"""

import logging
from collections.abc import Sequence
from html import escape

from kutip.index.document import Document, Span
from kutip.index.errors import LibraryError
from kutip.index.language import Language
from kutip.index.library import Library
from kutip.rag.answer import Answer, Quote
from kutip.rag.phrases import confidence_phrase
from kutip.ui.chat.words import word

logger = logging.getLogger(__name__)


def text_html(text: str) -> str:
    """Any text as HTML that shows it as it is."""
    return escape(text, quote=True).replace("\r", "").replace("\n", "<br>")


def question_html(question: str) -> str:
    """A person's message."""
    return f"<div>{text_html(question)}</div>"


def notice_html(message: str) -> str:
    """A message of the program itself, such as an error."""
    return f'<div class="kutip-notice" role="alert">{text_html(message)}</div>'


def checked_quotes(answer: Answer, library: Library) -> list[tuple[Quote, Document]]:
    """The quotes that stand in the library to the letter, with their articles."""
    checked = []
    for quote in answer.quotes:
        try:
            document = library.document(quote.document_id)
        except LibraryError:
            logger.warning("The article %s was removed before it was shown", quote.document_id)
            continue
        if quote.is_verbatim(document):
            checked.append((quote, document))
        else:
            logger.error("A quote of %s at %d is not verbatim", document.id, quote.start)
    return checked


def answer_html(answer: Answer, quotes: Sequence[tuple[Quote, Document]]) -> str:
    """The frame, the answering words, and the quotes, numbered."""
    parts = [f'<p class="kutip-frame">{text_html(answer.message)}</p>']
    for number, (quote, document) in enumerate(quotes, 1):
        marked = marked_html(document.text, Span(quote.start, quote.end), quote.mark)
        parts.append(
            f'<blockquote lang="{quote.language}">{marked}</blockquote>'
            f'<p class="kutip-source">[{number}] {source_html(quote, answer.language)}</p>'
        )
    if answer.status == "answered":
        sure = confidence_phrase(answer.confidence, answer.language)
        parts.append(
            f'<p class="kutip-source" title="{answer.confidence:.2f}">{text_html(sure)}</p>'
        )
    return f'<div class="kutip-answer" lang="{answer.language}">{"".join(parts)}</div>'


def evidence_html(quotes: Sequence[tuple[Quote, Document]], language: Language) -> str:
    """A card for each quote, with the whole article behind it."""
    if not quotes:
        return f'<p class="kutip-source">{text_html(word("no_evidence", language))}</p>'
    cards = []
    for number, (quote, document) in enumerate(quotes, 1):
        span = Span(quote.start, quote.end)
        mark = quote.mark or span
        paragraph = document.paragraphs[quote.paragraph - 1]
        around = Span(min(paragraph.start, span.start), max(paragraph.end, span.end))
        whole = Span(0, len(document.text))
        cards.append(
            f'<section class="kutip-card" aria-label="[{number}]">'
            f"<h3>[{number}] {text_html(quote.title)}</h3>"
            f'<p class="kutip-source">{source_html(quote, language)}</p>'
            f'<p lang="{quote.language}">{marked_html(document.text, around, mark)}</p>'
            f"<details><summary>{text_html(word('whole_article', language))}</summary>"
            f'<p lang="{quote.language}">{marked_html(document.text, whole, mark)}</p>'
            "</details></section>"
        )
    return "".join(cards)


def source_html(quote: Quote, language: Language) -> str:
    """Where a quote stands, in the reader's language."""
    place = f"{word('paragraph', language)} {quote.paragraph}"
    if quote.page:
        place += f", {word('page', language)} {quote.page}"
    date = quote.published.isoformat() if quote.published else None
    parts = [quote.title, quote.outlet, date, place]
    return " · ".join(text_html(part) for part in parts if part)


def marked_html(text: str, span: Span, mark: Span | None) -> str:
    """`text[span]` with the mark in it; without marks and tags it is that text to the letter."""
    if mark is None:
        return text_html(text[span.start : span.end])
    before, inside, after = (
        text_html(text[start:end])
        for start, end in ((span.start, mark.start), mark, (mark.end, span.end))
    )
    return f"{before}<mark>{inside}</mark>{after}"
