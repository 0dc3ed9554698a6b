"""Kutip's own format: questions in JSONL, their articles as Markdown beside them.

`evals/question.schema.json` says what a line holds. This is the only format in which the answers
are promised to be minimal, so a line that breaks a rule is an error, never a question less.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from kutip.evals.adapters.reading import check_verbatim, claim, json_lines, set_name
from kutip.evals.questions import Question, QuestionSet
from kutip.index.document import Document
from kutip.index.errors import DocumentError, EvaluationError
from kutip.index.loading.files import load_document
from kutip.rag.answer import Turn


def load_kutip(path: Path) -> QuestionSet:
    """The questions of a .jsonl file, or of all of a folder in the order of their names.

    Raises `EvaluationError`, which names file and line, where a line does not fit the schema, an
    article is missing, or an answer or a piece of evidence does not stand in it to the letter.
    """
    articles: dict[str, Document] = {}
    taken: dict[str, str] = {}
    questions = []
    for file in _files(path):
        for where, values in json_lines(file):
            _check(values, where)
            claim(values["id"], where, taken)
            slug = values["document"]
            if slug not in articles:
                articles[slug] = _article(slug, file, where)
            questions.append(_question(values, articles[slug], where))
    documents = {article.id: article for article in articles.values()}
    return QuestionSet(set_name(path), documents, tuple(questions))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.jsonl"))
    if not found:
        raise EvaluationError(
            f"{path} holds no .jsonl file, expected one or more: give a folder of question files."
        )
    return found


def _check(values: dict[str, Any], where: str) -> None:
    error = best_match(_schema().iter_errors(values))
    if error is not None:
        raise EvaluationError(
            f"{where} breaks the format at {error.json_path}: {error.message}. Mend the line; "
            "evals/question.schema.json says what it may hold."
        )


@cache
def _schema() -> Draft202012Validator:
    text = files("kutip.evals").joinpath("question.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def _article(slug: str, file: Path, where: str) -> Document:
    for folder in _folders(file):
        article = folder / f"{slug}.md"
        if article.is_file():
            try:
                return load_document(article)
            except DocumentError as error:
                raise EvaluationError(f"{where} asks about a bad article: {error}") from error
    looked = ", ".join(map(str, _folders(file)))
    raise EvaluationError(
        f"{where} asks about {slug!r}, but {slug}.md is in none of {looked}: put the article into "
        "one of them, or correct the slug."
    )


def _folders(file: Path) -> Iterator[Path]:
    folder = file.resolve().parent
    yield folder
    yield folder.parent / "articles"
    yield Path(str(files("kutip.index.bundled")))


def _question(values: dict[str, Any], article: Document, where: str) -> Question:
    question = Question(
        id=values["id"],
        language=values["language"],
        question=values["question"],
        answers=tuple(values["answers"]),
        document=article.id,
        evidence=tuple(values["evidence"]),
        tags=tuple(values["tags"]),
        history=tuple(Turn(**turn) for turn in values.get("history", ())),
    )
    check_verbatim(question.answers + question.evidence, article, where)
    return question
