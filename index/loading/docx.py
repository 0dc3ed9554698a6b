"""Word files."""

from io import BytesIO

from kutip.index.document import Document
from kutip.index.errors import DocumentError


def load_docx(data: bytes, source: str) -> Document:
    """A document of a Word file's paragraphs and table rows, in order.

    Raises `DocumentError` where the file is no Word file or holds no text.
    """
    import docx
    from docx.table import Table

    blocks: list[str] = []
    try:
        file = docx.Document(BytesIO(data))
        for item in file.iter_inner_content():
            if isinstance(item, Table):
                # A merged cell is given once for each column that it covers.
                blocks.extend(
                    " | ".join(dict.fromkeys(cell.text for cell in row.cells)) for row in item.rows
                )
            else:
                blocks.append(item.text)
        title = _title(file.core_properties.title)
    # A damaged file can make any part of python-docx fail, with any exception.
    except Exception as error:
        raise DocumentError(
            f"{source} is no Word file that can be read ({error}): save it again as .docx (not "
            ".doc, and without a password)."
        ) from error
    text = "\n\n".join(block.strip() for block in blocks if block.strip())
    if not text:
        raise DocumentError(f"{source} holds no text, expected an article: save it again with one.")
    return Document.from_text(text, title=title, source=source)


def _title(title: str) -> str | None:
    """The title that somebody gave; python-docx makes one up where there is none."""
    return title if title and title != "Word Document" else None
