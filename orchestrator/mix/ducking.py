"""Ducking: beds give way while somebody in the foreground speaks (mix rule B)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ATTACK_S = 0.3
RELEASE_S = 0.8
HOLD_S = 1.0


class Ducking:
    """How deep beds are ducked, 0 to 1, at any frame: one piecewise linear function (dB follows it linearly)."""

    def __init__(self, spans: Sequence[tuple[float, float]], rate: int) -> None:
        corners = _corners(_held(spans))
        self._at = np.array([t * rate for t, _ in corners])
        self._depth = np.array([d for _, d in corners])

    def depth(self, first: int, last: int) -> float | NDArray[np.float64]:
        """Depth at frames ``first`` to ``last`` of the programme; one number where it is constant."""
        if not self._at.size:
            return 0.0
        low = int(np.searchsorted(self._at, first, side="right"))
        high = int(np.searchsorted(self._at, last - 1, side="left"))
        around = self._depth[max(low - 1, 0) : high + 1]
        if around.min() == around.max():
            return float(around[0])
        return np.asarray(np.interp(np.arange(first, last), self._at, self._depth))


def _held(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans in order, joined where less than a second lies between them."""
    held: list[tuple[float, float]] = []
    for start, end in sorted(s for s in spans if s[1] > s[0]):
        if held and start - held[-1][1] < HOLD_S:
            held[-1] = (held[-1][0], max(held[-1][1], end))
        else:
            held.append((start, end))
    return held


def _corners(held: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """(seconds, depth) of a curve that is 1 in each span, falls to it before and rises from it after."""
    corners: list[tuple[float, float]] = []
    for index, (start, end) in enumerate(held):
        if index and start - ATTACK_S < held[index - 1][1] + RELEASE_S:
            corners[-1] = _meeting(held[index - 1][1], start)
        else:
            corners.append((start - ATTACK_S, 0.0))
        corners += [(start, 1.0), (end, 1.0), (end + RELEASE_S, 0.0)]
    return corners


def _meeting(released: float, attacked: float) -> tuple[float, float]:
    """Where the rise after one span meets the fall before the next."""
    # 1 - (t - released) / RELEASE = 1 - (attacked - t) / ATTACK
    time = (released * ATTACK_S + attacked * RELEASE_S) / (ATTACK_S + RELEASE_S)
    return time, 1 - (time - released) / RELEASE_S
