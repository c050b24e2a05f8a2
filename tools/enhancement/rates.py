"""To the rate that an engine hears and back, in time with the recording."""

from __future__ import annotations

import numpy as np

from soundwright.tools.assets import Samples


def resampled(samples: Samples, rate: int, to: int) -> Samples:
    """(channels, frames) at ``rate`` Hz brought to ``to`` Hz."""
    import soxr  # noqa: PLC0415

    if rate == to or samples.shape[1] == 0:
        return samples
    return np.ascontiguousarray(soxr.resample(samples.T, rate, to, quality="HQ").T, dtype=np.float32)


def fitted(samples: Samples, frames: int) -> Samples:
    """The same with exactly ``frames`` frames: resampling may give one more or less."""
    have = samples.shape[-1]
    if have >= frames:
        return samples[..., :frames]
    return np.pad(samples, [(0, 0)] * (samples.ndim - 1) + [(0, frames - have)])
