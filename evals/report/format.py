"""Numbers and text as the page writes them."""

from html import escape

NOT_SCORED = "not scored"
THIN_SPACE = "\u202f"


def text_html(text: str) -> str:
    """Any text as HTML that shows it as it is, in content and in quoted attributes."""
    return escape(text, quote=True)


def percent(share: float | None) -> str:
    """`0.784` as `78.4 %`."""
    return NOT_SCORED if share is None else f"{points(share)}{THIN_SPACE}%"


def points(share: float) -> str:
    """`0.784` as `78.4`."""
    return f"{100 * share:.1f}"


def interval(low: float | None, high: float | None) -> str:
    """An interval in percentage points, "" where there is none."""
    return "" if low is None or high is None else f"{points(low)}–{points(high)}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 question`, `5,000 questions`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def duration(milliseconds: float) -> str:
    """A time to three figures, in seconds from one second on."""
    if milliseconds >= 999.5:
        return f"{milliseconds / 1000:.3g}{THIN_SPACE}s"
    return f"{milliseconds:.3g}{THIN_SPACE}ms"


def coordinate(value: float) -> str:
    """A number of a drawing, whose box is 100 wide."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def label(name: str) -> str:
    """A tag, status or step as words."""
    return name.replace("_", " ")
