"""Quotes on the page: escaped, marked, and the article's words to the letter."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from kutip.index.document import Document, Span
from kutip.index.library import Library
from kutip.rag.answer import Answer, Quote
from kutip.rag.assistant import Assistant
from kutip.ui.chat.render import (
    answer_html,
    checked_quotes,
    evidence_html,
    marked_html,
    notice_html,
    question_html,
)

HOSTILE = (
    "<img src=x onerror=alert(1)> **tebal** $x^2$ ![gambar](http://contoh.invalid/a.png)\n\n"
    "</blockquote><script>alert(2)</script> &amp; “kutipan” <mark>palsu</mark>."
)


def shown_text(page: str) -> str:
    """What a browser shows of simple HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.replace("<br>", "\n")))


@given(
    st.text(alphabet=st.characters(exclude_characters="\r", exclude_categories=["Cs"])), st.data()
)
def test_marked_text_is_the_text_to_the_letter(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    page = marked_html(text, Span(0, len(text)), Span(start, end))
    assert shown_text(page) == text
    assert page.count("<mark>") == 1


def test_hostile_text_stays_text() -> None:
    document = Document.from_text(HOSTILE, title="<b>judul</b>", language="id")
    quote = Quote.cut(document, Span(0, len(HOSTILE)), Span(5, 20))
    answer = Answer("?", "id", "answered", "x", "Menurut artikel:", (quote,), 0.9)
    quotes = [(quote, document)]
    for page in (
        answer_html(answer, quotes),
        evidence_html(quotes, "id"),
        question_html(HOSTILE),
        notice_html(HOSTILE),
    ):
        assert "<img" not in page
        assert "<script" not in page
        assert "<b>" not in page
        # A line break would end the HTML block, and the rest would be read as Markdown.
        assert "\n" not in page


def test_a_quote_that_is_not_in_the_library_to_the_letter_is_not_shown(
    bundled_library: Library,
) -> None:
    answer = Assistant(bundled_library).ask("What did the 2000 treaty replace?")
    assert len(checked_quotes(answer, bundled_library)) == len(answer.quotes) > 0
    quote = answer.quotes[0]
    values = {name: getattr(quote, name) for name in Quote.__slots__}
    changed = Quote(**(values | {"text": quote.text.replace("1961", "1990")}))
    gone = Quote(**(values | {"document_id": "0" * 16}))
    forged = Answer("?", "en", "answered", "1990", "", (changed, gone), 0.9)
    assert checked_quotes(forged, bundled_library) == []
