"""A longer part of a recording made anew from another part of it, whose surroundings are most alike.

Samples are (channels, frames). Like image completion by patches, in time: the stretch is chosen by the spectra before
and after it, shifted until the waves fit, brought to the level around, and faded in at both ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal import levels
from soundwright.tools.signal.spectral import stft_in_blocks
from soundwright.tools.windows import rising

CONTEXT_S, FADE_S, STEP_S = 0.15, 0.02, 0.01
_SHIFT_S = 0.012
_BANDS = 20
_BLUR = 3  # steps beside the gap whose spectra hear into it
_GAIN = 2.0


def patched(
    samples: Samples, rate: int, start: int, end: int, take: int, check: Callable[[], None] = lambda: None
) -> Samples | None:
    """The sound with ``start`` to ``end`` replaced; None where there is no other stretch long enough.

    ``take`` counts the candidates from the best one. ``check`` is called now and then, and may raise to end the search.
    """
    step, fade = max(1, round(STEP_S * rate)), max(2, round(FADE_S * rate))
    mono = samples.mean(axis=0)
    found = _candidates(mono, rate, start, end, step, check)
    if not found:
        return None
    at = _fitted(mono, rate, start, end, found[take % min(len(found), 8)] * step, fade)
    before, after = min(fade, start), min(fade, samples.shape[1] - end)
    piece = samples[:, at - before : at + (end - start) + after]
    piece = piece * np.float32(_gain(samples, piece, start, end, rate))
    out = samples.copy()
    # A little of the old sound is heard below the fades, just outside of what is replaced.
    out[:, start:end] = piece[:, before : before + end - start]
    if before:
        ramp = rising(before)
        out[:, start - before : start] = samples[:, start - before : start] * (1 - ramp) + piece[:, :before] * ramp
    if after:
        ramp = rising(after)
        out[:, end : end + after] = samples[:, end : end + after] * ramp + piece[:, -after:] * (1 - ramp)
    return out


def _candidates(mono: Samples, rate: int, start: int, end: int, step: int, check: Callable[[], None]) -> list[int]:
    """Steps at which a stretch may begin, most alike first, each half a gap apart from better ones."""
    features = _features(mono, rate, step)
    context = max(2, round(CONTEXT_S / STEP_S))
    first, length = start // step, -(-(end - start) // step)
    before = features[:, max(0, first - context) : max(0, first - _BLUR)]
    after = features[:, first + length + _BLUR : first + length + context]
    reach = max(_BLUR, round((FADE_S + _SHIFT_S) / STEP_S) + 1)
    cost: list[tuple[float, int]] = []
    lead, follow = (max(reach, x.shape[1] + _BLUR) for x in (before, after))
    for place in range(lead, features.shape[1] - length - follow):
        if place % 1000 == 0:
            check()
        if place + length + reach > first and place - reach < first + length:
            continue
        like = 0.0
        if before.shape[1]:
            like += float(np.mean((features[:, place - _BLUR - before.shape[1] : place - _BLUR] - before) ** 2))
        if after.shape[1]:
            there = features[:, place + length + _BLUR : place + length + _BLUR + after.shape[1]]
            like += float(np.mean((there - after) ** 2))
        cost.append((like, place))
    chosen: list[int] = []
    for _, place in sorted(cost):
        if all(abs(place - other) > max(2, length // 2) for other in chosen):
            chosen.append(place)
        if len(chosen) == 8:
            break
    return chosen


def _features(mono: Samples, rate: int, step: int) -> NDArray[np.float32]:
    """Levels in dB of bands that widen with frequency, (bands, steps)."""
    size = 1 << max(5, (4 * step - 1).bit_length())
    edges = np.unique(np.geomspace(2, size // 2 + 1, _BANDS + 1).astype(int))
    blocks = []
    for block in stft_in_blocks(mono, size, step):
        power = np.abs(block) ** 2
        rows = [power[a:b].mean(axis=0) for a, b in itertools.pairwise(edges)]
        blocks.append(np.asarray(10 * np.log10(np.stack(rows) + 1e-7), np.float32))
    return np.concatenate(blocks, axis=1)


def _fitted(mono: Samples, rate: int, start: int, end: int, at: int, fade: int) -> int:
    """``at`` shifted by a little so that the waves fit where they are faded."""
    shift = round(_SHIFT_S * rate)
    best, most = at, -np.inf
    for delta in sorted(range(-shift, shift + 1), key=abs):  # of equals the one that moves least
        here = at + delta
        if here - fade < 0 or here + (end - start) + fade > len(mono):
            continue
        like = 0.0
        if start >= fade:
            like += _alike(mono[start - fade : start], mono[here - fade : here])
        if end + fade <= len(mono):
            like += _alike(mono[end : end + fade], mono[here + end - start : here + end - start + fade])
        if like > most:
            best, most = here, like
    return best


def _alike(a: Samples, b: Samples) -> float:
    return float(a @ b) / (float(np.sqrt((a @ a) * (b @ b))) + 1e-9)


def _gain(samples: Samples, piece: Samples, start: int, end: int, rate: int) -> float:
    near = round(CONTEXT_S * rate)
    around = np.concatenate([samples[:, max(0, start - near) : start], samples[:, end : end + near]], axis=1)
    level, own = levels.rms(around), levels.rms(piece)
    return float(np.clip(level / own, 1 / _GAIN, _GAIN)) if own > 1e-7 else 1.0
