"""Sound as recognisers take it: one channel at a rate of theirs."""

from __future__ import annotations

import numpy as np

from soundwright.tools.assets import Audio, Samples


def mono_at(audio: Audio, rate: int) -> Samples:
    """The mean of the channels at ``rate`` Hz, float32 of shape (frames,), with any tail."""
    import soxr  # noqa: PLC0415  heavy

    mono = audio.samples.mean(axis=0)
    if audio.rate != rate and mono.size:
        mono = soxr.resample(mono, audio.rate, rate, quality="HQ")
    return np.ascontiguousarray(mono, dtype=np.float32)


def clipped(start_s: float, end_s: float, length_s: float) -> tuple[float, float]:
    """A span in seconds, rounded to milliseconds, inside a sound of ``length_s``."""
    start = min(max(0.0, round(start_s, 3)), length_s)
    return start, min(max(start, round(end_s, 3)), length_s)
