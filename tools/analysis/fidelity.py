"""How near a treated sound comes to the one that was wanted, in decibels. Arrays of any shape, time last."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.signal.spectral import stft

Wave = NDArray[Any]
_LEAST = 1e-30


def rms(samples: Wave) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def snr_db(wanted: Wave, given: Wave) -> float:
    """The wanted sound over what differs from it."""
    error = np.asarray(given, np.float64) - wanted
    return float(10 * np.log10(max(float(np.sum(np.square(wanted, dtype=np.float64))), _LEAST)
                               / max(float(np.sum(error**2)), _LEAST)))  # fmt: skip


def si_sdr_db(wanted: Wave, given: Wave) -> float:
    """Scale-invariant signal-to-distortion ratio (Le Roux et al., ICASSP 2019), over all channels at once."""
    w, g = np.ravel(wanted).astype(np.float64), np.ravel(given).astype(np.float64)
    scale = float(np.dot(w, g) / max(float(np.dot(w, w)), _LEAST))
    return snr_db(scale * w, g)


def segmental_snr_db(wanted: Wave, given: Wave, segment: int = 1024) -> float:
    """The mean SNR of short segments, each held between -10 and 60 dB; silent ones do not count."""
    frames = wanted.shape[-1] // segment * segment
    w = np.asarray(wanted, np.float64)[..., :frames].reshape(-1, segment)
    e = (np.asarray(given, np.float64)[..., :frames] - wanted[..., :frames]).reshape(-1, segment)
    heard = np.sum(w**2, axis=1) > segment * 1e-8
    if not heard.any():
        return 60.0
    ratio = 10 * np.log10(np.sum(w[heard] ** 2, axis=1) / np.maximum(np.sum(e[heard] ** 2, axis=1), _LEAST))
    return float(np.mean(np.clip(ratio, -10, 60)))


def log_spectral_distance_db(wanted: Wave, given: Wave, rate: int, low_hz: float = 0.0) -> float:
    """Mean over time of the RMS difference of two log power spectra, of the bins from ``low_hz`` on."""
    size, hop = 2048, 512
    first = int(np.ceil(low_hz / rate * size))
    a, b = (10 * np.log10(np.abs(stft(x, size, hop)[..., first:, :]) ** 2 + 1e-8) for x in (wanted, given))
    return float(np.mean(np.sqrt(np.mean((a - b) ** 2, axis=-2))))
