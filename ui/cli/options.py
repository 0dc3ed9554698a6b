"""What the commands have in common: options, opening a library, waiting in style."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from kutip.index.bundled import bundled_article
from kutip.index.library import Library

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library", envvar="KUTIP_LIBRARY", help="The library's directory.", show_default=False
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        envvar="KUTIP_MODEL",
        help="A sentence-transformers model, by name or directory, if not the library's own.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]

output = Console(soft_wrap=True, highlight=False)
messages = Console(stderr=True, soft_wrap=True, highlight=False)


@contextmanager
def opened(path: Path | None, model: str | None = None, *, ask: bool = False) -> Iterator[Library]:
    """The library of a command; with `ask`, a new one gets the bundled article to ask about."""
    with Library.open(path, embedder=model or None) as library:
        if ask and library.stats().revision == 0:
            with waiting("The library is new: adding the article that comes with Kutip"):
                article = library.add(bundled_article()).document
            messages.print(f"Added the article that comes with Kutip: {article.title}", style="dim")
        yield library


@contextmanager
def waiting(message: str) -> Iterator[None]:
    """Show a bar that moves while something takes a while, on a terminal; nothing in a pipe."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn()
    hidden = not messages.is_terminal
    with Progress(*columns, console=messages, disable=hidden, transient=True) as progress:
        progress.add_task(message, total=None)
        yield


def print_json(values: dict[str, Any]) -> None:
    """One line of JSON, out at once: the reader of a pipe may be waiting for it."""
    sys.stdout.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
