"""What of the page never changes: its frame as HTML, and the head with styles, words and script.

Text stands in elements with `data-word`, so that the script can change the language at once; it is
Indonesian until the script has run.
"""

import json
from functools import cache
from importlib.resources import files

from kutip.index.loading import SUFFIXES
from kutip.rag.display import text_html
from kutip.rag.retriever import LONGEST_QUESTION
from kutip.ui.chat.icons import icon
from kutip.ui.chat.markup import attribute
from kutip.ui.chat.options import ChatOptions
from kutip.ui.chat.refusals import megabytes
from kutip.ui.chat.words import word, words

STYLES = ("base.css", "talk.css", "side.css")
SCRIPTS = (
    "store.js",
    "telling.js",
    "connection.js",
    "history.js",
    "article.js",
    "library.js",
    "script.js",
)
VIEWS = ("conversation", "evidence", "library", "history")


@cache
def head() -> str:
    """The part of the page's head that is Kutip's."""
    folder = files("kutip.ui.chat")
    styles = "\n".join(folder.joinpath("assets", name).read_text("utf-8") for name in STYLES)
    scripts = "\n".join(folder.joinpath("assets", name).read_text("utf-8") for name in SCRIPTS)
    # Nothing in the words may end the element that they stand in.
    data = json.dumps(words(), ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<style>{styles}</style><script type="application/json" id="kutip-words">{data}</script>'
        f"<script>{scripts}</script>"
    )


def header() -> str:
    """Name, state of the model, language, light or dark."""
    locales = "".join(
        f'<button type="button" data-do="locale" data-locale="{code}" lang="{code}" '
        f'aria-pressed="false" title="{name}"><span aria-hidden="true">{code.upper()}</span>'
        f'<span class="unseen">{name}</span></button>'
        for code, name in (("id", "Bahasa Indonesia"), ("en", "English"))
    )
    return (
        f'<a class="skip" href="#kutip-question" {_text("skip")}</a>'
        '<header class="masthead"><div class="brand"><h1>Kutip</h1>'
        f'<p class="tagline" {_text("tagline")}</p></div>'
        '<p id="kutip-status" role="status"></p><div class="switches">'
        f'<div class="segments" role="group" {_label("interface_language")}>{locales}</div>'
        f'<button type="button" class="tool" data-do="theme" {_label("theme")}>{icon("theme")}'
        '</button></div></header><p id="kutip-lost" role="alert"></p>'
    )


def talk_tools() -> str:
    """Above the conversation."""
    return (
        f'<div class="pane-head"><h2 {_text("conversation")}</h2><div class="tools">'
        f'<button type="button" class="tool" data-do="export" {_label("export")}>{icon("export")}'
        f'</button><button type="button" class="tool" data-do="new" {_label("new")}>{icon("new")}'
        "</button></div></div>"
    )


def composer() -> str:
    """Where a question is written."""
    return (
        '<form id="kutip-form" class="composer">'
        f'<label for="kutip-question" class="unseen" {_text("question")}</label>'
        f'<textarea id="kutip-question" rows="1" maxlength="{LONGEST_QUESTION}" '
        f'autocomplete="off" aria-describedby="kutip-hint" data-word-placeholder="placeholder" '
        f'placeholder="{attribute(word("placeholder", "id"))}"></textarea>'
        f'<button type="submit" class="send" {_label("ask")}>{icon("send")}</button>'
        f'<button type="button" class="send halt" data-do="stop" {_label("stop")}>{icon("stop")}'
        f'</button></form><p id="kutip-hint" {_text("hint")}</p>'
    )


def tabs() -> str:
    """Which part of the page is in view; the conversation is one of them on a narrow screen."""
    buttons = "".join(
        f'<button type="button" data-do="view" data-view="{view}" {_text(view)}</button>'
        for view in VIEWS
    )
    return f'<nav class="views" {_label("views")}>{buttons}</nav>'


def adding(options: ChatOptions) -> str:
    """Where articles are added; a word of explanation where they cannot be."""
    if options.read_only:
        return f'<p class="hint" {_text("read_only")}</p>'
    types = ",".join(SUFFIXES)
    fields = json.dumps(
        {"types": " ".join(SUFFIXES), "size": megabytes(options.max_file_bytes, "id")}
    )
    limits = word("drop_types", "id", **json.loads(fields))
    return (
        f'<label class="drop" id="kutip-drop">{icon("upload")}<span {_text("drop")}</span>'
        f'<span class="limits" data-word="drop_types" data-fields="{attribute(fields)}">'
        f'{text_html(limits)}</span><input type="file" id="kutip-files" class="unseen" multiple '
        f'accept="{types}" data-limit="{options.max_file_bytes}"></label>'
        f'<details class="paste"><summary {_text("paste")}</summary><form id="kutip-paste">'
        f'<label><span {_text("paste_title")}</span><input type="text" name="title" '
        f'maxlength="200" autocomplete="off"></label><label><span {_text("paste_text")}</span>'
        '<textarea name="text" rows="6" required></textarea></label>'
        f'<button type="submit" class="primary" {_text("add_text")}</button></form></details>'
        '<p id="kutip-uploading" role="status"></p>'
    )


def history() -> str:
    """The earlier conversations, filled in by the script."""
    return f'<p class="hint" {_text("history_text")}</p><ul id="kutip-conversations"></ul>'


def dialogs() -> str:
    """What opens over the page, and what is said to the person."""
    return (
        '<dialog id="kutip-article" class="article" aria-labelledby="article-title"></dialog>'
        '<dialog id="kutip-confirm" class="small" aria-labelledby="kutip-confirm-title">'
        '<form method="dialog"><h2 id="kutip-confirm-title"></h2><p class="subject"></p>'
        f'<p class="consequence"></p><div class="choices"><button value="" {_text("cancel")}'
        '</button><button value="yes" class="primary"></button></div></form></dialog>'
        '<dialog id="kutip-wrong" class="small" aria-labelledby="kutip-wrong-title">'
        f'<form method="dialog"><h2 id="kutip-wrong-title" {_text("wrong_quote_title")}</h2>'
        f'<label><span {_text("comment")}</span><textarea name="comment" rows="4" '
        f'maxlength="2000"></textarea></label><p class="hint" {_text("wrong_quote_text")}</p>'
        f'<div class="choices"><button value="" formnovalidate {_text("cancel")}</button>'
        f'<button value="yes" class="primary" {_text("send")}</button></div></form></dialog>'
        '<p id="kutip-live" class="unseen" role="status"></p>'
        '<p id="kutip-toast" aria-hidden="true"></p>'
    )


def _text(name: str) -> str:
    """The rest of an opening tag, and the element's text."""
    return f'data-word="{name}">{text_html(word(name, "id"))}'


def _label(name: str) -> str:
    """What a screen reader says of an element, and a tooltip shows."""
    value = attribute(word(name, "id"))
    return f'data-word-label="{name}" aria-label="{value}" title="{value}"'
