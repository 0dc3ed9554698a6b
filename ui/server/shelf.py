"""The library's articles as a program on another machine may see and change them.

It knows nothing of HTTP: the programming interface and Gradio's client come here alike.
"""

from kutip.index.document import Document
from kutip.index.errors import DocumentError, KutipError, LibraryError
from kutip.ui.server.models import AddedOut, DocumentOut, ListOut
from kutip.ui.server.services import Services


class UnknownArticleError(KutipError):
    """No article has this id."""


class ReadOnlyError(KutipError):
    """The server does not change its library."""


class Shelf:
    """Shows, adds and removes articles. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._library = services.library
        self._work = services.work
        self._options = services.options

    def documents(self, offset: int, limit: int) -> ListOut:
        """`limit` articles from `offset` on, in the order in which they were added."""
        private = self._options.is_private
        return ListOut.of(self._library.documents(), offset, limit, private=private)

    def document(self, document_id: str) -> DocumentOut:
        """An article with its text. Raises `UnknownArticleError`."""
        return DocumentOut.of(self._known(document_id), private=self._options.is_private)

    def check_writable(self) -> None:
        """Raise `ReadOnlyError` where nothing can be added or removed."""
        if self._options.read_only:
            raise ReadOnlyError(
                "This server only reads its library: it was started with --read-only."
            )

    def add(self, document: Document) -> AddedOut:
        """Add an article. Raises `ReadOnlyError`, and what `Library.add` raises."""
        self.check_writable()
        size = len(document.text.encode())
        if size > self._options.max_file_bytes:
            raise DocumentError(
                f"The text has {size:,} bytes, the limit is {self._options.max_file_bytes:,}: add "
                "it in parts, or start the server with a larger --max-file-size."
            )
        with self._work.item():
            result = self._library.add(document)
        return AddedOut(id=result.document.id, title=result.document.title, outcome=result.outcome)

    def remove(self, document_id: str) -> DocumentOut:
        """Remove every trace of an article, and give it back.

        Raises `UnknownArticleError`, `ReadOnlyError`.
        """
        self.check_writable()
        with self._work.item():
            found = self.document(document_id)
            self._library.remove(document_id)
        return found

    def _known(self, document_id: str) -> Document:
        """The article whose whole id this is; on the command line the beginning is enough."""
        found = None
        try:
            found = self._library.document(document_id)
        except LibraryError as error:
            # A database that cannot be read has a cause; an id that is not there has none.
            if error.__cause__ is not None:
                raise
        if found is None or found.id != document_id:
            raise UnknownArticleError(f"No article has the id {document_id!r}.")
        return found
