"""Conv-TasNet (Luo & Mesgarani, IEEE/ACM TASLP 27(8), 2019), computed from a checkpoint in the form of Asteroid."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

Weights = Mapping[str, Any]
SIZES = ("n_src", "n_blocks", "n_repeats", "stride", "kernel_size")


def separated(torch: ModuleType, weights: Weights, sizes: Mapping[str, Any], wave: Any) -> Any:  # noqa: ANN401  tensors
    """(speakers, frames) of (frames,)."""
    functional, frames = torch.nn.functional, wave.shape[-1]
    stride = int(sizes["stride"])
    short = max(0, int(sizes["kernel_size"]) - frames)
    coded = functional.conv1d(
        functional.pad(wave, (0, short))[None, None], weights["encoder.filterbank._filters"], stride=stride
    )
    masks = _masks(torch, weights, sizes, coded)
    parts = (masks * coded[:, None])[0]
    made = functional.conv_transpose1d(parts, weights["decoder.filterbank._filters"], stride=stride)
    made = functional.pad(made[:, 0], (0, max(0, frames - made.shape[-1])))  # what fills no window is silent
    return made[:, :frames]


def _masks(torch: ModuleType, weights: Weights, sizes: Mapping[str, Any], coded: Any) -> Any:  # noqa: ANN401
    functional = torch.nn.functional
    sound = _pointwise(functional, weights, "masker.bottleneck.1", _normed(weights, "masker.bottleneck.0", coded))
    skipped: Any = 0
    for number in range(int(sizes["n_repeats"]) * int(sizes["n_blocks"])):
        name = f"masker.TCN.{number}"
        inner = _block(functional, weights, f"{name}.shared_block", sound, 2 ** (number % int(sizes["n_blocks"])))
        sound = sound + _pointwise(functional, weights, f"{name}.res_conv", inner)
        if f"{name}.skip_conv.weight" in weights:
            skipped = skipped + _pointwise(functional, weights, f"{name}.skip_conv", inner)
    last = skipped if "masker.TCN.0.skip_conv.weight" in weights else sound
    score = functional.prelu(last, weights["masker.mask_net.0.weight"])
    score = _pointwise(functional, weights, "masker.mask_net.1", score)
    score = score.view(1, int(sizes["n_src"]), -1, score.shape[-1])
    activations = {
        "sigmoid": torch.sigmoid, "relu": functional.relu, "linear": lambda x: x, "softmax": lambda x: x.softmax(1),
    }  # fmt: skip
    return activations[str(sizes.get("mask_act") or "linear")](score)


def _block(functional: Any, weights: Weights, name: str, sound: Any, dilation: int) -> Any:  # noqa: ANN401
    """Widen, look around each moment, and keep the level: the block without its two ways out."""
    inner = functional.prelu(_pointwise(functional, weights, f"{name}.0", sound), weights[f"{name}.1.weight"])
    inner = _normed(weights, f"{name}.2", inner)
    depth = weights[f"{name}.3.weight"]
    inner = functional.conv1d(
        inner, depth, weights[f"{name}.3.bias"], padding=(depth.shape[-1] - 1) * dilation // 2, dilation=dilation,
        groups=depth.shape[0],
    )  # fmt: skip
    return _normed(weights, f"{name}.5", functional.prelu(inner, weights[f"{name}.4.weight"]))


def _pointwise(functional: Any, weights: Weights, name: str, sound: Any) -> Any:  # noqa: ANN401
    return functional.conv1d(sound, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _normed(weights: Weights, name: str, sound: Any) -> Any:  # noqa: ANN401
    """Global layer normalisation: one mean and one variance for all channels and moments."""
    centred = sound - sound.mean((1, 2), keepdim=True)
    level = (centred**2).mean((1, 2), keepdim=True)
    return weights[f"{name}.gamma"][:, None] * (centred / (level + 1e-8).sqrt()) + weights[f"{name}.beta"][:, None]
