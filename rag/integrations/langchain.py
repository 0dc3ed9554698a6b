"""Kutip as a retriever of LangChain. It knows nothing of models or prompts."""

from typing import Any

from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.integrations.extras import extra
from kutip.rag.integrations.finder import Finder
from kutip.rag.reader import Reader

with extra("langchain"):
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import run_in_executor
    from pydantic import ConfigDict, PrivateAttr, SkipValidation


class KutipRetriever(BaseRetriever):
    """Finds passages of a library, best first. Safe to share between threads.

    The metadata of a document are `document_id`, `start`, `end`, `score`, `title`, `language`,
    `paragraph` and, where known, `page`, `outlet`, `published` and `source`; its `page_content` is
    the article's text from `start` to `end`, to the letter. `invoke` takes `k`, `where` and
    `quotes` for one call too, and raises `QuestionError` where the question is empty or too long,
    or `k` is below 1.
    """

    # A setting that is not known is refused, so that a slip is noticed.
    model_config = ConfigDict(extra="forbid")

    library: Library
    k: int = 5
    """Passages to find; fewer where the library has fewer."""
    where: Filter | None = None
    """Which articles to search."""
    quotes: bool = False
    """Whether to read the passages too. Each verified quote, at most three, then stands in the
    metadata of one document as `quote`: `text`, `start` and `end` in the article, `mark` (the
    answering words, or None where it does not answer), `confidence` and what else a quote has."""
    reader: SkipValidation[Reader | None] = None
    """What reads for the quotes; Kutip's own by default."""

    _finder: Finder = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Called by Pydantic once the fields are set."""
        self._finder = Finder(self.library, self.reader)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        where: Filter | None = None,
        quotes: bool | None = None,
    ) -> list[Document]:
        found = self._finder.find(
            query,
            self.k if k is None else k,
            self.where if where is None else where,
            quotes=self.quotes if quotes is None else quotes,
        )
        return [
            Document(id=item.id, page_content=item.passage.text, metadata=item.metadata)
            for item in found
        ]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **settings: Any
    ) -> list[Document]:
        return await run_in_executor(
            None,
            self._get_relevant_documents,
            query,
            run_manager=run_manager.get_sync(),
            **settings,
        )
