"""A bar for every group of a metric, with the whisker of its interval."""

from collections.abc import Mapping, Sequence, Set
from urllib.parse import urlencode

from kutip.evals.metrics.figure import ALL, TAG, Figure
from kutip.evals.report.format import NOT_SCORED, counted, interval, label, percent, text_html
from kutip.evals.report.model import Report
from kutip.evals.report.plot import box, path, svg


def groups_html(report: Report) -> str:
    """A panel for each metric that has groups; a script shows one at a time."""
    grouped = {figure.metric for figure in report.figures if figure.group != ALL}
    metrics = [m for m in dict.fromkeys(f.metric for f in report.figures) if m in grouped]
    if not metrics:
        return '<p class="none">This run has no figures by group.</p>'
    links = _links(report)
    panels = "".join(
        f'<div class="panel" data-metric="{number}"><h3 class="panel-name">{text_html(metric)}</h3>'
        f'<p class="hint">{text_html(report.meanings.get(metric, ""))}</p>'
        f"{_panel([f for f in report.figures if f.metric == metric], links)}</div>"
        for number, metric in enumerate(metrics)
    )
    choices = "".join(
        f'<label><input type="radio" name="metric" value="{number}"'
        f"{' checked' if number == 0 else ''}><span>{text_html(metric)}</span></label>"
        for number, metric in enumerate(metrics)
    )
    picker = (
        f'<fieldset class="pills" id="metrics" hidden><legend>Metric</legend>{choices}</fieldset>'
    )
    return picker + panels


def _links(report: Report) -> Mapping[str, str]:
    """The filter of the table of questions for every group that it can show."""
    pairs: Set[str] = {row.pair for row in report.rows}
    tags: Set[str] = {tag for row in report.rows for tag in row.tags}
    return {pair: "#" + urlencode({"language": pair}) for pair in pairs} | {
        TAG + tag: "#" + urlencode({"tag": tag}) for tag in tags
    }


def _panel(figures: Sequence[Figure], links: Mapping[str, str]) -> str:
    overall = next((figure for figure in figures if figure.group == ALL), None)
    pairs = [figure for figure in figures if " → " in figure.group]
    tags = [figure for figure in figures if figure.group.startswith(TAG)]
    named = {ALL, *(figure.group for figure in [*pairs, *tags])}
    others = [figure for figure in figures if figure.group not in named]
    # The lowest first: what a reader looks for. What is not scored comes last.
    tags = sorted(tags, key=lambda figure: (figure.value is None, figure.value or 0.0))
    first = ([overall] if overall else []) + pairs
    lists = [
        ("Question → article", first if pairs else []),
        ("Other groups", others),
        ("Tag, lowest first", tags),
    ]
    mean = overall.value if overall else None
    columns = [
        f"<div><h4>{name}</h4><ul>{''.join(_bar(f, mean, links) for f in group)}</ul></div>"
        for name, group in lists
        if group
    ]
    return f'<div class="bars">{"".join(columns)}</div>'


def _bar(figure: Figure, overall: float | None, links: Mapping[str, str]) -> str:
    name = "All questions" if figure.group == ALL else label(figure.group.removeprefix(TAG))
    named = text_html(name)
    if figure.group in links:
        named = f'<a href="{text_html(links[figure.group])}">{named}</a>'
    value = f"<b>{percent(figure.value)}</b>"
    if figure.value is None:
        value = f'<span class="none">{NOT_SCORED}</span>'
    return (
        f'<li{" class=all" if figure.group == ALL else ""}><span class="bar-name">{named}</span>'
        f'{svg(_drawing(figure, overall), "bar")}<span class="bar-mean">{value}</span>'
        f'<span class="bar-interval">{interval(figure.low, figure.high)}</span>'
        f'<span class="bar-count" title="{counted(figure.count, "question")}">'
        f"n {figure.count:,}</span></li>"
    )


def _drawing(figure: Figure, overall: float | None) -> str:
    drawing = box("track", 0, 22, 100, 56)
    if figure.value is not None:
        drawing += box("fill", 0, 22, 100 * figure.value, 56)
    if overall is not None:
        drawing += path("overall", [(100 * overall, 0), (100 * overall, 100)])
    if figure.low is not None and figure.high is not None:
        low, high = 100 * figure.low, 100 * figure.high
        drawing += path("whisker", [(low, 50), (high, 50)])
        drawing += "".join(path("whisker", [(at, 32), (at, 68)]) for at in (low, high))
    return drawing
