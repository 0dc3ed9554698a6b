"""Makes the reader's training examples of question sets: never of development ones.

`python -m kutip.evals.training_examples --output DIR SOURCE=FILE[+MAP] …`, where SOURCE is the name
by which a training configuration asks for the examples, and MAP a `--questions-map`. The passages
are those of a library. With `--tempting`, passages of the whole source that are near to a question
and do not answer it tempt it; without, those of its own document alone.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kutip.evals.adapters import load_questions
from kutip.evals.questions import Question, answer_spans, evidence_spans, overlap
from kutip.index.document import Document, Passage, Span
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.passages import split_passages

NEAREST = 14
NEGATIVES = 8
QUESTIONS_AT_ONCE = 500
TITLED = "news"
"""How the names of sources begin whose articles have titles."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `passages.jsonl` and `questions.jsonl`."""
    parser = argparse.ArgumentParser(description="Make training examples.")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--tempting", action="store_true", help="search for passages that tempt")
    parser.add_argument("sources", nargs="+", metavar="SOURCE=FILE[+MAP]")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    questions: dict[str, list[Question]] = {}
    documents: dict[str, dict[str, Document]] = {}
    for value in options.sources:
        source, _, files = value.partition("=")
        path, _, questions_map = files.partition("+")
        loaded = load_questions(path, questions_map=questions_map or None)
        questions.setdefault(source, []).extend(loaded.questions)
        documents.setdefault(source, {}).update(loaded.documents)
    with (
        (options.output / "passages.jsonl").open("w", encoding="utf-8") as passage_file,
        (options.output / "questions.jsonl").open("w", encoding="utf-8") as question_file,
    ):
        for source, asked in questions.items():
            of_source = Source(source, documents[source])
            if options.tempting:
                of_source.search([q.question for q in asked])
            for line in of_source.passage_lines():
                passage_file.write(json.dumps(line, ensure_ascii=False) + "\n")
            for number, question in enumerate(asked, 1):
                line = of_source.question_line(question, number)
                # An answer that no passage holds whole would be learnt as none.
                if line["positives"] or not question.answerable:
                    question_file.write(json.dumps(line, ensure_ascii=False) + "\n")
                if number % 1000 == 0:
                    sys.stderr.write(f"{source}: {number} of {len(asked)}\n")


class Source:
    """The passages of one source, and its questions with passages that answer or tempt."""

    def __init__(self, name: str, documents: dict[str, Document]) -> None:
        self._name = name
        self._documents = documents
        self._embedder = SentenceTransformerEmbedder()
        self._near: dict[str, list[Passage]] = {}
        self._passages: dict[str, list[Passage]] = {
            document.id: [
                Passage(
                    0, document.id, document.language, number, *span, document.text[slice(*span)]
                )
                for number, span in enumerate(
                    split_passages(document.text, document.language, self._embedder.count_tokens)
                )
            ]
            for document in documents.values()
        }

    def search(self, questions: list[str]) -> None:
        """Let these questions be tempted by the passages nearest to them.

        Cosines count against the mean and deviation of each language, as in retrieval.
        """
        import torch

        passages = [passage for some in self._passages.values() for passage in some]
        # By length, so that little is padding; half precision is as good for a choice of many.
        passages.sort(key=lambda passage: len(passage.text))
        with torch.autocast("cpu", torch.bfloat16):
            vectors = self._embedder.embed_passages([passage.text for passage in passages])
            asked = self._embedder.embed_questions(questions)
        languages = np.array([passage.language for passage in passages])
        for first in range(0, len(questions), QUESTIONS_AT_ONCE):
            some = questions[first : first + QUESTIONS_AT_ONCE]
            scores = asked[first : first + QUESTIONS_AT_ONCE] @ vectors.T
            for language in set(languages.tolist()):
                of_language = scores[:, languages == language]
                scores[:, languages == language] -= of_language.mean(1, keepdims=True)
                scores[:, languages == language] /= of_language.std(1, keepdims=True) + 1e-6
            for question, best in zip(some, np.argsort(-scores, axis=1)[:, :NEAREST], strict=True):
                self._near[question] = [passages[place] for place in best]

    def passage_lines(self) -> Iterator[dict[str, object]]:
        """A line for each passage."""
        for id_, passages in self._passages.items():
            for passage in passages:
                yield {
                    "id": self._id(passage),
                    "title": self._documents[id_].title if self._name.startswith(TITLED) else "",
                    "language": passage.language,
                    "text": passage.text,
                }

    def question_line(self, question: Question, number: int) -> dict[str, object]:
        """A question with its passages; `number` makes its id unlike that of its translation."""
        document = self._documents[question.document]
        # The first accepted answer is the shortest complete one: the one to learn.
        shortest = replace(question, answers=question.answers[:1])
        answers = answer_spans(shortest, document) if question.answerable else []
        evidence = evidence_spans(question, document)
        positives = []
        for passage in self._passages[document.id]:
            inside = [span for span in answers if _within(span, passage)]
            if inside:
                positives.append(
                    {
                        "passage": self._id(passage),
                        "answers": [_shifted(span, passage) for span in inside],
                        "evidence": [_shifted(span, passage) for span in evidence],
                    }
                )
        holding = {positive["passage"] for positive in positives}
        tempting = [
            self._id(passage)
            for passage in self._tempting(question)
            if self._id(passage) not in holding
            # A passage with a part of the evidence is neither right nor wrong.
            and not (
                passage.document_id == document.id
                and any(overlap(span, Span(passage.start, passage.end)) for span in evidence)
            )
        ]
        return {
            "id": f"{self._name}:{number}:{question.id}",
            "source": self._name,
            "question": question.question,
            "positives": positives,
            "negatives": tempting[:NEGATIVES],
        }

    def _tempting(self, question: Question) -> list[Passage]:
        return self._near.get(question.question) or self._passages[question.document]

    def _id(self, passage: Passage) -> str:
        return f"{self._name}:{passage.document_id}:{passage.start}"


def _within(span: Span, passage: Passage) -> bool:
    return passage.start <= span.start and span.end <= passage.end


def _shifted(span: Span, passage: Passage) -> list[int]:
    return [
        max(span.start, passage.start) - passage.start,
        min(span.end, passage.end) - passage.start,
    ]


if __name__ == "__main__":
    main()
