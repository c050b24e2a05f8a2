"""The likeliest way of a known text through the letters that a CTC network hears (Graves et al., 2006; Viterbi)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def align(log_probs: Array, tokens: Sequence[int], blank: int) -> list[tuple[int, int]] | None:
    """(first, end) in frames of each token; None where there are fewer frames than the text needs.

    ``log_probs`` is (frames, classes). The states are blank, token, blank, token, ..., blank; a token may follow the
    one before it at once unless they are equal. Memory is one byte for each frame and state.
    """
    states = np.full(2 * len(tokens) + 1, blank)
    states[1::2] = tokens
    frames = len(log_probs)
    repeats = sum(1 for one, other in pairwise(tokens) if one == other)
    if not tokens or frames < len(tokens) + repeats:
        return None
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    best = np.full(len(states), -np.inf)
    best[:2] = log_probs[0, states[:2]]
    back = np.zeros((frames, len(states)), np.int8)
    for frame in range(1, frames):
        ways = np.stack([best, _shifted(best, 1), np.where(skips, _shifted(best, 2), -np.inf)])
        back[frame] = np.argmax(ways, axis=0)
        best = np.max(ways, axis=0) + log_probs[frame, states]
    state = len(states) - 1 if best[-1] > best[-2] else len(states) - 2
    track = np.zeros(frames, np.intp)
    for frame in range(frames - 1, -1, -1):
        track[frame] = state
        state -= int(back[frame, state])
    return [_span(track, 2 * index + 1) for index in range(len(tokens))]


def _shifted(best: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    return np.concatenate([np.full(by, -np.inf), best[:-by]])


def _span(track: NDArray[np.intp], state: int) -> tuple[int, int]:
    first = int(np.searchsorted(track, state, "left"))
    return first, int(np.searchsorted(track, state, "right"))
