"""Cutting and joining. Arrays are float32 of shape (channels, frames), in and out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from soundwright.tools.assets import Samples
from soundwright.tools.signal.levels import to_factor

ATTACK_DB = 12.0


def sounding(samples: Samples, threshold_db: float) -> tuple[int, int]:
    """First frame, and the frame after the last, that reach ``threshold_db`` below the peak; all of it if silent."""
    envelope = np.abs(samples).max(axis=0) if samples.size else np.zeros(samples.shape[1], np.float32)
    peak = float(envelope.max(initial=0))
    if peak == 0:
        return 0, samples.shape[1]
    (loud,) = np.nonzero(envelope >= peak * 10 ** (-threshold_db / 20))
    return int(loud[0]), int(loud[-1]) + 1


def attack(samples: Samples) -> int:
    """The first frame within 12 dB of the peak."""
    return sounding(samples, ATTACK_DB)[0]


def reverse(samples: Samples) -> Samples:
    """Backwards."""
    return np.ascontiguousarray(samples[:, ::-1])


def as_channels(samples: Samples, channels: int) -> Samples:
    """Mono spread to ``channels``; missing channels of others are silent."""
    if samples.shape[0] == channels:
        return samples
    if samples.shape[0] == 1:
        return np.repeat(samples, channels, axis=0)
    return np.pad(samples, ((0, channels - samples.shape[0]), (0, 0)))


def place(sounds: Sequence[Samples], starts: Sequence[int], gains_db: Sequence[float]) -> Samples:
    """All sounds at their starts (frames), summed: as many channels as the widest, up to the last end."""
    channels = max(sound.shape[0] for sound in sounds)
    frames = max(start + sound.shape[1] for sound, start in zip(sounds, starts, strict=True))
    out = np.zeros((channels, frames), np.float32)
    for sound, start, gain_db in zip(sounds, starts, gains_db, strict=True):
        out[:, start : start + sound.shape[1]] += as_channels(sound, channels) * np.float32(to_factor(gain_db))
    return out


def crossfaded(samples: Samples, head: int, foot: int) -> Samples:
    """Equal-power ramps over the first ``head`` and the last ``foot`` frames."""
    out = samples.copy()
    out[:, :head] *= _ramp(head)
    if foot:
        out[:, -foot:] *= _ramp(foot)[::-1]
    return out


def _ramp(frames: int) -> Samples:
    return np.asarray(np.sin((np.arange(frames) + 0.5) / max(frames, 1) * math.pi / 2), dtype=np.float32)
