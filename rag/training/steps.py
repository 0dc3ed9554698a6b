"""The steps of a training run, which goes on from its checkpoint where it was interrupted."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from kutip.rag.training.checkpoint import load_checkpoint, save_checkpoint
from kutip.rag.training.config import TrainingConfig

Steps = Iterator[tuple[int, int, float]]
"""After each step: its number from 1, the number of all, and the loss."""
Config = TypeVar("Config", bound=TrainingConfig)


def take_steps(
    config: TrainingConfig,
    steps: int,
    parameters: Mapping[str, nn.Parameter],
    loss_of: Callable[[int], Tensor],
) -> Steps:
    """Descend; `loss_of` gives the loss of a step, numbered from 0."""
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
        loss = loss_of(step)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * _factor(step, steps, config.warmup)
        optimizer.step()
        optimizer.zero_grad()
        yield step + 1, steps, loss.item()
        if time.monotonic() - saved > 60 * config.checkpoint_minutes:
            save_checkpoint(checkpoint, parameters, optimizer, step + 1)
            saved = time.monotonic()


def run(train: Callable[[Config], Steps], config: type[Config], what: str) -> None:
    """A training command: reads `--config FILE`, trains, and shows the loss."""
    parser = argparse.ArgumentParser(description=f"Train {what}.")
    parser.add_argument("--config", type=Path, required=True, help="a TOML file")
    mean = 0.0
    began = time.monotonic()
    settings = config.read(parser.parse_args().config)
    for count, (step, steps, loss) in enumerate(train(settings), 1):
        mean += (loss - mean) / min(count, 50)
        if step % 10 == 0 or step == steps:
            left = (time.monotonic() - began) / count * (steps - step) / 60
            sys.stdout.write(f"step {step} of {steps}, loss {mean:.3f}, {left:.0f} min left\n")
            sys.stdout.flush()


def _factor(step: int, steps: int, warmup: float) -> float:
    """Linear up, then linear down."""
    progress = (step + 1) / steps
    return min(progress / warmup if warmup else 1.0, (1 - step / steps) / (1 - warmup))
