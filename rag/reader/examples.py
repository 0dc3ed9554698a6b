"""Training examples: questions, and passages that answer them or do not.

Two JSONL files in a folder, which `python -m kutip.evals.training_examples` makes:
`passages.jsonl` (`id`, `title`, `language`, `text`) and `questions.jsonl` (`id`, `source`,
`question`, `positives`, `negatives`), where a positive is `passage` with the offsets in its text of
`answers` and `evidence`, and negatives are passage ids, the most tempting first.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kutip.index.document import Span
from kutip.index.language import Language


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A passage as the reader gets it."""

    title: str
    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Positive:
    """A passage that answers: where in its text the answers and the evidence stand."""

    passage: str
    answers: tuple[Span, ...]
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question; it has no answer where `positives` is empty."""

    id: str
    source: str
    question: str
    positives: tuple[Positive, ...]
    negatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A question with the passages that it is trained on in one step."""

    question: str
    rows: tuple[tuple[str, Positive | None], ...]


def read_passages(folder: Path) -> dict[str, TrainingPassage]:
    """The passages by their ids."""
    lines = (folder / "passages.jsonl").read_text("utf-8").strip().split("\n")
    return {
        line["id"]: TrainingPassage(line["title"], line["language"], line["text"])
        for line in map(json.loads, lines)
    }


def read_examples(folder: Path) -> list[Example]:
    """The examples, in the file's order."""
    lines = (folder / "questions.jsonl").read_text("utf-8").strip().split("\n")
    return [
        Example(
            line["id"],
            line["source"],
            line["question"],
            tuple(_positive(value) for value in line["positives"]),
            tuple(line["negatives"]),
        )
        for line in map(json.loads, lines)
    ]


def _positive(value: Mapping[str, Sequence[Sequence[int]]]) -> Positive:
    return Positive(
        str(value["passage"]),
        tuple(Span(start, end) for start, end in value["answers"]),
        tuple(Span(start, end) for start, end in value["evidence"]),
    )


def draw_group(example: Example, negatives: float, chance: random.Random) -> Group:
    """One positive, if there is one, and tempting negatives; at least one row.

    A fraction of a negative is the chance of one more.
    """
    rows: list[tuple[str, Positive | None]] = []
    if example.positives:
        chosen = chance.choice(example.positives)
        rows.append((chosen.passage, chosen))
    wanted = int(negatives) + (chance.random() < negatives % 1)
    wanted = wanted if rows else max(wanted, 1)
    # The first are the most tempting: each next one is half as likely as the one before.
    left = list(example.negatives)
    for _ in range(min(wanted, len(left))):
        weights = [0.7**place for place in range(len(left))]
        passage = chance.choices(left, weights)[0]
        left.remove(passage)
        rows.append((passage, None))
    chance.shuffle(rows)
    return Group(example.question, tuple(rows))


def batches(
    groups: Sequence[Group], lengths: Mapping[str, int], rows: int, chance: random.Random
) -> Iterator[list[Group]]:
    """Groups of like length together, about `rows` rows a batch, in random order."""
    pool: list[list[Group]] = []
    ordered = sorted(groups, key=lambda group: max(lengths[id_] for id_, _ in group.rows))
    batch: list[Group] = []
    for group in ordered:
        if batch and sum(len(other.rows) for other in batch) + len(group.rows) > rows:
            pool.append(batch)
            batch = []
        batch.append(group)
    if batch:
        pool.append(batch)
    chance.shuffle(pool)
    yield from pool
