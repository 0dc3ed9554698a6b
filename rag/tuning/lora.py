"""Low-rank changes of a frozen encoder (Hu et al., "LoRA", ICLR 2022)."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from kutip.index.adapter import SCALE

if TYPE_CHECKING:
    from transformers import BertModel


class LowRank(nn.Module):
    """Adds `SCALE * x @ down.T @ up.T` to what a linear layer gives; nothing at first."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.empty(rank, linear.in_features))
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def __call__(self, linear: nn.Module, inputs: tuple[Tensor], output: Tensor) -> Tensor:
        """A forward hook of the linear layer."""
        low = nn.functional.linear(inputs[0], self.down)
        return output + SCALE * nn.functional.linear(low, self.up)


class Adapter:
    """The trainable changes of all linear layers of the encoder from layer `first` on."""

    def __init__(self, bert: "BertModel", first: int, rank: int) -> None:
        self._parts: dict[str, LowRank] = {}
        self._hooks: list[RemovableHandle] = []
        for parameter in bert.parameters():
            parameter.requires_grad_(False)
        for number, layer in enumerate(bert.encoder.layer):
            for name, module in layer.named_modules() if number >= first else ():
                if isinstance(module, nn.Linear):
                    part = LowRank(module, rank)
                    self._parts[f"encoder.layer.{number}.{name}"] = part
                    self._hooks.append(module.register_forward_hook(part))

    def named_parameters(self) -> Mapping[str, nn.Parameter]:
        """`NAME.down` and `NAME.up` for each changed layer, NAME as in the encoder."""
        return {
            f"{name}.{side}": getattr(part, side)
            for name, part in self._parts.items()
            for side in ("down", "up")
        }

    def remove(self) -> None:
        """Leave the encoder as it was."""
        for hook in self._hooks:
            hook.remove()
