"""Finding passages and answering from them, with an embedder that needs no model."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kutip.index import Document, Filter, Library
from kutip.index.errors import QuestionError
from kutip.rag import Assistant, Retriever, Turn


def test_hits_are_passages_of_their_documents_best_first(filled: Library) -> None:
    hits = Retriever(filled).search("Ratusan rumah rusak berat di Cianjur", k=3)
    assert "Cianjur" in hits[0].passage.text
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.document.text[hit.passage.start : hit.passage.end] == hit.passage.text
    assert hits[0].dense_rank == 1
    assert hits[0].lexical_rank == 1


@pytest.mark.parametrize("sides", [{"dense": False}, {"lexical": False}, {}])
def test_each_side_alone_finds_what_is_said_in_the_same_words(
    filled: Library, sides: dict[str, bool]
) -> None:
    hits = Retriever(filled, **sides).search("Warga mengungsi ke lapangan terdekat", k=1)
    assert "mengungsi" in hits[0].passage.text


def test_filters_hold(filled: Library, articles: list[Document]) -> None:
    retriever = Retriever(filled)
    for article in articles:
        where = Filter(documents=frozenset([article.id]))
        assert {hit.document.id for hit in retriever.search("Cianjur", where=where)} == {article.id}
    only = retriever.search("Cianjur", where=Filter(language="en"))
    assert {hit.document.language for hit in only} == {"en"}
    assert retriever.search("Cianjur", where=Filter(published_from=date(2999, 1, 1))) == []


@pytest.mark.parametrize("question", ["", "   ", "x" * 2_001, "apa \ud800"])
def test_what_is_no_question_is_refused(filled: Library, question: str) -> None:
    with pytest.raises(QuestionError):
        Retriever(filled).search(question)
    with pytest.raises(QuestionError):
        Assistant(filled).ask(question)


def test_a_long_question_may_follow_another(filled: Library) -> None:
    history = [Turn("Di mana gempa itu terasa? " * 20, "Cianjur")]
    question = "Dan berapa rumah yang rusak? " + "x" * 1_950
    assert Assistant(filled).ask(question, history).question == question


def test_settings_that_make_no_sense_are_refused(filled: Library) -> None:
    with pytest.raises(QuestionError):
        Retriever(filled).search("Cianjur", k=0)
    with pytest.raises(QuestionError):
        Retriever(filled, dense=False, lexical=False)


def test_an_empty_library_says_so_in_the_language_of_the_question(library: Library) -> None:
    assert Retriever(library).search("Siapa?") == []
    answer = Assistant(library).ask("Where did the earthquake strike?")
    assert (answer.status, answer.quotes) == ("not_found", ())
    assert "library is empty" in answer.message


def test_an_answer_quotes_what_the_reader_found(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    question = "Berapa rumah yang rusak karena gempa di Cianjur pada Senin siang?"
    answer = Assistant(filled, reader=first_words()).ask(question)
    assert (answer.status, answer.text) == ("answered", "Gempa")
    assert answer.confidence == 0.9
    assert set(answer.milliseconds) == {"retrieve", "read", "compose", "total"}
    for quote in answer.quotes:
        assert quote.is_verbatim(filled.document(quote.document_id))


def test_an_unsure_reader_gives_related_passages(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    question = "Ratusan rumah rusak berat karena gempa di Cianjur?"
    answer = Assistant(filled, reader=first_words(0.1)).ask(question)
    assert (answer.status, answer.text) == ("related", "")
    assert answer.quotes


def test_a_follow_up_is_read_with_the_question_before_it(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    reader = first_words()
    history = [Turn("Apa yang mengguncang Cianjur?", "Gempa")]
    answer = Assistant(filled, reader=reader).ask("dan kapan itu terjadi?", history)
    assert reader.questions == ["Apa yang mengguncang Cianjur? dan kapan itu terjadi?"]
    assert answer.question == "dan kapan itu terjadi?"


def test_a_greeting_is_answered_without_a_search(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    reader = first_words()
    answer = Assistant(filled, reader=reader).ask("Terima kasih!")
    assert (answer.status, reader.questions, answer.hits) == ("greeting", [], ())


def test_a_question_sees_what_was_added_just_now(
    filled: Library, first_words: Callable[..., Any]
) -> None:
    assistant = Assistant(filled, reader=first_words())
    assistant.ask("Kapal apa yang karam di Selat Bali?")
    filled.add(Document.from_text("Tongkang Merpati karam di Selat Bali.", language="id"))
    answer = assistant.ask("Kapal apa yang karam di Selat Bali?")
    assert answer.hits[0].passage.text == "Tongkang Merpati karam di Selat Bali."


def test_as_many_hits_as_are_asked_for(library: Library) -> None:
    library.add_all(Document.from_text(f"Gempa ke-{number} di Cianjur.") for number in range(130))
    assert len(Retriever(library).search("Gempa di Cianjur", k=200)) == 130


def test_an_emptied_library_says_that_it_is_empty(
    filled: Library, articles: list[Document]
) -> None:
    for info in filled.documents():
        filled.remove(info.id)
    answer = Assistant(filled).ask("Di mana gempa itu terasa?")
    assert "kosong" in answer.message
