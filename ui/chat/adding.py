"""Adds what people upload or paste, one after the other, and says how far it is."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.library import Library
from kutip.index.loading import load_document

logger = logging.getLogger(__name__)

State = Literal["waiting", "opening", "indexing", "added", "replaced", "unchanged", "refused"]
MOST_AT_ONCE = 100

Underway = Callable[[], AbstractContextManager[None]]
"""Held while something is written, so that a server that is told to stop waits for it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file by its uploaded copy, or a text; `name` is what the person calls it.

    `problem` is why there is neither.
    """

    name: str
    path: Path | None = None
    text: str | None = None
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one upload is; `problem` says why it was refused."""

    name: str
    state: State
    problem: Exception | None = None


def add_all(
    library: Library,
    uploads: Sequence[Upload],
    *,
    max_bytes: int,
    underway: Underway = nullcontext,
) -> Iterator[list[Progress]]:
    """Add each; yields the state of all whenever one changes. The uploaded copies are deleted.

    What `underway` raises is why a file is refused.
    """
    states = [Progress(upload.name, "waiting") for upload in uploads]
    for number, upload in enumerate(uploads):
        for progress in _add(library, upload, max_bytes, underway):
            states[number] = progress
            yield list(states)


def _add(
    library: Library, upload: Upload, max_bytes: int, underway: Underway
) -> Iterator[Progress]:
    yield Progress(upload.name, "opening")
    try:
        with underway():
            document = _document(upload, max_bytes)
        yield Progress(upload.name, "indexing")
        with underway():
            summary = library.add_all([document])
        for _, error in summary.refused:
            raise error
        yield Progress(upload.name, summary.results[0].outcome)
    except Exception as error:  # noqa: BLE001 - one file's failure, whatever it is, is its own
        logger.warning("An upload was refused: %s: %s", type(error).__name__, error)
        yield Progress(upload.name, "refused", error)
    finally:
        if upload.path:
            upload.path.unlink(missing_ok=True)


def _document(upload: Upload, max_bytes: int) -> Document:
    if upload.problem:
        raise upload.problem
    if upload.path is None:
        text = (upload.text or "").replace("\r\n", "\n")
        size = len(text.encode(errors="replace"))
        if size > max_bytes:
            raise DocumentError(f"The text has {size:,} bytes, the limit is {max_bytes:,}.")
        return Document.from_text(text, title=upload.name or None)
    document = load_document(upload.path, source=upload.name, max_bytes=max_bytes)
    # Two people's files of one name are two articles: a name alone would replace the first.
    return replace(document, source=f"upload:{document.id}/{upload.name}")
