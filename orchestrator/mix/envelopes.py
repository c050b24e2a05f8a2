"""How loud a clip is from moment to moment, and where it stands: gain, ramps, fades, ducking, pan.

Everything is a function of the sample's own number, so it does not matter in which pieces it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from soundwright.orchestrator.mix.ducking import Ducking
from soundwright.orchestrator.timeline import Clip
from soundwright.scripts_compiler.units import amplitude, frames
from soundwright.tools.assets import Samples

Curve = NDArray[np.float64]
SILENT_DB = -60.0


def gain_curve(clip: Clip, static: float, ducking: Ducking, rate: int, first: int, last: int) -> float | Curve:
    """The factor, without fades, for frames ``first`` to ``last`` of a clip; one number where it is constant.

    Frames count from the clip's start. ``static`` is the factor from ``loudness``.
    """
    gain: float | Curve = static * ramp_gain(clip.gain_db, frames(clip.ramp_s, rate), first, last)
    if clip.duck_db > 0:
        start = frames(clip.start_s, rate)
        depth = ducking.depth(start + first, start + last)
        if isinstance(depth, float):
            gain = gain * amplitude(-clip.duck_db * depth)
        else:
            gain = gain * amplitudes(depth * -clip.duck_db)
    return gain


def amplitudes(values_db: Curve) -> Curve:
    """Factors for levels in dB (the exponential is several times as fast as a power of ten)."""
    return np.asarray(np.exp(values_db * (math.log(10) / 20)))


def ramp_gain(values_db: Sequence[float], length: int, first: int, last: int) -> float | Curve:
    """Levels in dB joined linearly (rule 11), as factors; -60 is silence."""
    db = ramp(values_db, length, first, last)
    if isinstance(db, float):
        return 0.0 if db <= SILENT_DB else amplitude(db)
    gain = amplitudes(db)
    if min(values_db) <= SILENT_DB:
        gain[db <= SILENT_DB] = 0.0
    return gain


def ramp(values: Sequence[float], length: int, first: int, last: int) -> float | Curve:
    """Values that lie evenly over ``length`` frames, joined linearly; the last one holds after it."""
    if len(values) == 1 or first >= length:
        return float(values[-1])
    return np.interp(np.arange(first, last), np.linspace(0, length, len(values)), values)


def fades(clip: Clip, rate: int, first: int, last: int) -> Iterator[tuple[slice, Samples]]:
    """Equal-power fades (rule 10): which of the frames ``first`` to ``last`` they touch, and their factors there."""
    rise, fall = frames(clip.fade_in_s, rate), frames(clip.fade_out_s, rate)
    if first < rise:
        stop = min(last, rise)
        yield slice(0, stop - first), _quarter(first, stop, rise)
    fall_at = frames(clip.fade_out_at_s, rate)
    if fall and last > fall_at:
        start = max(first, fall_at)
        yield slice(start - first, last - first), _quarter(fall_at + fall - last, fall_at + fall - start, fall)[::-1]


def _quarter(first: int, last: int, length: int) -> Samples:
    """A rising quarter of a sine over ``length`` frames; 0 before it."""
    at = np.maximum(np.arange(first, last) + 0.5, 0) * (np.pi / 2 / length)
    return np.asarray(np.sin(at), np.float32)


def pan_gains(clip: Clip, rate: int, first: int, last: int, stereo: bool) -> tuple[float | Curve, float | Curve]:
    """Constant power: factors of left and right. A stereo source is balanced, at its own level in the middle."""
    position = ramp(clip.pan, frames(clip.ramp_s, rate), first, last)
    angle = (np.asarray(position) + 1) * (np.pi / 4)
    scale = np.sqrt(2.0) if stereo else 1.0
    left, right = scale * np.cos(angle), scale * np.sin(angle)
    return (float(left), float(right)) if isinstance(position, float) else (left, right)
