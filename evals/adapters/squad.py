"""The layout of SQuAD 1.1 and 2.0, which TyDi QA shares, and the bare list of IDK-MRC.

Rajpurkar et al., 2016 (arXiv:1606.05250) and 2018 (arXiv:1806.03822); Putri & Oh, EMNLP 2022
(arXiv:2210.13778). They differ only in what is around a paragraph: `{"context", "qas"}`.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

from kutip.evals.adapters.reading import (
    claim,
    field,
    make_document,
    read_json,
    require,
    set_name,
    text_field,
)
from kutip.evals.questions import Question, QuestionSet
from kutip.index.document import Document, Span
from kutip.index.errors import EvaluationError
from kutip.index.language import detect_language

logger = logging.getLogger(__name__)

Answer = tuple[str, int]
"""The words and where they start."""


def load_squad(path: Path) -> QuestionSet:
    """The questions of a .json file in either layout; equal contexts become one document.

    An answer that does not stand at its `answer_start` (12 of IDK-MRC) cannot be scored: it is left
    out, and the question with it where it has no other. Raises `EvaluationError`, which names file
    and key.
    """
    documents: dict[str, Document] = {}
    taken: dict[str, str] = {}
    questions = []
    misplaced = 0
    for where, title, paragraph in _paragraphs(read_json(path), path):
        context = make_document(field(paragraph, "context", str, where), where, title=title)
        document = documents.setdefault(context.id, context)
        for number, entry in enumerate(field(paragraph, "qas", list, where)):
            place = f"{where}.qas[{number}]"
            claim(text_field(entry, "id", place), place, taken)
            question = _question(entry, document, place)
            if question is None:
                misplaced += 1
            else:
                questions.append(question)
    if misplaced:
        logger.info(
            "%s: left out %d of %d questions, whose answers do not stand at their answer_start.",
            path, misplaced, len(taken),
        )  # fmt: skip
    return QuestionSet(set_name(path), documents, tuple(questions))


def _paragraphs(layout: object, path: Path) -> Iterator[tuple[str, str | None, object]]:
    """Each paragraph with where it stands and its article's title, if there is one."""
    if isinstance(layout, list):
        for number, paragraph in enumerate(layout):
            yield f"{path}, [{number}]", None, paragraph
    elif isinstance(layout, dict) and "data" in layout:
        for number, article in enumerate(field(layout, "data", list, f"{path},")):
            where = f"{path}, data[{number}]"
            paragraphs = field(article, "paragraphs", list, where)
            title = field(article, "title", str, where) if "title" in article else None
            for ordinal, paragraph in enumerate(paragraphs):
                yield f"{where}.paragraphs[{ordinal}]", title, paragraph
    else:
        raise EvaluationError(
            f"{path} is neither an object with 'data' (SQuAD) nor a list of paragraphs (IDK-MRC): "
            "check the file's format."
        )


def _question(entry: object, document: Document, where: str) -> Question | None:
    """None if there are answers but none stands where it should."""
    words = text_field(entry, "question", where)
    given = _answers(entry, where)
    answers = [
        (text, start) for text, start in given if text and document.text.startswith(text, start)
    ]
    if given and not answers:
        return None
    # Annotators differ in how much they mark: the shortest is the nearest to minimal.
    answers.sort(key=lambda answer: len(answer[0]))
    return Question(
        id=text_field(entry, "id", where),
        language=detect_language(words, document.language),
        question=words,
        answers=tuple(dict.fromkeys(text for text, _ in answers)),
        document=document.id,
        places=tuple(dict.fromkeys(Span(start, start + len(text)) for text, start in answers)),
    )


def _answers(entry: object, where: str) -> list[Answer]:
    values = require(entry, dict, where)
    # SQuAD 2.0 keeps wrong, plausible answers under a key of their own.
    answers = [] if values.get("is_impossible") else field(values, "answers", list, where)
    return [
        (
            field(answer, "text", str, f"{where}.answers[{number}]"),
            field(answer, "answer_start", int, f"{where}.answers[{number}]"),
        )
        for number, answer in enumerate(answers)
    ]
