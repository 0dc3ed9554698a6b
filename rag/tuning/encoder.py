"""The embedding model in a form that can be trained."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from kutip.rag.reader.encoder import encoder_layers, pad_ids

if TYPE_CHECKING:
    from transformers import BertModel

AT_ONCE = 32
"""Texts of like length that are encoded together."""


class Encoder:
    """Mean pooling over the encoder's layers, whose weights are shared and not copied."""

    def __init__(self, bert: "BertModel") -> None:
        self._embeddings = bert.embeddings
        self._layers = encoder_layers(bert)

    def encode(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Unit vectors of texts given as token ids, (texts, width), in order."""
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        vectors = []
        for first in range(0, len(order), AT_ONCE):
            some = [texts[number] for number in order[first : first + AT_ONCE]]
            # Filled up, and to a multiple in length: each new shape compiles its kernels.
            ids, mask = pad_ids([*some, *some[-1:] * (AT_ONCE - len(some))], 32)
            with torch.autocast("cpu", torch.bfloat16):
                hidden = self._embeddings(input_ids=ids)
                for layer in self._layers:
                    hidden = layer(hidden, mask[:, None, None, :])
            pooled = (hidden.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            vectors.append(functional.normalize(pooled, dim=1)[: len(some)])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(vectors)[back]
