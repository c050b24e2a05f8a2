"""Beats by dynamic programming (Ellis, Beat Tracking by Dynamic Programming, JNMR 2007), and which begin a bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.music_analysis.spectra import FRAME_S

Array = NDArray[np.float64]
_USUAL_BPM, _SPREAD_OCTAVES = 115.0, 0.8
_SLOWEST_BPM, _FASTEST_BPM = 40.0, 240.0
_TIGHT = 400.0
_METRES = (4, 3)


@dataclass(frozen=True)
class Beats:
    """``times_s`` of the beats; every ``bar``-th from ``first`` begins a bar. Empty where nothing beats."""

    times_s: Array
    bpm: float
    bar: int
    first: int


def track(onsets: Array, low: Array) -> Beats:
    """Beats of the strength of onsets (frames,), all and those of low bands."""
    if onsets.size * FRAME_S < 2.0 or not onsets.any():
        return Beats(np.zeros(0), 0.0, 4, 0)
    period = _period(onsets)
    frames = _path(onsets, period)
    bar, first = _bars(frames, onsets, low)
    times_s = np.asarray(frames * FRAME_S, np.float64)
    bpm = (
        60.0 / float(np.polyfit(np.arange(len(frames)), times_s, 1)[0]) if len(frames) > 3 else 60 / (period * FRAME_S)
    )
    return Beats(times_s, bpm, bar, first)


def _period(onsets: Array) -> float:
    """Frames from beat to beat: the strongest self-likeness, weighted by how usual its tempo is."""
    longest = round(60.0 / _SLOWEST_BPM / FRAME_S)
    spectrum = np.fft.rfft(onsets, 2 ** int(np.ceil(np.log2(onsets.size + 4 * longest))))
    likeness = np.fft.irfft(np.square(np.abs(spectrum)))[: 4 * longest + 2]
    likeness = likeness / np.maximum(1, onsets.size - np.arange(likeness.size))
    lags = np.arange(round(60.0 / _FASTEST_BPM / FRAME_S), longest + 1)
    # A beat repeats after two and four of its kind as well; a part of a beat does so less.
    strength = likeness[lags] + 0.5 * _around(likeness, 2 * lags) + 0.25 * _around(likeness, 4 * lags)
    octaves = np.log2(60.0 / (lags * FRAME_S) / _USUAL_BPM)
    weighted = strength * np.exp(-0.5 * np.square(octaves / _SPREAD_OCTAVES))
    best = int(np.argmax(weighted))
    if 0 < best < len(lags) - 1:
        left, middle, right = weighted[best - 1 : best + 2]
        bend = left - 2 * middle + right
        return float(lags[best] + (0.5 * (left - right) / bend if bend else 0.0))
    return float(lags[best])


def _around(values: Array, at: NDArray[np.intp]) -> Array:
    at = np.minimum(at, values.size - 2)
    return np.maximum(np.maximum(values[at - 1], values[at]), values[at + 1])


def _path(onsets: Array, period: float) -> NDArray[np.intp]:
    """Frames of the beats that are strong and evenly spaced, the best sum over all ways."""
    smooth = np.exp(-0.5 * np.square(np.arange(-round(period), round(period) + 1) * 32.0 / period))
    local = np.convolve(onsets, smooth, "same")
    local = local / max(float(local.std()), 1e-9)
    steps = np.arange(round(-2 * period), round(-period / 2) + 1)
    cost = -_TIGHT * np.square(np.log(-steps / period))
    best, back = local.copy(), np.full(local.size, -1, np.intp)
    for frame in range(local.size):
        at = frame + steps
        usable = at >= 0
        if not usable.any():
            continue
        ways = best[at[usable]] + cost[usable]
        way = int(np.argmax(ways))
        if ways[way] > 0:
            best[frame] += ways[way]
            back[frame] = at[usable][way]
    frame = int(local.size - round(period) + np.argmax(best[-round(period) :]))
    found = []
    while frame >= 0:
        found.append(frame)
        frame = int(back[frame])
    return _trimmed(np.asarray(found[::-1], np.intp), local)


def _trimmed(frames: NDArray[np.intp], local: Array) -> NDArray[np.intp]:
    """Without the beats before the first and after the last one that is heard."""
    heard = np.flatnonzero(local[frames] > 0.3 * np.median(np.maximum(local[frames], 0)))
    return frames[heard[0] : heard[-1] + 1] if heard.size else frames[:0]


def _bars(frames: NDArray[np.intp], onsets: Array, low: Array) -> tuple[int, int]:
    """Beats in a bar, and which one begins the first whole bar: where the most begins, low sounds before all."""
    if len(frames) < 8:
        return 4, 0
    accent = np.array([(2 * low + onsets)[max(0, f - 3) : f + 4].max() for f in frames])
    rated = []
    for bar in _METRES:
        phases = np.array([accent[phase::bar].mean() for phase in range(bar)])
        first = int(np.argmax(phases))
        rated.append(((phases[first] - np.delete(phases, first).mean()) / max(accent.std(), 1e-9), bar, first))
    contrast, bar, first = max(rated)
    four = rated[0]
    return (bar, first) if contrast > four[0] * 1.25 else (four[1], four[2])
