"""Risk against coverage: what a system gains by answering only what it is surest of."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from kutip.evals.metrics.abstention import area
from kutip.evals.report.format import THIN_SPACE, coordinate, percent, text_html
from kutip.evals.report.plot import Point, dot, nice_top, path, plot, share_ticks

START = 80
"""The coverage, in percent, that the slider starts at."""

MOST_POINTS = 300
"""Of a drawn line: no screen shows more, and thousands would swell the page."""

COLOURS = 7
"""In style.css; the first is the run's own and no other's."""


def curve_html(curves: Mapping[str, Sequence[Point]]) -> str:
    """The curves, and a table of their area, their risk at a coverage, and at answering always."""
    drawn = {name: sorted(points) for name, points in curves.items() if points}
    if not drawn:
        return '<p class="none">Not measured in this run.</p>'
    top = nice_top(max(risk for points in drawn.values() for _, risk in points))
    lines, rows, said = [], [], []
    for number, (name, points) in enumerate(drawn.items()):
        style = f"series s{(number - 1) % (COLOURS - 1) + 1 if number else 0}"
        always = always_answer(points)
        thin = thinned(points)
        line = [(100 * c, 100 - 100 * r / top) for c, r in thin]
        if number == 0:
            ends = [(line[-1][0], 100.0), (0.0, 100.0), (0.0, line[0][1])]
            lines.append(path("area s0", [*line, *ends]))
        lines.append(path(style, line))
        if always is not None:
            lines.append(dot(style, (100, 100 - 100 * always / top)))
        said.append(f"{name}: area {percent(area(points))}, always answering {percent(always)}")
        data = " ".join(f"{coordinate(100 * c)},{coordinate(100 * r)}" for c, r in thin)
        rows.append(
            f'<tr data-curve="{data}"><th scope="row"><span class="line {style}"></span>'
            f"{text_html(name)}</th><td>{percent(area(points))}</td>"
            f'<td class="at">{percent(risk_at(points, START / 100))}</td>'
            f"<td>{_measured(always)}</td></tr>"
        )
    # The run's own line comes last, so that no other lies over it.
    drawing = path("cursor", [(START, 0), (START, 100)]) + "".join(reversed(lines))
    picture = plot(
        drawing,
        describe="Risk by coverage. " + "; ".join(said),
        x_name="Coverage: share of the questions that are answered, %",
        y_name="Risk: share of those that are wrong, %",
        x_ticks=share_ticks(),
        y_ticks=share_ticks(top),
    )
    slider = (
        '<div class="slider" hidden><label for="coverage">Answer only the surest '
        f"<b>{START}{THIN_SPACE}%</b> of questions</label>"
        f'<input type="range" min="1" max="100" value="{START}" id="coverage"></div>'
    )
    return (
        f'{picture}{slider}<table class="readings"><thead><tr><td></td>'
        f'<th scope="col">Area</th><th scope="col">Risk at <span class="at-name">{START}</span>'
        f'{THIN_SPACE}%</th><th scope="col">Always answering</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def always_answer(points: Sequence[Point]) -> float | None:
    """The risk where every question is answered; None where the curve ends before."""
    coverage, risk = points[-1]
    return risk if coverage > 0.9995 else None


def risk_at(points: Sequence[Point], coverage: float) -> float | None:
    """The risk at a coverage, between points in proportion; None beyond the last."""
    if coverage <= points[0][0]:
        return points[0][1]
    for (c0, r0), (c1, r1) in pairwise(points):
        if c0 <= coverage <= c1:
            return r1 if c1 == c0 else r0 + (r1 - r0) * (coverage - c0) / (c1 - c0)
    return None


def thinned(points: Sequence[Point]) -> list[Point]:
    """At most `MOST_POINTS` of the points, evenly, with the first and the last."""
    if len(points) <= MOST_POINTS:
        return list(points)
    last = len(points) - 1
    return [points[round(i * last / (MOST_POINTS - 1))] for i in range(MOST_POINTS)]


def _measured(share: float | None) -> str:
    return "not measured" if share is None else percent(share)
