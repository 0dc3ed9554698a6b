"""The reader's weights as a file.

The layers' weights are int8, `NAME.weight` (outputs, inputs) with `NAME.weight.scale` (outputs,);
all else is in half precision.
"""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from kutip.index.errors import ModelError
from kutip.rag.reader.model import ReaderModel
from kutip.rag.reader.quantized import quantize, to_int8

if TYPE_CHECKING:
    from transformers import BertModel

CHECKPOINT_PREFIX = "weights."
"""Before the names of weights in a checkpoint, which holds the optimizer's state too."""
SCALE = ".scale"


def save_weights(path: Path, model: ReaderModel) -> None:
    """Write the trained weights, the layers' in eight bits."""
    tensors: dict[str, Tensor] = {}
    for name, value in model.named_parameters():
        if name.startswith("layers.") and value.dim() == 2:
            tensors[name], tensors[name + SCALE] = to_int8(value.detach())
        else:
            tensors[name] = value.detach().half()
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished)
    unfinished.replace(path)


def load_weights(path: Path, model: ReaderModel) -> None:
    """Read weights, or those of a checkpoint, into `model`.

    Raises `ModelError` where they are not those of this reader.
    """
    tensors = _read(path, model)
    try:
        _fill(model, tensors)
    except RuntimeError as error:
        raise _unfit(path, error) from error


def load_for_reading(path: Path, bert: "BertModel") -> ReaderModel:
    """A model that reads in eight bits; the layers are made one by one, to spare memory.

    Raises `ModelError` where the weights are not those of this reader.
    """
    model = ReaderModel(bert, shared=True).eval()
    tensors = _read(path, model)
    try:
        for number, shared in enumerate(model.layers):
            layer = copy.deepcopy(shared)
            _fill(layer, tensors, f"layers.{number}.")
            quantize(layer)
            model.layers[number] = layer
        _fill(model, tensors, but="layers.")
    except RuntimeError as error:
        raise _unfit(path, error) from error
    return model


def _read(path: Path, model: ReaderModel) -> dict[str, Tensor]:
    """The tensors of a file that has just those of `model`, and scales."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise _unfit(path, error) from error
    in_checkpoint = {
        name.removeprefix(CHECKPOINT_PREFIX): value
        for name, value in tensors.items()
        if name.startswith(CHECKPOINT_PREFIX)
    }
    tensors = in_checkpoint or tensors
    names = {name for name in tensors if not name.endswith(SCALE)}
    other = names ^ dict(model.named_parameters()).keys()
    if other:
        raise _unfit(path, f"the names differ by {sorted(other)[:3]}")
    return tensors


def _fill(
    module: nn.Module, tensors: Mapping[str, Tensor], prefix: str = "", but: str | None = None
) -> None:
    """Copy the values of a module's parameters, but for those whose names begin with `but`."""
    # One by one, so that no second copy of all is in memory.
    with torch.no_grad():
        for name, parameter in module.named_parameters(prefix.rstrip(".")):
            if but is None or not name.startswith(but):
                value = tensors[name].float()
                scale = tensors.get(name + SCALE)
                parameter.copy_(value if scale is None else value * scale[:, None])


def _unfit(path: Path, reason: object) -> ModelError:
    return ModelError(
        f"{path} holds no weights of this reader ({reason}): reinstall kutip, or train again "
        "with python -m kutip.rag.reader.train."
    )
