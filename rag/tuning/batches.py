"""Batches for the adapter: whole articles, so that an answer's neighbours stand against it."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kutip.index.embedder import Vectors
from kutip.rag.reader.examples import Example, TrainingPassage


@dataclass(frozen=True, slots=True)
class Article:
    """The passages of one document, by their ids, and the answerable questions on them."""

    source: str
    passages: tuple[str, ...]
    questions: tuple[Example, ...]


def articles(
    passages: Mapping[str, TrainingPassage], examples: Sequence[Example]
) -> dict[str, list[Article]]:
    """The articles that have questions, by their source."""
    held: dict[str, list[str]] = {}
    for id_ in passages:
        held.setdefault(_document(id_), []).append(id_)
    asked: dict[str, list[Example]] = {}
    for example in examples:
        if example.positives:
            asked.setdefault(_document(example.positives[0].passage), []).append(example)
    found: dict[str, list[Article]] = {}
    for document, questions in asked.items():
        source = questions[0].source
        article = Article(source, tuple(held[document]), tuple(questions))
        found.setdefault(source, []).append(article)
    return found


def neighbourhoods(vectors: Vectors, size: int, chance: random.Random) -> list[list[int]]:
    """All rows in groups of `size`: one drawn at random, with those nearest to it that are left.

    `vectors` (rows, dimension) are of length 1.
    """
    left = list(range(len(vectors)))
    groups = []
    while left:
        seed = chance.choice(left)
        order = np.argsort(-(vectors[left] @ vectors[seed]), kind="stable")[:size]
        group = [left[place] for place in order]
        groups.append(group)
        taken = set(group)
        left = [row for row in left if row not in taken]
    chance.shuffle(groups)
    return groups


def endless(found: Sequence[Article], chance: random.Random) -> Iterator[Article]:
    """The articles in random order, again and again."""
    while True:
        yield from chance.sample(found, len(found))


def _document(passage: str) -> str:
    return passage.rpartition(":")[0]
