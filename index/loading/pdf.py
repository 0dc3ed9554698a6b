"""PDF files, with the offsets at which their pages start."""

import re
from io import BytesIO

from kutip.index.document import Document
from kutip.index.errors import DocumentError

SENTENCE_END = re.compile(r"[.!?:”\"’)]\s*$")
# A line this much shorter than the widest ends its paragraph, if it ends a sentence too.
SHORT_LINE = 0.85


def load_pdf(data: bytes, source: str) -> Document:
    """A document of a PDF's text. Lines are joined to paragraphs; no other character changes.

    Raises `DocumentError` where the file is damaged, encrypted, or holds pictures of text alone.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError
        pages = [join_lines(page.extract_text()) for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except (FileNotDecryptedError, DependencyError) as error:
        raise DocumentError(
            f"{source} is encrypted, expected a PDF that opens without a password: save a copy "
            "without one."
        ) from error
    # A damaged file can make any part of pypdf fail, with any exception.
    except Exception as error:
        raise DocumentError(
            f"{source} is no PDF that can be read ({error or type(error).__name__}): open it in a "
            "viewer and save it again."
        ) from error
    if not any(pages):
        raise DocumentError(
            f"{source} holds no text in its {len(pages)} pages, so it is a scan: run text "
            "recognition on it first (for example ocrmypdf)."
        )
    text = ""
    starts = []
    for page in pages:
        # A sentence may go on from one page to the next.
        text += ("\n\n" if SENTENCE_END.search(text) else " ") if text else ""
        starts.append(len(text))
        text += page
    return Document.from_text(text, title=title or None, source=source, pages=tuple(starts))


def join_lines(page: str) -> str:
    """Undo the line breaks inside paragraphs; paragraphs are parted by a blank line."""
    lines = [line.strip() for line in page.split("\n")]
    widest = max(map(len, lines))
    joined = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line:
            continue
        joined += line
        short = len(line) < SHORT_LINE * widest
        title = len(line) < widest / 2 and following[:1].isupper()
        if not following or (short and SENTENCE_END.search(line)) or (short and title):
            joined += "\n\n"
        elif not line.endswith("-"):
            joined += " "
    return re.sub(r"\n{3,}", "\n\n", joined).strip()
