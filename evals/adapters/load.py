"""Which format a question set is in, and which part of it is asked for."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from kutip.evals.adapters.beir import load_beir
from kutip.evals.adapters.facqa import load_facqa
from kutip.evals.adapters.kutip import load_kutip
from kutip.evals.adapters.news import load_news
from kutip.evals.adapters.reading import json_lines, read_json, require, text_field
from kutip.evals.adapters.squad import load_squad
from kutip.evals.questions import Question, QuestionSet
from kutip.index.errors import EvaluationError
from kutip.index.language import detect_language

FORMATS: dict[str, Callable[[Path], QuestionSet]] = {
    "kutip": load_kutip,
    "news": load_news,
    "squad": load_squad,
    "idk": load_squad,
    "facqa": load_facqa,
    "beir": load_beir,
}


def load_questions(
    path: Path | str,
    format: str = "auto",  # noqa: A002 - what the command line calls it
    questions_map: Path | str | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> QuestionSet:
    """Read a question set; its format is detected from its content unless it is given.

    `questions_map` is a JSON file `{question id: text}`, a translation of the questions: it gives
    their texts and, as a whole, their language; questions that are not in it are left out. `limit`
    draws so many questions with `seed`, and keeps their order and all documents. Raises
    `EvaluationError`, which names file and line or key, where anything cannot be read.
    """
    path = Path(path)
    if limit is not None and limit < 1:
        raise EvaluationError(
            f"The limit is {limit}, expected 1 or more: raise it or leave it out."
        )
    name = detect_format(path) if format == "auto" else format
    if name not in FORMATS:
        raise EvaluationError(
            f"There is no format {name!r}, expected auto or one of {', '.join(FORMATS)}."
        )
    questions = FORMATS[name](path)
    if not questions.questions:
        raise EvaluationError(
            f"{path} holds no question that can be scored, expected some in the format {name}: "
            "check the path and the format."
        )
    if questions_map is not None:
        questions = _swapped(questions, Path(questions_map))
    if limit is not None and limit < len(questions.questions):
        drawn = sorted(random.Random(seed).sample(range(len(questions.questions)), limit))
        questions = _only(questions, [questions.questions[index] for index in drawn])
    return questions


def detect_format(path: Path) -> str:
    """The name in `FORMATS` that fits what is at `path`. Raises `EvaluationError`."""
    if not path.exists():
        raise EvaluationError(f"{path} does not exist: check the name of the question set.")
    found = _in_folder(path) if path.is_dir() else _in_file(path)
    if found is None:
        raise EvaluationError(
            f"{path} is in no known format, expected one of {', '.join(FORMATS)}: a folder with "
            "corpus.jsonl (beir) or with .jsonl files of questions (kutip), a .csv file (facqa), a "
            ".jsonl file with 'questions' (news) or 'question' (kutip) in each line, or a .json "
            "file that holds 'data' (squad) or a list (idk)."
        )
    return found


def _in_folder(path: Path) -> str | None:
    if (path / "corpus.jsonl").exists():
        return "beir"
    first = min(path.glob("*.jsonl"), default=None)
    # News articles are one file a set: a folder of them would mix train with dev.
    return "kutip" if first and _in_file(first) == "kutip" else None


def _in_file(path: Path) -> str | None:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return "facqa"
    if suffix == ".jsonl":
        _, first = next(json_lines(path), ("", {}))
        keys = {"questions": "news", "question": "kutip"}
        return next((name for key, name in keys.items() if key in first), None)
    if suffix == ".json":
        layout = read_json(path)
        if isinstance(layout, list):
            return "idk"
        return "squad" if isinstance(layout, dict) and "data" in layout else None
    return None


def _swapped(questions: QuestionSet, path: Path) -> QuestionSet:
    """The questions that the map at `path` holds, with its texts."""
    where = f"{path},"
    values = require(read_json(path), dict, where)
    texts = {key: text_field(values, key, where) for key in values}
    kept = [question for question in questions.questions if question.id in texts]
    if not kept:
        raise EvaluationError(
            f"{path} holds none of the {len(questions.questions)} questions of {questions.name}, "
            f"such as {questions.questions[0].id!r}: give the map that was made for this set."
        )
    # One question may be too short to tell; all of them together are not.
    languages = Counter(detect_language(text) for text in texts.values())
    language = languages.most_common(1)[0][0]
    swapped = [
        replace(question, question=texts[question.id], language=language) for question in kept
    ]
    return replace(_only(questions, swapped), name=f"{questions.name}+{path.stem}")


def _only(questions: QuestionSet, kept: Sequence[Question]) -> QuestionSet:
    names = {question.id for question in kept}
    relevant = {name: grades for name, grades in questions.relevant.items() if name in names}
    return replace(questions, questions=tuple(kept), relevant=relevant)
