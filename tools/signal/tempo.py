"""Length, pitch and rate. Arrays are float32 of shape (channels, frames), in and out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples

Wave = NDArray[np.float64]
FRAME_S = 0.04
SEARCH_S = 0.013
COARSE_HZ = 6000


def resample(samples: Samples, rate: float, to_rate: float) -> Samples:
    """To another rate: round(frames * to_rate / rate) frames."""
    import soxr  # noqa: PLC0415

    frames = round(samples.shape[1] * to_rate / rate)
    if rate == to_rate or samples.shape[1] == 0:
        return samples.copy()
    out = soxr.resample(np.ascontiguousarray(samples.T), rate, to_rate, quality="HQ").T
    return _fit(np.asarray(out, dtype=np.float32), frames)


def speed(samples: Samples, rate: int, factor: float) -> Samples:
    """``factor`` times as fast and as high, as a tape: round(frames / factor) frames."""
    return resample(samples, rate * factor, rate)


def pitch(samples: Samples, rate: int, semitones: float) -> Samples:
    """Higher or lower, as many frames as before."""
    if semitones == 0 or samples.shape[1] == 0:
        return samples.copy()
    factor = 2 ** (semitones / 12)
    return _fit(speed(stretch(samples, rate, factor), rate, factor), samples.shape[1])


def stretch(samples: Samples, rate: int, factor: float) -> Samples:
    """``factor`` times as long at the same pitch: round(frames * factor) frames.

    Waveform-similarity overlap-add (Verhelst & Roelands, ICASSP 1993): frames of 40 ms, each taken where it best
    goes on from the one before. It suits speech and single instruments.
    """
    frames = round(samples.shape[1] * factor)
    if factor == 1 or samples.shape[1] == 0:
        return samples.copy()
    hop = max(1, round(FRAME_S * rate / 2))
    search = max(1, round(SEARCH_S * rate))
    padded = np.pad(samples, ((0, 0), (hop + search, 4 * hop + 2 * search)))
    count = frames // hop + 2
    starts = _starts(padded.mean(axis=0, dtype=np.float64), rate, count, hop, search, factor, samples.shape[1])
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    out = np.zeros((samples.shape[0], (count + 1) * hop), np.float32)
    for number, start in enumerate(starts):
        out[:, number * hop : (number + 2) * hop] += padded[:, start : start + 2 * hop] * window
    # The first window rises from nothing before the sound begins.
    return _fit(out[:, hop:], frames)


def _starts(mono: Wave, rate: int, count: int, hop: int, search: int, factor: float, frames: int) -> list[int]:
    """Where each frame begins in the padded sound."""
    from scipy.signal import resample_poly  # noqa: PLC0415

    step = max(1, rate // COARSE_HZ)
    coarse = np.asarray(resample_poly(mono, 1, step), dtype=np.float64) if step > 1 else mono
    starts = [search]
    for number in range(1, count):
        centre = search + min(round(number * hop / factor), frames + hop)
        goal = min(starts[-1] + hop, len(mono) - 2 * hop)
        rough = centre
        if abs(goal - centre) > search:
            rough = step * _best(coarse, goal // step, centre // step, search // step, 2 * hop // step)
            rough = _best(mono, goal, rough, min(step, search), 2 * hop) if step > 1 else rough
        else:
            rough = goal  # going straight on is in reach, and seamless
        starts.append(max(0, min(rough, len(mono) - 2 * hop)))
    return starts


def _best(wave: Wave, goal: int, centre: int, search: int, length: int) -> int:
    """The start near ``centre`` whose frame is most like the one at ``goal`` (normalised correlation)."""
    low = max(0, centre - search)
    part = wave[low : centre + search + length]
    target = wave[goal : goal + length]
    if len(part) < length or len(target) < length:
        return centre
    energy = np.cumsum(np.concatenate(([0.0], part**2)))
    norms = np.sqrt(np.maximum(energy[length:] - energy[:-length], 0)) + 1e-9
    return low + int(np.argmax(np.correlate(part, target, "valid") / norms))


def _fit(samples: Samples, frames: int) -> Samples:
    """Cut or padded with silence to ``frames``."""
    missing = frames - samples.shape[1]
    if missing <= 0:
        return np.ascontiguousarray(samples[:, :frames])
    return np.pad(samples, ((0, 0), (0, missing)))
