"""Spaces: one reverb for all cues of a space (mix rule C), by convolution in partitions of a fixed grid.

Uniformly partitioned overlap-save (Stockham 1966; Wefers, PhD thesis, RWTH Aachen 2015, chapter 5). Since the grid is
fixed, a changed cue changes the reverb only from the partition it begins in to the end of the response after it.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples

PARTITION = 8192

Spectrum = NDArray[np.complex64]


class Convolver:
    """Convolves a mono stream with a response of shape (channels, frames), block by block."""

    def __init__(self, response: Samples) -> None:
        channels, length = response.shape
        count = -(-length // PARTITION)
        padded = np.zeros((channels, count * PARTITION), np.float32)
        padded[:, :length] = response
        parts = padded.reshape(channels, count, PARTITION).swapaxes(0, 1)
        self._filters: Spectrum = np.asarray(np.fft.rfft(parts, 2 * PARTITION, axis=2), np.complex64)
        self._spectra: deque[Spectrum | None] = deque([None] * count, maxlen=count)
        self._previous: Samples = np.zeros(PARTITION, np.float32)
        self._channels = channels

    def process(self, block: Samples) -> Samples | None:
        """The reverb of (frames,) as (channels, frames), a multiple of ``PARTITION``; None where it is silent."""
        parts = [self._part(block[at : at + PARTITION]) for at in range(0, block.size, PARTITION)]
        if all(part is None for part in parts):
            return None
        silent = np.zeros((self._channels, PARTITION), np.float32)
        return np.concatenate([silent if part is None else part for part in parts], axis=1)

    def _part(self, part: Samples) -> Samples | None:
        heard = bool(part.any() or self._previous.any())
        both = np.concatenate([self._previous, part])
        self._spectra.appendleft(np.asarray(np.fft.rfft(both), np.complex64) if heard else None)
        self._previous = part.copy()
        pairs = [(s, f) for s, f in zip(self._spectra, self._filters, strict=True) if s is not None]
        if not pairs:
            return None
        total = np.zeros(self._filters.shape[1:], np.complex64)
        for spectrum, filters in pairs:
            total += spectrum * filters
        return np.asarray(np.fft.irfft(total, 2 * PARTITION, axis=1)[:, PARTITION:], dtype=np.float32)
