"""Breath as sound: noise shaped by the resonances of an open vocal tract, after source-filter theory (Fant, 1960)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from soundwright.tools.assets import Samples

_BANDWIDTH = 0.35


def breath(
    points: Sequence[tuple[float, float]],
    formants_hz: Sequence[float],
    rate: int,
    random: np.random.Generator,
    *,
    glide: float = 1.0,
) -> Samples:
    """Noise (frames,) whose level follows ``points`` of (seconds, amplitude from 0 to 1), peak at most 1.

    ``formants_hz`` are the resonances; ``glide`` is the factor by which they have moved at the end.
    """
    length_s = points[-1][0]
    count = round(length_s * rate)
    noise = random.standard_normal(count)
    start, end = _resonated(noise, formants_hz, rate), _resonated(noise, [f * glide for f in formants_hz], rate)
    along = np.linspace(0.0, 1.0, count)
    times = np.arange(count) / rate
    level = np.interp(times, [t for t, _ in points], [a for _, a in points])
    sound = (start * (1 - along) + end * along) * level
    return np.asarray(sound / max(1e-9, np.abs(sound).max()), dtype=np.float32)


def _resonated(noise: NDArray[np.float64], formants_hz: Sequence[float], rate: int) -> NDArray[np.float64]:
    from scipy.signal import lfilter  # noqa: PLC0415  heavy

    total = 0.04 * noise
    for number, formant_hz in enumerate(formants_hz):
        radius = np.exp(-np.pi * formant_hz * _BANDWIDTH / rate)
        angle = 2 * np.pi * formant_hz / rate
        band = lfilter([1 - radius, 0, radius - 1], [1, -2 * radius * np.cos(angle), radius**2], noise)
        total = total + band / (1 + 0.4 * number)
    return np.asarray(total, dtype=np.float64)
