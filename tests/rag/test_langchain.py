"""The retriever for LangChain: LangChain's own suite, chains, and what the documents carry."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest

os.environ["LANGSMITH_TRACING"] = "false"

from langchain_core.documents import Document as Found
from langchain_core.language_models.fake_chat_models import ParrotFakeChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField, Runnable, RunnablePassthrough
from langchain_tests.integration_tests import RetrieversIntegrationTests
from pydantic import ValidationError

from kutip.index import Document, Filter, Library
from kutip.index.document import Span
from kutip.index.errors import QuestionError
from kutip.index.sentences import sentences
from kutip.rag import Assistant
from kutip.rag.integrations.langchain import KutipRetriever
from kutip.rag.reader import Reading
from kutip.rag.retriever import Hit

pytestmark = pytest.mark.allow_hosts([])

QUESTION = "Ratusan rumah rusak berat di Cianjur"


def chain(retriever: KutipRetriever) -> Runnable[str, str]:
    """Shows a model that repeats its prompt what the retriever found."""

    def joined(found: list[Found]) -> str:
        return "\n".join(document.page_content for document in found)

    prompt = ChatPromptTemplate.from_template("{context}\n\n{question}")
    inputs = {"context": retriever | joined, "question": RunnablePassthrough()}
    return inputs | prompt | ParrotFakeChatModel() | StrOutputParser()


class TestStandard(RetrieversIntegrationTests):
    """The suite of langchain-tests."""

    @pytest.fixture(autouse=True)
    def _library(self, filled: Library) -> None:
        self.library = filled

    @property
    def retriever_constructor(self) -> type[KutipRetriever]:
        return KutipRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"library": self.library}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


def test_documents_carry_where_they_stand(filled: Library) -> None:
    found = KutipRetriever(library=filled).invoke(QUESTION)
    assert "Cianjur" in found[0].page_content
    for document in found:
        metadata = document.metadata
        article = filled.document(metadata["document_id"])
        assert article.text[metadata["start"] : metadata["end"]] == document.page_content
        assert document.id == f"{article.id}:{metadata['start']}-{metadata['end']}"
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)
    assert all(type(score) is float for score in scores)
    first = found[0].metadata
    assert (first["outlet"], first["published"]) == ("Antara", "2024-06-18")
    assert "quote" not in first


def test_quotes_are_verbatim_and_marked_where_they_answer(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    retriever = KutipRetriever(library=filled, quotes=True, reader=first_words(), k=1)
    found = retriever.invoke(QUESTION)
    assert len(found) == 1
    quote = found[0].metadata["quote"]
    text = filled.document(quote["document_id"]).text
    assert quote["text"] == text[quote["start"] : quote["end"]]
    assert text[slice(*quote["mark"])] == "Gempa"
    assert quote["confidence"] == 0.9


def test_quotes_come_from_kutips_own_reader_and_stand_with_their_passage(filled: Library) -> None:
    streets = [f"Rumah nomor {n} di Cianjur rusak berat karena gempa." for n in range(60)]
    filled.add(Document.from_text(" ".join(streets), language="id"))
    found = KutipRetriever(library=filled, k=6).invoke(QUESTION, quotes=True)
    assert len({item.metadata["document_id"] for item in found}) < len(found)
    quoted = [item.metadata for item in found if "quote" in item.metadata]
    assert quoted
    for metadata in quoted:
        quote = metadata["quote"]
        assert quote["document_id"] == metadata["document_id"]
        assert metadata["start"] < quote["end"] <= metadata["end"]
        text = filled.document(quote["document_id"]).text
        assert quote["text"] == text[quote["start"] : quote["end"]]


class TwoSentences:
    """Finds the first word of the best passage's first sentence, and less surely the next."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        passage = hits[0].passage
        return [
            Reading(
                passage,
                Span(passage.start + start, passage.start + start + 3),
                (Span(passage.start + start, passage.start + end),),
                -number,
                0.5 - number / 5,
            )
            for number, (start, end) in enumerate(sentences(passage.text, "id")[:2])
        ]


def test_the_best_quote_of_a_passage_stands_with_it(filled: Library) -> None:
    filled.add(Document.from_text("Api padam pagi hari. Asap masih tebal.", language="id"))
    retriever = KutipRetriever(library=filled, quotes=True, reader=TwoSentences(), k=1)
    (found,) = retriever.invoke("Api padam pagi hari")
    assert found.metadata["quote"]["text"] == "Api padam pagi hari."
    assert found.metadata["quote"]["mark"]


def test_a_quote_is_what_the_assistant_quotes(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    where = Filter(language="id")
    for question in ("Apakah ratusan rumah rusak berat di Cianjur?", "Apa inti berita ini?"):
        retriever = KutipRetriever(library=filled, quotes=True, reader=first_words(), where=where)
        quotes = [item.metadata.get("quote") for item in retriever.invoke(question)]
        answer = Assistant(filled, reader=first_words()).ask(question, where=where)
        marks = [quote["mark"] for quote in answer.to_dict()["quotes"]]
        assert marks
        assert [quote["mark"] for quote in quotes if quote] == marks


def test_filters_hold(filled: Library) -> None:
    retriever = KutipRetriever(library=filled, where=Filter(language="en"))
    assert {item.metadata["language"] for item in retriever.invoke(QUESTION)} == {"en"}
    other = retriever.invoke(QUESTION, where=Filter(language="id"))
    assert {item.metadata["language"] for item in other} == {"id"}


def test_works_in_a_chain(filled: Library) -> None:
    answer = chain(KutipRetriever(library=filled, k=1)).invoke(QUESTION)
    assert "Ratusan rumah rusak berat." in answer
    assert answer.endswith(QUESTION)


async def test_works_in_a_chain_async(filled: Library) -> None:
    runnable = chain(KutipRetriever(library=filled, k=1))
    assert await runnable.ainvoke(QUESTION) == runnable.invoke(QUESTION)
    assert len(await runnable.abatch([QUESTION] * 3)) == 3
    assert "".join([piece async for piece in runnable.astream(QUESTION)]).endswith(QUESTION)


async def test_settings_hold_for_one_call(filled: Library) -> None:
    retriever = KutipRetriever(library=filled)
    assert len(await retriever.ainvoke(QUESTION, k=2)) == 2
    configurable = retriever.configurable_fields(k=ConfigurableField(id="k"))
    assert len(configurable.invoke(QUESTION, {"configurable": {"k": 1}})) == 1


@pytest.mark.parametrize("quotes", [False, True])
def test_an_empty_library_gives_nothing(library: Library, quotes: bool) -> None:
    assert KutipRetriever(library=library, quotes=quotes).invoke(QUESTION) == []


@pytest.mark.parametrize("quotes", [False, True])
def test_what_makes_no_sense_is_refused(filled: Library, quotes: bool) -> None:
    retriever = KutipRetriever(library=filled, quotes=quotes)
    with pytest.raises(QuestionError):
        retriever.invoke(" ")
    with pytest.raises(QuestionError):
        retriever.invoke(QUESTION, k=0)
    # The name that others give to it.
    settings: dict[str, Any] = {"library": filled, "top_k": 3}
    with pytest.raises(ValidationError, match="top_k"):
        KutipRetriever(**settings)
