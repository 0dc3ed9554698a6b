"""What `gradio_client` can call on the chat: `/ask` and `/search`, as under `/v1`."""

from typing import TYPE_CHECKING, Any

from kutip.index.errors import KutipError
from kutip.index.snapshot import Filter
from kutip.rag.retriever import Retriever
from kutip.ui.server.context import INTERFACE
from kutip.ui.server.models import AnswerOut, HitOut, HitsOut
from kutip.ui.server.services import Services

if TYPE_CHECKING:
    from gradio import Blocks


def add_endpoints(page: "Blocks", services: Services) -> None:
    """Add them to a page that is built. They give what `/v1/ask` and `/v1/search` give."""
    from gradio import Error
    from gradio.events import api

    retriever = Retriever(services.library)
    private = services.options.is_private

    async def ask(question: str, documents: list[str] | None = None) -> dict[str, Any]:
        """Answer a question with quotes from the articles, of some ids or of all."""
        INTERFACE.set("gradio")
        try:
            where = _where(documents)
            answer = await services.gate.run(lambda: services.assistant.ask(question, where=where))
        except KutipError as error:
            raise Error(str(error)) from error
        return AnswerOut.of(answer, private=private).model_dump(mode="json")

    async def search(
        question: str, k: int = 5, documents: list[str] | None = None
    ) -> dict[str, Any]:
        """Find the passages that a question is about, best first."""
        try:
            hits = await services.gate.run(
                lambda: retriever.search(question, k, where=_where(documents))
            )
        except KutipError as error:
            raise Error(str(error)) from error
        return HitsOut(hits=[HitOut.of(hit) for hit in hits]).model_dump(mode="json")

    with page:
        # The gate has places and a line of its own.
        api(ask, api_name="ask", concurrency_limit=None)
        api(search, api_name="search", concurrency_limit=None)


def _where(documents: list[str] | None) -> Filter | None:
    return Filter(documents=frozenset(documents)) if documents else None
