"""A true-peak limiter that looks ahead.

The reduction that each moment needs is spread: it sets in 5 ms before (the least over what is ahead, smoothed over the
same span, so that a peak never exceeds the ceiling) and goes back exponentially in dB, so deep ones leave fast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundwright.orchestrator.mix.envelopes import amplitudes
from soundwright.orchestrator.mix.true_peak import HALF_TAPS, peaks
from soundwright.tools.assets import Samples

AHEAD_S = 0.005
RELEASE_S = 0.1
NOTHING_DB = 1e-3

Curve = NDArray[np.float64]


class Limiter:
    """Limits a stream. Each block comes with what surrounds it: ``before`` and ``after`` frames."""

    def __init__(self, ceiling_db: float, rate: int) -> None:
        self._ceiling_db = ceiling_db
        self._ahead = max(8, round(AHEAD_S * rate))
        self._decay = 1 / (RELEASE_S * rate)
        window = np.hanning(self._ahead + 3)[1:-1]
        self._window = window / window.sum()
        self._released: Curve | None = None
        self.reduction_db = 0.0

    @property
    def before(self) -> int:
        """Frames needed before a block."""
        return HALF_TAPS

    @property
    def after(self) -> int:
        """Frames needed after a block."""
        return self._ahead + HALF_TAPS

    def process(self, samples: Samples) -> Samples:
        """The limited block from (channels, before + frames + after)."""
        block = samples[:, self.before : samples.shape[1] - self.after]
        needed = self._needed(samples)
        if self._released is None:
            # What sounds at once has no time to fade to: the reduction stands from the first sample.
            self._released = np.full(self._ahead, 0.0 if needed is None else needed[0])
        joined = np.concatenate([self._released, self._release(needed, float(self._released[-1]), block.shape[1])])
        self._released = joined[-self._ahead :]
        if not joined.any():
            return block
        smooth = np.convolve(joined, self._window, mode="valid")
        self.reduction_db = max(self.reduction_db, float(-smooth.min()))
        return np.asarray(block * amplitudes(smooth), dtype=np.float32)

    def _needed(self, samples: Samples) -> Curve | None:
        """For each frame of the block the least gain needed from there to ``_ahead`` later; None where none is."""
        ceiling = 10.0 ** (self._ceiling_db / 20)
        high = peaks(samples, ceiling)[self.before : samples.shape[1] - HALF_TAPS]
        if high.size == 0 or float(high.max()) <= ceiling:
            return None
        needed = np.minimum(0.0, self._ceiling_db - 20 * np.log10(np.maximum(high, 1e-9)).astype(np.float64))
        return _least_ahead(needed, self._ahead + 1)

    def _release(self, needed: Curve | None, last: float, count: int) -> Curve:
        """The gain falls at once; its logarithm rises by a slope only: a running maximum of depth plus ramp."""
        if needed is None and last == 0.0:
            return np.zeros(count)
        ramp = self._decay * np.arange(1, count + 1)
        depth = np.full(count, NOTHING_DB) if needed is None else np.maximum(-needed, NOTHING_DB)
        start = np.log(max(-last, NOTHING_DB))
        deepest = np.maximum.accumulate(np.concatenate([[start], np.log(depth) + ramp]))[1:] - ramp
        released = -np.exp(deepest)
        released[released > -2 * NOTHING_DB] = 0.0
        return np.asarray(released)


def _least_ahead(values: Curve, size: int) -> Curve:
    """The least of each ``size`` values in a row, by doubling: as many as there are whole windows."""
    least, width = values, 1
    while width < size:
        step = min(width, size - width)
        least, width = np.minimum(least[:-step], least[step:]), width + step
    return least
