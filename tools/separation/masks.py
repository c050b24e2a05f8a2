"""Which part of a spectrum belongs to what, without a network. Magnitudes and masks: (channels, bins, columns)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Magnitude = NDArray[np.float32]
_LEAST = 1e-9


def soft(one: Magnitude, other: Magnitude, power: float = 2.0) -> Magnitude:
    """The share of ``one`` in both, 0 to 1; nothing at all belongs half to each."""
    a, b = (one + _LEAST) ** power, (other + _LEAST) ** power
    return np.asarray(a / (a + b), np.float32)


def steady(magnitude: Magnitude, columns: int = 17, bins: int = 17, favour: float = 1.0) -> Magnitude:
    """The share that lasts rather than strikes, by medians along time and along frequency (FitzGerald, DAFx 2010).

    ``columns`` and ``bins`` are the lengths of the medians; what lasts counts ``favour`` times.
    """
    from scipy.ndimage import median_filter  # noqa: PLC0415

    lasting = median_filter(magnitude, size=(1, 1, columns), mode="reflect")
    striking = median_filter(magnitude, size=(1, bins, 1), mode="reflect")
    return soft(favour * lasting, striking)


def centred(left: NDArray[np.complex64], right: NDArray[np.complex64]) -> Magnitude:
    """How much of each bin lies in the middle of a stereo picture: 1 where both sides are the same."""
    total = np.abs(left) ** 2 + np.abs(right) ** 2 + _LEAST
    alike = 2 * np.real(left * np.conj(right)) / total
    return np.asarray(np.clip(alike, 0, 1) ** 4, np.float32)


def voice_band(bins: int, rate: int, low_hz: float = 90.0, high_hz: float = 12000.0) -> Magnitude:
    """1 where voices sound, falling to 0 outside; shape (1, bins, 1)."""
    hz = np.linspace(0, rate / 2, bins)
    rise = 1 / (1 + (low_hz / np.maximum(hz, 1e-3)) ** 8)
    fall = 1 / (1 + (hz / high_hz) ** 8)
    return np.asarray(rise * fall, np.float32)[None, :, None]
