"""Tables of evaluations for the terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kutip.evals.compare import Comparison
from kutip.evals.metrics.figure import ALL, TAG, Figure, is_time
from kutip.evals.record import Record

MOST_LISTED = 20


def figures(record: Record) -> RenderableType:
    """The figures of one run: a row for each metric, a column for all and for each pair."""
    columns: dict[str, list[Figure]] = {}
    for figure in record.figures:
        # The others are in the report and in --json: a terminal is no wider.
        if not figure.group.startswith((TAG, "asked in")):
            columns.setdefault(figure.group, []).append(figure)
    return _side_by_side(record.name, columns)


def systems(records: Mapping[str, Record]) -> RenderableType:
    """Several systems side by side, over all questions, with what read the passages in each."""
    columns = {
        name: [figure for figure in record.figures if figure.group == ALL]
        for name, record in records.items()
    }
    table = _side_by_side("beside other systems, all questions", columns)
    table.add_row("reader", *(record.settings["reader"] for record in records.values()))
    return table


def comparison(found: Comparison) -> RenderableType:
    """What changed between two runs."""
    table = Table("", "before", "after", "95 % of the difference", "n", title="Compared", box=None)
    for change in found.changes:
        verdict = " worse" if change.is_worse else ""
        table.add_row(
            change.metric,
            f"{change.before:.3f}",
            f"{change.after:.3f}",
            f"{change.low:+.3f} … {change.high:+.3f}{verdict}",
            str(change.count),
            style="red" if change.is_worse else None,
        )
    lists = [
        Text(f"{label}: {len(ids)}  {' '.join(ids[:MOST_LISTED])}")
        for label, ids in (("better", found.better), ("worse", found.worse))
    ]
    differences = [
        Text(f"{name}: {before or 'not told'} before, {after or 'not told'} after", style="dim")
        for name, (before, after) in found.settings.items()
    ]
    return Group(table, *lists, *differences)


def _side_by_side(title: str, columns: Mapping[str, Sequence[Figure]]) -> Table:
    """A row for each metric that was scored in any column."""
    table = Table("", *columns, title=title, box=None)
    table.columns[0].no_wrap = True
    for metric in dict.fromkeys(figure.metric for column in columns.values() for figure in column):
        cells = [
            next((cell(figure) for figure in column if figure.metric == metric), "")
            for column in columns.values()
        ]
        if any(cells):
            table.add_row(metric, *cells)
    return table


def cell(figure: Figure) -> str:
    """A value with its interval and count; "" where it was not scored."""
    if figure.value is None:
        return ""
    if is_time(figure):
        return f"{figure.value:.0f} ({figure.count})"
    interval = "" if figure.low is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
    return f"{figure.value:.3f}{interval} ({figure.count})"
