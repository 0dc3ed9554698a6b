"""Turns the feedback that a library has gathered into question-set lines.

What people marked is not the truth: each line is for a person to check and complete. Feedback is
one JSON object a line: question, language, verdict ("good", "bad" or "wrong quote"), text, quotes
with document_id, start, end and text, and an optional comment.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kutip.index.errors import EvaluationError


def question_lines(file: Path) -> Iterator[dict[str, Any]]:
    """A line of Kutip's own format for each verdict, with a `check` that says what to look at.

    Raises `EvaluationError` where the file cannot be read; a bad line is named by its number.
    """
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"{file} cannot be read: {error}. Give the feedback.jsonl of a library."
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _question(json.loads(line), number)
        except (ValueError, KeyError, TypeError) as error:
            raise EvaluationError(
                f"{file}, line {number}, is no feedback ({type(error).__name__}: {error}): remove "
                "the line."
            ) from error


def _question(values: dict[str, Any], number: int) -> dict[str, Any]:
    good = values["verdict"] == "good"
    quotes = values["quotes"]
    check = "the answer was marked as good" if good else f"marked as {values['verdict']}"
    if values.get("comment"):
        check += f": {values['comment']}"
    # Only an answer that a person approved is a candidate for the accepted one.
    answers = [values["text"]] if good and values["text"] else []
    return {
        "id": f"feedback-{number:04d}",
        "language": values["language"],
        "question": values["question"],
        "answers": answers,
        "evidence": [quote["text"] for quote in quotes] if answers else [],
        "document": quotes[0]["document_id"] if quotes else "",
        "tags": [],
        "check": check,
    }
