"""Spectra of music: onsets in time, and how strong each pitch class is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples

Array = NDArray[np.float64]
RATE, HOP = 22050, 256
FRAME_S = HOP / RATE
_FFT, _BANDS = 1024, 48
_LONG_FFT, _LONG_HOP = 8192, 4096
_TOGETHER = 2048
_LOWEST_HZ, _HIGHEST_HZ = 55.0, 2000.0


def onset_strength(mono: Samples, check: Callable[[], None]) -> tuple[Array, Array]:
    """(frames,) how much begins at each frame of 11.6 ms: in all bands, and in those below 200 Hz.

    The rise of the logarithm of a band's energy over two frames, summed over bands (spectral flux), less its mean
    around: what matters is what stands out.
    """
    bands = _log_bands(mono, check)
    rise = np.maximum(0.0, bands[2:] - bands[:-2])
    rise = np.vstack([np.zeros((2, _BANDS)), rise])
    low = rise[:, : _BANDS // 6].mean(axis=1)
    return _standing_out(rise.mean(axis=1)), _standing_out(low)


def chroma(mono: Samples, check: Callable[[], None]) -> Array:
    """(12,) strength of the pitch classes from C, each spectrum counting for its own share; zeros for silence."""
    freqs = np.fft.rfftfreq(_LONG_FFT, 1 / RATE)
    inside = (freqs >= _LOWEST_HZ) & (freqs <= _HIGHEST_HZ)
    pitch = 69 + 12 * np.log2(freqs[inside] / 440.0)
    # Away from the middle of its semitone a partial counts less, and so does one far above the notes of melodies.
    weight = np.cos(np.pi * (pitch - np.round(pitch))) ** 2 * np.minimum(1.0, (700.0 / freqs[inside]))
    classes = np.round(pitch).astype(int) % 12
    total = np.zeros(12)
    window = np.hanning(_LONG_FFT)
    padded = np.pad(mono, (0, max(0, _LONG_FFT - mono.size)))
    for number, start in enumerate(range(0, padded.size - _LONG_FFT + 1, _LONG_HOP)):
        if number % 64 == 0:
            check()
        magnitude = np.abs(np.fft.rfft(padded[start : start + _LONG_FFT] * window))
        peaks = np.where((magnitude >= np.roll(magnitude, 1)) & (magnitude > np.roll(magnitude, -1)), magnitude, 0.0)
        row = np.bincount(classes, np.sqrt(peaks[inside]) * weight, 12)
        total += row / row.sum() * np.sqrt(np.mean(np.square(padded[start : start + _LONG_FFT]))) if row.sum() else 0
    return np.asarray(total)


def _log_bands(mono: Samples, check: Callable[[], None]) -> Array:
    """(frames, bands) logarithmic energies, the bands even in pitch from 40 Hz to 10 kHz."""
    padded = np.pad(mono, (_FFT // 2, _FFT // 2))
    starts = np.arange(0, max(1, padded.size - _FFT + 1), HOP)
    filters = _triangles()
    rows = np.empty((len(starts), _BANDS))
    window = np.hanning(_FFT)
    for first in range(0, len(starts), _TOGETHER):
        check()
        some = starts[first : first + _TOGETHER]
        magnitude = np.abs(np.fft.rfft(padded[some[:, None] + np.arange(_FFT)] * window, axis=1))
        rows[first : first + len(some)] = np.log1p(100.0 * magnitude @ filters)
    return rows


def _triangles() -> Array:
    bins = np.arange(_FFT // 2 + 1) * RATE / _FFT
    edges = np.geomspace(40.0, 10000.0, _BANDS + 2)
    # A triangle narrower than the bins would be empty: it reaches at least to its neighbours.
    low = np.minimum(edges[:-2], edges[1:-1] - RATE / _FFT)
    high = np.maximum(edges[2:], edges[1:-1] + RATE / _FFT)
    rise = (bins[:, None] - low) / (edges[1:-1] - low)
    fall = (high - bins[:, None]) / (high - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rise, fall))
    return np.asarray(triangles / triangles.sum(axis=0))


def _standing_out(strength: Array) -> Array:
    """Above the mean of half a second around, in units of the whole's deviation."""
    around = round(0.5 / FRAME_S)
    mean = np.convolve(np.pad(strength, around, "edge"), np.ones(2 * around + 1) / (2 * around + 1), "valid")
    rest = np.maximum(0.0, strength - mean)
    spread = float(rest.std())
    return np.asarray(rest / spread if spread > 0 else rest)
