"""`kutip eval`: run the question sets, compare runs, make use of feedback."""

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kutip.index.errors import EvaluationError
from kutip.ui.cli.options import ModelOption, messages, output, print_json

commands = typer.Typer()
evaluation = typer.Typer(help="Measure how far to trust the answers.", invoke_without_command=True)
commands.add_typer(evaluation, name="eval")

FORMATS = ("auto", "kutip", "news", "squad", "idk", "facqa", "beir")
MODES = ("open", "reading")
WIDE = 1_000


@evaluation.callback()
def evaluate(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="A question set; by default the bundled ones.")
    ] = None,
    data_format: Annotated[str, typer.Option("--format", help=" | ".join(FORMATS))] = "auto",
    mode: Annotated[
        str, typer.Option(help="open: ask the whole library; reading: each question's document.")
    ] = "open",
    also: Annotated[
        list[Path] | None,
        typer.Option("--with", help="A further set whose documents join the library."),
    ] = None,
    questions_map: Annotated[
        Path | None, typer.Option(help="JSON {question id: text}: ask in other words.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="A sample of so many questions.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="For samples and intervals.")] = 0,
    model: ModelOption = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Also run parts of the system alone.")
    ] = False,
    other_model: Annotated[
        list[str] | None,
        typer.Option(
            help="Also run with this embedding model, read by sentences; can be repeated."
        ),
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Write one JSON object a question to this file.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page to look at.")] = None,
    save: Annotated[Path | None, typer.Option(help="Store the run, to compare with.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Compare with a stored run; exit with 1 if worse.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Ask the questions of a set and score the answers."""
    if context.invoked_subcommand:
        return
    if mode not in MODES or data_format not in FORMATS:
        raise EvaluationError(
            f"--mode {mode} --format {data_format}: choose a mode of {', '.join(MODES)} and a "
            f"format of {', '.join(FORMATS)}."
        )
    for path in (predictions, report, save):
        # A run may take an hour: what is written after it must not fail then.
        if path and not path.absolute().parent.is_dir():
            raise EvaluationError(
                f"{path} cannot be written, since its folder is not there: make "
                f"{path.absolute().parent}, or give another path."
            )
    # scipy and the rest take a second to import, and other commands do not need them.
    from kutip.evals.adapters import load_questions
    from kutip.evals.compare import compare
    from kutip.evals.prediction import write_predictions
    from kutip.evals.record import read_record, write_record
    from kutip.evals.report import report_html
    from kutip.evals.reporting import build_report
    from kutip.evals.run import Mode, Task
    from kutip.evals.suite import (
        BASELINES,
        bundled_questions,
        evaluate,
        prepare,
        with_documents,
    )
    from kutip.evals.systems import ABLATIONS
    from kutip.index.embedder import SentenceTransformerEmbedder
    from kutip.ui.cli import tables

    questions = load_questions(
        data or bundled_questions(),
        format=data_format,
        questions_map=questions_map,
        limit=limit,
        seed=seed,
    )
    questions = with_documents(questions, also or [])
    command = shlex.join(["kutip", *sys.argv[1:]])
    stored = read_record(baseline) if baseline else None
    with _progress() as progress:
        task_id = progress.add_task("", total=None)

        def show(what: str, done: int, total: int) -> None:
            progress.update(task_id, description=what, completed=done, total=total)

        runs = {}
        # The trained reader reads with Kutip's own models alone: others are compared without it.
        beside = ABLATIONS if ablate else ("by-sentences",) if other_model else ()
        plans = [(model, {name: name for name in ("kutip", *BASELINES, *beside)})]
        plans += [
            (name, {f"by-sentences, {Path(name).name}": "by-sentences"})
            for name in other_model or []
        ]
        for name, systems in plans:
            embedder = SentenceTransformerEmbedder(name, allow_download=True)
            sha256 = embedder.identity.sha256
            with prepare(questions, embedder, show) as library:
                for label, system in systems.items():
                    where: Mode = "reading" if mode == "reading" else "open"
                    task = Task(questions, where, system, seed, sha256)
                    runs[label] = evaluate(task, library, show, command)
    main = runs["kutip"]
    if predictions:
        write_predictions(predictions, [item.prediction for item in main.items])
    if save:
        write_record(save, main.record)
    if report:
        page = report_html(build_report(main, runs, questions))
        report.write_text(page, "utf-8")
    comparison = compare(stored, main.record, seed) if stored else None
    if as_json:
        values = _values(runs)
        if comparison:
            values["comparison"] = asdict(comparison) | {"is_worse": comparison.is_worse}
        print_json(values)
    else:
        _show(tables.figures(main.record))
        _show(tables.systems({name: run.record for name, run in runs.items()}))
        if comparison:
            _show(tables.comparison(comparison))
    if comparison and comparison.is_worse:
        raise typer.Exit(1)


@evaluation.command("compare")
def compare_(
    before: Annotated[Path, typer.Argument(help="A run stored with --save.")],
    after: Annotated[Path, typer.Argument(help="Another run of the same set.")],
) -> None:
    """Compare two stored runs, question by question."""
    from kutip.evals.compare import compare
    from kutip.evals.record import read_record
    from kutip.ui.cli import tables

    _show(tables.comparison(compare(read_record(before), read_record(after))))


@evaluation.command()
def feedback(
    file: Annotated[Path, typer.Argument(help="The feedback.jsonl of a library.")],
) -> None:
    """Turn the web chat's feedback into lines of a question set, for a person to check."""
    from kutip.evals.feedback import question_lines

    for line in question_lines(file):
        print_json(line)


def _show(table: RenderableType) -> None:
    # A file or a pipe has no width that cells would have to be broken for.
    console = output if output.is_terminal else Console(width=WIDE, highlight=False)
    console.print(table)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=messages,
        disable=not messages.is_terminal,
        transient=True,
    )


def _values(runs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "settings": run.record.settings,
            "figures": [asdict(figure) for figure in run.record.figures],
        }
        for name, run in runs.items()
    }
