"""The U-Net of Spleeter (Hennequin et al., JOSS 2020), computed from the arrays of its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

Weights = Mapping[str, Any]
DEPTH = 6
STEP = 1 << DEPTH  # both sides of a spectrogram are halved so often


def estimate(torch: ModuleType, weights: Weights, magnitude: Any) -> Any:  # noqa: ANN401  tensors
    """One instrument's magnitudes from those of the mixture, both (batch, 2, columns, bins)."""
    functional = torch.nn.functional
    sound, kept = magnitude, []
    for level in range(1, DEPTH + 1):
        name = f"down{level}_conv.1"
        padded = functional.pad(sound, (1, 2, 1, 2))
        kept.append(functional.conv2d(padded, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=2))
        sound = functional.leaky_relu(_normed(functional, weights, f"down{level}_act.0", kept[-1]), 0.2)
    sound = kept.pop()
    for level in range(1, DEPTH + 1):
        joined = sound if level == 1 else torch.cat([kept.pop(), sound], 1)
        name = f"up{level}.0"
        grown = functional.conv_transpose2d(joined, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=2)
        sound = _normed(functional, weights, f"up{level}.3", functional.relu(grown[:, :, 1:-2, 1:-2]))
    share = functional.conv2d(sound, weights["up7.0.weight"], weights["up7.0.bias"], padding=3, dilation=2)
    return torch.sigmoid(share) * magnitude


def _normed(functional: Any, weights: Weights, name: str, sound: Any) -> Any:  # noqa: ANN401  tensors
    mean, variance, scale, shift = (
        weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
    )
    return functional.batch_norm(sound, mean, variance, scale, shift, eps=1e-3)
