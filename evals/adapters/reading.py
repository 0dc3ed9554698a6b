"""What all adapters read files with: every fault is an `EvaluationError` that says where it is.

`where` is the beginning of a message: a file, with the line or the key. Nothing here knows a
format.
"""

import json
import reprlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from kutip.index.document import Document
from kutip.index.errors import DocumentError, EvaluationError
from kutip.index.language import LANGUAGES, Language

Value = TypeVar("Value")

KINDS = {str: "text", int: "a whole number", list: "a list", dict: "an object"}


def read_text(path: Path) -> str:
    """A file's text, with `\\n` at line ends. Raises `EvaluationError`."""
    try:
        # Spreadsheet programs write UTF-8 with a byte order mark.
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise EvaluationError(
            f"{path} cannot be read: {error.strerror or error}. Check the name and who may read it."
        ) from error
    except UnicodeDecodeError as error:
        raise EvaluationError(
            f"{path} is not UTF-8 at byte {error.start}: convert it to UTF-8."
        ) from error


def read_json(path: Path) -> Any:
    """What a JSON file holds. Raises `EvaluationError`."""
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise EvaluationError(
            f"{path}, line {error.lineno}, is not JSON ({error.msg}, column {error.colno}): mend "
            "that line."
        ) from error


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSONL file, each with where it stands; blank lines are passed over.

    Raises `EvaluationError`.
    """
    # Not `splitlines`, which also cuts at U+2028, and that may stand inside a JSON string.
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number},"
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise EvaluationError(
                f"{where} is not JSON ({error.msg}, column {error.colno}): expected one object a "
                "line; mend or remove the line."
            ) from error
        yield where, require(values, dict, where)


def require(value: object, kind: type[Value], where: str) -> Value:
    """`value`, which must be of `kind`. Raises `EvaluationError`."""
    if not isinstance(value, kind):
        raise EvaluationError(
            f"{where} is {reprlib.repr(value)}, expected {KINDS[kind]}: check the file's format."
        )
    return value


def field(values: object, key: str, kind: type[Value], where: str) -> Value:
    """`values[key]`, which must be of `kind`. Raises `EvaluationError`."""
    fields = require(values, dict, where)
    if key not in fields:
        found = ", ".join(map(str, fields)) or "nothing"
        raise EvaluationError(f"{where} has no {key!r}, only {found}: check the file's format.")
    return require(fields[key], kind, f"{where} {key!r}")


def text_field(values: object, key: str, where: str) -> str:
    """`values[key]`, which must be text that is not blank. Raises `EvaluationError`."""
    text = field(values, key, str, where)
    if not text.strip():
        raise EvaluationError(f"{where} has an empty {key!r}: fill it in, or remove the entry.")
    return text


def told_language(values: dict[str, Any]) -> Language | None:
    """The `language` field; None where it is missing or is another than Kutip's two."""
    told = values.get("language")
    return next((language for language in LANGUAGES if language == told), None)


def make_document(
    text: str,
    where: str,
    *,
    title: str | None = None,
    language: Language | None = None,
    outlet: str | None = None,
    published: date | None = None,
) -> Document:
    """`Document.from_text`, with an error that says where. Raises `EvaluationError`."""
    try:
        return Document.from_text(
            text, title=title, language=language, outlet=outlet, published=published
        )
    except DocumentError as error:
        raise EvaluationError(f"{where} holds no article: {error}") from error


def check_verbatim(words: tuple[str, ...], document: Document, where: str) -> None:
    """Raise `EvaluationError` unless each of `words` stands in the document to the letter."""
    for each in words:
        if not each.strip() or each not in document.text:
            raise EvaluationError(
                f"{where} has {each!r}, expected words of {document.title!r} to the letter: copy "
                "them from the article, with its quotation marks and dashes."
            )


def claim(name: str, where: str, taken: dict[str, str]) -> None:
    """Note that `name` stands at `where`. Raises `EvaluationError` if it is taken already."""
    if name in taken:
        raise EvaluationError(
            f"{where} has the id {name!r}, which {taken[name]} has already: ids must be unique in "
            "a set; rename or remove one."
        )
    taken[name] = where


def set_name(path: Path) -> str:
    """A name that tells sets apart whose files are all called `valid`: with the folder's."""
    path = path.resolve()
    return path.name if path.is_dir() else f"{path.parent.name}-{path.stem}"
