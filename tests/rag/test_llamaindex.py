"""The retriever for LlamaIndex: exact offsets, and the query engine with a model that echoes."""

from collections.abc import Callable
from typing import Any

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from kutip.index import Filter, Library
from kutip.index.errors import QuestionError
from kutip.rag.integrations.llamaindex import KutipRetriever

pytestmark = pytest.mark.allow_hosts([])

QUESTION = "Ratusan rumah rusak berat di Cianjur"


def engine(retriever: KutipRetriever) -> RetrieverQueryEngine:
    """A query engine whose model repeats its prompt."""
    return RetrieverQueryEngine.from_args(retriever, llm=MockLLM())


def text_node(found: NodeWithScore) -> TextNode:
    assert isinstance(found.node, TextNode)
    return found.node


def test_nodes_carry_exact_offsets(filled: Library) -> None:
    found = KutipRetriever(filled).retrieve(QUESTION)
    assert "Cianjur" in found[0].text
    for node in map(text_node, found):
        assert node.source_node is not None
        text = filled.document(node.source_node.node_id).text
        assert text[node.start_char_idx : node.end_char_idx] == node.text
    scores = [item.get_score() for item in found]
    assert scores == sorted(scores, reverse=True)


def test_a_model_sees_the_text_and_where_it_was_printed_alone(filled: Library) -> None:
    node = text_node(KutipRetriever(filled, quotes=True).retrieve(QUESTION)[0])
    content = node.get_content(metadata_mode=MetadataMode.LLM)
    assert content.endswith(node.text)
    names = [line.split(":")[0] for line in content.removesuffix(node.text).strip().splitlines()]
    assert names == ["title", "outlet", "published"]


def test_quotes_are_verbatim(filled: Library, first_words: Callable[..., Any]) -> None:
    retriever = KutipRetriever(filled, quotes=True, reader=first_words(0.9, 0.9))
    quotes = [item.metadata["quote"] for item in retriever.retrieve(QUESTION)]
    for quote in quotes:
        text = filled.document(quote["document_id"]).text
        assert quote["text"] == text[quote["start"] : quote["end"]]
        assert quote["mark"]
    assert quotes[0]["text"] == "Gempa mengguncang Cianjur pada Senin siang."
    retriever.similarity_top_k = 1
    assert [item.metadata["quote"] for item in retriever.retrieve(QUESTION)] == quotes[:1]


def test_settings_hold(filled: Library) -> None:
    retriever = KutipRetriever(filled, similarity_top_k=1, where=Filter(language="en"))
    (found,) = retriever.retrieve(QUESTION)
    assert found.metadata["language"] == "en"
    with pytest.raises(QuestionError):
        KutipRetriever(filled, similarity_top_k=0).retrieve(QUESTION)


def test_an_empty_library_gives_nothing(library: Library) -> None:
    assert KutipRetriever(library, quotes=True).retrieve(QUESTION) == []


def test_works_in_a_query_engine(filled: Library) -> None:
    response = engine(KutipRetriever(filled, similarity_top_k=2)).query(QUESTION)
    assert len(response.source_nodes) == 2
    assert response.source_nodes[0].text in str(response)


async def test_works_in_a_query_engine_async(filled: Library) -> None:
    response = await engine(KutipRetriever(filled, similarity_top_k=2)).aquery(QUESTION)
    assert len(response.source_nodes) == 2
    assert response.source_nodes[0].text in str(response)


def test_postprocessors_can_use_the_scores(filled: Library) -> None:
    found = KutipRetriever(filled).retrieve(QUESTION)
    cutoff = SimilarityPostprocessor(similarity_cutoff=found[0].get_score())
    assert [item.node_id for item in cutoff.postprocess_nodes(found)] == [found[0].node_id]
