"""The head of the page: what became of the questions, and the few figures that matter."""

from collections import Counter
from collections.abc import Sequence

from kutip.evals.metrics.figure import ALL, Figure
from kutip.evals.report.format import counted, interval, percent, points, text_html
from kutip.evals.report.model import Outcome, Report, Row
from kutip.evals.report.plot import box, dot, path, svg

MOST_FIGURES = 6
"""Of the headline where the report does not choose: as many as are taken in at a glance."""

OUTCOMES: dict[Outcome, str] = {
    "answered": "answered right",
    "misread": "answered wrong",
    "missed": "missed",
    "declined": "rightly declined",
    "invented": "answered anyway",
    "unscored": "not scored",
}


def outcomes_html(rows: Sequence[Row]) -> str:
    """How many questions came out right, then a bar for each kind of question."""
    if not rows:
        return '<p class="none">This run keeps no single questions.</p>'
    scored = [row for row in rows if row.right is not None]
    right = sum(row.right is True for row in scored)
    said = f"<b>{right:,}</b> of {counted(len(scored), 'scored question')} right"
    unscored = len(rows) - len(scored)
    rest = f', <a href="#verdict=unscored">{unscored:,} not scored</a>' if unscored else ""
    kinds = [
        ("The article answers", [row for row in rows if row.answerable]),
        ("The article does not answer", [row for row in rows if not row.answerable]),
    ]
    most = max(len(kind) for _, kind in kinds)
    bars = "".join(_bar(name, kind, most) for name, kind in kinds if kind)
    return f'<p class="lead">{said}{rest}.</p><div class="outcomes">{bars}</div>'


def cards_html(report: Report) -> str:
    """The headline's figures, each with its count and its interval."""
    overall = {figure.metric: figure for figure in report.figures if figure.group == ALL}
    names = report.headline or list(overall)[:MOST_FIGURES]
    cards = [
        _card(overall[name], report.meanings.get(name, "")) for name in names if name in overall
    ]
    if not cards:
        return '<p class="none">This run has no figures over all questions.</p>'
    return f'<ul class="cards">{"".join(cards)}</ul>'


def _bar(name: str, rows: Sequence[Row], most: int) -> str:
    counts = Counter(row.outcome for row in rows)
    parts, keys = [], []
    for outcome, words in OUTCOMES.items():
        if not (count := counts[outcome]):
            continue
        parts.append(f'<span class="{outcome}" style="flex-grow:{count}"></span>')
        keys.append(
            f'<li><a href="#outcome={outcome}"><span class="swatch {outcome}"></span>'
            f"<b>{count:,}</b> {words}</a> {percent(count / len(rows))}</li>"
        )
    width = f"width:{100 * len(rows) / most:.2f}%"
    return (
        f"<div><h2>{name} <small>{counted(len(rows), 'question')}</small></h2>"
        f'<div class="outcome-bar" style="{width}" aria-hidden="true">{"".join(parts)}</div>'
        f'<ul class="outcome-keys">{"".join(keys)}</ul></div>'
    )


def _card(figure: Figure, meaning: str) -> str:
    note = f"<small>{text_html(meaning)}</small>" if meaning else ""
    count = counted(figure.count, "question")
    if figure.value is None:
        value = '<p class="card-value none">not scored</p>'
        return f"<li><h3>{text_html(figure.metric)}</h3>{value}<p>{count}</p>{note}</li>"
    value = f'<p class="card-value">{points(figure.value)}<small> %</small></p>'
    between = interval(figure.low, figure.high)
    sure = f"95 % interval <span>{between}</span> · " if between else ""
    return (
        f"<li><h3>{text_html(figure.metric)}</h3>{value}{_strip(figure)}"
        f"<p>{sure}{count}</p>{note}</li>"
    )


def _strip(figure: Figure) -> str:
    """The mean and its interval on a line from 0 to 100 %."""
    assert figure.value is not None
    drawing = box("track", 0, 38, 100, 24)
    if figure.low is not None and figure.high is not None:
        drawing += path("span", [(100 * figure.low, 50), (100 * figure.high, 50)])
    return svg(drawing + dot("mean", (100 * figure.value, 50)), "strip")
