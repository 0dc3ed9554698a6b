"""From logits to the best span of each sentence: answer, sentence and "not here" decided together.

All probabilities of a question are normalised over its passages, as they were in training.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from kutip.index.document import Span
from kutip.rag.reader.loss import sentence_scores
from kutip.rag.reader.model import Logits
from kutip.rag.reader.tokens import Tokens

Floats = NDArray[np.float32]

LONGEST_ANSWER = 48
"""Tokens; whole quotations are asked for too."""
TRIED = 8
"""Spans of a sentence that are looked at, the best first."""
PAIRS = (("“", "”"), ("(", ")"))
EDGES = " \t\n,.;:"


@dataclass(frozen=True, slots=True)
class Window:
    """A row of the model: which passage it is of, and its text as tokens and sentences."""

    passage: int
    text: str
    tokens: Tokens
    sentences: Sequence[tuple[int, int]]
    numbers: Sequence[int]
    passage_start: int


@dataclass(frozen=True, slots=True)
class Found:
    """The best span of a sentence, in offsets of its passage's text.

    `span` is the log-probability of the answer against the null of all passages, `evidence` that
    of its sentence, both normalised over the passages; `answerable` is the passage's own logit.
    """

    passage: int
    answer: Span
    sentence: Span
    span: float
    evidence: float
    answerable: float

    @property
    def score(self) -> float:
        """What the best span is chosen by."""
        return self.span + self.evidence


def decode(logits: Logits, windows: Sequence[Window]) -> list[Found]:
    """The best span of each sentence of each passage, best first."""
    most = max(len(window.sentences) for window in windows)
    length = logits.start.shape[1]
    numbers = torch.full((len(windows), length), -1)
    for row, window in enumerate(windows):
        at = window.passage_start
        numbers[row, at : at + len(window.numbers)] = torch.tensor(window.numbers)
    readable = numbers >= 0
    start = _against_null(logits.start, readable, logits.start[:, 0])
    end = _against_null(logits.end, readable, logits.end[:, 0])
    scores, present = sentence_scores(logits.evidence, numbers, most)
    evidence = _against_null(scores, present, logits.evidence[:, 0])
    best: dict[tuple[int, Span], Found] = {}
    for row, window in enumerate(windows):
        inside = slice(window.passage_start, window.passage_start + len(window.numbers))
        for found in _spans(
            window,
            start[row, inside],
            end[row, inside],
            evidence[row],
            logits.answerable[row].item(),
        ):
            # Windows of a long passage overlap.
            place = (found.passage, found.sentence)
            if place not in best or best[place].score < found.score:
                best[place] = found
    return sorted(best.values(), key=lambda found: -found.score)


def _against_null(scores: torch.Tensor, there: torch.Tensor, null: torch.Tensor) -> Floats:
    """Log-odds of each item against the null that all rows share; -inf where there is none."""
    odds: Floats = (scores - null.mean()).masked_fill(~there, -torch.inf).numpy()
    return odds


def _spans(
    window: Window, start: Floats, end: Floats, evidence: Floats, answerable: float
) -> list[Found]:
    """The best span of each sentence."""
    found = []
    numbers = np.asarray(window.numbers)
    for number, (first, last) in enumerate(window.sentences):
        tokens = np.flatnonzero(numbers == number)
        if not len(tokens):
            continue
        scores = start[tokens][:, None] + end[tokens][None, :]
        allowed = np.triu(np.ones(scores.shape, dtype=bool))
        allowed &= ~np.triu(allowed, LONGEST_ANSWER)
        scores = np.where(allowed, scores, -np.inf)
        for index in np.argsort(-scores, axis=None, kind="stable")[:TRIED]:
            one, other = np.unravel_index(index, scores.shape)
            span = _trimmed(
                window.text,
                window.tokens.offsets[tokens[one]][0],
                window.tokens.offsets[tokens[other]][1],
            )
            if span and np.isfinite(scores[one, other]):
                found.append(
                    Found(
                        window.passage,
                        span,
                        Span(first, last),
                        float(scores[one, other]),
                        float(evidence[number]),
                        answerable,
                    )
                )
                break
    return found


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without loose ends; None where it is blank or runs across a quotation mark."""
    words = text[start:end]
    start += len(words) - len(words.lstrip(EDGES))
    end -= len(words) - len(words.rstrip(EDGES))
    if start >= end:
        return None
    words = text[start:end]
    balanced = all(words.count(opening) == words.count(closing) for opening, closing in PAIRS)
    return Span(start, end) if balanced and words.count('"') % 2 == 0 else None
