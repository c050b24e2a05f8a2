"""Peaks that were cut off, put back. Samples are (channels, frames)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal.autoregression import fill

BLOCK, CONTEXT, ORDER = 2048, 512, 48
_NEAR = 0.998  # of the peak
_LONG = 3  # frames at the peak that are no accident
_MOST = 0.6  # of a block that may be missing


def clipped(channel: Samples) -> NDArray[np.bool_]:
    """Which frames of (frames,) lie on a flat top; none where there are fewer than five such tops."""
    peak = float(np.abs(channel).max(initial=0))
    flat = np.abs(channel) >= _NEAR * peak if peak > 0 else np.zeros(len(channel), bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat.astype(np.int8), [0]])))
    runs = edges.reshape(-1, 2)
    long = runs[runs[:, 1] - runs[:, 0] >= _LONG]
    out = np.zeros(len(channel), bool)
    if len(long) >= 5:
        for start, end in long:
            out[start:end] = True
    return out


def declip(samples: Samples) -> Samples:
    """The same with rounded peaks, as far above the ceiling as they must have been; unclipped sound stays as it is."""
    return np.stack([_channel(channel) for channel in samples]) if samples.size else samples


def _channel(channel: Samples) -> Samples:
    missing = clipped(channel)
    if not missing.any():
        return channel
    out, ceiling = channel.astype(np.float64), float(np.abs(channel).max())
    for start in range(0, len(channel), BLOCK):
        if not missing[start : start + BLOCK].any():
            continue
        first, last = max(0, start - CONTEXT), min(len(channel), start + BLOCK + CONTEXT)
        gap = missing[first:last]
        if len(gap) < 4 * ORDER or gap.mean() > _MOST:
            continue
        made = fill(out[first:last], gap, ORDER)
        here = np.flatnonzero(missing[start : start + BLOCK]) + start
        out[here] = np.sign(channel[here]) * np.clip(np.sign(channel[here]) * made[here - first], ceiling, 4 * ceiling)
    return out.astype(np.float32)
