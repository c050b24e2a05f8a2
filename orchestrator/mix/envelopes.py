"""How loud a clip is from moment to moment, and where it stands: gain, ramps, fades, ducking, pan.

Everything is a function of the sample's own number, so it does not matter in which pieces it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundwright.orchestrator.mix.ducking import Ducking
from soundwright.orchestrator.timeline import Clip
from soundwright.scripts_compiler.units import amplitude, frames

Curve = NDArray[np.float64]
SILENT_DB = -60.0


def gain_curve(clip: Clip, static: float, ducking: Ducking, rate: int, first: int, last: int) -> float | Curve:
    """The factor for frames ``first`` to ``last`` of a clip, counted from its start; one number where it is constant.

    ``static`` is the factor from ``loudness``.
    """
    gain: float | Curve = static * ramp_gain(clip.gain_db, frames(clip.ramp_s, rate), first, last)
    fade = fades(clip, rate, first, last)
    if fade is not None:
        gain = gain * fade
    if clip.duck_db > 0:
        start = frames(clip.start_s, rate)
        depth = ducking.depth(start + first, start + last)
        if isinstance(depth, float):
            gain = gain * amplitude(-clip.duck_db * depth)
        else:
            gain = gain * 10.0 ** (depth * (-clip.duck_db / 20))
    return gain


def ramp_gain(values_db: Sequence[float], length: int, first: int, last: int) -> float | Curve:
    """Levels in dB joined linearly (rule 11), as factors; -60 is silence."""
    db = ramp(values_db, length, first, last)
    if isinstance(db, float):
        return 0.0 if db <= SILENT_DB else amplitude(db)
    return np.where(db <= SILENT_DB, 0.0, 10.0 ** (db / 20))


def ramp(values: Sequence[float], length: int, first: int, last: int) -> float | Curve:
    """Values that lie evenly over ``length`` frames, joined linearly; the last one holds after it."""
    if len(values) == 1 or first >= length:
        return float(values[-1])
    return np.interp(np.arange(first, last), np.linspace(0, length, len(values)), values)


def fades(clip: Clip, rate: int, first: int, last: int) -> Curve | None:
    """Equal-power fades (rule 10); None where neither is heard."""
    rise, fall = frames(clip.fade_in_s, rate), frames(clip.fade_out_s, rate)
    fall_at = frames(clip.fade_out_at_s, rate)
    curve: Curve | None = None
    if first < rise:
        curve = np.sin(np.clip((np.arange(first, last) + 0.5) / rise, 0, 1) * (np.pi / 2))
    if fall > 0 and last > fall_at:
        down = np.cos(np.clip((np.arange(first, last) - fall_at + 0.5) / fall, 0, 1) * (np.pi / 2))
        curve = down if curve is None else curve * down
    return curve


def pan_gains(clip: Clip, rate: int, first: int, last: int, stereo: bool) -> tuple[float | Curve, float | Curve]:
    """Constant power: factors of left and right. A stereo source is balanced, at its own level in the middle."""
    position = ramp(clip.pan, frames(clip.ramp_s, rate), first, last)
    angle = (np.asarray(position) + 1) * (np.pi / 4)
    scale = np.sqrt(2.0) if stereo else 1.0
    left, right = scale * np.cos(angle), scale * np.sin(angle)
    return (float(left), float(right)) if isinstance(position, float) else (left, right)
