"""Compares two runs, paired by question: what changed, and whether it is more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kutip.evals.metrics.figure import statistic_figure
from kutip.evals.record import Record
from kutip.index.errors import EvaluationError

# The figures that must not fall; a false answer counts the other way.
GUARDED = ("exact match", "F1", "accepted", "sentence", "recall@5", "verbatim quotes")
GUARDED_LESS = ("false answer",)
DECISIVE = "accepted"
# What makes two runs differ for another reason than chance.
TELLING = ("suite", "questions", "documents", "mode", "system", "seed", "model", "reader", "code")


@dataclass(frozen=True, slots=True)
class Change:
    """A metric over the questions scored in both runs; the interval is of the difference."""

    metric: str
    before: float
    after: float
    low: float
    high: float
    count: int

    @property
    def is_worse(self) -> bool:
        """Whether it fell by more than its interval allows for chance."""
        if self.metric in GUARDED_LESS:
            return self.low > 0
        return self.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes, and the ids of questions that became right or wrong.

    `settings` are those in which the runs differ, with both values; "" where a run does not tell.
    """

    changes: tuple[Change, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    settings: Mapping[str, tuple[str, str]]

    @property
    def is_worse(self) -> bool:
        """Whether any guarded figure fell by more than its interval."""
        return any(change.is_worse for change in self.changes)


def compare(before: Record, after: Record, seed: int = 0) -> Comparison:
    """Compare two runs. Raises `EvaluationError` where they share no question."""
    shared = [id_ for id_ in before.scores if id_ in after.scores]
    if not shared:
        raise EvaluationError(
            f"The runs {before.name!r} and {after.name!r} have no question in common: compare runs "
            "of the same set."
        )
    changes = []
    for metric in GUARDED + GUARDED_LESS:
        pairs = [
            (first, second)
            for id_ in shared
            if (first := before.scores[id_].get(metric)) is not None
            and (second := after.scores[id_].get(metric)) is not None
        ]
        if pairs:
            changes.append(_change(metric, np.array(pairs), seed))
    return Comparison(
        tuple(changes),
        better=tuple(id_ for id_ in shared if _good(after.scores[id_]) > _good(before.scores[id_])),
        worse=tuple(id_ for id_ in shared if _good(after.scores[id_]) < _good(before.scores[id_])),
        settings={
            name: values
            for name in TELLING
            if len(set(values := (before.settings.get(name, ""), after.settings.get(name, "")))) > 1
        },
    )


def _change(
    metric: str, pairs: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", seed: int
) -> Change:
    differences = pairs[:, 1] - pairs[:, 0]
    figure = statistic_figure(metric, "all", [differences], np.mean, seed)
    mean = float(differences.mean())
    # Equal differences have no interval: then the difference itself is certain, unless it is the
    # only one, which says nothing.
    only = len(pairs) == 1
    low = (-1.0 if only else mean) if figure.low is None else figure.low
    high = (1.0 if only else mean) if figure.high is None else figure.high
    return Change(
        metric, float(pairs[:, 0].mean()), float(pairs[:, 1].mean()), low, high, len(pairs)
    )


def _good(scores: Mapping[str, float | None]) -> float:
    """Whether a question was handled well: answered rightly, or rightly not answered."""
    accepted, false_answer = scores.get(DECISIVE), scores.get("false answer")
    if accepted is not None:
        return accepted
    return 1.0 - false_answer if false_answer is not None else 0.0
