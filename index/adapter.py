"""Kutip's own low-rank change of the default embedding model, added when it is unpacked.

The same bits come out on every machine: the products are summed one rank at a time, by operations
on single elements, whose result IEEE 754 fixes. A matrix product may sum in any order.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCALE = 2.0
"""What the product of a pair of factors is multiplied with."""


def add_adapter(tensors: dict[str, NDArray[np.float32]], factors: Path) -> None:
    """Add `SCALE * up @ down` to each weight that the file has factors for, in place.

    `tensors` are float32 and flat, under the names of `transformers.BertModel`; the file holds
    `NAME.down` (rank, inputs) and `NAME.up` (outputs, rank) in half precision.
    """
    from safetensors.numpy import load_file

    loaded: Mapping[str, NDArray[np.float16]] = load_file(factors)
    names = sorted(name.removesuffix(".down") for name in loaded if name.endswith(".down"))
    for name in names:
        down = loaded[f"{name}.down"].astype(np.float32)
        up = np.float32(SCALE) * loaded[f"{name}.up"].astype(np.float32)
        weight = tensors[f"{name}.weight"].reshape(up.shape[0], down.shape[1])
        for rank in range(len(down)):
            weight += up[:, rank, None] * down[rank]
