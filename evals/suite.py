"""A whole evaluation: library, run, scores, figures, record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from kutip.evals.adapters import load_questions
from kutip.evals.questions import QuestionSet
from kutip.evals.record import Record, settings
from kutip.evals.run import Progress, Task, eval_library, run
from kutip.evals.scores import score_all
from kutip.evals.summary import Item, items, summarise
from kutip.evals.systems import make_system
from kutip.index.embedder import Embedder
from kutip.index.library import Library

BASELINES = ("abstain", "random")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished run: its record, and every question with what was said to it."""

    record: Record
    items: list[Item]


def bundled_questions() -> Path:
    """The folder of the question sets that come with Kutip."""
    return Path(str(files("kutip.evals").joinpath("questions")))


def with_documents(questions: QuestionSet, others: Iterable[Path]) -> QuestionSet:
    """The same questions, over the documents of further sets too."""
    documents = dict(questions.documents)
    for path in others:
        documents |= load_questions(path).documents
    return replace(questions, documents=documents)


def prepare(
    questions: QuestionSet, embedder: Embedder, progress: Progress, cache: Path | None = None
) -> Library:
    """The library of a question set."""
    return eval_library(list(questions.documents.values()), embedder, progress, cache)


def evaluate(
    task: Task, library: Library, progress: Progress, command: str, cache: Path | None = None
) -> Evaluation:
    """Run a system over a task and score it."""
    system = make_system(task.system, library, task.seed)
    predictions = {p.id: p for p in run(task, system, progress, cache)}
    scores = score_all(task.questions, predictions)
    scored = items(task.questions, predictions, scores)
    record = Record(
        f"{task.questions.name}, {task.mode}, {task.system}",
        settings(task, library.embedder.identity, system, command),
        tuple(summarise(scored, task.seed)),
        scores,
    )
    return Evaluation(record, scored)
