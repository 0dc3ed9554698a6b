"""A figure: a metric over a group of questions, with its count and its interval.

It does not know which metrics and groups there are.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
# Statistics of ranks are slow to calculate, and their intervals are read to two digits.
RESAMPLES_OF_RANKS = 300
LEVEL = 0.95
ALL = "all"
TAG = "tag: "


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is None where nothing was scored; `low` and `high` where no interval can be given.

    `group` is `ALL`, a pair of languages such as "en → id", `TAG` with a tag, or any other name.
    `value` is a share, but milliseconds where `is_time`.
    """

    metric: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    count: int


def is_time(figure: Figure) -> bool:
    """Whether a figure is in milliseconds, and so no share."""
    return " ms, " in figure.metric


def mean_figure(metric: str, group: str, scores: Sequence[float | None], seed: int) -> Figure:
    """The mean of what was scored, with a bootstrap interval."""
    values = np.array([score for score in scores if score is not None], dtype=np.float64)
    return statistic_figure(metric, group, [values], np.mean, seed)


def statistic_figure(
    metric: str,
    group: str,
    data: Sequence[NDArray[np.generic]],
    statistic: Callable[..., float | np.floating],
    seed: int,
) -> Figure:
    """Any statistic of paired samples, with a percentile bootstrap interval over questions."""
    count = len(data[0])
    value = float(statistic(*data)) if count else math.nan
    if math.isnan(value):
        return Figure(metric, group, None, None, None, count)
    if count == 1 or all(len(np.unique(sample)) == 1 for sample in data):
        # Without any variation there is nothing to resample.
        return Figure(metric, group, value, None, None, count)
    low, high = _interval(data, statistic, np.random.default_rng(seed))
    if math.isnan(low) or math.isnan(high):
        return Figure(metric, group, value, None, None, count)
    return Figure(metric, group, value, low, high, count)


def _interval(
    data: Sequence[NDArray[np.generic]],
    statistic: Callable[..., float | np.floating],
    rng: np.random.Generator,
) -> tuple[float, float]:
    from scipy.stats import DegenerateDataWarning, bootstrap

    if statistic is np.mean:
        samples: tuple[NDArray[np.generic], ...] = (data[0].astype(np.float64),)
        resampled: Callable[..., float | np.floating] = np.mean
    else:
        # Indices are resampled, so that any function of any kind of samples will do.
        samples = (np.arange(len(data[0])),)

        def resampled(chosen: NDArray[np.intp]) -> float | np.floating:
            return statistic(*(sample[chosen] for sample in data))

    with warnings.catch_warnings():
        # A small sample may lack one of two kinds, and then has no AUC: it is left out below.
        warnings.simplefilter("ignore", DegenerateDataWarning)
        values = bootstrap(
            samples,
            resampled,
            vectorized=statistic is np.mean,
            n_resamples=RESAMPLES if statistic is np.mean else RESAMPLES_OF_RANKS,
            method="percentile",
            rng=rng,
        ).bootstrap_distribution
    values = values[~np.isnan(values)]
    if not values.size:
        return math.nan, math.nan
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
