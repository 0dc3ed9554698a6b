"""news_qa, our own training articles: one a line, with its questions inside."""

from pathlib import Path
from typing import Any

from kutip.evals.adapters.reading import (
    check_verbatim,
    claim,
    field,
    json_lines,
    make_document,
    require,
    set_name,
    text_field,
    told_language,
)
from kutip.evals.questions import Question, QuestionSet
from kutip.index.document import Document
from kutip.index.language import detect_language
from kutip.index.loading.plain import parse_date


def load_news(path: Path) -> QuestionSet:
    """The questions of a .jsonl file; a question's `type` is its tag.

    Raises `EvaluationError`, which names file and line, also where an answer or the evidence does
    not stand in the article to the letter.
    """
    documents: dict[str, Document] = {}
    taken: dict[str, str] = {}
    questions = []
    for where, values in json_lines(path):
        article = _article(values, where)
        document = documents.setdefault(article.id, article)
        for number, entry in enumerate(field(values, "questions", list, where)):
            place = f"{where} questions[{number}]"
            question = _question(entry, document, place)
            claim(question.id, place, taken)
            questions.append(question)
    return QuestionSet(set_name(path), documents, tuple(questions))


def _article(values: dict[str, Any], where: str) -> Document:
    return make_document(
        field(values, "text", str, where),
        where,
        title=field(values, "title", str, where),
        language=told_language(values),
        outlet=values.get("outlet"),
        published=parse_date(values.get("date")),
    )


def _question(entry: object, document: Document, where: str) -> Question:
    values = require(entry, dict, where)
    words = text_field(values, "question", where)
    kind = values.get("type")
    question = Question(
        id=text_field(values, "id", where),
        language=told_language(values) or detect_language(words, document.language),
        question=words,
        answers=_texts(field(values, "answers", list, where), "answers", where),
        document=document.id,
        evidence=_texts(values.get("evidence"), "evidence", where),
        tags=(str(kind),) if kind else (),
    )
    check_verbatim(question.answers + question.evidence, document, where)
    return question


def _texts(value: object, key: str, where: str) -> tuple[str, ...]:
    """One text or a list of them as a tuple; none for "" and for null."""
    if value is None or value == "":
        return ()
    texts = [value] if isinstance(value, str) else require(value, list, f"{where} {key!r}")
    return tuple(require(text, str, f"{where} {key!r}") for text in texts)
