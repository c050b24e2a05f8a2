"""Speakers of a long recording taken apart a stretch at a time, each kept in one stem.

A network that parts voices gives them in any order, another one in each stretch. Stretches overlap, and what is heard
in both tells who is who, as long as somebody speaks there: an overlap reaches back to the last speech, over up to seven
seconds of silence. After a longer one voices are compared, by pitch and mean envelope (``conversion/likeness.py``):
that tells a low voice from a high one, but may well take two like voices for one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.base import Context
from soundwright.tools.conversion.likeness import Portrait, portrait
from soundwright.tools.windows import rising

WINDOW_S, OVERLAP_S, LONGEST_OVERLAP_S = 12.0, 3.0, 9.0
_BLOCK_S, _SPEECH_S = 0.1, 1.5
_QUIET = 0.03  # of the level of speech: below, nobody speaks
_CLEAR = 0.1  # by how much an order must be more alike than the next, as a share of what is heard
_COMPARED_S, _REMEMBERED_S = 20.0, 300.0
_SEMITONES, _NEPERS = 2.0, 0.3  # by how much one voice differs from itself, some other day
_UNKNOWN = 4.0  # rather the same voice than a new one, unless it is more unlike than this

Parts = Callable[[Samples], Samples]


def apart(mono: Samples, rate: int, speakers: int, parts: Parts, context: Context) -> Samples:
    """(speakers, frames) of (frames,); ``parts`` takes at most ``WINDOW_S`` apart, in any order."""
    out = np.zeros((speakers, len(mono)), np.float32)
    start = end = 0
    while True:
        context.check()
        made = np.array(parts(mono[start : start + round(WINDOW_S * rate)]), np.float32)
        if shared := end - start:
            made = made[list(order(_lately(out[:, :end], rate), made, shared, rate))]
            ramp = rising(shared)
            made[:, :shared] = made[:, :shared] * ramp + out[:, start:end] * ramp[::-1]
        end = start + made.shape[1]
        out[:, start:end] = made
        context.progress(min(1.0, end / max(1, len(mono))))
        if end >= len(mono):
            return out
        start = end - _overlap(_lately(out[:, :end], rate), rate)


def _lately(past: Samples, rate: int) -> Samples:
    return past[:, -round(_REMEMBERED_S * rate) :]


def _overlap(past: Samples, rate: int) -> int:
    """How many of the last frames the next stretch hears again: back to the last speech, within bounds."""
    block = max(1, round(_BLOCK_S * rate))
    speaks = np.flatnonzero(_speaks(past, block).any(axis=0))
    since = past.shape[1] - block * (int(speaks[-1]) + 1) if len(speaks) else 0
    wanted = since + round(_SPEECH_S * rate)
    least, most = round(OVERLAP_S * rate), round(LONGEST_OVERLAP_S * rate)
    return min(int(past.shape[1]), wanted if least < wanted <= most else least)


def order(past: Samples, made: Samples, shared: int, rate: int) -> tuple[int, ...]:
    """Which of the later parts goes on with each of the earlier ones; the first ``shared`` frames are the last ones.

    By the sound of what both have where somebody speaks there and the parts differ, else by the voices.
    """
    before, after = (x.astype(np.float64) for x in (past[:, -shared:], made[:, :shared]))
    like = before @ after.T
    most = float(np.sqrt(np.sum(before**2) * np.sum(after**2)))
    best, second = sorted((_sum(like, way) for way in _orders(len(made))), reverse=True)[:2]
    speaks = _speaks(past, max(1, round(_BLOCK_S * rate)))
    heard = speaks[:, -max(1, round(shared / rate / _BLOCK_S)) :].any()
    if not heard or best - second < _CLEAR * most:
        unlike = _unlike(past, made, rate)
        if np.ptp(unlike) > 0:
            like = -unlike
    return max(_orders(len(made)), key=lambda way: _sum(like, way))


def _orders(speakers: int) -> Iterator[tuple[int, ...]]:
    return permutations(range(speakers))


def _sum(like: NDArray[np.float64], way: tuple[int, ...]) -> float:
    return float(sum(like[one, other] for one, other in enumerate(way)))


def _speaks(parts: Samples, block: int) -> NDArray[np.bool_]:
    """(speakers, blocks): whether each is heard in a block."""
    blocks = parts.shape[1] // block
    if blocks == 0:
        return np.zeros((len(parts), 0), bool)
    level = np.sqrt(np.mean(parts[:, : blocks * block].reshape(len(parts), blocks, block) ** 2, axis=2))
    return np.asarray(level > max(_QUIET * float(np.quantile(level.max(axis=0), 0.95)), 1e-6))


def _unlike(past: Samples, made: Samples, rate: int) -> NDArray[np.float64]:
    """How unlike each of the earlier voices is to each of the later ones; ``_UNKNOWN`` where one says too little."""
    earlier, later = _voices(past, rate), _voices(made, rate)
    return np.array([[_distance(one, other, rate) for other in later] for one in earlier])


def _voices(parts: Samples, rate: int) -> list[Portrait | None]:
    """What each part's voice is like, from the last seconds in which it is heard; None below one second."""
    block = max(1, round(_BLOCK_S * rate))
    speaks = _speaks(parts, block)
    found: list[Portrait | None] = []
    for part, spoken in zip(parts, speaks, strict=True):
        chosen = np.flatnonzero(spoken)[-round(_COMPARED_S / _BLOCK_S) :]
        said = [part[at * block : (at + 1) * block] for at in chosen]
        found.append(portrait(np.concatenate(said), rate) if len(said) * _BLOCK_S >= 1.0 else None)
    return found


def _distance(one: Portrait | None, other: Portrait | None, rate: int) -> float:
    if one is None or other is None:
        return _UNKNOWN
    hz = np.linspace(0, rate / 2, len(one.envelope))
    speech = (hz > 150) & (hz < 5000)
    mouth = float(np.mean((one.envelope - other.envelope)[speech] ** 2)) / _NEPERS**2
    if one.pitch_hz <= 0 or other.pitch_hz <= 0:
        return mouth
    return mouth + (12 * float(np.log2(one.pitch_hz / other.pitch_hz)) / _SEMITONES) ** 2
