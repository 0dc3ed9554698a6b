"""The frame and the strokes that the charts share.

A drawing is an SVG of 100 by 100 that is stretched to its box; its lettering is HTML around it, so
that type keeps its size on every screen. Strokes do not stretch with the box, and a dot is a stroke
of no length with round ends. y grows downwards, as in every SVG.
"""

from collections.abc import Iterable, Sequence
from itertools import count, takewhile

from kutip.evals.report.format import coordinate, text_html

Point = tuple[float, float]

Tick = tuple[float, str]
"""Where on an axis, in 0 to 1, and what is written there."""


def svg(drawing: str, classes: str = "drawing") -> str:
    """A drawing that a text beside it, or around it, describes."""
    return (
        f'<svg class="{classes}" viewBox="0 0 100 100" preserveAspectRatio="none" '
        f'aria-hidden="true">{drawing}</svg>'
    )


def path(classes: str, points: Iterable[Point]) -> str:
    """A line through points."""
    steps = "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)
    return f'<path class="{classes}" d="M{steps}"/>'


def dot(classes: str, at: Point) -> str:
    """A dot, as wide as its stroke."""
    return f'<path class="dot {classes}" d="M{coordinate(at[0])} {coordinate(at[1])}h0"/>'


def box(classes: str, x: float, y: float, width: float, height: float) -> str:
    """A rectangle by its upper left corner."""
    return (
        f'<rect class="{classes}" x="{coordinate(x)}" y="{coordinate(y)}" '
        f'width="{coordinate(width)}" height="{coordinate(height)}"/>'
    )


def plot(
    drawing: str,
    *,
    describe: str,
    x_name: str,
    y_name: str,
    x_ticks: Sequence[Tick],
    y_ticks: Sequence[Tick],
    notes: str = "",
) -> str:
    """A drawing in a grid. `describe` says in words what it shows; `notes` is HTML over it."""
    lines = [path("grid", [(100 * at, 0), (100 * at, 100)]) for at, _ in x_ticks]
    lines += [path("grid", [(0, 100 - 100 * at), (100, 100 - 100 * at)]) for at, _ in y_ticks]
    letters = [_tick("tick-x", "left", tick) for tick in x_ticks]
    letters += [_tick("tick-y", "bottom", tick) for tick in y_ticks]
    return (
        f'<div class="plot" role="img" aria-label="{text_html(describe)}">'
        f'<div class="axis-y">{text_html(y_name)}</div>'
        f'<div class="plot-area">{svg("".join(lines) + drawing)}{"".join(letters)}{notes}</div>'
        f'<div class="axis-x">{text_html(x_name)}</div></div>'
    )


def share_ticks(top: float = 1.0) -> list[Tick]:
    """Ticks for shares from 0 to `top`, which is one of `nice_top`."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if top / step <= 5.001)
    shares = takewhile(lambda share: share <= top + 1e-9, (step * n for n in count()))
    return [(share / top, f"{100 * share:.0f}") for share in shares]


def nice_top(largest: float) -> float:
    """The end of an axis of shares that holds `largest`."""
    return next((top for top in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5) if largest <= top), 1.0)


def _tick(classes: str, side: str, tick: Tick) -> str:
    at, text = tick
    return (
        f'<span class="{classes}" style="{side}:{coordinate(100 * at)}%">{text_html(text)}</span>'
    )
