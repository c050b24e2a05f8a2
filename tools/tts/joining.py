"""Joining pieces of speech without a seam: silence trimmed to a natural pause, edges faded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from soundwright.tools.assets import Audio

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

_FLOOR_DB = -45.0
_KEEP_S = 0.04
_FADE_S = 0.008
_WINDOW_S = 0.01


def joined(
    parts: Iterable[Samples], pauses_s: Sequence[float], rate: int, emit: Callable[[Audio], None] | None = None
) -> Samples:
    """One mono signal (frames,): ``parts`` in order, ``pauses_s[i]`` seconds of quiet after part ``i`` but the last.

    ``emit`` hears of each part as soon as it is made, with the very edges and quiet that it has in the whole.
    """
    whole = [np.zeros(0, dtype=np.float32)]
    for index, part in enumerate(parts):
        whole.append(stretch(part, pauses_s, index, rate))
        if emit is not None and len(whole[-1]):
            emit(Audio(whole[-1][None], rate))
    return np.concatenate(whole)


def stretch(part: Samples, pauses_s: Sequence[float], index: int, rate: int) -> Samples:
    """Part ``index`` as it stands in the whole, with the quiet after it; nothing of it depends on other parts."""
    last = len(pauses_s) - 1
    sound = faded(trimmed(part, rate) if last else part, rate)
    quiet_s = pauses_s[index] - 2 * _KEEP_S if index < last else 0.0
    return np.concatenate([sound, np.zeros(max(0, round(quiet_s * rate)), dtype=np.float32)])


def trimmed(sound: Samples, rate: int) -> Samples:
    """``sound`` (frames,) without the quiet at both ends, but for 40 ms of it."""
    size = max(1, round(_WINDOW_S * rate))
    count = len(sound) // size
    if count == 0:
        return sound
    level = np.sqrt(np.mean(np.square(sound[: count * size].reshape(count, size)), axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (_FLOOR_DB / 20))
    if len(loud) == 0:
        return sound
    keep = round(_KEEP_S * rate)
    return sound[max(0, loud[0] * size - keep) : (loud[-1] + 1) * size + keep]


def faded(sound: Samples, rate: int) -> Samples:
    """``sound`` (frames,) with 8 ms raised-cosine fades at both ends, so that no join clicks."""
    count = min(round(_FADE_S * rate), len(sound) // 2)
    if count == 0:
        return sound
    ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, count, endpoint=False))).astype(np.float32)
    result = sound.astype(np.float32, copy=True)
    result[:count] *= ramp
    result[-count:] *= ramp[::-1]
    return result


def after_pause(sound: Samples, rate: int, least_s: float) -> Samples | None:
    """What follows the longest pause inside ``sound`` (frames,), with 50 ms of it; None if it is below ``least_s``."""
    size = max(1, round(_WINDOW_S * rate))
    count = len(sound) // size
    level = np.sqrt(np.mean(np.square(sound[: count * size].reshape(count, size)), axis=1))
    loud = np.flatnonzero(level > 0.02 * level.max(initial=0.0))
    gaps = np.diff(loud)
    if len(gaps) == 0 or (gaps.max() - 1) * _WINDOW_S < least_s:
        return None
    begin = loud[int(gaps.argmax()) + 1] * size
    return sound[max(0, begin - round(0.05 * rate)) :]
