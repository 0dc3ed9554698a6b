"""The library pane as HTML: the articles, and how far the adding of new ones is."""

from collections.abc import Collection, Sequence

from kutip.index.language import Language
from kutip.index.snapshot import DocumentInfo
from kutip.rag.display import text_html
from kutip.ui.chat.adding import Progress
from kutip.ui.chat.icons import icon
from kutip.ui.chat.markup import attribute, button
from kutip.ui.chat.refusals import explain
from kutip.ui.chat.words import counted, day, language_name, number, word

MOST_SHOWN = 500
DONE = ("added", "replaced", "unchanged", "refused")
STAGES = {"waiting": 0, "opening": 20, "indexing": 60}
"""How full a bar is, of 100: what is under way tells no finer steps."""


def library_html(
    articles: Sequence[DocumentInfo],
    excluded: Collection[str],
    locale: Language,
    *,
    read_only: bool,
) -> str:
    """The articles, newest first; those in `excluded` are not asked."""
    if not articles:
        return f'<p class="hint" lang="{locale}">{text_html(word("no_articles", locale))}</p>'
    passages = sum(info.passages for info in articles)
    count = " · ".join(
        [
            counted("article_count", len(articles), locale),
            counted("passage_count", passages, locale),
        ]
    )
    newest = list(reversed(articles))[:MOST_SHOWN]
    items = [
        _article(info, info.id not in excluded, locale, read_only=read_only) for info in newest
    ]
    more = ""
    if len(articles) > MOST_SHOWN:
        left = number(len(articles) - MOST_SHOWN, locale)
        more = f'<p class="hint">{text_html(word("more_articles", locale, count=left))}</p>'
    return (
        f'<p class="count" lang="{locale}">{text_html(count)}</p>'
        f'<ul class="articles" lang="{locale}">{"".join(items)}</ul>{more}'
    )


def scope_html(
    articles: Sequence[DocumentInfo], excluded: Collection[str], locale: Language
) -> str:
    """Which articles are asked, where these are not all."""
    chosen = sum(info.id not in excluded for info in articles)
    if chosen == len(articles):
        return ""
    name = "asking_some" if chosen else "asking_none"
    text = word(name, locale, chosen=chosen, all=len(articles))
    everything = button(word("ask_all", locale), "link", do="ask-all")
    return f'<p class="scope" lang="{locale}">{text_html(text)} {everything}</p>'


def progress_html(states: Sequence[Progress], locale: Language, *, max_file_bytes: int) -> str:
    """A bar for each file, and a summary at the end."""
    if not states:
        return ""
    items = []
    for state in states:
        reason = ""
        if state.problem:
            told = explain(state.problem, locale, max_file_bytes=max_file_bytes)
            reason = f'<p class="reason">{text_html(told)}</p>'
        label = word(state.state, locale)
        value = 100 if state.state in DONE else STAGES[state.state]
        name = state.name or word("pasted", locale)
        items.append(
            f'<li class="{state.state}"><span class="file">{text_html(name)}</span>'
            f'<span class="state">{text_html(label)}</span>'
            f'<progress max="100" value="{value}" aria-label="{attribute(name)}">'
            f"</progress>{reason}</li>"
        )
    summary = ""
    if all(state.state in DONE for state in states):
        counts = {name: sum(state.state == name for state in states) for name in DONE}
        text = word(
            "summary",
            locale,
            added=counts["added"] + counts["replaced"],
            unchanged=counts["unchanged"],
            refused=counts["refused"],
        )
        summary = f'<p class="summary">{text_html(text)}</p>'
    return f'<ul class="adding" lang="{locale}">{"".join(items)}</ul>{summary}'


def examples_html(questions: Sequence[tuple[str, Language]], locale: Language) -> str:
    """Questions to begin with."""
    if not questions:
        return ""
    items = "".join(
        "<li>"
        + button(text, "example", do="example", question=text).replace(
            "<button", f'<button lang="{language}"', 1
        )
        + "</li>"
        for text, language in questions
    )
    label = text_html(word("examples", locale))
    return f'<p class="examples-label" lang="{locale}">{label}</p><ul class="examples">{items}</ul>'


def _article(info: DocumentInfo, chosen: bool, locale: Language, *, read_only: bool) -> str:
    title = info.title
    count = counted("passage_count", info.passages, locale)
    date = day(info.published, locale) if info.published else None
    facts = [info.outlet, date, language_name(info.language, locale), count]
    meta = " · ".join(text_html(fact) for fact in facts if fact)
    checked = " checked" if chosen else ""
    tools = button(
        word("read", locale),
        "link",
        name=word("read_name", locale, title=title),
        do="read",
        document=info.id,
    ) + button(
        word("only", locale),
        "link",
        name=word("only_name", locale, title=title),
        do="only",
        document=info.id,
    )
    if not read_only:
        tools += button(
            word("remove", locale),
            "tool",
            icon=icon("remove"),
            name=word("remove_name", locale, title=title),
            do="remove",
            document=info.id,
            title=title,
        )
    label = attribute(word("choose", locale, title=title))
    return (
        f'<li data-document="{info.id}"><input type="checkbox" class="choose" '
        f'data-document="{info.id}" aria-label="{label}"{checked}><div class="article">'
        f'<p class="title" lang="{info.language}">{text_html(title)}</p>'
        f'<p class="meta">{meta}</p><p class="article-actions">{tools}</p></div></li>'
    )
