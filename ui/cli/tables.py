"""Tables of evaluations for the terminal."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kutip.evals.compare import Comparison
from kutip.evals.metrics.figure import Figure, is_time
from kutip.evals.record import Record, find_figure

# What a reader looks for first; the rest is in --json and in the report.
METRICS = (
    "exact match",
    "F1",
    "F1, answerable",
    "F1, unanswerable",
    "accepted",
    "span",
    "sentence",
    "document",
    "evidence precision",
    "evidence recall",
    "false answer",
    "abstention precision",
    "abstention recall",
    "AUC answerable",
    "AURC",
    "calibration error",
    "verbatim quotes",
    "recall@1",
    "recall@5",
    "recall@20",
    "MRR@10",
    "nDCG@10",
    "retrieve ms, median",
    "retrieve ms, p95",
    "read ms, median",
    "read ms, p95",
    "total ms, median",
    "total ms, p95",
)
MOST_LISTED = 20


def figures(record: Record) -> RenderableType:
    """The figures of one run: a row for each metric, a column for all and for each pair."""
    groups = list(dict.fromkeys(figure.group for figure in record.figures))
    # The others are in the report and in --json: a terminal is no wider.
    groups = [group for group in groups if not group.startswith(("tag:", "asked in"))]
    table = Table("", *groups, title=record.name, box=None)
    for metric in METRICS:
        cells = [cell(find_figure(record.figures, metric, group)) for group in groups]
        if any(cells):
            table.add_row(metric, *cells)
    return table


def systems(records: Mapping[str, Record]) -> RenderableType:
    """Several systems side by side, over all questions."""
    table = Table("", *records, title="beside other systems, all questions", box=None)
    for metric in METRICS:
        cells = [cell(find_figure(record.figures, metric, "all")) for record in records.values()]
        if any(cells):
            table.add_row(metric, *cells)
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
    return Group(table, *lists)


def cell(figure: Figure | None) -> str:
    """A value with its interval and count; "" where it was not scored."""
    if figure is None or figure.value is None:
        return ""
    if is_time(figure):
        return f"{figure.value:.0f} ({figure.count})"
    interval = "" if figure.low is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
    return f"{figure.value:.3f}{interval} ({figure.count})"
