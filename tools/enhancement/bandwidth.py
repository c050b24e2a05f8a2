"""High frequencies that a recording lost, made from those that it has.

The band below the cut is repeated above it, its level falling as it did before the cut, louder where the sound hisses.
After Dietz et al., "Spectral band replication, a novel approach in audio coding", AES 112, 2002, without its side
information.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal.spectral import istft, stft

SIZE, HOP = 2048, 512
TOP_HZ = 20000.0
_DROP_DB = 30.0  # within a third of an octave: an edge, not a slope
_SLOPE_DB = (-18.0, -3.0)  # per octave, what is believed of the level above the cut


def cut_hz(samples: Samples, rate: int) -> float:
    """Where a recording ends in frequency: ``rate / 2`` where it ends nowhere before."""
    level = _mean_db(samples)
    bins = len(level)
    loudest = float(level.max(initial=-200.0))
    heard = np.flatnonzero(level > loudest - 70)
    if len(heard) == 0:
        return rate / 2
    # From above, the first place where the level of a third of an octave below stands far above what follows.
    for edge in range(bins - 8, bins // 40, -4):
        below, above = level[int(edge * 0.79) : edge], level[edge : max(edge + 8, int(edge * 1.26))]
        if float(np.median(below)) - float(np.median(above)) > _DROP_DB and above.max() < np.median(below):
            return float(_edge(level, edge) / (bins - 1) * rate / 2)
    return rate / 2


def extend(samples: Samples, rate: int, cut: float) -> Samples:
    """(channels, frames) with what lies above ``cut`` Hz made anew, up to 20 kHz or what the rate can hold."""
    spectrum = stft(samples, SIZE, HOP)
    bins = spectrum.shape[-2]
    first = int(cut / (rate / 2) * (bins - 1))
    last = min(bins, int(TOP_HZ / (rate / 2) * (bins - 1)))
    if first < 32 or first >= last - 4:
        return samples.copy()
    source = spectrum[..., first // 2 : first, :]
    copies = -(-(last - first) // source.shape[-2])
    # Each copy turns by half a cycle a hop where it moved by an odd number of bins.
    above = np.concatenate([source * _turn(spectrum, (n + 1) * source.shape[-2]) for n in range(copies)], axis=-2)
    made = spectrum.copy()
    made[..., first:last, :] = (_flat(above) * _levels(spectrum, first, last, bins))[..., : last - first, :]
    return istft(made, SIZE, HOP, samples.shape[1])


def _levels(spectrum: NDArray[np.complex64], first: int, last: int, bins: int) -> NDArray[np.float32]:
    """The magnitude that each bin above the cut gets, by column: from the two octaves below it."""
    del bins
    power = np.abs(spectrum) ** 2 + 1e-12
    low = 10 * np.log10(power[..., first // 4 : first // 2, :].mean(axis=-2, keepdims=True))
    high = 10 * np.log10(power[..., first // 2 : int(first * 0.96), :].mean(axis=-2, keepdims=True))
    slope = np.clip(high - low, *_SLOPE_DB)
    octaves = np.log2(np.arange(first, last) / (first * 0.72))[:, None]
    level = high + slope * octaves
    copies = -(-(last - first) // (first - first // 2))
    padded = np.pad(level, [(0, 0)] * (level.ndim - 2) + [(0, copies * (first - first // 2) - (last - first)), (0, 0)])
    return np.asarray(10 ** (padded / 20), np.float32)


def _flat(above: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """The fine structure alone: magnitudes over their own run of 17 bins."""
    from scipy.ndimage import uniform_filter1d  # noqa: PLC0415

    power = uniform_filter1d(np.abs(above) ** 2, 17, axis=-2, mode="nearest")
    return np.asarray(above / np.sqrt(power + 1e-20), np.complex64)


def _turn(spectrum: NDArray[np.complex64], shift: int) -> NDArray[np.complex64]:
    columns = np.arange(spectrum.shape[-1])
    return np.asarray(np.exp(2j * np.pi * shift * HOP / SIZE * columns), np.complex64)


def _mean_db(samples: Samples) -> NDArray[np.float64]:
    power = np.mean(np.abs(stft(samples, SIZE, HOP)) ** 2, axis=(0, -1))
    return np.asarray(10 * np.log10(power + 1e-14), np.float64)


def _edge(level: NDArray[np.float64], near: int) -> int:
    """The last bin near an edge that still belongs to the sound."""
    inside = float(np.median(level[int(near * 0.7) : int(near * 0.85)]))
    run = np.flatnonzero(level[int(near * 0.7) : near + 8] > inside - 12)
    return int(near * 0.7) + int(run[-1]) if len(run) else near
