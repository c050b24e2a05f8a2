"""Filters. Arrays are float32 of shape (channels, frames), in and out; cutoffs in Hz, slopes in dB per octave."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal import dynamics, levels

LAST = 0.98  # of the Nyquist frequency: where a filter can still be designed


def low_pass(samples: Samples, rate: int, cutoff_hz: float, slope: int = 24) -> Samples:
    """Butterworth low-pass; a cutoff above what the rate can hold changes nothing."""
    if cutoff_hz >= LAST * rate / 2:
        return samples.copy()
    return _butterworth(samples, rate, cutoff_hz, "lowpass", slope)


def high_pass(samples: Samples, rate: int, cutoff_hz: float, slope: int = 24) -> Samples:
    """Butterworth high-pass; a cutoff above what the rate can hold leaves silence."""
    if cutoff_hz >= LAST * rate / 2:
        return np.zeros_like(samples)
    return _butterworth(samples, rate, cutoff_hz, "highpass", slope)


def band_pass(samples: Samples, rate: int, low_hz: float, high_hz: float, slope: int = 24) -> Samples:
    """What lies between two frequencies.

    Raises:
        ValueError: ``low_hz`` is not below ``high_hz``.
    """
    if low_hz >= high_hz:
        raise ValueError(f"low ({low_hz:g} Hz) must lie below high ({high_hz:g} Hz)")
    return low_pass(high_pass(samples, rate, low_hz, slope), rate, high_hz, slope)


def equalise(samples: Samples, rate: int, bands: Sequence[Mapping[str, Any]]) -> Samples:
    """Bells and shelves in turn; each band has ``shape``, ``frequency`` (Hz), ``gain`` (dB) and ``q``."""
    rows = [
        _biquad(b["shape"], b["frequency"], b["gain"], b["q"], rate)
        for b in bands
        if b["frequency"] < LAST * rate / 2 and b["gain"]
    ]
    if not rows or samples.shape[1] == 0:
        return samples.copy()
    return _filtered(np.array(rows), samples)


def telephone(samples: Samples, rate: int) -> Samples:
    """A telephone line: 300 to 3400 Hz, evened out, a little overdriven, as loud as before."""
    band = band_pass(samples, rate, 300, 3400, 48)
    even = dynamics.compress(band, rate, threshold_db=-30, ratio=3, attack_s=0.002, release_s=0.08)
    driven = low_pass(dynamics.distort(even, 6), rate, 3400, 24)
    return _as_loud(driven, samples)


def radio(samples: Samples, rate: int, snr_db: float, seed: int) -> Samples:
    """An old receiver: a narrow band with a nasal peak, overdrive and hiss."""
    band = band_pass(samples, rate, 250, 4500, 24)
    nasal = equalise(band, rate, [{"shape": "bell", "frequency": 1500.0, "gain": 5.0, "q": 0.8}])
    driven = low_pass(dynamics.distort(nasal, 10), rate, 5000, 24)
    hiss = levels.add_noise(_as_loud(driven, samples), snr_db, "pink", seed)
    return band_pass(hiss, rate, 150, 6000, 12)


def muffled(samples: Samples, rate: int, amount: float) -> Samples:
    """As through a wall: low-passed at 4 kHz (``amount`` 0) down to 250 Hz (1).

    By 12 dB an octave; the mass law of walls has 6. With 24, recognisers lost the words of who calls through a door.
    """
    return low_pass(samples, rate, 4000 * 16**-amount, 12)


def _butterworth(
    samples: Samples, rate: int, cutoff_hz: float, kind: Literal["lowpass", "highpass"], slope: int
) -> Samples:
    from scipy.signal import butter  # noqa: PLC0415

    if samples.shape[1] == 0:
        return samples.copy()
    sos = butter(slope // 6, cutoff_hz, kind, fs=rate, output="sos")
    return _filtered(sos, samples)


def _filtered(sos: NDArray[np.float64], samples: Samples) -> Samples:
    """Second-order sections in double width, a block at a time: each goes on in the state that the last one left."""
    from scipy.signal import sosfilt  # noqa: PLC0415

    out = np.empty(samples.shape, np.float32)
    state = np.zeros((len(sos), samples.shape[0], 2))
    for at in range(0, samples.shape[1], levels.BLOCK):
        block = samples[:, at : at + levels.BLOCK].astype(np.float64)
        out[:, at : at + levels.BLOCK], state = sosfilt(sos, block, axis=1, zi=state)
    return out


def _biquad(shape: str, frequency_hz: float, gain_db: float, q: float, rate: int) -> NDArray[np.float64]:
    """One second-order section by Bristow-Johnson's "Cookbook formulae for audio EQ biquad filter coefficients"."""
    a = 10 ** (gain_db / 40)
    w = 2 * math.pi * frequency_hz / rate
    cos, alpha = math.cos(w), math.sin(w) / (2 * q)
    if shape == "bell":
        row = [1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a]
    else:
        sign = 1 if shape == "low_shelf" else -1  # a high shelf is a low shelf with its cosine mirrored
        c, root = sign * cos, 2 * math.sqrt(a) * alpha
        row = [
            a * (a + 1 - (a - 1) * c + root),
            sign * 2 * a * (a - 1 - (a + 1) * c),
            a * (a + 1 - (a - 1) * c - root),
            a + 1 + (a - 1) * c + root,
            sign * -2 * (a - 1 + (a + 1) * c),
            a + 1 + (a - 1) * c - root,
        ]
    return np.array(row) / row[3]


def _as_loud(changed: Samples, original: Samples) -> Samples:
    level = levels.rms(changed)
    return np.asarray(changed * (levels.rms(original) / level), dtype=np.float32) if level > 0 else changed
