"""Text as HTML that shows it as it is.

Everything that a person or an article wrote goes through `text_html` or `attribute`, so that
HTML, Markdown and LaTeX in it are shown as the text that they are.
"""

from html import escape

from kutip.index.document import Span
from kutip.rag.display import text_html


def attribute(text: str) -> str:
    """Any text as the value of an attribute in double quotes."""
    return escape(text, quote=True).replace("\r", "&#13;").replace("\n", "&#10;")


def marked_html(text: str, span: Span, marks: list[tuple[Span, str]]) -> str:
    """`text[span]` with marks in it, each with the attributes given for it.

    Marks are in order, do not overlap, and lie inside the span. Without marks and tags it is that
    text to the letter.
    """
    parts = []
    done = span.start
    for mark, attributes in marks:
        parts.append(text_html(text[done : mark.start]))
        parts.append(f"<mark{attributes}>{text_html(text[mark.start : mark.end])}</mark>")
        done = mark.end
    parts.append(text_html(text[done : span.end]))
    return "".join(parts)


def button(label: str, css: str, *, icon: str = "", name: str | None = None, **data: str) -> str:
    """A button with data attributes, of which the page's script makes something happen.

    With an icon, which is HTML, `label` is what a screen reader says and a tooltip shows; `name` is
    a longer one for it.
    """
    attributes = "".join(
        f' data-{key.replace("_", "-")}="{attribute(value)}"' for key, value in data.items()
    )
    if name or icon:
        attributes += f' aria-label="{attribute(name or label)}"'
    if icon:
        attributes += f' title="{attribute(label)}"'
    return f'<button type="button" class="{css}"{attributes}>{icon or text_html(label)}</button>'
