"""Settings of a training run, read from a TOML file."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from kutip.index.errors import TrainingError


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """What every run is told. Paths are relative to the working directory.

    `data` is a folder of examples, `output` gets the checkpoint and the weights. The learning rate
    rises over the share `warmup` of the steps, then falls to nothing; `steps` ends the run early
    where it is not 0.
    """

    data: Path
    output: Path
    seed: int = 0
    learning_rate: float = 2e-4
    warmup: float = 0.05
    weight_decay: float = 0.01
    steps: int = 0
    checkpoint_minutes: float = 5.0

    @classmethod
    def read(cls, path: Path) -> Self:
        """From a TOML file. Raises `TrainingError` where a key is unknown or missing."""
        with path.open("rb") as file:
            values: dict[str, Any] = tomllib.load(file)
        known = {field.name for field in fields(cls)}
        required = {"data", "output"}
        if not required <= values.keys() <= known:
            raise TrainingError(
                f"{path} has the keys {sorted(values)}, expected {sorted(required)} and any of "
                f"{sorted(known - required)}: mend the file."
            )
        for key in {"data", "output", "initial"} & values.keys():
            values[key] = Path(values[key])
        return cls(**values)
