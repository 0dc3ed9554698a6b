"""The reader's weights as a file.

The layers' weights are int8, `NAME.weight` (outputs, inputs) with `NAME.weight.scale` (outputs,);
all else is in half precision.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from kutip.index.errors import ModelError
from kutip.rag.reader.model import ReaderModel
from kutip.rag.reader.quantized import to_int8

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
    try:
        tensors = load_file(path)
        in_checkpoint = {
            name.removeprefix(CHECKPOINT_PREFIX): value
            for name, value in tensors.items()
            if name.startswith(CHECKPOINT_PREFIX)
        }
        tensors = in_checkpoint or tensors
        scales = {name: tensors.pop(name) for name in list(tensors) if name.endswith(SCALE)}
        parameters = dict(model.named_parameters())
        if tensors.keys() != parameters.keys():
            raise KeyError(f"the names differ by {sorted(tensors.keys() ^ parameters.keys())[:3]}")
        # One by one, so that no second copy of all is in memory.
        with torch.no_grad():
            for name, parameter in parameters.items():
                scale = scales.get(name + SCALE)
                value = tensors[name].float()
                parameter.copy_(value if scale is None else value * scale[:, None])
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        raise ModelError(
            f"{path} holds no weights of this reader ({error}): reinstall kutip, or train again "
            "with python -m kutip.rag.reader.train."
        ) from error
