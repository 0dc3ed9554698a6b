"""Answers a CSV of questions: the same rows again, with what the articles say to each.

    pip install kutip
    python examples/answer_csv.py questions.csv answers.csv

The file needs a column `question`; its other columns are kept and come first.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kutip import Assistant, KutipError, Library

ADDED = ["status", "answer", "quote", "article", "start", "end", "confidence"]


def answered(assistant: Assistant, rows: Iterable[dict[str, str]]) -> Iterator[dict[str, object]]:
    """Each row with the first quote; a question that cannot be asked says so in its row."""
    for row in rows:
        try:
            answer = assistant.ask(row["question"])
        except KutipError as error:
            yield {**row, "status": "error", "answer": str(error)}
            continue
        added: dict[str, object] = {"status": answer.status, "answer": answer.text}
        for quote in answer.quotes[:1]:
            added |= {
                "quote": quote.text,
                "article": quote.title,
                "start": quote.start,
                "end": quote.end,
                "confidence": f"{answer.confidence:.2f}",
            }
        yield {**row, **added}


def answer_file(library: Library, questions: Path, answers: Path) -> int:
    """Write `answers` from `questions`, and give the number of rows."""
    with questions.open(encoding="utf-8-sig", newline="") as source:
        # A short row asks nothing, as its answer then says; what a row has too much is left out.
        reader = csv.DictReader(source, restkey="", restval="")
        columns = list(reader.fieldnames or [])
        rows = list(reader)
    taken = sorted(set(columns) & set(ADDED))
    if "question" not in columns or taken:
        raise SystemExit(
            f"{questions} has the columns {columns}, expected one named question and none of "
            f"{', '.join(ADDED)}: rename {', '.join(taken) or 'the column of the questions'}."
        )
    if answers.exists() and answers.samefile(questions):
        raise SystemExit(f"{answers} holds the questions: name another file for the answers.")
    # With a byte order mark, without which Excel would not read what is not ASCII.
    with answers.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, [*columns, *ADDED], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(answered(Assistant(library), rows))
    return len(rows)


if __name__ == "__main__":
    with Library.open() as opened:
        print(answer_file(opened, Path(sys.argv[1]), Path(sys.argv[2])), "questions answered")
