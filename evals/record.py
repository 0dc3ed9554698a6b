"""A run as it is kept: settings, figures and the scores of every question, as one JSON file."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from kutip.evals.metrics.figure import Figure
from kutip.evals.run import WEIGHTS, Task, code_sha256
from kutip.evals.scores import Scores
from kutip.evals.systems import AssistantSystem, System
from kutip.index.embedder import ModelIdentity
from kutip.index.errors import EvaluationError

FORMAT_VERSION = 1
VERSIONED = ("kutip", "torch", "sentence-transformers", "transformers", "faiss-cpu", "sentencex")


@dataclass(frozen=True, slots=True)
class Record:
    """`scores` are by question id and metric; None is 'not scored'."""

    name: str
    settings: dict[str, str]
    figures: tuple[Figure, ...]
    scores: Mapping[str, Scores]


def settings(task: Task, model: ModelIdentity, system: System, command: str) -> dict[str, str]:
    """Everything that a figure depends on."""
    return {
        "suite": task.questions.name,
        "questions": str(len(task.questions.questions)),
        "documents": str(len(task.questions.documents)),
        "mode": task.mode,
        "system": task.system,
        "seed": str(task.seed),
        "command": command,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": f"{model.name} {model.sha256[:12]}",
        "reader": reader_name(system),
        "code": code_sha256()[:12],
        "machine": f"{_processor()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: version(name) for name in VERSIONED},
    }


def reader_name(system: System) -> str:
    """What reads the passages; the trained reader with a hash of all shipped weights.

    Not always the trained one: a library of another embedding model is read by sentences.
    """
    if not isinstance(system, AssistantSystem):
        return "none"
    # It imports torch, which takes seconds; where anything reads, that is done by now.
    from kutip.rag.reader.trained import TrainedReader

    reader = system.assistant.reader
    weights = f" {code_sha256(WEIGHTS)[:12]}" if isinstance(reader, TrainedReader) else ""
    return type(reader).__name__ + weights


def write_record(path: Path, record: Record) -> None:
    """Write a run; a line for each question, so that a change shows as one in a diff."""
    head = {
        "version": FORMAT_VERSION,
        "name": record.name,
        "settings": record.settings,
        "figures": [asdict(figure) for figure in record.figures],
    }
    lines = [
        f"{json.dumps(id_)}: {json.dumps(_rounded(scores))}"
        for id_, scores in record.scores.items()
    ]
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    path.write_text(text + ',\n "scores": {\n' + ",\n".join(lines) + "\n}}\n", "utf-8")


def read_record(path: Path) -> Record:
    """Read a run. Raises `EvaluationError` where the file is none."""
    try:
        values = json.loads(path.read_text("utf-8"))
        if values["version"] != FORMAT_VERSION:
            raise ValueError(f"version {values['version']}, expected {FORMAT_VERSION}")
        return Record(
            values["name"],
            values["settings"],
            tuple(Figure(**figure) for figure in values["figures"]),
            values["scores"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} is no stored run ({error}): make one with `kutip eval --save {path}`."
        ) from error


def _rounded(scores: Scores) -> Scores:
    return {name: None if value is None else round(value, 4) for name, value in scores.items()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
