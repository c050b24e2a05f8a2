"""Sound that moves around a head: short blocks, each through the responses of its place, faded into each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.base import Context
from soundwright.tools.space import air
from soundwright.tools.space.head import Head, Spectra, direction
from soundwright.tools.windows import rising

HOP_S = 0.01
RESPONSE_S = 0.016
_FRONT = {"azimuth": 30.0, "elevation": 0.0, "distance": 1.0}


def place(mono: Samples, rate: int, path: Sequence[Mapping[str, float]], head: Head, context: Context) -> Samples:
    """(2, frames + the length of a response) of (frames,)."""
    hop = max(16, round(HOP_S * rate))
    size = 1 << (2 * hop + round(RESPONSE_S * rate)).bit_length()
    length, bins = size - 2 * hop, size // 2 + 1
    hz = np.linspace(0, rate / 2, bins)
    steps = -(-len(mono) // hop) + 1
    padded = np.pad(mono, (hop, steps * hop + hop - len(mono)))
    fade = np.concatenate([rising(hop), rising(hop)[::-1]])
    out, known = np.zeros((2, steps * hop + size), np.float64), _Known(head, rate, bins, hz, length)
    for step in range(steps):
        if step % 100 == 0:
            context.check()
            context.progress(step / steps)
        spot = at(path, min(1.0, step * hop / max(1, len(mono))))
        block = np.fft.rfft(padded[step * hop : (step + 2) * hop] * fade, size)
        out[:, step * hop : step * hop + size] += np.fft.irfft(known(spot) * block, size)
    return np.asarray(out[:, hop : hop + len(mono) + length], np.float32)


class _Known:
    """Spectra of places already asked for: a sound that stands still asks once."""

    def __init__(self, head: Head, rate: int, bins: int, hz: NDArray[np.float64], length: int) -> None:
        self._head, self._rate, self._bins, self._hz, self._length = head, rate, bins, hz, length
        self._last: tuple[tuple[float, float, float], Spectra] | None = None

    def __call__(self, spot: tuple[float, float, float]) -> Spectra:
        if self._last is None or self._last[0] != spot:
            azimuth, elevation, distance = spot
            ears = self._head.spectra(azimuth, elevation, self._rate, self._bins) * air.response(self._hz, distance)
            # What a spectrum rings beyond the length kept would wrap around into the block's beginning.
            sound = np.fft.irfft(ears, axis=-1)[:, : self._length]
            sound[:, -self._length // 8 :] *= rising(len(sound[0, -self._length // 8 :]))[::-1]
            self._last = (spot, np.fft.rfft(sound, 2 * (self._bins - 1), axis=-1))
        return self._last[1]


def at(path: Sequence[Mapping[str, float]], part: float) -> tuple[float, float, float]:
    """Azimuth, elevation (degrees) and distance (m) after ``part`` of the time: along arcs, not through the head."""
    spots = path or (_FRONT,)
    where = part * (len(spots) - 1)
    first = min(int(where), max(0, len(spots) - 2))
    a, b, along = spots[first], spots[min(first + 1, len(spots) - 1)], where - first
    if a == b or along == 0:
        return a["azimuth"], a["elevation"], a["distance"]
    if along == 1:
        return b["azimuth"], b["elevation"], b["distance"]
    u, v = direction(a["azimuth"], a["elevation"]), direction(b["azimuth"], b["elevation"])
    x, y, z = _arc(u, v, along)
    distance = float(a["distance"] * (b["distance"] / a["distance"]) ** along)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arcsin(np.clip(z, -1, 1)))), distance


def _arc(u: NDArray[np.float64], v: NDArray[np.float64], along: float) -> NDArray[np.float64]:
    angle = float(np.arccos(np.clip(u @ v, -1, 1)))
    if angle < 1e-6:
        return u
    if angle > np.pi - 1e-6:  # from one side straight to the other: around the front, or behind where both are central
        middle = np.array([1.0, 0, 0]) if abs(u[0]) < 0.9 else np.array([0, 1.0, 0])
        return _arc(u, middle, 2 * along) if along < 0.5 else _arc(middle, v, 2 * along - 1)
    return np.asarray((np.sin((1 - along) * angle) * u + np.sin(along * angle) * v) / np.sin(angle))
