"""Dynamics. Arrays are float32 of shape (channels, frames), in and out; all channels share one gain."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal import levels
from soundwright.tools.windows import Windowing

Wave = NDArray[np.float64]
LOOK_AHEAD_MS = 5
OVERSAMPLING = 4
_FILTER = 64  # frames, more than what the filters up and down together reach


def compress(
    samples: Samples,
    rate: int,
    threshold_db: float,
    ratio: float,
    attack_s: float,
    release_s: float,
    knee_db: float = 6.0,
    makeup_db: float = 0.0,
) -> Samples:
    """Feed-forward compression of the peak level with a soft knee, smoothed in decibels.

    Method: Giannoulis, Massberg & Reiss, "Digital dynamic range compressor design", JAES 60(6), 2012; its gain is
    worked out once a millisecond.
    """
    if samples.shape[1] == 0:
        return samples.copy()
    level_db = 20 * np.log10(np.maximum(_block_peaks(samples, _block(rate)), 1e-9))
    smooth = _attack_release(_excess(level_db, threshold_db, knee_db) * (1 - 1 / ratio), attack_s, release_s)
    gain = 10 ** ((makeup_db - _spread(smooth, _block(rate), samples.shape[1])) / 20)
    return np.asarray(samples * gain, dtype=np.float32)


def limit(samples: Samples, rate: int, ceiling_db: float, release_s: float = 0.08) -> Samples:
    """No true peak above ``ceiling_db``: look-ahead gain that sinks before a peak and rises after it."""
    from soundwright.tools.analysis.loudness import true_peak_db  # noqa: PLC0415

    held = _limit(samples, rate, ceiling_db, release_s)
    if held is None:
        return samples.copy()
    # Oversampling filters differ near the Nyquist frequency: the meter that will be asked has the last word.
    over_db = true_peak_db(held, rate) - ceiling_db
    again = _limit(samples, rate, ceiling_db - over_db - 0.02, release_s) if over_db > 0 else None
    return held if again is None else again


def _limit(samples: Samples, rate: int, ceiling_db: float, release_s: float) -> Samples | None:
    """Limited, or None where nothing reaches the ceiling."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d  # noqa: PLC0415

    ceiling = 10 ** (ceiling_db / 20)
    if samples.shape[1] == 0 or (peaks := _true_peaks(samples, _block(rate), ceiling / 2)).max() <= ceiling:
        return None
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    # The minimum reaches one block further than the mean, so no mean (nor a line between two) exceeds what is needed.
    least = minimum_filter1d(needed, 2 * LOOK_AHEAD_MS + 3, mode="nearest")
    mean = uniform_filter1d(_rise_slowly(least, release_s), 2 * LOOK_AHEAD_MS + 1, mode="nearest")
    return samples * _spread(mean, _block(rate), samples.shape[1]).astype(np.float32)


def _true_peaks(samples: Samples, block: int, matters: float) -> Wave:
    """Peaks by block, between the samples too in stretches of 256 blocks that hold a sample above ``matters``."""
    peaks, stretch, context = _block_peaks(samples, block), 256, 64
    for first in range(0, len(peaks), stretch):
        if peaks[first : first + stretch].max() <= matters:
            continue
        start, end = first * block, min((first + stretch) * block, samples.shape[1])
        lead = min(start, context)
        up = _oversampled(samples[:, start - lead : end + context])[
            :, lead * OVERSAMPLING : (end - start + lead) * OVERSAMPLING
        ]
        peaks[first : first + stretch] = _block_peaks(up, block * OVERSAMPLING)
    return peaks


def distort(samples: Samples, drive_db: float) -> Samples:
    """Soft clipping (tanh) at four times the rate, so that what it adds does not fold back; the RMS stays."""
    from scipy.signal import resample_poly  # noqa: PLC0415

    level = levels.rms(samples)
    if level == 0 or drive_db == 0:
        return samples.copy()
    # Driven against its own level: the same colour for soft and loud recordings.
    drive = 10 ** (drive_db / 20) * 0.25 / level
    out = np.empty(samples.shape)
    for window in Windowing(levels.BLOCK // 4, margin=_FILTER).over(samples.shape[1]):
        piece = samples[:, window.read : window.read_end].astype(np.float64)
        driven = np.tanh(resample_poly(piece, OVERSAMPLING, 1, axis=1) * drive)
        down = resample_poly(driven, 1, OVERSAMPLING, axis=1)
        out[:, window.start : window.end] = down[:, window.start - window.read : window.end - window.read]
    out *= level / max(levels.rms(out), 1e-12)
    return out.astype(np.float32)


def normalise(samples: Samples, rate: int, loudness_lufs: float, true_peak_db: float) -> Samples:
    """To an integrated loudness, then limited. What lies below -70 LUFS stays as it is; at most 40 dB are added."""
    from soundwright.tools.analysis.loudness import integrated_loudness  # noqa: PLC0415

    lufs = integrated_loudness(samples, rate)
    if not math.isfinite(lufs):
        return samples.copy()
    return limit(samples * np.float32(10 ** (min(40.0, loudness_lufs - lufs) / 20)), rate, true_peak_db)


def _block(rate: int) -> int:
    return max(1, rate // 1000)


def _oversampled(samples: Samples) -> Samples:
    from scipy.signal import resample_poly  # noqa: PLC0415

    return np.asarray(resample_poly(samples, OVERSAMPLING, 1, axis=1), dtype=np.float32)


def _block_peaks(samples: Samples, block: int) -> Wave:
    """The highest magnitude of any channel in each block."""
    peaks = np.abs(samples).max(axis=0)
    return np.maximum.reduceat(peaks, np.arange(0, len(peaks), block)).astype(np.float64)


def _excess(level_db: Wave, threshold_db: float, knee_db: float) -> Wave:
    """How far each level counts as above the threshold, rounded over the knee."""
    over = level_db - threshold_db
    knee = max(knee_db, 1e-6)
    return np.where(np.abs(over) <= knee / 2, (over + knee / 2) ** 2 / (2 * knee), np.maximum(over, 0.0))


def _attack_release(reduction_db: Wave, attack_s: float, release_s: float) -> Wave:
    rise = math.exp(-0.001 / max(attack_s, 1e-6))
    fall = math.exp(-0.001 / max(release_s, 1e-6))
    out, state = [], 0.0
    for value in reduction_db.tolist():
        keep = rise if value > state else fall
        state = keep * state + (1 - keep) * value
        out.append(state)
    return np.array(out)


def _rise_slowly(gain: Wave, release_s: float) -> Wave:
    step = 1 - math.exp(-0.001 / max(release_s, 1e-6))
    out, state = [], 1.0
    for value in gain.tolist():
        state = min(value, state + (1 - state) * step)
        out.append(state)
    return np.array(out)


def _spread(blocks: Wave, block: int, frames: int) -> Wave:
    """One value a block, joined by lines between the blocks' middles."""
    middles = (np.arange(len(blocks)) + 0.5) * block
    return np.interp(np.arange(frames), middles, blocks)
