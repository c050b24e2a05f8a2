"""A larger or smaller speaker: pitch and formants shifted together, as by a longer or shorter vocal tract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples


def resized(sound: Samples, size: float, rate: int) -> Samples:
    """``sound`` (frames,) at ``rate`` Hz played ``size`` times as fast: who spoke slower by as much keeps the tempo."""
    if size == 1.0:
        return sound
    import soxr  # noqa: PLC0415  only some voices need it

    return np.asarray(soxr.resample(sound, rate * size, rate, quality="HQ"), dtype=np.float32)
