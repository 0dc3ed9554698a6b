"""Makes the reader's training examples of question sets: never of development ones.

`python -m kutip.evals.training_examples --output DIR SOURCE=FILE[+MAP] …`, where SOURCE is the name
by which a training configuration asks for the examples, and MAP a `--questions-map`. The passages
are those of a library, and the tempting ones those that the retriever finds for the question among
all files of the source `news`; in other sources, only the question's own document is used.
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
from kutip.evals.run import eval_library
from kutip.index.document import Document, Passage, Span
from kutip.index.embedder import Embedder, SentenceTransformerEmbedder, Vectors
from kutip.index.passages import split_passages
from kutip.rag.retriever import Retriever

RETRIEVED = 14
NEGATIVES = 8
RETRIEVING = "news"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `passages.jsonl` and `questions.jsonl`."""
    parser = argparse.ArgumentParser(description="Make training examples.")
    parser.add_argument("--output", type=Path, required=True)
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
            of_source = Source(source, documents[source], [q.question for q in asked])
            for line in of_source.passage_lines():
                passage_file.write(json.dumps(line, ensure_ascii=False) + "\n")
            for number, question in enumerate(asked, 1):
                line = of_source.question_line(question, number)
                # An answer that no passage holds whole would be learnt as none.
                if line["positives"] or not question.answerable:
                    question_file.write(json.dumps(line, ensure_ascii=False) + "\n")
                if number % 1000 == 0:
                    sys.stderr.write(f"{source}: {number} of {len(asked)}\n")


class PreparedEmbedder:
    """An embedder that made the vectors of its questions in batches, some five times as fast."""

    def __init__(self, embedder: Embedder, questions: Sequence[str]) -> None:
        self._embedder = embedder
        self.identity = embedder.identity
        self.embed_passages = embedder.embed_passages
        self.count_tokens = embedder.count_tokens
        self._vectors = dict(zip(questions, embedder.embed_questions(questions), strict=True))

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])


class Source:
    """The passages of one source, and its questions with passages that answer or tempt."""

    def __init__(self, name: str, documents: dict[str, Document], questions: list[str]) -> None:
        self._name = name
        self._documents = documents
        embedder = SentenceTransformerEmbedder()
        self._passages: dict[str, list[Passage]] = {
            document.id: [
                Passage(
                    0, document.id, document.language, number, *span, document.text[slice(*span)]
                )
                for number, span in enumerate(
                    split_passages(document.text, document.language, embedder.count_tokens)
                )
            ]
            for document in documents.values()
        }
        self._retriever = None
        if name == RETRIEVING:
            prepared = PreparedEmbedder(embedder, questions)
            library = eval_library(list(documents.values()), prepared, _progress)
            self._retriever = Retriever(library)

    def passage_lines(self) -> Iterator[dict[str, object]]:
        """A line for each passage."""
        for id_, passages in self._passages.items():
            for passage in passages:
                yield {
                    "id": self._id(passage),
                    "title": self._documents[id_].title if self._retriever else "",
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
        if self._retriever is None:
            return self._passages[question.document]
        return [hit.passage for hit in self._retriever.search(question.question, RETRIEVED)]

    def _id(self, passage: Passage) -> str:
        return f"{self._name}:{passage.document_id}:{passage.start}"


def _within(span: Span, passage: Passage) -> bool:
    return passage.start <= span.start and span.end <= passage.end


def _shifted(span: Span, passage: Passage) -> list[int]:
    return [
        max(span.start, passage.start) - passage.start,
        min(span.end, passage.end) - passage.start,
    ]


def _progress(what: str, done: int, total: int) -> None:
    if done % 50 == 0:
        sys.stderr.write(f"{what}: {done} of {total}\n")


if __name__ == "__main__":
    main()
