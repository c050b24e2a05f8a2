"""Long recordings in pieces that a recogniser can take, cut where it is quietest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from soundwright.tools.assets import Samples
from soundwright.tools.base import Context

_QUIET_S, _STEP_S = 0.3, 0.05
_EARLIEST = 0.5


def pieces(mono: Samples, rate: int, longest_s: float) -> Iterator[tuple[int, int]]:
    """(first, end) in samples of pieces of at most ``longest_s``, joined without a gap or an overlap.

    A cut lies in the middle of the quietest 0.3 s of the second half of what a piece could be: between words, as good
    as always, so that none is cut in two and nothing has to be merged.
    """
    longest = round(longest_s * rate)
    first = 0
    while mono.size - first > longest:
        earliest = first + round(longest * _EARLIEST)
        end = earliest + quietest(mono[earliest : first + longest], rate)
        yield first, end
        first = end
    if mono.size > first or mono.size == 0:
        yield first, mono.size


def watched(mono: Samples, rate: int, longest_s: float, context: Context) -> Iterator[tuple[int, int]]:
    """``pieces``; before each a cancel is heeded, and how far one is reported."""
    for first, end in pieces(mono, rate, longest_s):
        context.check()
        context.progress(first / max(1, mono.size))
        yield first, end


def quietest(mono: Samples, rate: int) -> int:
    """The middle of the quietest 0.3 s, in samples; of all where that is shorter."""
    window, step = round(_QUIET_S * rate), round(_STEP_S * rate)
    energy = np.concatenate([[0.0], np.cumsum(np.square(mono, dtype=np.float64))])
    starts = np.arange(0, max(1, mono.size - window), step)
    ends = np.minimum(starts + window, mono.size)
    least = np.argmin(energy[ends] - energy[starts])
    return int(starts[least] + ends[least]) // 2
