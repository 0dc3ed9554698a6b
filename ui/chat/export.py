"""A conversation as Markdown, with its citations.

Text of people and articles is escaped, so that a viewer shows it as it was written and fetches
nothing.
"""

import re
from collections.abc import Sequence

from kutip.index.language import Language
from kutip.rag.phrases import confidence_phrase
from kutip.ui.chat.checking import Checked, Shown
from kutip.ui.chat.conversation import origin
from kutip.ui.chat.words import number, word

# What Markdown, HTML or LaTeX would take for its own, wherever it stands in a line.
SPECIAL = re.compile(r"([\\`*_\[\]<>#$~|&!])")
# And what it would at the beginning of one.
LIST = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)
LINK = re.compile(r"(https?)(://)|(www)(\.)", re.IGNORECASE)


def markdown(turns: Sequence[Checked], locale: Language) -> str:
    """The whole conversation."""
    parts = [f"# {word('export_title', locale)}", f"*{word('export_note', locale)}*"]
    parts += [_turn(checked, locale) for checked in turns]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    text = SPECIAL.sub(r"\\\1", text)
    text = LIST.sub(lambda found: f"{found[1]}{_guarded(found[2])}", text)
    # Addresses would become links by themselves.
    return LINK.sub(lambda found: f"{found[1] or found[3]}\\{found[2] or found[4]}", text)


def _guarded(mark: str) -> str:
    """A sign gets a backslash before it; a number needs it after, before its dot."""
    return f"{mark}\\" if mark[0].isdigit() else f"\\{mark}"


def _turn(checked: Checked, locale: Language) -> str:
    turn = checked.turn
    parts = [f"## {_line(turn.question)}", escaped(turn.message)]
    if checked.text:
        parts.append(f"**{_line(checked.text)}**")
    for shown in checked.quotes:
        parts.append(_quoted(shown))
        parts.append(_citation(shown, turn.language))
    if checked.missing:
        parts.append(f"*{word('quote_gone', turn.language)}*")
    if turn.status == "answered" and checked.quotes:
        sure = confidence_phrase(turn.confidence, turn.language)
        parts.append(f"*{sure} ({number(turn.confidence, turn.language, 2)})*")
    return "\n\n".join(parts)


def _quoted(shown: Shown) -> str:
    return "\n".join(f"> {line}".rstrip() for line in escaped(shown.quote.text).split("\n"))


def _citation(shown: Shown, language: Language) -> str:
    quote = shown.quote
    place = word("offsets", language, start=quote.start, end=quote.end)
    return (
        f"\\[{shown.number}\\] {_line(quote.title)}, "
        f"{escaped(origin(shown, language).replace(' · ', ', '))}, {place} (`{quote.document_id}`)"
    )


def _line(text: str) -> str:
    return escaped(" ".join(text.split()))
