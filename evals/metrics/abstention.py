"""How well a system knows when it does not know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about the same confidence: `low` <= confidence < `high` (the last: <=)."""

    low: float
    high: float
    confidence: float
    right: float
    count: int


def roc_auc(answerable: Booleans, scores: Floats) -> float:
    """The chance that an answerable question scores above an unanswerable one.

    NaN where one of the two kinds is missing.
    """
    from sklearn.metrics import roc_auc_score

    if answerable.all() or not answerable.any():
        return float("nan")
    return float(roc_auc_score(answerable, scores))


def risk_coverage(right: Booleans, confidence: Floats) -> list[tuple[float, float]]:
    """(coverage, risk) as ever less confident predictions are given, one point for each.

    Risk is the share of wrong ones among those given (El-Yaniv and Wiener, JMLR 2010). Equally
    confident predictions are given together.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    counts = np.arange(1, len(order) + 1)
    given = confidence[order]
    last = np.append(given[1:] != given[:-1], True) if len(order) else np.zeros(0, bool)
    return [
        (count / len(order), wrong_count / count)
        for count, wrong_count in zip(counts[last].tolist(), wrong[last].tolist(), strict=True)
    ]


def area(curve: Sequence[tuple[float, float]]) -> float:
    """The area under a risk-coverage curve: the mean risk over all coverages; less is better."""
    before = 0.0
    total = 0.0
    for coverage, risk in curve:
        total += (coverage - before) * risk
        before = coverage
    return total


def reliability(right: Booleans, confidence: Floats) -> list[Bin]:
    """The predictions in ten bins of equal width; empty ones are left out."""
    edges = np.linspace(0, 1, BINS + 1)
    numbers = np.clip(np.digitize(confidence, edges) - 1, 0, BINS - 1)
    return [
        Bin(
            float(edges[number]),
            float(edges[number + 1]),
            float(confidence[numbers == number].mean()),
            float(right[numbers == number].mean()),
            int((numbers == number).sum()),
        )
        for number in range(BINS)
        if (numbers == number).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of confidence from being right.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    count = sum(bin_.count for bin_ in bins)
    if not count:
        return float("nan")
    return sum(bin_.count * abs(bin_.confidence - bin_.right) for bin_ in bins) / count
