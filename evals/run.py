"""Runs a system over a question set, and keeps what is done when it is interrupted."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

from kutip.evals.prediction import Prediction, read_predictions, to_line
from kutip.evals.questions import QuestionSet
from kutip.evals.systems import System
from kutip.index.document import Document
from kutip.index.embedder import Embedder
from kutip.index.library import Library

WEIGHTS = (".safetensors",)
CODE = (".py", ".json", *WEIGHTS)
Mode = Literal["reading", "open"]
Progress = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is run: a system over questions, each with its own document or with the library."""

    questions: QuestionSet
    mode: Mode
    system: str
    seed: int
    model: str = ""
    """The embedding model's SHA-256, so that runs of two models are never mixed."""


def eval_library(
    documents: Sequence[Document], embedder: Embedder, progress: Progress, cache: Path | None = None
) -> Library:
    """A library of these documents, kept in the cache: embedding a set takes minutes.

    An interrupted one is gone on with, since adding a document twice changes nothing.
    """
    key = hashlib.sha256(embedder.identity.sha256.encode())
    key.update(code_sha256((".py",), ("kutip.index",)).encode())
    key.update(_named(documents))
    directory = (cache or user_cache_path("kutip") / "evals") / f"library-{key.hexdigest()[:16]}"
    library = Library.open(directory, embedder=embedder)
    for number, document in enumerate(documents):
        progress("Embedding", number, len(documents))
        library.add(document)
    progress("Embedding", len(documents), len(documents))
    return library


def run(
    task: Task, system: System, progress: Progress, cache: Path | None = None
) -> list[Prediction]:
    """The predictions for all questions, in order.

    What is done is written down at once, so that an interrupted run goes on where it stopped: but
    only with the same questions and documents, the same system and the same code.
    """
    questions = task.questions.questions
    partial = (cache or user_cache_path("kutip") / "evals") / f"run-{_run_key(task)}.jsonl"
    partial.parent.mkdir(parents=True, exist_ok=True)
    done = {prediction.id: prediction for prediction in _finished(partial)}
    with partial.open("a", encoding="utf-8") as file:
        for number, question in enumerate(questions):
            progress("Asking", number, len(questions))
            if question.id not in done:
                own = question.document if task.mode == "reading" else None
                done[question.id] = system.predict(question, own)
                file.write(to_line(done[question.id]))
                file.flush()
    progress("Asking", len(questions), len(questions))
    partial.unlink()
    return [done[question.id] for question in questions]


def code_sha256(
    suffixes: Collection[str] = CODE, packages: Sequence[str] = ("kutip.index", "kutip.rag")
) -> str:
    """A hash of the files that answer, so that a figure can be tied to them."""
    digest = hashlib.sha256()
    for package in packages:
        root = Path(str(files(package)))
        for file in sorted(root.rglob("*")):
            if file.suffix in suffixes:
                digest.update(str(file.relative_to(root)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _finished(partial: Path) -> Iterable[Prediction]:
    if not partial.exists():
        return []
    # The last line may have been cut off by what interrupted the run.
    lines = partial.read_text("utf-8").split("\n")[:-1]
    partial.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return read_predictions(partial)


def _run_key(task: Task) -> str:
    digest = hashlib.sha256(
        f"{task.mode} {task.system} {task.seed} {task.model} {code_sha256()}".encode()
    )
    for question in task.questions.questions:
        asked = (question.id, question.question, question.document, question.history)
        digest.update(f"{asked}\n".encode())
    digest.update(_named(task.questions.documents.values()))
    return digest.hexdigest()[:16]


def _named(documents: Iterable[Document]) -> bytes:
    """What an answer may depend on in documents; the id stands for the text."""
    lines = sorted(f"{one.id} {one.language} {one.title}\n" for one in documents)
    return "".join(lines).encode()
