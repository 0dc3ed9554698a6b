"""Which file is read how, and what is refused before it is read."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.loading.docx import load_docx
from kutip.index.loading.html import load_html
from kutip.index.loading.pdf import load_pdf
from kutip.index.loading.plain import load_markdown, load_text

MAX_BYTES = 50 * 1024 * 1024

Loader = Callable[[bytes, str], Document]
"""Makes a document of a file's bytes; the second argument is the document's source."""

LOADERS: dict[str, Loader] = {
    ".txt": load_text,
    ".md": load_markdown,
    ".html": load_html,
    ".htm": load_html,
    ".pdf": load_pdf,
    ".docx": load_docx,
}
SUFFIXES = tuple(LOADERS)


def load_document(
    path: Path | str, *, source: str | None = None, max_bytes: int = MAX_BYTES
) -> Document:
    """Read one file.

    `source` defaults to the file's absolute path. Raises `DocumentError`, which names the file and
    the mend, where the file is missing, too large, empty, of another type, or cannot be read.
    """
    path = Path(path)
    load = LOADERS.get(path.suffix.lower())
    if load is None:
        found = f"of type {path.suffix}" if path.suffix else "without a type in its name"
        raise DocumentError(
            f"{path} is a file {found}, expected {', '.join(SUFFIXES)}: convert it to one of these."
        )
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise DocumentError(
                f"{path} has {size:,} bytes, the limit is {max_bytes:,}: split it, or raise the "
                "limit with --max-file-size."
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DocumentError(
            f"{path} cannot be read: {reason}. Check the name and who may read it."
        ) from error
    if not data.strip():
        raise DocumentError(f"{path} is empty: expected an article's text.")
    return load(data, source or str(path.absolute()))


def find_files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """The files named by `paths`: each file as it is, each folder's files by name, depth first.

    Hidden files and folders inside a folder are left out, and so is a folder that was seen already,
    by whatever link. A path that is missing or closed is passed on, for `load_document` to say so.
    """
    yield from _walk(map(Path, paths), set())


def _walk(paths: Iterable[Path], seen: set[Path]) -> Iterator[Path]:
    for path in paths:
        try:
            is_folder = path.is_dir()
        except OSError:
            is_folder = False
        if not is_folder:
            yield path
            continue
        folder = path.resolve()
        if folder in seen:
            continue
        seen.add(folder)
        try:
            visible = sorted(item for item in path.iterdir() if not item.name.startswith("."))
        except OSError:
            yield path
            continue
        yield from _walk(visible, seen)
