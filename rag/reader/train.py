"""Trains the reader: `python -m kutip.rag.reader.train --config FILE.toml`.

The same configuration gives the same data in the same order. A checkpoint is written every few
minutes, and a run that was interrupted goes on from it.
"""

import argparse
import random
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import torch

from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.errors import TrainingError
from kutip.rag.reader.batch import BatchMaker
from kutip.rag.reader.checkpoint import load_checkpoint, save_checkpoint
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


@dataclass(frozen=True, slots=True)
class Config:
    """How to train. Paths are relative to the working directory.

    `data` is a folder of examples, `output` gets the checkpoint and the weights. Each of `stages`
    is a pass over a share of each source, `{source: share}`; 2.0 are two passes. `negatives` are
    the tempting passages beside each question, by source, else one. `bfloat16` is for processors
    that compute in it (AVX-512 or AMX), and slow elsewhere. `initial` are weights, or a checkpoint,
    to begin with instead of the embedding model's.
    """

    data: Path
    output: Path
    stages: tuple[dict[str, float], ...]
    seed: int = 0
    learning_rate: float = 1.5e-4
    warmup: float = 0.05
    weight_decay: float = 0.01
    dropout: float = 0.1
    rows: int = 32
    negatives: Mapping[str, float] = field(default_factory=dict)
    bfloat16: bool = False
    checkpoint_minutes: float = 5.0
    steps: int = 0
    initial: Path | None = None

    @classmethod
    def read(cls, path: Path) -> "Config":
        """From a TOML file. Raises `TrainingError` where a key is unknown or missing."""
        with path.open("rb") as file:
            values: dict[str, Any] = tomllib.load(file)
        known = {field.name for field in fields(cls)}
        if not {"data", "output", "stages"} <= values.keys() <= known:
            raise TrainingError(
                f"{path} has the keys {sorted(values)}, expected data, output, stages and any of "
                f"{sorted(known)}: mend the file."
            )
        paths = {key: Path(values[key]) for key in ("data", "output", "initial") if key in values}
        return cls(**values | paths | {"stages": tuple(values["stages"])})


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


def train(config: Config) -> Iterator[tuple[int, int, float]]:
    """Train, and give step, steps and loss after each step; the weights are written at the end."""
    torch.manual_seed(config.seed)
    embedder = SentenceTransformerEmbedder()
    maker = BatchMaker(embedder, read_passages(config.data))
    planned = plan(config, read_examples(config.data), maker.lengths())
    steps = min(config.steps or len(planned), len(planned))
    if not steps:
        raise TrainingError(f"{config.data} has no example of {config.stages}: name its sources.")
    reader = ReaderModel(embedder.bert, config.dropout).train()
    if config.initial:
        load_weights(config.initial, reader)
    parameters = dict(reader.named_parameters())
    optimizer = torch.optim.AdamW(
        parameters.values(), config.learning_rate, weight_decay=config.weight_decay
    )
    config.output.mkdir(parents=True, exist_ok=True)
    checkpoint = config.output / "checkpoint.safetensors"
    done = load_checkpoint(checkpoint, parameters, optimizer)
    saved = time.monotonic()
    for step in range(done, steps):
        # Everything random in a step depends on its number alone, so that resuming changes nothing.
        torch.manual_seed(config.seed * 1_000_003 + step)
        rows, targets = maker.make(planned[step], random.Random(f"{config.seed}:{step}"))
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            logits = reader(rows)
        loss = reader_loss(logits, targets)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * _factor(step, steps, config.warmup)
        optimizer.step()
        optimizer.zero_grad()
        yield step + 1, steps, loss.item()
        if time.monotonic() - saved > 60 * config.checkpoint_minutes:
            save_checkpoint(checkpoint, parameters, optimizer, step + 1)
            saved = time.monotonic()
    save_weights(config.output / "reader.safetensors", reader)


def _times(share: float, chance: random.Random) -> int:
    """How often an example is used where its source's share is `share`."""
    return int(share) + (chance.random() < share % 1)


def _factor(step: int, steps: int, warmup: float) -> float:
    """Linear up, then linear down."""
    progress = (step + 1) / steps
    return min(progress / warmup if warmup else 1.0, (1 - step / steps) / (1 - warmup))


def main() -> None:
    """Train by a configuration file, and show the loss."""
    parser = argparse.ArgumentParser(description="Train Kutip's reader.")
    parser.add_argument("--config", type=Path, required=True, help="a TOML file")
    config = Config.read(parser.parse_args().config)
    mean = 0.0
    began = time.monotonic()
    for count, (step, steps, loss) in enumerate(train(config), 1):
        mean += (loss - mean) / min(count, 50)
        if step % 10 == 0 or step == steps:
            pace = (time.monotonic() - began) / count
            left = pace * (steps - step) / 60
            sys.stdout.write(f"step {step} of {steps}, loss {mean:.3f}, {left:.0f} min left\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
