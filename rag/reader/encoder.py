"""The default model's encoder, cut in two.

The lower layers see a text alone, so what they make of a passage serves every question; the upper
ones see question, title and passage together. Cutting a pair apart in this way is known as
decomposition (Cao et al., "DeFormer", ACL 2020).
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from transformers import BertModel
    from transformers.models.bert.modeling_bert import BertLayer

LOWER_LAYERS = 2
"""Layers that see one text alone, and that are never trained, here or in the adapter."""
UPPER_LAYERS = 8
"""The trained layers above them. Those above these are not used: see `docs/decisions.md`."""

MULTIPLE = 16
"""In reading, texts and rows are padded to multiples of so many tokens."""
CACHED_WEIGHTS = 4_000_000
"""Attention weights computed at once in training: 8 MB in half precision."""


class EncoderLayer(nn.Module):
    """One transformer layer over the weights of a `BertLayer`, which are shared and not copied."""

    def __init__(self, layer: "BertLayer", heads: int) -> None:
        super().__init__()
        attention = layer.attention
        self.query, self.key = attention.self.query, attention.self.key
        self.value, self.output = attention.self.value, attention.output.dense
        self.attention_norm = attention.output.LayerNorm
        self.up, self.down = layer.intermediate.dense, layer.output.dense
        self.norm = layer.output.LayerNorm
        self._heads = heads

    def forward(self, hidden: Tensor, mask: Tensor, dropout: float = 0.0) -> Tensor:
        """`hidden` (texts, tokens, width); `mask` (texts, 1, 1, tokens), true for tokens."""
        attended = attend(
            self._split(self.query(hidden)),
            self._split(self.key(hidden)),
            self._split(self.value(hidden)),
            mask,
        )
        joined = self.output(attended.transpose(1, 2).flatten(2))
        hidden = self.attention_norm(hidden + functional.dropout(joined, dropout, self.training))
        fed = self.down(functional.gelu(self.up(hidden)))
        normed: Tensor = self.norm(hidden + functional.dropout(fed, dropout, self.training))
        return normed

    def _split(self, hidden: Tensor) -> Tensor:
        texts, tokens, width = hidden.shape
        return hidden.view(texts, tokens, self._heads, width // self._heads).transpose(1, 2)


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Scaled dot-product attention; all but `mask` are (texts, heads, tokens, width of a head)."""
    if not torch.is_grad_enabled():
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    # The quick attention's way back is slow on a CPU: by hand, it takes under half the time as
    # long as the weights of the texts at once fit into the cache.
    texts, heads, tokens, width = query.shape
    some = max(1, CACHED_WEIGHTS // (heads * tokens * tokens))
    query = query / math.sqrt(width)
    bias = torch.zeros_like(mask, dtype=query.dtype).masked_fill(~mask, -1e4)
    parts = []
    for first in range(0, texts, some):
        rows = slice(first, first + some)
        weights = query[rows] @ key[rows].transpose(-1, -2) + bias[rows]
        parts.append(weights.softmax(-1) @ value[rows])
    return torch.cat(parts)


class LowerEncoder:
    """The embeddings and lower layers, as they are in the embedding model; they are not copied."""

    def __init__(self, bert: "BertModel") -> None:
        self._embeddings = bert.embeddings
        self._layers = encoder_layers(bert)[:LOWER_LAYERS]

    @torch.inference_mode()
    def encode(self, texts: Sequence[Sequence[int]]) -> list[Tensor]:
        """For each text's token ids its hidden states, float32 of shape (tokens, width)."""
        if not texts:
            return []
        ids, mask = pad_ids(texts, MULTIPLE)
        hidden = self._embeddings(input_ids=ids)
        for layer in self._layers:
            hidden = layer(hidden, mask[:, None, None, :])
        return [states[: len(text)].clone() for states, text in zip(hidden, texts, strict=True)]


def encoder_layers(bert: "BertModel") -> list[EncoderLayer]:
    """All layers of the model, sharing its weights and in evaluation mode."""
    heads = bert.config.num_attention_heads
    layers = cast("Sequence[BertLayer]", bert.encoder.layer)
    return [EncoderLayer(layer, heads).eval() for layer in layers]


def pad_ids(texts: Sequence[Sequence[int]], multiple: int = 1) -> tuple[Tensor, Tensor]:
    """Token ids (texts, longest) and a mask of the same shape, true where there are tokens.

    The length is rounded up to a multiple: each new shape costs a compilation of its kernels.
    """
    longest = -(-max(len(text) for text in texts) // multiple) * multiple
    ids = torch.zeros(len(texts), longest, dtype=torch.long)
    mask = torch.zeros(len(texts), longest, dtype=torch.bool)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = True
    return ids, mask
