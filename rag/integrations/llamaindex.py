"""Kutip as a retriever of LlamaIndex. It knows nothing of models or prompts."""

import asyncio

from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.integrations.extras import extra
from kutip.rag.integrations.finder import Finder, Found
from kutip.rag.reader import Reader

with extra("llamaindex"):
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        ObjectType,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )

SHOWN = {"title", "outlet", "published"}
"""Metadata that a model is shown beside a passage's text."""


class KutipRetriever(BaseRetriever):
    """Finds passages of a library, best first. Safe to share between threads.

    A node's text is the article's from `start_char_idx` to `end_char_idx`, to the letter; its
    source node has the article's id. Its metadata are `document_id`, `start`, `end`, `title`,
    `language`, `paragraph` and, where known, `page`, `outlet`, `published` and `source`.

    `retrieve` raises `QuestionError` where the question is empty or too long, or
    `similarity_top_k` is below 1.
    """

    def __init__(
        self,
        library: Library,
        *,
        similarity_top_k: int = 5,
        where: Filter | None = None,
        quotes: bool = False,
        reader: Reader | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """`where` restricts the articles.

        With `quotes` the passages are read too, by `reader` or Kutip's own. Each verified quote, at
        most three, then stands in the metadata of one node as `quote`: `text`, `start` and `end` in
        the article, `mark` (the answering words, or None where it does not answer), `confidence`
        and what else a quote has.
        """
        super().__init__(callback_manager=callback_manager)
        self.library = library
        self.similarity_top_k = similarity_top_k
        self.where = where
        self.quotes = quotes
        self._finder = Finder(library, reader)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._finder.find(
            query_bundle.query_str, self.similarity_top_k, self.where, quotes=self.quotes
        )
        return [_node(item) for item in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(found: Found) -> NodeWithScore:
    passage = found.passage
    # A node is the same whatever was asked, so the score stands beside it alone.
    metadata = {name: value for name, value in found.metadata.items() if name != "score"}
    hidden = [name for name in metadata if name not in SHOWN]
    source = RelatedNodeInfo(node_id=passage.document_id, node_type=ObjectType.DOCUMENT)
    node = TextNode(
        id_=found.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=hidden,
        relationships={NodeRelationship.SOURCE: source},
    )
    return NodeWithScore(node=node, score=found.metadata["score"])
