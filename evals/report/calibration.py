"""Whether confidence means what it says: the reliability diagram and its counts."""

from collections.abc import Sequence
from math import sqrt

from kutip.evals.metrics.abstention import Bin, calibration_error
from kutip.evals.report.format import THIN_SPACE, coordinate, counted, interval, percent, points
from kutip.evals.report.plot import box, dot, path, plot, share_ticks, svg

Z = 1.96
"""Standard deviations of a 95 % interval."""


def reliability_html(bins: Sequence[Bin]) -> str:
    """The diagram, how many answers stand behind each dot, and the numbers as a table."""
    if not bins:
        return '<p class="none">Not measured in this run.</p>'
    error = calibration_error(bins)
    count = sum(b.count for b in bins)
    said = (
        f"Confidence and truth are {points(error)} points apart on average "
        f"(expected calibration error, {counted(count, 'answer')})."
    )
    picture = plot(
        path("diagonal", [(0, 100), (100, 0)]) + "".join(_mark(b) for b in bins),
        describe="Share that is right by confidence. "
        + "; ".join(f"{points(b.confidence)} %: {points(b.right)} % of {b.count}" for b in bins),
        x_name="Confidence, %",
        y_name="Share that is right, %",
        x_ticks=share_ticks(),
        y_ticks=share_ticks(),
        notes='<span class="note modest">too modest</span><span class="note sure">too sure</span>',
    )
    return f"{picture}{_counts(bins)}<p>{said}</p>{_table(bins)}"


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which holds for few answers and for 0 and 1."""
    middle = share + Z**2 / (2 * count)
    half = Z * sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    scale = 1 + Z**2 / count
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def _mark(b: Bin) -> str:
    low, high = wilson(b.right, b.count)
    x = 100 * b.confidence
    whisker = path("whisker", [(x, 100 - 100 * low), (x, 100 - 100 * high)])
    return whisker + dot("mean", (x, 100 - 100 * b.right))


def _counts(bins: Sequence[Bin]) -> str:
    """A bar for each bin on the diagram's x axis, with its count above."""
    most = max(b.count for b in bins)
    boxes, numbers = [], []
    for b in bins:
        height = 100 * b.count / most
        left, width = 100 * b.low, 100 * (b.high - b.low)
        boxes.append(box("fill", left + 0.5, 100 - height, width - 1, height))
        numbers.append(
            f'<span style="left:{coordinate(left + width / 2)}%;bottom:{coordinate(height)}%">'
            f"{b.count:,}</span>"
        )
    return (
        '<div class="counts" aria-hidden="true"><div class="axis-y">Answers</div>'
        f'<div class="plot-area">{svg("".join(boxes))}{"".join(numbers)}</div></div>'
    )


def _table(bins: Sequence[Bin]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{100 * b.low:.0f}–{100 * b.high:.0f}{THIN_SPACE}%</th>'
        f"<td>{percent(b.confidence)}</td><td>{percent(b.right)}</td>"
        f"<td>{interval(*wilson(b.right, b.count))}</td><td>{b.count:,}</td></tr>"
        for b in bins
    )
    return (
        "<details><summary>The same in numbers</summary>"
        '<table class="readings"><thead><tr><th scope="col">Confidence</th>'
        '<th scope="col">Mean</th><th scope="col">Right</th><th scope="col">95 % interval</th>'
        f'<th scope="col">Answers</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )
