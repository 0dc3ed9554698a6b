"""The components for Haystack: in pipelines, and through the file of a pipeline."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import ExtractedAnswer, Pipeline
from haystack.components.builders import PromptBuilder
from haystack.core.errors import DeserializationError, SerializationError
from haystack.telemetry import _telemetry

from kutip.index import Filter, FunctionEmbedder, Library, Span
from kutip.index.errors import LibraryError, QuestionError
from kutip.rag import Hit, Reading
from kutip.rag.integrations.haystack import KutipAssistant, KutipRetriever

pytestmark = pytest.mark.allow_hosts([])

QUESTION = "Ratusan rumah rusak berat di Cianjur"
WHERE = Filter(documents=frozenset(["b", "a"]), language="id", published_from=date(2024, 1, 1))
TEMPLATE = "{% for document in documents %}{{ document.content }}\n{% endfor %}"
EMBEDDERS: list[FunctionEmbedder] = []
OPENED: list[Library] = []


class LastWordReader:
    """A reader made for the tests: the last word of each passage, less sure of each further one."""

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        readings = []
        for number, passage in enumerate(hit.passage for hit in hits):
            text = passage.text.rstrip()
            end = passage.start + len(text)
            word = Span(passage.start + text.rindex(" ") + 1, end - 1)
            sentence = Span(passage.start + text.rindex(". ") + 2, end)
            share = self.probability / (number + 1)
            readings.append(Reading(passage, word, (sentence,), -number, share))
        return readings


def open_library(path: str) -> Library:
    OPENED.append(Library.open(path, embedder=EMBEDDERS[0]))
    return OPENED[-1]


def sure_reader(library: Library) -> LastWordReader:
    return LastWordReader(0.9)


def unsure_reader(library: Library) -> LastWordReader:
    return LastWordReader(0.1)


@pytest.fixture
def path(filled: Library, embedder: FunctionEmbedder) -> Path:
    """Of a library that `open_library` can open."""
    EMBEDDERS[:] = [embedder]
    return filled.path


def pipeline(library: Library | Path) -> Pipeline:
    """A prompt made of what the retriever finds, and beside it the answers."""
    made = Pipeline()
    opening = None if isinstance(library, Library) else open_library
    made.add_component("retriever", KutipRetriever(library, top_k=2, open_library=opening))
    made.add_component("prompt", PromptBuilder(TEMPLATE, required_variables=["documents"]))
    made.add_component(
        "assistant", KutipAssistant(library, open_library=opening, make_reader=sure_reader)
    )
    made.connect("retriever.documents", "prompt.documents")
    return made


def inputs() -> dict[str, Any]:
    return {"retriever": {"query": QUESTION}, "assistant": {"query": QUESTION}}


def test_telemetry_is_off_in_the_tests() -> None:
    assert _telemetry.telemetry is None


def test_documents_carry_where_they_stand(filled: Library) -> None:
    found = KutipRetriever(filled).run(QUESTION)["documents"]
    assert len(found) == 3
    for document in found:
        article = filled.document(document.meta["document_id"])
        assert article.text[document.meta["start"] : document.meta["end"]] == document.content
    scores = [document.score or 0 for document in found]
    assert scores == sorted(scores, reverse=True)
    assert found[0].meta["published"] == "2024-06-18"
    assert "score" not in found[0].meta


def test_settings_hold(filled: Library) -> None:
    retriever = KutipRetriever(filled, top_k=1, where=Filter(language="en"))
    (found,) = retriever.run(QUESTION)["documents"]
    assert found.meta["language"] == "en"
    others = retriever.run(QUESTION, top_k=2, where=Filter(language="id"))["documents"]
    assert [other.meta["language"] for other in others] == ["id", "id"]
    with pytest.raises(QuestionError):
        retriever.run(QUESTION, top_k=0)


def test_answers_stand_in_their_articles_to_the_letter(filled: Library) -> None:
    result = KutipAssistant(filled, make_reader=sure_reader).run(QUESTION)
    assert result["status"] == "answered"
    assert result["related"] == []
    assert [answer.score for answer in result["answers"]] == [0.9, 0.45]
    assert result["answers"][0].data == "hari"
    for answer in result["answers"]:
        content, where = answer.document.content, answer.document_offset
        assert content == filled.document(answer.document.id).text
        assert content[where.start : where.end] == answer.data
        assert (
            answer.context[answer.context_offset.start : answer.context_offset.end] == answer.data
        )
        assert content[answer.meta["start"] : answer.meta["end"]] == answer.context
        assert ExtractedAnswer.from_dict(answer.to_dict()) == answer


def test_what_is_only_related_is_no_answer(filled: Library) -> None:
    result = KutipAssistant(filled, make_reader=unsure_reader).run(QUESTION)
    assert (result["status"], result["answers"]) == ("related", [])
    for document in result["related"]:
        article = filled.document(document.meta["document_id"])
        assert article.text[document.meta["start"] : document.meta["end"]] == document.content


def test_an_empty_library_says_so(library: Library) -> None:
    assert KutipRetriever(library).run(QUESTION) == {"documents": []}
    result = KutipAssistant(library).run(QUESTION)
    assert (result["status"], result["answers"], result["related"]) == ("not_found", [], [])


def test_runs_in_a_pipeline(filled: Library) -> None:
    result = pipeline(filled).run(inputs())
    assert "Ratusan rumah rusak berat." in result["prompt"]["prompt"]
    assert result["assistant"]["answers"][0].data == "hari"


async def test_runs_in_a_pipeline_async(filled: Library) -> None:
    made = pipeline(filled)
    assert await made.run_async(inputs()) == made.run(inputs())


def test_a_pipeline_survives_its_file(path: Path) -> None:
    made = pipeline(path)
    allowed = ["kutip", __name__]
    loaded = Pipeline.loads(made.dumps(), allowed_modules=allowed)
    again = Pipeline.from_dict(loaded.to_dict(), allowed_modules=allowed)
    assert again.to_dict() == made.to_dict()
    assert again.run(inputs()) == made.run(inputs())
    made.close()
    again.close()


def test_a_pipeline_closes_what_it_opened_and_opens_it_again(path: Path) -> None:
    made = pipeline(path)
    made.run(inputs())
    made.close()
    with pytest.raises(LibraryError):
        OPENED[-1].documents()
    assert made.run(inputs())["assistant"]["status"] == "answered"
    made.close()
    made.close()


def test_a_library_given_open_stays_open_and_is_named_by_its_path(filled: Library) -> None:
    retriever = KutipRetriever(filled)
    retriever.warm_up()
    retriever.close()
    assert len(filled.documents()) == 3
    assert retriever.to_dict()["init_parameters"]["library"] == str(filled.path)


@pytest.mark.parametrize("made", [KutipRetriever, KutipAssistant])
def test_filters_survive(made: type[KutipRetriever | KutipAssistant]) -> None:
    data = made("news-library", where=WHERE).to_dict()
    assert data["init_parameters"]["where"] == {
        "documents": ["a", "b"],
        "language": "id",
        "published_from": "2024-01-01",
    }
    assert made.from_dict(data).where == WHERE


def test_a_function_that_has_no_name_or_is_not_allowed_is_refused(path: Path) -> None:
    nameless = KutipRetriever(path, open_library=lambda _: open_library("elsewhere"))
    with pytest.raises(SerializationError):
        nameless.to_dict()
    with pytest.raises(DeserializationError):
        Pipeline.loads(pipeline(path).dumps(), allowed_modules=["kutip"])
