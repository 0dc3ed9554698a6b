"""Trains the reader: `python -m kutip.rag.reader.train --config FILE.toml`.

The same configuration gives the same data in the same order. A checkpoint is written every few
minutes, and a run that was interrupted goes on from it.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.errors import TrainingError
from kutip.rag.reader.batch import BatchMaker
from kutip.rag.reader.examples import (
    Example,
    Group,
    batches,
    draw_group,
    read_examples,
    read_passages,
)
from kutip.rag.reader.loss import reader_loss
from kutip.rag.reader.model import ReaderModel
from kutip.rag.reader.weights import load_weights, save_weights
from kutip.rag.training.config import TrainingConfig
from kutip.rag.training.steps import Steps, run, take_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(TrainingConfig):
    """How to train the reader.

    Each of `stages` is a pass over a share of each source, `{source: share}`; 2.0 are two passes.
    `negatives` are the tempting passages beside each question, by source, else one. `bfloat16` is
    for processors that compute in it (AVX-512 or AMX), and slow elsewhere. `initial` are weights,
    or a checkpoint, to begin with instead of the embedding model's.
    """

    stages: Sequence[Mapping[str, float]] = ()
    dropout: float = 0.1
    rows: int = 32
    negatives: Mapping[str, float] = field(default_factory=dict)
    bfloat16: bool = False
    initial: Path | None = None


def plan(config: Config, examples: list[Example], lengths: dict[str, int]) -> list[list[Group]]:
    """All batches of the run, in order."""
    planned: list[list[Group]] = []
    for number, shares in enumerate(config.stages):
        chance = random.Random(f"{config.seed}:{number}")
        groups = [
            draw_group(example, config.negatives.get(example.source, 1.0), chance)
            for example in examples
            for _ in range(_times(shares.get(example.source, 0.0), chance))
        ]
        planned += batches(groups, lengths, config.rows, chance)
    return planned


def train(config: Config) -> Steps:
    """Train; the weights are written at the end."""
    embedder = SentenceTransformerEmbedder()
    maker = BatchMaker(embedder, read_passages(config.data))
    planned = plan(config, read_examples(config.data), maker.lengths())
    steps = min(config.steps or len(planned), len(planned))
    if not steps:
        raise TrainingError(f"{config.data} has no example of {config.stages}: name its sources.")
    torch.manual_seed(config.seed)
    reader = ReaderModel(embedder.bert, config.dropout).train()
    if config.initial:
        load_weights(config.initial, reader)

    def loss_of(step: int) -> Tensor:
        rows, targets = maker.make(planned[step], random.Random(f"{config.seed}:{step}"))
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            logits = reader(rows)
        return reader_loss(logits, targets)

    yield from take_steps(config, steps, dict(reader.named_parameters()), loss_of)
    save_weights(config.output / "reader.safetensors", reader)


def _times(share: float, chance: random.Random) -> int:
    """How often an example is used where its source's share is `share`."""
    return int(share) + (chance.random() < share % 1)


if __name__ == "__main__":
    run(train, Config, "Kutip's reader")
