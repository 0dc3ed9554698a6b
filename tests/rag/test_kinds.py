"""Kinds of questions that a span does not fit."""

import pytest

from kutip.index import Document, Library
from kutip.rag import Assistant
from kutip.rag.kinds import Kind, kind_of

QUESTIONS: dict[str, Kind] = {
    "Apakah isi perjanjian itu sudah diumumkan?": "yes_no",
    "benarkah Putin pernah ke sana": "yes_no",
    "emangnya jembatan itu udah jadi?": "yes_no",
    "Is it known whether anyone was hurt?": "yes_no",
    "Did the ferry sink?": "yes_no",
    "Is it the first or the second ferry?": "span",
    "Apakah kapal itu besar atau kecil?": "span",
    "Apa yang diteken kedua negara?": "span",
    "Who did the ferry replace?": "span",
    "What is this article about?": "about",
    "what does the article say": "about",
    "artikel ini tentang apa?": "about",
    "Berita ini membahas apa sih?": "about",
    "apa inti berita ini?": "about",
    "Summarize this article": "about",
    "what's the main news here?": "about",
    "could you give me the gist of this story": "about",
    "tulisan ini sebenarnya membahas apa ya?": "about",
    "ringkas dong beritanya": "about",
    "Ringkas apa yang terjadi di Medan": "span",
    "What is the main reason?": "span",
    "What is this article's date?": "span",
    "What is the treaty about?": "span",
    "Artikel siapa yang dikutip?": "span",
}


@pytest.mark.parametrize(("question", "kind"), QUESTIONS.items())
def test_a_question_is_told_by_its_form(question: str, kind: Kind) -> None:
    assert kind_of(question) == kind


def test_what_an_article_is_about_is_told_by_its_first_sentence(
    library: Library, articles: list[Document]
) -> None:
    library.add(articles[0])
    answer = Assistant(library).ask("Artikel ini tentang apa?")
    assert answer.status == "answered"
    assert answer.text == "Gempa mengguncang Cianjur pada Senin siang."
    assert [quote.text for quote in answer.quotes] == [answer.text]


def test_each_article_tells_what_it_is_about_once(
    library: Library, articles: list[Document]
) -> None:
    for article in articles:
        library.add(article)
    answer = Assistant(library).ask("What is this article about?")
    assert sorted(quote.document_id for quote in answer.quotes) == sorted(a.id for a in articles)
