"""Text and Markdown files, in whatever encoding they were written."""

import codecs
import re
from datetime import date, datetime
from typing import Any

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.language import LANGUAGES

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n+", re.DOTALL)
HEADING = re.compile(r"\A#\s+(.+?)\s*#*\n")
# Control characters that no text file holds; more than a few mean that it is not text.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# What cp1252 makes of other encodings: two of its symbols between letters.
UNLIKELY = re.compile(r"[a-z][\u0080-\u00bf\u0152-\u2122]{2,}[a-z]|[À-ÿ]{3}")
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def load_text(data: bytes, source: str) -> Document:
    """A document of a text file; its title is its first line."""
    return Document.from_text(decode(data, source), source=source)


def load_markdown(data: bytes, source: str) -> Document:
    """A document of a Markdown file, its text kept as it is written.

    Title, date, outlet and language are taken from YAML front matter, which is not part of the
    text; the title else from a leading heading.
    """
    text = decode(data, source)
    fields: dict[str, Any] = {}
    matter = FRONT_MATTER.match(text)
    if matter:
        found = _front_matter(matter.group(1), source)
        # Text between two rules is no front matter, and belongs to the article.
        if isinstance(found, dict):
            fields = found
            text = text[matter.end() :]
    heading = HEADING.match(text.lstrip())
    title = fields.get("title") or (heading.group(1) if heading else None)
    language = fields.get("language")
    return Document.from_text(
        text.strip(),
        title=str(title) if title else None,
        language=language if language in LANGUAGES else None,
        source=source,
        outlet=str(fields["outlet"]) if fields.get("outlet") else None,
        published=parse_date(fields.get("date")),
    )


def decode(data: bytes, source: str) -> str:
    """The text of a file, with `\\n` at line ends; the encoding is detected where not UTF-8.

    Raises `DocumentError` where the bytes are not text.
    """
    text = _decoded(data)
    if text is None or len(CONTROL.findall(text[:10_000])) > len(text[:10_000]) / 200:
        raise DocumentError(
            f"{source} holds binary data, expected text: give the article as .txt, .md, .html, "
            ".pdf or .docx, with the suffix that fits."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_date(value: object) -> date | None:
    """A date from a date or from text that begins as ISO 8601 does; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _decoded(data: bytes) -> str | None:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    try:
        # By far the most common after UTF-8; undefined bytes in it tell that it is another.
        text = data.decode("cp1252")
        if not UNLIKELY.search(text):
            return text
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return str(best) if best else None


def _front_matter(block: str, source: str) -> object:
    import yaml

    try:
        return yaml.safe_load(block)
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError(
            f"{source} has front matter that is not YAML ({error}): mend it, or remove the lines "
            "between the first two '---'."
        ) from error
