"""The conversation as HTML: questions, answers with their quotes, and what to do about them.

The frame of an answer is in the question's language, the buttons are in the page's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kutip.index.document import Span
from kutip.index.language import Language
from kutip.index.snapshot import DocumentInfo
from kutip.rag.display import text_html
from kutip.rag.phrases import confidence_phrase
from kutip.ui.chat.checking import Checked, Shown
from kutip.ui.chat.icons import icon
from kutip.ui.chat.markup import attribute, button, marked_html
from kutip.ui.chat.words import day, number, word

LONGEST_LARGE = 160
"""Answering words longer than this are a sentence, and are read better inside their quote."""
MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """A question whose answer is on its way, and what is being done for it."""

    question: str
    language: Language
    doing: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What a conversation is shown with: the page's language, the library, what may be done."""

    locale: Language
    articles: Sequence[DocumentInfo]
    feedback: bool = True
    shown: str | None = None
    """The id of the turn whose evidence is shown."""


def conversation_html(
    turns: Sequence[Checked], frame: Frame, pending: Pending | None = None
) -> str:
    """All turns, oldest first; a welcome where there are none."""
    if not turns and pending is None:
        return _welcome(frame)
    parts = [_turn(turn, frame, last=turn is turns[-1] and not pending) for turn in turns]
    if pending:
        parts.append(
            '<article class="turn pending" data-turn="pending">'
            + _question(pending.question, pending.language, frame.locale)
            + f'<div class="answer" lang="{pending.language}"><p class="doing">'
            f'<span class="spinner" aria-hidden="true"></span>{text_html(pending.doing)}</p>'
            "</div></article>"
        )
    return "".join(parts)


def place(shown: Shown, language: Language) -> str:
    """Paragraph, and page where there are pages, as text."""
    parts = [word("paragraph", language, number=shown.quote.paragraph)]
    if shown.quote.page:
        parts.append(word("page", language, number=shown.quote.page))
    return ", ".join(parts)


def origin(shown: Shown, language: Language) -> str:
    """Outlet, date and place, as text."""
    quote = shown.quote
    date = day(quote.published, language) if quote.published else None
    return " · ".join(part for part in (quote.outlet, date, place(shown, language)) if part)


def _welcome(frame: Frame) -> str:
    text = word("welcome_text" if frame.articles else "welcome_empty", frame.locale)
    action = ""
    if not frame.articles:
        label = word("open_library", frame.locale)
        action = f"<p>{button(label, 'primary', do='view', view='library')}</p>"
    return (
        f'<div class="welcome" lang="{frame.locale}"><h2>{text_html(word("welcome", frame.locale))}'
        f"</h2><p>{text_html(text)}</p>{action}</div>"
    )


def _question(question: str, language: Language, locale: Language) -> str:
    return (
        f'<h3 class="asked" lang="{language}"><span class="unseen" lang="{locale}">'
        f"{text_html(word('you_asked', locale))} </span>{text_html(question)}</h3>"
    )


def _turn(checked: Checked, frame: Frame, *, last: bool) -> str:
    turn = checked.turn
    shown = " shown" if turn.id == frame.shown else ""
    return (
        f'<article class="turn{shown}" data-turn="{attribute(turn.id)}" '
        f'data-status="{turn.status}">'
        + _question(turn.question, turn.language, frame.locale)
        + f'<div class="answer" lang="{turn.language}">{_answer(checked, frame)}</div>'
        + _actions(checked, frame, last=last)
        + "</article>"
    )


def _answer(checked: Checked, frame: Frame) -> str:
    turn = checked.turn
    role = ' role="alert"' if turn.status == "failed" else ""
    parts = [f'<p class="frame {turn.status}"{role}>{text_html(turn.message)}</p>']
    text = checked.text
    # A reader that answers with a whole quote would have it stand there twice.
    large = bool(text) and len(text) <= LONGEST_LARGE and text != checked.quotes[0].quote.text
    if large:
        language = checked.quotes[0].quote.language
        parts.append(f'<p class="words" lang="{language}">{text_html(text)}</p>')
    before = None
    for shown in checked.quotes:
        parts.append(_quote(shown, checked, lead=not large, named=shown.document.id != before))
        before = shown.document.id
    if checked.missing:
        parts.append(f'<p class="gone">{text_html(word("quote_gone", turn.language))}</p>')
    if turn.status == "not_found":
        parts.append(_about(frame.articles, turn.language))
    if turn.status not in ("greeting", "failed"):
        parts.append(_surety(checked))
    return "".join(parts)


