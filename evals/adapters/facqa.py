"""FacQA of IndoNLU: factoid questions on Indonesian news, tokenised, the answer as BIO labels.

Wilie et al., AACL 2020 (arXiv:2009.05387). The texts were lost when they were tokenised: here they
are their tokens with a space between.
"""

import ast
import csv
import io
import reprlib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from kutip.evals.adapters.reading import make_document, read_text, set_name
from kutip.evals.questions import Question, QuestionSet
from kutip.index.document import Document, Span
from kutip.index.errors import EvaluationError
from kutip.index.language import detect_language

COLUMNS = ("question", "passage", "seq_label")
LABELS = {"B", "I", "O"}


def load_facqa(path: Path) -> QuestionSet:
    """The questions of a .csv file, called by its name and their number.

    Where there are several labelled runs (1 % of the questions) each is an accepted answer, in the
    text's order: the labels do not tell parts of one answer from two. Raises `EvaluationError`,
    which names file and line.
    """
    documents: dict[str, Document] = {}
    questions = []
    for number, (where, row) in enumerate(_rows(path), 1):
        words, tokens, labels = (_tokens(row[column], column, where) for column in COLUMNS)
        _check(tokens, labels, where)
        passage = make_document(" ".join(tokens), where)
        document = documents.setdefault(passage.id, passage)
        runs = _runs(tokens, labels)
        question = " ".join(words)
        questions.append(
            Question(
                id=f"{path.stem}-{number:04d}",
                language=detect_language(question, document.language),
                question=question,
                answers=tuple(dict.fromkeys(document.text[start:end] for start, end in runs)),
                document=document.id,
                places=tuple(runs),
            )
        )
    return QuestionSet(set_name(path), documents, tuple(questions))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str | None]]]:
    reader = csv.DictReader(io.StringIO(read_text(path)), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise EvaluationError(
                f"{path}, line 1, has no column {', '.join(missing)}; expected "
                f"{', '.join(COLUMNS)}: check the file's format."
            )
        for row in reader:
            yield f"{path}, line {reader.line_num},", row
    except csv.Error as error:
        raise EvaluationError(
            f"{path}, line {reader.reader.line_num}, is not CSV ({error}): mend the line."
        ) from error


def _tokens(cell: str | None, column: str, where: str) -> list[str]:
    try:
        tokens = ast.literal_eval(cell or "")
    except (ValueError, SyntaxError):
        tokens = None
    if isinstance(tokens, list) and tokens and all(map(_is_token, tokens)):
        return tokens
    raise EvaluationError(
        f"{where} has {reprlib.repr(cell)} in {column!r}, expected words as a Python list, "
        "such as ['Siapa', '?']: mend the cell, or remove the row."
    )


def _is_token(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check(tokens: list[str], labels: list[str], where: str) -> None:
    if len(labels) != len(tokens):
        raise EvaluationError(
            f"{where} has {len(labels)} labels in 'seq_label' for {len(tokens)} tokens in "
            "'passage', expected one for each: mend the row."
        )
    unknown = sorted(set(labels) - LABELS)
    if unknown:
        raise EvaluationError(
            f"{where} has {', '.join(map(repr, unknown))} in 'seq_label', expected B, I and O: "
            "mend the row."
        )


def _runs(tokens: list[str], labels: list[str]) -> list[Span]:
    """The labelled runs, as offsets into the tokens joined with single spaces."""
    runs: list[Span] = []
    previous = "O"
    ends = accumulate(tokens, lambda end, token: end + 1 + len(token), initial=-1)
    next(ends)
    for token, label, end in zip(tokens, labels, ends, strict=True):
        if label == "I" and previous != "O":
            runs[-1] = Span(runs[-1].start, end)
        elif label != "O":
            runs.append(Span(end - len(token), end))
        previous = label
    return runs
