"""The likeliest way of a known text through the letters that a CTC network hears (Graves et al., 2006; Viterbi).

The search is exact, but goes only where the best way can lie. A quick beam (Lowerre, 1976) finds a good way; a state
is dropped when even the likeliest letter in every frame to come would leave it behind that one (branch and bound: Land
& Doig, 1960). Columns are kept every twenty seconds or so; the steps between two of them are found again when the way
is traced back (Hirschberg, 1975).

A text that is what is said is found in a time that grows little faster than its length. The worst, a text that has
nothing to do with the sound, takes frames times letters; its memory is frames times letters / 64 bytes, or less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Scores = NDArray[np.float64]
Span = tuple[int, int]

BEAMS = (200.0, 1600.0)  # how much less likely than the best of its frame a state may be, as a natural logarithm
_NARROW = 16  # frames from one look at what can be dropped to the next
_STRETCH = 1024  # frames, at least, from one kept column to the next
_ROUNDING = 1e-9  # of the sums of a search, relative


def align(
    log_probs: Array, tokens: Sequence[int], blank: int, check: Callable[[], None] = lambda: None
) -> list[Span] | None:
    """(first, end) in frames of each token; None where there are fewer frames than the text needs.

    ``log_probs`` is (frames, classes). The states are blank, token, blank, token, ..., blank; a token may follow the
    one before it at once unless they are equal. ``check`` is called now and then, and may raise to end the search.
    """
    repeats = sum(1 for one, other in pairwise(tokens) if one == other)
    if not tokens or len(log_probs) < len(tokens) + repeats:
        return None
    heard = _Heard(log_probs, np.asarray(tokens, np.intp), blank, check)
    column, kept = _forward(heard, _floor(heard))
    track = _traced(heard, kept, int(column.best_end()))
    return [_span(track, 2 * index + 1) for index in range(len(tokens))]


@dataclass(frozen=True)
class _Heard:
    """What a search is about. ``skip`` is 0 where a token may follow the one before it at once, else -inf."""

    log_probs: Array
    tokens: NDArray[np.intp]
    blank: int
    check: Callable[[], None]
    skip: Scores = field(init=False)

    def __post_init__(self) -> None:
        equal = np.concatenate([[True], self.tokens[1:] == self.tokens[:-1]])
        object.__setattr__(self, "skip", np.where(equal, -np.inf, 0.0))


class _Column:
    """Scores of the best ways to the states of one frame: tokens ``low`` to ``high`` and the blanks around them.

    ``blanks[i]`` is the blank before token i, ``letters[i + 1]`` token i; what lies outside is -inf.
    """

    def __init__(self, heard: _Heard) -> None:
        count = len(heard.tokens)
        self.heard, self.low, self.high = heard, 0, 1
        self.blanks, self.letters = np.full(count + 1, -np.inf), np.full(count + 1, -np.inf)
        self.blanks[0], self.letters[1] = heard.log_probs[0, heard.blank], heard.log_probs[0, heard.tokens[0]]

    def put(self, kept: _Kept, low: int) -> None:
        """Become what was kept, where the first token here is ``low`` there."""
        blanks, letters = kept.blanks[low - kept.low :], kept.letters[low - kept.low :]
        self.high = min(len(blanks) - 1, len(self.heard.tokens))
        self.blanks[:] = self.letters[:] = -np.inf
        self.blanks[: self.high + 1] = blanks[: self.high + 1]
        self.letters[1 : self.high + 1] = letters[1 : self.high + 1]

    def step(self, frame: int) -> None:
        """On to ``frame``, from the one before it."""
        row, low = self.heard.log_probs[frame], self.low
        high = self.high = min(self.high + 1, len(self.heard.tokens))
        blanks, letters = self.blanks[low : high + 1], self.letters[low + 1 : high + 1]
        entering = self.letters[low:high] + self.heard.skip[low:high]
        np.maximum(entering, blanks[:-1], out=entering)
        np.maximum(blanks, self.letters[low : high + 1], out=blanks)
        np.maximum(letters, entering, out=letters)
        blanks += row[self.heard.blank]
        letters += row[self.heard.tokens[low:high]]

    def best(self) -> float:
        """The score of the best state."""
        return float(max(self.blanks[self.low : self.high + 1].max(), self.letters[self.low : self.high + 1].max()))

    def ended(self) -> float:
        """The score of the best way that ends here."""
        return float(max(self.blanks[-1], self.letters[-1]))

    def best_end(self) -> int:
        """The state in which the best way ends."""
        last = 2 * len(self.heard.tokens)
        return last if self.blanks[-1] > self.letters[-1] else last - 1

    def narrow(self, frame: int, floor: float) -> None:
        """Drop at both ends what scores below ``floor``, and what has too few frames left for its tokens."""
        low, high = self.low, self.high
        alive = self.blanks[low : high + 1] >= floor
        alive[:-1] |= self.letters[low + 1 : high + 1] >= floor
        where = np.flatnonzero(alive)
        if len(where) == 0:
            return
        late = len(self.heard.tokens) - len(self.heard.log_probs) + frame
        self.low = min(max(low + int(where[0]), late), high - 1)
        self.high = max(min(high, low + int(where[-1]) + 1), self.low + 1)
        for scores, after in ((self.blanks, 0), (self.letters, 1)):
            scores[low + after : self.low + after] = -np.inf
            scores[self.high + 1 : high + 1] = -np.inf


@dataclass(frozen=True, slots=True)
class _Kept:
    """The column of ``frame``: blanks ``low`` and on, and the tokens before each of them."""

    frame: int
    low: int
    blanks: Scores
    letters: Scores


def _floor(heard: _Heard) -> Scores:
    """For each frame the least score of a state that can lie on the best way."""
    used = np.append(np.unique(heard.tokens), heard.blank)
    most = heard.log_probs[:, used].max(axis=1).astype(np.float64)
    to_come = np.append(np.cumsum(most[::-1])[::-1][1:], 0.0)
    known = next((score for score in (_beamed(heard, beam) for beam in BEAMS) if np.isfinite(score)), None)
    if known is None:
        return np.full(len(most), -np.inf)
    return np.asarray(known - to_come - _ROUNDING * (1 + abs(known) + abs(most).sum()))


def _beamed(heard: _Heard, beam: float) -> float:
    """The score of the way that a beam finds; -inf where it loses all of them."""
    column = _Column(heard)
    for frame in range(1, len(heard.log_probs)):
        column.step(frame)
        if frame % _NARROW == 0:
            heard.check()
            column.narrow(frame, column.best() - beam)
    return column.ended()


def _forward(heard: _Heard, floor: Scores) -> tuple[_Column, list[_Kept]]:
    """The last column, and those that are kept, the first one among them."""
    column, kept = _Column(heard), []
    stretch = max(_STRETCH, math.isqrt(8 * len(floor)))
    for frame in range(len(floor)):
        if frame:
            column.step(frame)
        if frame % _NARROW == 0:
            heard.check()
            column.narrow(frame, floor[frame])
        if frame % stretch == 0:
            part = slice(column.low, column.high + 1)
            kept.append(_Kept(frame, column.low, column.blanks[part].copy(), column.letters[part].copy()))
    return column, kept


def _traced(heard: _Heard, kept: Sequence[_Kept], state: int) -> NDArray[np.intp]:
    """The state of each frame on the best way to ``state`` in the last one."""
    track = np.zeros(len(heard.log_probs), np.intp)
    end = len(track) - 1
    track[end] = state
    for column in reversed(kept):
        heard.check()
        _trace(heard, column, end, track)
        end = column.frame
    return track


def _trace(heard: _Heard, kept: _Kept, end: int, track: NDArray[np.intp]) -> None:
    """Fill ``track`` from ``end``, where it is known, back to the kept column."""
    # No way moves on by more than one token in a frame: what could not come to the end in time is left out.
    last = int(track[end]) // 2
    low, high = max(kept.low, last - (end - kept.frame) - 1), min(last + 1, len(heard.tokens))
    column = _Column(_Heard(heard.log_probs, heard.tokens[low:high], heard.blank, heard.check))
    column.put(kept, low)
    past = []
    for frame in range(kept.frame + 1, end + 1):
        past.append((column.blanks.copy(), column.letters.copy()))
        column.step(frame)
    state = int(track[end]) - 2 * low
    for frame in range(end - 1, kept.frame - 1, -1):
        state -= _moved(state, *past[frame - kept.frame], column.heard.skip)
        track[frame] = state + 2 * low


def _moved(state: int, blanks: Scores, letters: Scores, skip: Scores) -> int:
    """By how many states the best way moved on to come to ``state``, after the scores of the frame before."""
    index = state // 2
    if state % 2 == 0:
        return int(letters[index] > blanks[index])
    ways = (letters[index + 1], blanks[index], letters[index] + skip[index])
    return ways.index(max(ways))


def _span(track: NDArray[np.intp], state: int) -> Span:
    first = int(np.searchsorted(track, state, "left"))
    return first, int(np.searchsorted(track, state, "right"))
