"""What `gradio_client` can call on the chat: what `/v1` has, under the same names.

`/ask`, `/search`, `/list_documents`, `/get_document`, `/add_document`, `/remove_document`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from kutip.index.errors import KutipError
from kutip.rag.retriever import Retriever
from kutip.ui.server.context import INTERFACE
from kutip.ui.server.models import AnswerOut, AskIn, DocumentIn, HitsOut, SearchIn
from kutip.ui.server.problems import faults, told
from kutip.ui.server.services import Services
from kutip.ui.server.shelf import Shelf

if TYPE_CHECKING:
    from gradio import Blocks

Values = dict[str, Any]


def add_endpoints(page: "Blocks", services: Services) -> None:
    """Add them to a page that is built. What they give is what `/v1` gives."""
    from gradio import Error
    from gradio.events import api

    assistant, retriever, shelf = services.assistant, Retriever(services.library), Shelf(services)
    private = services.options.is_private

    async def run(work: Callable[[], BaseModel]) -> Values:
        INTERFACE.set("gradio")
        try:
            return (await services.gate.run(work)).model_dump(mode="json")
        except ValidationError as error:
            raise Error(told(faults(error.errors()))) from error
        except KutipError as error:
            raise Error(str(error)) from error

    async def ask(
        question: str, documents: list[str] | None = None, history: list[Values] | None = None
    ) -> Values:
        """Answer a question with quotes from the articles, of some ids or of all."""

        def work() -> AnswerOut:
            asked = AskIn.model_validate(
                {"question": question, "where": _where(documents), "history": history or []}
            )
            answer = assistant.ask(asked.question, asked.turns(), where=asked.filter())
            return AnswerOut.of(answer, private=private)

        return await run(work)

    async def search(question: str, k: int = 5, documents: list[str] | None = None) -> Values:
        """Find the passages that a question is about, best first."""

        def work() -> HitsOut:
            asked = SearchIn.model_validate(
                {"question": question, "k": k, "where": _where(documents)}
            )
            return HitsOut.of(retriever.search(asked.question, asked.k, where=asked.filter()))

        return await run(work)

    async def list_documents(offset: int = 0, limit: int = 100) -> Values:
        """List the articles, in the order in which they were added, in parts."""
        return await run(lambda: shelf.documents(max(0, offset), max(1, limit)))

    async def get_document(document_id: str) -> Values:
        """Get an article with its whole text."""
        return await run(lambda: shelf.document(document_id))

    async def add_document(
        text: str,
        title: str | None = None,
        source: str | None = None,
        outlet: str | None = None,
        published: str | None = None,
    ) -> Values:
        """Add an article; another text of the same source replaces the first."""
        given = {"title": title, "source": source, "outlet": outlet, "published": published}

        def work() -> BaseModel:
            return shelf.add(DocumentIn.model_validate({"text": text, **given}).document())

        return await run(work)

    async def remove_document(document_id: str) -> Values:
        """Remove every trace of an article, and say which it was."""
        return await run(lambda: shelf.remove(document_id))

    functions: tuple[Callable[..., Any], ...] = (
        *(ask, search),
        *(list_documents, get_document, add_document, remove_document),
    )
    with page:
        for function in functions:
            # The gate has places and a line of its own.
            api(function, api_name=function.__name__, concurrency_limit=None)


def _where(documents: list[str] | None) -> Values | None:
    return {"documents": documents} if documents is not None else None
