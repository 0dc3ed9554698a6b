"""News pages: the article without its navigation, and what the page says of it."""

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.loading.plain import parse_date


def load_html(data: bytes, source: str) -> Document:
    """A document of a page's main text, with title, date and outlet where the page has them.

    Raises `DocumentError` where the page holds no article.
    """
    # Its import takes a second, and the other formats do not need it.
    from trafilatura import bare_extraction

    page = bare_extraction(data, with_metadata=True, include_comments=False)
    text = getattr(page, "text", None)
    if not text:
        raise DocumentError(
            f"{source} holds no article that could be found, expected a saved news page: save the "
            "page in full, or copy its text into a .txt file."
        )
    return Document.from_text(
        text,
        title=getattr(page, "title", None),
        source=source,
        outlet=getattr(page, "sitename", None),
        published=parse_date(getattr(page, "date", None)),
    )