def _quote(shown: Shown, checked: Checked, *, lead: bool, named: bool) -> str:
    """A quote with its source, which is `named` where it is not that of the quote before it."""
    quote, turn = shown.quote, checked.turn
    marks = [(quote.mark, "")] if quote.mark and turn.status == "answered" else []
    marked = marked_html(shown.document.text, Span(quote.start, quote.end), marks)
    name = word("source", turn.language, number=shown.number, title=quote.title)
    cite = button(
        f"[{shown.number}]", "cite", name=name, do="cite", turn=turn.id, number=str(shown.number)
    )
    source = (
        f'<cite lang="{quote.language}">{text_html(quote.title)}</cite> '
        f'<span class="origin">{text_html(origin(shown, turn.language))}</span>'
        if named
        else f"<span>{text_html(place(shown, turn.language))}</span>"
    )
    large = " lead" if lead and shown.number == 1 and turn.status == "answered" else ""
    return (
        f'<figure class="quote{large}"><blockquote lang="{quote.language}"><p>{marked}</p>'
        f"</blockquote><figcaption>{cite} {source}</figcaption></figure>"
    )


def _about(articles: Sequence[DocumentInfo], language: Language) -> str:
    """What the library could be asked about instead."""
    if not articles:
        return ""
    # The newest first: they are the likeliest to be asked about.
    titles = list(reversed(articles))[:MOST_TITLES]
    items = [f'<li lang="{info.language}">{text_html(info.title)}</li>' for info in titles]
    if len(articles) > MOST_TITLES:
        more = word("about_more", language, count=len(articles) - MOST_TITLES)
        items.append(f"<li>{text_html(more)}</li>")
    about = text_html(word("about", language))
    return f'<div class="about"><p>{about}</p><ul>{"".join(items)}</ul></div>'


def _surety(checked: Checked) -> str:
    turn = checked.turn
    parts = []
    if turn.status == "answered" and checked.quotes:
        value = number(turn.confidence, turn.language, 2)
        hint = word("probability", turn.language, value=value)
        level = "high" if turn.confidence >= 0.75 else "middle" if turn.confidence >= 0.5 else "low"
        sure = confidence_phrase(turn.confidence, turn.language)
        parts.append(
            f'<span class="sure {level}" title="{attribute(hint)}"><span class="dots" '
            f'aria-hidden="true"></span>{text_html(sure)}<span class="unseen"> '
            f"{text_html(hint)}</span></span>"
        )
    if turn.milliseconds:
        digits = 1 if turn.milliseconds >= 1000 else 2
        seconds = number(max(0.01, turn.milliseconds / 1000), turn.language, digits)
        took = word("took", turn.language, seconds=seconds)
        parts.append(f'<span class="took">{text_html(took)}</span>')
    return f'<p class="surety">{"".join(parts)}</p>' if parts else ""


def _actions(checked: Checked, frame: Frame, *, last: bool) -> str:
    turn, locale = checked.turn, frame.locale
    buttons = []
    if frame.feedback and turn.status in ("answered", "related", "not_found"):
        for verdict, drawing in (("good", "up"), ("bad", "down")):
            pressed = "true" if turn.verdict == verdict else "false"
            made = button(
                word(verdict, locale),
                "tool",
                icon=icon(drawing),
                do="verdict",
                turn=turn.id,
                verdict=verdict,
            )
            buttons.append(made.replace("<button", f'<button aria-pressed="{pressed}"', 1))
        if checked.quotes:
            label = word("wrong_quote", locale)
            pressed = "true" if turn.verdict == "wrong quote" else "false"
            made = button(label, "tool text", do="wrong", turn=turn.id)
            buttons.append(made.replace("<button", f'<button aria-pressed="{pressed}"', 1))
    if last:
        buttons.append(button(word("retry", locale), "tool", icon=icon("retry"), do="retry"))
        buttons.append(button(word("undo", locale), "tool", icon=icon("undo"), do="undo"))
    if not buttons:
        return ""
    return f'<div class="actions" lang="{locale}">{"".join(buttons)}</div>'
