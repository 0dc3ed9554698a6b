"""From training groups to what the model takes and what is right."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kutip.index.document import Span
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.sentences import sentences
from kutip.rag.reader.encoder import LowerEncoder
from kutip.rag.reader.examples import Group, Positive, TrainingPassage
from kutip.rag.reader.loss import Targets
from kutip.rag.reader.model import Rows, make_rows
from kutip.rag.reader.tokens import (
    Tokens,
    passage_windows,
    question_tokens,
    sentence_numbers,
    title_tokens,
)

MULTIPLE = 32
ENCODED_AT_ONCE = 32
TITLE_SHARE = 0.8
"""How often a row has its title, so that the reader does without one too."""


@dataclass(slots=True)
class _Passage:
    tokens: Tokens
    spans: Sequence[tuple[int, int]]
    numbers: list[int]
    title: str
    states: Tensor | None = None


class BatchMaker:
    """Makes batches, and keeps the lower states of passages, which never change, in half size."""

    def __init__(
        self, embedder: SentenceTransformerEmbedder, passages: Mapping[str, TrainingPassage]
    ) -> None:
        self._lower = LowerEncoder(embedder.bert)
        self._tokenizer = embedder.model.tokenizer
        self._passages = {id_: self._prepared(passage) for id_, passage in passages.items()}
        self._titles: dict[str, Tensor] = {}

    def lengths(self) -> dict[str, int]:
        """The number of tokens of each passage."""
        return {id_: len(passage.tokens.ids) for id_, passage in self._passages.items()}

    def make(self, groups: Sequence[Group], chance: random.Random) -> tuple[Rows, Targets]:
        """The rows of these questions, in order, and their targets."""
        questions = self._lower.encode(
            [question_tokens(self._tokenizer, group.question).ids for group in groups]
        )
        self._encode({id_ for group in groups for id_, _ in group.rows})
        parts: list[tuple[Tensor, Tensor | None, Tensor]] = []
        numbers: list[int] = []
        chosen: list[tuple[_Passage, Positive | None]] = []
        for number, (group, question) in enumerate(zip(groups, questions, strict=True)):
            titled = chance.random() < TITLE_SHARE
            for id_, positive in group.rows:
                passage = self._passages[id_]
                title = self._titles[passage.title] if titled and passage.title else None
                assert passage.states is not None
                parts.append((question, title, passage.states.float()))
                numbers.append(number)
                chosen.append((passage, positive))
        rows = make_rows(parts, MULTIPLE)
        return rows, _targets(rows, chosen, numbers)

    def _prepared(self, passage: TrainingPassage) -> _Passage:
        # Training passages are cut as the library's are: one longer than a window is a rarity.
        tokens = passage_windows(self._tokenizer, passage.text)[0]
        spans = sentences(passage.text, passage.language)
        return _Passage(tokens, spans, sentence_numbers(tokens, spans), passage.title)

    def _encode(self, ids: set[str]) -> None:
        new = [self._passages[id_] for id_ in sorted(ids) if self._passages[id_].states is None]
        for first in range(0, len(new), ENCODED_AT_ONCE):
            some = new[first : first + ENCODED_AT_ONCE]
            states = self._lower.encode([passage.tokens.ids for passage in some])
            for passage, state in zip(some, states, strict=True):
                passage.states = state.half()
        wanted = {self._passages[id_].title for id_ in ids}
        titles = sorted(title for title in wanted if title and title not in self._titles)
        tokens = [title_tokens(self._tokenizer, title).ids for title in titles]
        self._titles |= zip(titles, self._lower.encode(tokens), strict=True)


def _targets(
    rows: Rows, chosen: Sequence[tuple[_Passage, Positive | None]], numbers: Sequence[int]
) -> Targets:
    shape = rows.mask.shape
    starts = torch.zeros(shape, dtype=torch.bool)
    ends = torch.zeros(shape, dtype=torch.bool)
    sentence = torch.full(shape, -1)
    most = max(len(passage.spans) for passage, _ in chosen)
    evidence = torch.zeros(len(chosen), most, dtype=torch.bool)
    for row, (passage, positive) in enumerate(chosen):
        at = int(rows.passage_start[row])
        sentence[row, at : at + len(passage.numbers)] = torch.tensor(passage.numbers)
        if positive is None:
            continue
        for span in positive.answers:
            inside = tokens_of(passage.tokens, span)
            if inside:
                starts[row, at + inside[0]] = True
                ends[row, at + inside[-1]] = True
        for number, (start, end) in enumerate(passage.spans):
            if any(start < span.end and span.start < end for span in positive.evidence):
                evidence[row, number] = True
    # A sentence beyond the window has no token.
    for row in range(len(chosen)):
        present = set(sentence[row].tolist())
        evidence[row, [n for n in range(most) if n not in present]] = False
    return Targets(
        sentence >= 0,
        starts,
        ends,
        sentence,
        evidence,
        torch.tensor(numbers),
        torch.tensor([float(positive is not None) for _, positive in chosen]),
    )


def tokens_of(tokens: Tokens, span: Span) -> list[int]:
    """The tokens that share a character with a span, in order."""
    return [
        number
        for number, (start, end) in enumerate(tokens.offsets)
        if start < span.end and span.start < end
    ]
