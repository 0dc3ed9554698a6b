"""`/v1/documents` and `/v1/files`: what the library holds."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.loading import SUFFIXES, load_document
from kutip.ui.server.models import AddedOut, DocumentIn, DocumentOut, ListOut
from kutip.ui.server.problems import responses
from kutip.ui.server.services import Services
from kutip.ui.server.shelf import Shelf

PART = 100
# What JSON adds to a text.
MARGIN = 1024 * 1024
FILE_BODY = {
    "requestBody": {
        "required": True,
        "description": "The file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
WholeId = Annotated[
    str, PathParameter(description="An article's id.", examples=["0123456789abcdef"])
]
FileName = Annotated[
    str,
    PathParameter(
        description=f"The file's name, which ends in one of {', '.join(SUFFIXES)}.",
        # Room is left for what a file system adds to a name of at most 255 bytes.
        max_length=60,
        pattern=r"^[^/\\\x00-\x1f\x7f-\x9f]+\.(txt|md|html|htm|pdf|docx)$",
        examples=["article.pdf"],
    ),
]


def articles_router(services: Services) -> APIRouter:
    """The routes that show and change the library."""
    shelf = Shelf(services)
    max_bytes = services.options.max_file_bytes
    router = APIRouter(tags=["articles"])
    # Before a body is read that would be refused.
    writable = [Depends(shelf.check_writable)]

    @router.get("/documents", operation_id="list_documents", summary="List the articles")
    def list_documents(
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = PART,
    ) -> ListOut:
        """All articles without their texts, in the order in which they were added, in parts."""
        return shelf.documents(offset, limit)

    @router.get(
        "/documents/{document_id}",
        operation_id="get_document",
        summary="Get an article",
        responses=responses(404),
    )
    def get_document(document_id: WholeId) -> DocumentOut:
        """An article with its whole text, into which all offsets point."""
        return shelf.document(document_id)

    @router.post(
        "/documents",
        operation_id="add_document",
        summary="Add an article",
        status_code=201,
        responses=responses(400, 403, 413),
        dependencies=writable,
        max_body_size=max_bytes + MARGIN,
    )
    async def add_document(given: DocumentIn) -> AddedOut:
        """Add an article's text; it can be asked about at once.

        The same text again changes nothing; another text of the same `source` replaces the first.
        """
        return await services.gate.run(lambda: shelf.add(given.document()))

    @router.put(
        "/files/{name}",
        operation_id="add_file",
        summary="Add a file",
        responses=responses(400, 403, 404, 413),
        dependencies=writable,
        max_body_size=max_bytes,
        openapi_extra=FILE_BODY,
    )
    async def add_file(name: FileName, request: Request) -> AddedOut:
        """Add the article in a file; another file of the same name replaces it.

        The body is the file as it is: `curl -T article.pdf …/v1/files/article.pdf`.
        """
        data = await request.body()
        return await services.gate.run(lambda: shelf.add(_load(data, name, max_bytes)))

    @router.delete(
        "/documents/{document_id}",
        operation_id="remove_document",
        summary="Remove an article",
        status_code=204,
        responses=responses(403, 404),
        dependencies=writable,
    )
    def remove_document(document_id: WholeId) -> None:
        """Remove every trace of an article."""
        shelf.remove(document_id)

    return router


def _load(data: bytes, name: str, max_bytes: int) -> Document:
    """The document in a file that was sent, whose source is the file's name."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / name
        try:
            path.write_bytes(data)
            return load_document(path, source=name, max_bytes=max_bytes)
        except (DocumentError, OSError) as error:
            # Where the file lay for a moment is of no interest to who sent it.
            raise DocumentError(str(error).replace(f"{directory}/", "")) from error
