"""Adding low-rank factors to weights: right, and the same bits everywhere."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from kutip.index.adapter import SCALE, add_adapter


def test_the_product_of_the_factors_is_added_in_place(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    up, down = draw.normal(size=(6, 3)), draw.normal(size=(3, 4))
    factors = {"layer.down": down.astype(np.float16), "layer.up": up.astype(np.float16)}
    save_file(factors, tmp_path / "adapter.safetensors")
    before = draw.normal(size=24).astype(np.float32)
    tensors = {"layer.weight": before.copy(), "other.weight": before.copy()}
    add_adapter(tensors, tmp_path / "adapter.safetensors")
    product = factors["layer.up"].astype(np.float64) @ factors["layer.down"].astype(np.float64)
    np.testing.assert_allclose(
        tensors["layer.weight"], before + SCALE * product.ravel(), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(tensors["other.weight"], before)


def test_ranks_are_summed_one_by_one_in_their_order(tmp_path: Path) -> None:
    # Large and small that cancel: in float32 another order gives another sum.
    down = np.array([[1.0], [1.0], [1.0]], dtype=np.float16)
    up = np.array([[30000.0, 2.0**-10, -30000.0]], dtype=np.float16)
    save_file({"a.down": down, "a.up": up}, tmp_path / "adapter.safetensors")
    tensors = {"a.weight": np.zeros(1, dtype=np.float32)}
    add_adapter(tensors, tmp_path / "adapter.safetensors")
    expected = np.float32(0)
    for value in up[0].astype(np.float32):
        expected += np.float32(SCALE) * value
    assert tensors["a.weight"][0] == expected == 0.0
