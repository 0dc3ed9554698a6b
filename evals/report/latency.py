"""How long each step takes: a histogram by step on one logarithmic axis."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor, log10

import numpy as np

from kutip.evals.report.format import coordinate, duration, label, text_html
from kutip.evals.report.plot import box, path, svg

LEAST = 0.01
"""Milliseconds: what is faster is drawn here, as a logarithm knows no zero."""

BOXES = 48


def latency_html(latency: Mapping[str, Sequence[float]]) -> str:
    """A row for each step: its distribution, median and 95th percentile."""
    steps = {name: sorted(times) for name, times in latency.items() if times}
    if not steps:
        return '<p class="none">Not measured in this run.</p>'
    low = floor(log10(max(LEAST, min(times[0] for times in steps.values()))))
    high = max(low + 1, ceil(log10(max(LEAST, *(times[-1] for times in steps.values())))))
    rows = "".join(_row(name, times, low, high) for name, times in steps.items())
    ticks = "".join(
        f'<span style="left:{coordinate(100 * (power - low) / (high - low))}%">'
        f"{duration(10**power)}</span>"
        for power in range(low, high + 1)
    )
    return (
        '<ul class="steps"><li class="head" aria-hidden="true"><span class="step-name">Step</span>'
        "<span>Median</span><span>95th</span><span>Timed</span></li>"
        f'{rows}</ul><div class="step-axis" aria-hidden="true">'
        f"<div>{ticks}</div></div>"
    )


def _row(name: str, times: Sequence[float], low: int, high: int) -> str:
    median, slow = np.percentile(times, (50, 95)).tolist()

    def at(time: float) -> float:
        return 100 * (log10(max(LEAST, time)) - low) / (high - low)

    edges = [10 ** (low + (high - low) * i / BOXES) for i in range(BOXES + 1)]
    ranks = [0, *(bisect_right(times, edge) for edge in edges[1:-1]), len(times)]
    counts = [after - before for before, after in pairwise(ranks)]
    most = max(counts)
    width = 100 / BOXES
    grid = (100 * i / (high - low) for i in range(high - low + 1))
    drawing = "".join(path("grid", [(x, -25), (x, 115)]) for x in grid)
    drawing += "".join(
        box("fill", i * width, 100 - 100 * n / most, width * 0.9, 100 * n / most)
        for i, n in enumerate(counts)
        if n
    )
    drawing += path("median", [(at(median), 0), (at(median), 100)])
    drawing += path("slow", [(at(slow), 0), (at(slow), 100)])
    return (
        f'<li><span class="step-name">{text_html(label(name))}</span>{svg(drawing, "step")}'
        f'<span class="step-median"><i>median </i><b>{duration(median)}</b></span>'
        f'<span class="step-slow"><i>95th percentile </i>{duration(slow)}</span>'
        f'<span class="step-count"><i>n </i>{len(times):,}</span></li>'
    )
