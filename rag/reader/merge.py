"""The mean of several runs' weights: `python -m kutip.rag.reader.merge --output FILE RUN RUN …`.

Runs that began from the same weights can be averaged, and the mean is often better than each
(Wortsman et al., "Model soups", ICML 2022).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.rag.reader.model import ReaderModel
from kutip.rag.reader.weights import load_weights, save_weights

if TYPE_CHECKING:
    from transformers import BertModel


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the mean; a run is its `reader.safetensors` or its checkpoint."""
    parser = argparse.ArgumentParser(description="Average the weights of several runs.")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("weights", nargs="+", type=Path, metavar="RUN")
    options = parser.parse_args(arguments)
    save_weights(options.output, merge(SentenceTransformerEmbedder().bert, options.weights))


def merge(bert: "BertModel", weights: Sequence[Path]) -> ReaderModel:
    """A reader with the mean of these files' weights.

    Raises `ModelError` where one holds none of this reader.
    """
    mean, run = ReaderModel(bert), ReaderModel(bert)
    load_weights(weights[0], mean)
    for number, path in enumerate(weights[1:], 2):
        load_weights(path, run)
        with torch.no_grad():
            for so_far, value in zip(mean.parameters(), run.parameters(), strict=True):
                so_far.lerp_(value, 1 / number)
    return mean


if __name__ == "__main__":
    main()
