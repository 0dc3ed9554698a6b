"""A whole article as HTML, with the quotes of one answer marked in it."""

from collections.abc import Sequence

from kutip.index.document import Document, Span
from kutip.index.language import Language
from kutip.rag.display import text_html
from kutip.ui.chat.checking import Checked
from kutip.ui.chat.icons import icon
from kutip.ui.chat.markup import button, marked_html
from kutip.ui.chat.words import day, language_name, word

Mark = tuple[int, Span]
"""The number of a quote, and where it stands."""


def quote_marks(checked: Checked, document_id: str) -> list[Mark]:
    """The quotes of an answer in one article, by where they stand.

    Where quotes overlap the earlier one is marked.
    """
    spans = []
    for shown in checked.quotes:
        quote = shown.quote
        if quote.document_id == document_id:
            exact = quote.mark if checked.turn.status == "answered" else None
            spans.append((shown.number, exact or Span(quote.start, quote.end)))
    marks: list[Mark] = []
    for number, span in sorted(spans, key=lambda mark: mark[1]):
        if not marks or span.start >= marks[-1][1].end:
            marks.append((number, span))
    return marks


def article_html(
    document: Document, marks: Sequence[Mark], locale: Language, *, target: int | None = None
) -> str:
    """The article for a dialog; `target` is the number of the quote to scroll to."""
    facts = [
        document.outlet,
        day(document.published, locale) if document.published else None,
        language_name(document.language, locale),
    ]
    meta = " · ".join(text_html(fact) for fact in facts if fact)
    return (
        f'<header class="article-head" lang="{locale}"><div><h2 id="article-title" '
        f'lang="{document.language}">{text_html(document.title)}</h2><p class="meta">{meta}</p>'
        f"</div>{_steps(marks, locale, target)}"
        f"{button(word('close', locale), 'tool', icon=icon('close'), do='close')}</header>"
        f'<div class="article-text" lang="{document.language}" tabindex="0" role="group" '
        f'aria-labelledby="article-title">{_paragraphs(document, marks, locale)}</div>'
    )


def _steps(marks: Sequence[Mark], locale: Language, target: int | None) -> str:
    """Previous and next, where there are several."""
    if len(marks) < 2:
        return ""
    at = next((place for place, (number, _) in enumerate(marks, 1) if number == target), 1)
    text = word("mark_of", locale, number=at, all=len(marks))
    return (
        '<div class="article-steps">'
        + button(word("previous", locale), "tool", icon=icon("previous"), do="step", by="-1")
        + f'<span class="step" role="status">{text_html(text)}</span>'
        + button(word("next", locale), "tool", icon=icon("next"), do="step", by="1")
        + "</div>"
    )


def _paragraphs(document: Document, marks: Sequence[Mark], locale: Language) -> str:
    parts = []
    page = 1
    numbered: set[int] = set()
    for paragraph in document.paragraphs:
        at = document.page_at(paragraph.start)
        if at and at > page:
            page = at
            label = text_html(word("page_break", locale, number=page))
            parts.append(f'<p class="page-break" lang="{locale}">{label}</p>')
        pieces = []
        for number, span in marks:
            start, end = max(span.start, paragraph.start), min(span.end, paragraph.end)
            if start < end:
                # A quote over two paragraphs has two marks, of which the first is gone to.
                place = "" if number in numbered else f' data-mark="{number}" tabindex="-1"'
                numbered.add(number)
                pieces.append((Span(start, end), f"{place}"))
        parts.append(f"<p>{marked_html(document.text, paragraph, pieces)}</p>")
    return "".join(parts)


def gone_html(locale: Language) -> str:
    """In place of an article that was removed."""
    close = button(word("close", locale), "tool", icon=icon("close"), do="close")
    gone = text_html(word("article_gone", locale))
    return (
        f'<header class="article-head" lang="{locale}"><h2 id="article-title">{gone}</h2>'
        f"{close}</header>"
    )
