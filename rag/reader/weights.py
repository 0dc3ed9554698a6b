"""The reader's weights as a file."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from kutip.index.errors import ModelError
from kutip.rag.reader.model import ReaderModel

CHECKPOINT_PREFIX = "weights."
"""Before the names of weights in a checkpoint, which holds the optimizer's state too."""


def save_weights(path: Path, model: ReaderModel) -> None:
    """Write the trained weights in half precision."""
    tensors = {name: value.detach().half() for name, value in model.named_parameters()}
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
        model.load_state_dict({name: value.float() for name, value in tensors.items()})
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ModelError(
            f"{path} holds no weights of this reader ({error}): reinstall kutip, or train again "
            "with python -m kutip.rag.reader.train."
        ) from error
