"""`kutip ask` and `kutip search`."""

import sys
from typing import Annotated, Any

import typer

from kutip.index.errors import KutipError
from kutip.rag.answer import Answer
from kutip.rag.assistant import Assistant
from kutip.rag.retriever import Hit, Retriever
from kutip.ui.cli.options import (
    JsonOption,
    LibraryOption,
    ModelOption,
    opened,
    output,
    print_json,
    waiting,
)
from kutip.ui.cli.render import answer_text, hit_text

NOT_FOUND = 3

commands = typer.Typer()
Question = Annotated[
    str, typer.Argument(help="In Indonesian or English; - reads one a line from standard input.")
]


@commands.command()
def ask(
    question: Question,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with quotes. Exits with 3 where the articles do not say."""
    with opened(library, model, ask=True) as opened_library:
        assistant = Assistant(opened_library)
        if question == "-":
            failed = [not _answer_line(assistant, line, as_json) for line in sys.stdin]
            raise typer.Exit(1 if any(failed) else 0)
        with waiting("Reading"):
            answer = assistant.ask(question)
        _print(answer, as_json)
    if answer.status == "not_found":
        raise typer.Exit(NOT_FOUND)


@commands.command()
def search(
    question: Annotated[str, typer.Argument(help="In Indonesian or English.")],
    library: LibraryOption = None,
    model: ModelOption = None,
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1)] = 5,
    as_json: JsonOption = False,
) -> None:
    """Find the passages that a question is about, best first."""
    with opened(library, model, ask=True) as opened_library:
        with waiting("Searching"):
            hits = Retriever(opened_library).search(question, k)
        for number, hit in enumerate(hits, 1):
            if as_json:
                print_json(hit_values(hit))
            else:
                output.print(hit_text(number, hit))
    if not hits:
        raise typer.Exit(NOT_FOUND)


def hit_values(hit: Hit) -> dict[str, Any]:
    """A hit for JSON."""
    passage, document = hit.passage, hit.document
    return {
        "document_id": document.id,
        "title": document.title,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "paragraph": document.paragraph_at(passage.start),
        "score": round(hit.score, 4),
        "dense": {"rank": hit.dense_rank, "score": round(hit.dense_score, 4)},
        "lexical": hit.lexical_rank
        and {"rank": hit.lexical_rank, "score": round(hit.lexical_score or 0.0, 4)},
    }


def _answer_line(assistant: Assistant, line: str, as_json: bool) -> bool:
    """Answer one line of standard input; whether it could be."""
    try:
        _print(assistant.ask(line), as_json)
    except KutipError as error:
        if as_json:
            print_json({"question": line.strip(), "error": str(error)})
        else:
            output.print(f"Error: {error}", markup=False)
        return False
    return True


def _print(answer: Answer, as_json: bool) -> None:
    if as_json:
        print_json(answer.to_dict())
    else:
        output.print(answer_text(answer))
