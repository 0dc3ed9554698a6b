"""What a system said to a question, as it is kept in a predictions file: one JSON object a line."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kutip.index.errors import EvaluationError
from kutip.rag.answer import Status


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document, `text[start:end]`; `score` orders what was retrieved."""

    document: str
    start: int
    end: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """An answer, reduced to what is scored.

    `id` is the question's. `text` are the answering words with their place, "" and None unless
    `status` is `answered`.
    `answerable_probability` is the reader's that the articles answer at all, `confidence` the one
    shown to people. `quotes` were checked: `unverified` counts those that were not verbatim.
    `retrieved` are passages, best first.
    """

    id: str
    status: Status
    text: str
    document: str | None
    start: int | None
    end: int | None
    answerable_probability: float
    confidence: float
    quotes: tuple[Place, ...] = ()
    unverified: int = 0
    retrieved: tuple[Place, ...] = ()
    milliseconds: dict[str, float] = field(default_factory=dict)


def write_predictions(path: Path, predictions: Iterable[Prediction]) -> None:
    """Write a predictions file."""
    with path.open("w", encoding="utf-8") as file:
        for prediction in predictions:
            file.write(to_line(prediction))


def read_predictions(path: Path) -> Iterator[Prediction]:
    """The predictions of a file, in order. Raises `EvaluationError` that names a bad line."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                values = json.loads(line)
                values["quotes"] = tuple(Place(**place) for place in values["quotes"])
                values["retrieved"] = tuple(Place(**place) for place in values["retrieved"])
                yield Prediction(**values)
            except (ValueError, TypeError, KeyError) as error:
                raise EvaluationError(
                    f"{path}, line {number}, is no prediction ({error}): remove the line, or run "
                    "the evaluation again."
                ) from error


def to_line(prediction: Prediction) -> str:
    """A prediction as a line of a predictions file."""
    return json.dumps(asdict(prediction), ensure_ascii=False) + "\n"
