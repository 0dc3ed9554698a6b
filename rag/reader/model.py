"""The part of the reader that is trained: the upper layers and three heads."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from kutip.rag.reader.encoder import LOWER_LAYERS, UPPER_LAYERS, encoder_layers

if TYPE_CHECKING:
    from transformers import BertModel

QUESTION, TITLE, PASSAGE = range(3)
"""Segments of a row, in order."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Question, title and passage put together, padded to one length.

    `hidden` (rows, tokens, width) are lower states, `segments` (rows, tokens) says whose they are,
    `mask` (rows, tokens) is true where there are tokens, `passage_start` (rows,) is where the
    passage's first token stands.
    """

    hidden: Tensor
    segments: Tensor
    mask: Tensor
    passage_start: Tensor

    def split(self, size: int) -> list["Rows"]:
        """The same rows in parts of at most `size`."""
        parts = (self.hidden, self.segments, self.mask, self.passage_start)
        firsts = range(0, len(self.mask), size)
        return [Rows(*(part[first : first + size] for part in parts)) for first in firsts]


@dataclass(frozen=True, slots=True)
class Logits:
    """What the model says of each row.

    `start`, `end` and `evidence` are (rows, tokens); their null, at the row's first token, stands
    for "not here". `answerable` is (rows,).
    """

    start: Tensor
    end: Tensor
    evidence: Tensor
    answerable: Tensor

    @classmethod
    def join(cls, parts: Sequence["Logits"]) -> "Logits":
        """Those of all rows, in order."""
        values = zip(*((p.start, p.end, p.evidence, p.answerable) for p in parts), strict=True)
        return cls(*(torch.cat(some) for some in values))


class ReaderModel(nn.Module):
    """Reads rows of lower states. Its own weights are the upper layers, segments and heads.

    The layers are copies, since training changes them and the embedding model must stay as it is;
    with `shared` they are its own, for one who puts others in their place.
    """

    def __init__(self, bert: "BertModel", dropout: float = 0.0, *, shared: bool = False) -> None:
        super().__init__()
        upper = encoder_layers(bert)[LOWER_LAYERS : LOWER_LAYERS + UPPER_LAYERS]
        self.layers = nn.ModuleList(upper if shared else copy.deepcopy(upper))
        width = bert.config.hidden_size
        self.segments = nn.Parameter(torch.zeros(3, width))
        self.tokens = nn.Linear(width, 3)
        self.answerable = nn.Linear(width, 1)
        self._dropout = dropout

    def forward(self, rows: Rows) -> Logits:
        hidden = rows.hidden + self.segments[rows.segments]
        for layer in self.layers:
            hidden = layer(hidden, rows.mask[:, None, None, :], self._dropout)
        # In full precision also where the layers are not: a softmax over many tokens needs it.
        with torch.autocast("cpu", enabled=False):
            hidden = hidden.float()
            start, end, evidence = self.tokens(hidden).unbind(-1)
            return Logits(start, end, evidence, self.answerable(hidden[:, 0]).squeeze(-1))


def make_rows(parts: Sequence[tuple[Tensor, Tensor | None, Tensor]], multiple: int = 1) -> Rows:
    """Rows of (question, title or None, passage) lower states, each (tokens, width).

    Their length is rounded up to a multiple: each new shape costs a compilation of its kernels.
    """
    lengths = [sum(len(part) for part in row if part is not None) for row in parts]
    longest = -(-max(lengths) // multiple) * multiple
    width = parts[0][0].shape[1]
    hidden = torch.zeros(len(parts), longest, width)
    segments = torch.full((len(parts), longest), PASSAGE)
    mask = torch.zeros(len(parts), longest, dtype=torch.bool)
    starts = []
    for number, (row, length) in enumerate(zip(parts, lengths, strict=True)):
        at = 0
        for segment, states in enumerate(row):
            if segment == PASSAGE:
                starts.append(at)
            if states is not None:
                hidden[number, at : at + len(states)] = states
                segments[number, at : at + len(states)] = segment
                at += len(states)
        mask[number, :length] = True
    return Rows(hidden, segments, mask, torch.tensor(starts))
