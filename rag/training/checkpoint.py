"""A training run as it stands, kept as safetensors: nothing that is loaded can run code."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from kutip.rag.reader.weights import CHECKPOINT_PREFIX

MOMENTS = ("exp_avg", "exp_avg_sq")


def save_checkpoint(
    path: Path,
    parameters: Mapping[str, nn.Parameter],
    optimizer: torch.optim.Optimizer,
    step: int,
) -> None:
    """Weights, the optimizer's moments and the number of steps done, written in one stroke."""
    tensors = {}
    for name, parameter in parameters.items():
        tensors[CHECKPOINT_PREFIX + name] = parameter.detach()
        for moment in MOMENTS:
            tensors[f"{moment}.{name}"] = optimizer.state[parameter][moment]
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, {"step": str(step)})
    unfinished.replace(path)


def load_checkpoint(
    path: Path, parameters: Mapping[str, nn.Parameter], optimizer: torch.optim.Optimizer
) -> int:
    """Set all to a checkpoint's state, and give the steps done; 0 where there is none."""
    if not path.exists():
        return 0
    with safe_open(path, framework="pt") as file:
        step = int(file.metadata()["step"])
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(file.get_tensor(CHECKPOINT_PREFIX + name))
                state = {moment: file.get_tensor(f"{moment}.{name}") for moment in MOMENTS}
                optimizer.state[parameter] = {"step": torch.tensor(float(step)), **state}
    return step
