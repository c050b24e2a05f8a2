"""Notes from how likely each key sounds and begins, after the procedure that Bittner et al. (2022) describe.

Onsets that are peaks begin notes, the last ones first; a note lasts until its key has been faint for a while, and takes
its energy and that of its neighbours away. What strong energy is left is a note without an onset.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Note

Array = NDArray[np.float32]
LOWEST_PITCH = 21
_ONSET, _SOUNDING = 0.5, 0.3
_SHORTEST_S = 0.127
_FAINT_FRAMES = 11


def notes_from(sounding: Array, beginning: Array, frame_s: float, length_s: float) -> tuple[Note, ...]:
    """Notes of (frames, keys), in order of time."""
    if len(sounding) < 3:
        return ()
    left = sounding.copy()
    shortest = round(_SHORTEST_S / frame_s)
    found = [*_with_onset(sounding, _onsets(sounding, beginning), left, shortest), *_without(left, shortest)]
    notes = []
    for key, first, end in found:
        strength = float(sounding[first:end, key].mean())
        start_s, end_s = min(first * frame_s, length_s), min(end * frame_s, length_s)
        if end_s > start_s:
            velocity = int(np.clip(round(127 * strength), 1, 127))
            notes.append(Note(LOWEST_PITCH + key, round(start_s, 4), round(end_s, 4), velocity))
    return tuple(sorted(notes, key=lambda note: (note.start_s, note.pitch)))


def _onsets(sounding: Array, beginning: Array) -> Array:
    """The network's onsets, or where a key's likelihood rises at once over two frames, if that is more."""
    rises = np.stack([sounding - np.vstack([np.zeros((lag, 88), np.float32), sounding[:-lag]]) for lag in (1, 2)])
    rise = np.maximum(0, rises.min(axis=0))
    rise[:2] = 0
    highest = float(rise.max())
    scaled = rise * (float(beginning.max()) / highest) if highest > 0 else rise
    return np.asarray(np.maximum(beginning, scaled), np.float32)


def _with_onset(sounding: Array, onsets: Array, left: Array, shortest: int) -> list[tuple[int, int, int]]:
    peaks = np.zeros(onsets.shape, bool)
    peaks[1:-1] = (onsets[1:-1] > onsets[:-2]) & (onsets[1:-1] >= onsets[2:]) & (onsets[1:-1] >= _ONSET)
    peaks[0] = onsets[0] >= _ONSET
    found = []
    for first, key in np.argwhere(peaks)[::-1]:
        end = _last(left[:, key], int(first) + 1, 1)
        if end - first > shortest:
            _take(left, int(key), int(first), end)
            found.append((int(key), int(first), end))
    return found


def _without(left: Array, shortest: int) -> list[tuple[int, int, int]]:
    found = []
    while (highest := int(np.argmax(left))) >= 0 and left.flat[highest] > _SOUNDING:
        middle, key = divmod(highest, left.shape[1])
        end = _last(left[:, key], middle + 1, 1)
        first = _last(left[:, key], middle - 1, -1) + 1
        _take(left, key, first, max(end, middle + 1))
        if end - first > shortest:
            found.append((key, first, end))
    return found


def _last(energy: Array, start: int, step: int) -> int:
    """The frame at which a key has been faint for long enough, going ``step`` by step: the first faint one."""
    at, faint = start, 0
    while 0 <= at < len(energy) and faint < _FAINT_FRAMES:
        faint = faint + 1 if energy[at] < _SOUNDING else 0
        at += step
    return at - step * faint


def _take(left: Array, key: int, first: int, end: int) -> None:
    left[first:end, max(0, key - 1) : key + 2] = 0
