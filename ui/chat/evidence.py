"""The evidence pane as HTML: a card for each source of one answer, or for each passage found."""

from collections.abc import Sequence

from kutip.index.document import Span
from kutip.index.language import Language
from kutip.rag.display import text_html
from kutip.rag.retriever import Hit
from kutip.ui.chat.checking import Checked, Shown
from kutip.ui.chat.conversation import origin, place
from kutip.ui.chat.markup import attribute, button, marked_html
from kutip.ui.chat.words import day, language_name, number, word

FULL_SCORE = 6.0
"""A closeness that fills its bar: hardly any passage is above it."""


def evidence_html(checked: Checked | None, locale: Language, chosen: int | None = None) -> str:
    """The cards of a turn, of which `chosen` is the number of the one pointed at."""
    if checked is None:
        text = text_html(word("no_evidence", locale))
        return f'<p class="nothing-yet" lang="{locale}">{text}</p>'
    head = (
        f'<p class="about-what">{text_html(word("evidence_for", locale))} '
        f'<q lang="{checked.turn.language}">{text_html(checked.turn.question)}</q></p>'
    )
    if not checked.quotes:
        gone = "quote_gone" if checked.missing else "no_evidence_here"
        return head + _hint(word(gone, locale), locale)
    marked = checked.turn.status == "answered"
    cards = [
        _card(shown, checked.turn.id, locale, marked=marked, chosen=shown.number == chosen)
        for shown in checked.quotes
    ]
    return head + "".join(cards)


def found_html(hits: Sequence[Hit], locale: Language) -> str:
    """The passages found, while they are being read."""
    cards = []
    for hit in hits:
        document, passage = hit.document, hit.passage
        cards.append(
            f'<section class="card found" lang="{locale}"><h3 lang="{document.language}">'
            f"{text_html(document.title)}</h3>{_score(hit.score, locale)}"
            f'<p class="passage" lang="{passage.language}">{text_html(passage.text.strip())}</p>'
            "</section>"
        )
    return f'<p class="about-what">{text_html(word("found", locale))}</p>{"".join(cards)}'


def citation(shown: Shown, language: Language) -> str:
    """A quote with its source, to be pasted elsewhere."""
    quote = shown.quote
    return f"“{quote.text}” — {quote.title}, {origin(shown, language).replace(' · ', ', ')}"


def _card(shown: Shown, turn_id: str, locale: Language, *, marked: bool, chosen: bool) -> str:
    quote, document = shown.quote, shown.document
    mark = quote.mark if marked and quote.mark else Span(quote.start, quote.end)
    paragraph = document.paragraphs[quote.paragraph - 1]
    around = Span(min(paragraph.start, quote.start), max(paragraph.end, quote.end))
    passage = marked_html(document.text, around, [(mark, "")])
    date = day(quote.published, locale) if quote.published else None
    facts = [quote.outlet, date, language_name(quote.language, locale), place(shown, locale)]
    meta = " · ".join(text_html(fact) for fact in facts if fact)
    show = button(
        word("show_in_article", locale),
        "link",
        do="article",
        turn=turn_id,
        number=str(shown.number),
    )
    copy = button(word("copy_quote", locale), "link", do="copy", copy=citation(shown, locale))
    score = _score(shown.score, locale) if shown.score is not None else ""
    return (
        f'<section class="card{" chosen" if chosen else ""}" data-number="{shown.number}" '
        f'lang="{locale}" tabindex="-1" aria-label="'
        f'{attribute(word("citation_number", locale, number=shown.number))}">'
        f'<h3><span class="number">[{shown.number}]</span> <span lang="{quote.language}">'
        f'{text_html(quote.title)}</span></h3><p class="meta">{meta}</p>{score}'
        f'<p class="passage" lang="{quote.language}">{passage}</p>'
        f'<p class="card-actions">{show}{copy}</p></section>'
    )


def _score(score: float, locale: Language) -> str:
    share = max(0, min(100, round(100 * score / FULL_SCORE)))
    value = word("score", locale, value=number(score, locale, 1))
    return (
        f'<p class="score" title="{attribute(word("score_hint", locale))}"><span class="bar" '
        f'aria-hidden="true"><span style="width:{share}%"></span></span>{text_html(value)}</p>'
    )


def _hint(text: str, locale: Language) -> str:
    return f'<p class="hint" lang="{locale}">{text_html(text)}</p>'
