"""How an answer looks as plain text and as HTML, for a console or a notebook.

A quote is shown only if it stands in its article to the letter, as the answer's hits hold it. What
an article says is shown as text, whatever it holds; nothing here is fit to be parsed again.
"""

import re
from html import escape

from kutip.index.language import Language
from kutip.rag.answer import Answer, Quote
from kutip.rag.phrases import confidence_phrase

PARAGRAPH: dict[Language, str] = {"id": "paragraf", "en": "paragraph"}
PAGE: dict[Language, str] = {"id": "halaman", "en": "page"}
GONE: dict[Language, str] = {
    "id": "Ada kutipan yang tidak sama persis dengan artikelnya dan karena itu tidak ditampilkan.",
    "en": "A quote that is not in its article to the letter is left out.",
}
# The same that pandas puts around a table: without them a notebook makes formulas of "$5 and $6".
NO_FORMULAS = "tex2jax_ignore mathjax_ignore"
LINE_BREAK = re.compile(r"\r\n|\r|\n")
# What a terminal would obey (colours, the cursor, the order of letters) is made visible.
VISIBLE = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
VISIBLE |= {0x7F: 0x2421}
VISIBLE |= dict.fromkeys([*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "�")


def answer_plain(answer: Answer) -> str:
    """The frame, then each quote with the words in it that answer, and where it stands."""
    blocks = [answer.message]
    quotes = shown_quotes(answer)
    for number, quote in enumerate(quotes, 1):
        before, words, after = quote.parts()
        lines = [visible(quote.text)]
        if words and before + after:
            lines.append(f"→ {visible(words)}")
        lines.append(f"[{number}] {visible(source_line(quote, answer.language))}")
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, *remarks(answer, quotes)])


def answer_html(answer: Answer) -> str:
    """The same as HTML without scripts, styles, links or images, with `lang` on every quote."""
    parts = [f"<p><strong>{text_html(answer.message)}</strong></p>"]
    quotes = shown_quotes(answer)
    for number, quote in enumerate(quotes, 1):
        before, words, after = map(text_html, quote.parts())
        marked = f"<mark>{words}</mark>" if words else ""
        place = " · ".join(map(text_html, place_parts(quote, answer.language)))
        parts.append(
            f'<figure><blockquote lang="{quote.language}">{before}{marked}{after}</blockquote>'
            f'<figcaption>[{number}] <cite lang="{quote.language}"><bdi>{text_html(quote.title)}'
            f"</bdi></cite> · {place}</figcaption></figure>"
        )
    parts += [f"<p><small>{text_html(remark)}</small></p>" for remark in remarks(answer, quotes)]
    return (
        f'<div class="kutip-answer {NO_FORMULAS}" lang="{answer.language}">{"".join(parts)}</div>'
    )


def shown_quotes(answer: Answer) -> list[Quote]:
    """The quotes that are in the documents of the answer's hits to the letter, in order."""
    documents = {hit.document.id: hit.document for hit in answer.hits}
    return [
        quote
        for quote in answer.quotes
        if quote.document_id in documents and quote.is_verbatim(documents[quote.document_id])
    ]


def remarks(answer: Answer, shown: list[Quote]) -> list[str]:
    """What is to be said after the quotes that are shown."""
    if len(shown) < len(answer.quotes):
        return [GONE[answer.language]]
    sure = answer.status == "answered"
    return [confidence_phrase(answer.confidence, answer.language)] if sure else []


def source_line(quote: Quote, language: Language) -> str:
    """Where a quote stands, in the reader's language."""
    return " · ".join([quote.title, *place_parts(quote, language)])


def place_parts(quote: Quote, language: Language) -> list[str]:
    """Outlet, date, paragraph and page of a quote, without what is not known."""
    outlet = [quote.outlet] if quote.outlet else []
    published = [quote.published.isoformat()] if quote.published else []
    page = [f"{PAGE[language]} {quote.page}"] if quote.page else []
    return [*outlet, *published, f"{PARAGRAPH[language]} {quote.paragraph}", *page]


def visible(text: str) -> str:
    """The text without anything that a terminal obeys, for reading; line breaks stay."""
    return text.replace("\r\n", "\n").translate(VISIBLE)


def text_html(text: str) -> str:
    """Any text as HTML that shows it, with its line breaks."""
    return LINE_BREAK.sub("<br>", escape(text, quote=True))
