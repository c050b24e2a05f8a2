"""Events from scores that slide along a sound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Event
from soundwright.tools.mono import clipped

_KEEP = 0.6


def events(
    label: str, scores: NDArray[np.float32], threshold: float, step_s: float, window_s: float, length_s: float
) -> Iterator[Event]:
    """Spans where ``scores`` (windows,) reach ``threshold``; once begun, one lasts down to 0.6 of it.

    Window k covers ``window_s`` from ``k * step_s``. A score speaks for the middle of its window, except at both ends
    of the sound, where it speaks for all of it.
    """
    margin = (window_s - step_s) / 2
    start = -1
    for k, score in enumerate([*scores, -1.0]):
        if start < 0 and score >= threshold:
            start = k
        elif start >= 0 and score < threshold * _KEEP:
            begin_s = 0.0 if start == 0 else start * step_s + margin
            end_s = length_s if k == len(scores) else (k - 1) * step_s + margin + step_s
            yield Event(label, *clipped(begin_s, end_s, length_s), round(float(scores[start:k].max()), 4))
            start = -1
