"""HiFi-GAN (Kong et al., NeurIPS 2020) as kNN-VC trains it, computed from its tensors: features to sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from soundwright.tools.errors import ToolMissing

_SLOPE = 0.1


@dataclass(frozen=True, slots=True)
class Vocoder:
    """``rates`` are the factors of its stages, ``dilations`` those of each residual block, found by their names."""

    weights: Mapping[str, Any]
    rates: tuple[int, ...]
    dilations: tuple[int, ...] = (1, 3, 5)


def opened(stored: Any, rates: tuple[int, ...]) -> Vocoder:  # noqa: ANN401  whatever a file held
    """A vocoder from a checkpoint (``generator``) or its tensors; weight norm is taken out.

    Raises:
        ToolMissing: it holds none.
    """
    tensors = stored.get("generator", stored) if isinstance(stored, Mapping) else {}
    weights: dict[str, Any] = {}
    for name, value in tensors.items():
        if name.endswith(".weight_g"):
            stem = name.removesuffix("_g")
            direction = tensors[f"{stem}_v"]
            axes = tuple(range(1, direction.dim()))
            weights[stem] = direction * (value / direction.norm(dim=axes, keepdim=True))
        elif not name.endswith(".weight_v"):
            weights[name] = value
    needed = ["lin_pre.weight", "conv_pre.weight", "conv_post.weight", f"ups.{len(rates) - 1}.weight"]
    if any(name not in weights for name in needed):
        raise ToolMissing("the vocoder's file holds no HiFi-GAN in the form of kNN-VC")
    return Vocoder(weights, rates)


def sounding(torch: ModuleType, vocoder: Vocoder, features: Any) -> Any:  # noqa: ANN401  tensors
    """(frames,) of (steps, features): each step becomes as many frames as the product of the rates."""
    functional, weights = torch.nn.functional, vocoder.weights
    sound = functional.linear(features, weights["lin_pre.weight"], weights["lin_pre.bias"]).T[None]
    sound = _conv(functional, weights, "conv_pre", sound)
    blocks = sum(1 for name in weights if name.startswith("resblocks.") and name.endswith(".convs1.0.weight"))
    kernels = blocks // len(vocoder.rates)
    for stage, rate in enumerate(vocoder.rates):
        kernel = weights[f"ups.{stage}.weight"].shape[-1]
        sound = functional.conv_transpose1d(
            functional.leaky_relu(sound, _SLOPE), weights[f"ups.{stage}.weight"], weights[f"ups.{stage}.bias"],
            stride=rate, padding=(kernel - rate) // 2,
        )  # fmt: skip
        parts = [_block(functional, vocoder, f"resblocks.{stage * kernels + k}", sound) for k in range(kernels)]
        sound = sum(parts) / kernels
    return torch.tanh(_conv(functional, weights, "conv_post", functional.leaky_relu(sound)))[0, 0]


def _block(functional: Any, vocoder: Vocoder, name: str, sound: Any) -> Any:  # noqa: ANN401
    for number, dilation in enumerate(vocoder.dilations):
        inner = _conv(
            functional, vocoder.weights, f"{name}.convs1.{number}", functional.leaky_relu(sound, _SLOPE), dilation
        )
        inner = _conv(functional, vocoder.weights, f"{name}.convs2.{number}", functional.leaky_relu(inner, _SLOPE))
        sound = sound + inner
    return sound


def _conv(functional: Any, weights: Mapping[str, Any], name: str, sound: Any, dilation: int = 1) -> Any:  # noqa: ANN401
    kernel = weights[f"{name}.weight"]
    padding = (kernel.shape[-1] - 1) * dilation // 2
    return functional.conv1d(sound, kernel, weights[f"{name}.bias"], padding=padding, dilation=dilation)
