"""Loudness by ITU-R BS.1770 and EBU R 128, measured block by block."""

from __future__ import annotations

import math

import numpy as np

from soundwright.tools.assets import Samples

SILENCE_LUFS = -70.0
SHORTEST_S = 0.4


class LoudnessMeter:
    """Integrated loudness of what is fed, in LUFS; -inf for silence. Fed (frames, channels) float32, C-contiguous."""

    def __init__(self, rate: int, channels: int) -> None:
        from pyebur128 import MeasurementMode, R128State  # noqa: PLC0415

        self._state = R128State(channels, rate, MeasurementMode.MODE_I)
        self._channels, self._rate, self._frames = channels, rate, 0

    def add(self, interleaved: Samples) -> None:
        """Append a block."""
        if interleaved.size:
            self._state.add_frames(interleaved.reshape(-1), len(interleaved))
            self._frames += len(interleaved)

    def loudness_lufs(self) -> float:
        """What was fed so far. Less than 400 ms is measured as if silence followed (mix rule E)."""
        from pyebur128 import get_loudness_global  # noqa: PLC0415

        missing = math.ceil(SHORTEST_S * self._rate) - self._frames
        if missing > 0:
            self.add(np.zeros((missing, self._channels), np.float32))
        return float(get_loudness_global(self._state))


def loudness_lufs(interleaved: Samples, rate: int) -> float:
    """Integrated loudness of a whole sound of shape (frames, channels)."""
    meter = LoudnessMeter(rate, interleaved.shape[1])
    meter.add(np.ascontiguousarray(interleaved, dtype=np.float32))
    return meter.loudness_lufs()
