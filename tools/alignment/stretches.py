"""Forced alignment of a long recording, a stretch at a time, with a window of text that moves along.

A stretch is offered more text than it can hold and may end after any word (forced alignment with an optional end:
Prahallad & Black, "Segmentation of monologues in audio books", IEEE TASLP 2011). Of what is found only that is kept
which lies well before the stretch's end: the likeliest way to there hardly depends on what comes later (the decision
depth of Forney, "The Viterbi algorithm", 1973). The next stretch begins in the longest pause there, with the words
that were not reached. So time grows with the recording, and memory with a stretch.

Where words begin to fit badly, the recording says what the text does not: then the rest of the text is tried from
each pause on, until it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from soundwright.tools.base import Context

HEARD_S = 40.0
WHOLE_S = 60.0  # what is no longer is one stretch
MARGIN_S = 8.0
LEAST_FIT = -1.5
_LEAD_S = 0.3
_MOST_PER_S = 7.0
_MOST_MORE = 30
_MOST_OFFERED = 2000  # tokens, however long nothing was found: what a search takes grows with what it is offered
_LONGEST_SENTENCE = 25
_RUN = 8
_NEAR = 3
_PROBE_S = 10.0
_LOST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """Token number ``token`` of the text from ``start_s`` to ``end_s``.

    ``fit`` is 0 for a sound than which none would be likelier there, and below ``LEAST_FIT`` for another word.
    """

    token: int
    start_s: float
    end_s: float
    fit: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``start_s`` to ``end_s`` the tokens from ``first`` are heard, in order; some may not be reached.

    ``sentences`` holds how many tokens each sentence offered has. ``last``: the recording ends here, and the text
    should.
    """

    start_s: float
    end_s: float
    first: int
    sentences: tuple[int, ...]
    last: bool


Search = Callable[[Stretch], Sequence[Found]]
Pauses = Callable[[float, float], Iterable[float]]


@dataclass(frozen=True, slots=True)
class Recording:
    """``length_s`` of sound that says ``sentences``, given by how many tokens each has.

    ``search`` finds tokens within a stretch; ``pauses`` tells where between two times it is quiet, in order.
    """

    length_s: float
    sentences: Sequence[int]
    search: Search
    pauses: Pauses


def align(recording: Recording, context: Context) -> list[Found]:
    """What is found of all sentences, in order; what is not said or does not fit is left out.

    Where more than half of the recording does not say the text, the rest is not heard.

    Raises:
        Cancelled: the run was cancelled.
    """
    found: list[Found] = []
    start_s = heard_s = lost_s = 0.0
    total, first = sum(recording.sentences), 0
    while first < total and start_s < recording.length_s and lost_s <= _LOST_SHARE * recording.length_s:
        context.check()
        stretch = _stretch(recording, start_s, heard_s, first)
        heard = recording.search(stretch)
        good = list(heard[: fitting(heard, stretch)])
        if len(good) == len(heard) and (good or not stretch.last):
            kept, start_s = _kept(stretch, good)
        else:
            kept, after_s = good, good[-1].end_s if good else start_s
            start_s = _resumed(recording, stretch, kept, context)
            lost_s += start_s - after_s
        if kept:
            first, heard_s = kept[-1].token + 1, kept[-1].end_s
            found += kept
        context.progress(min(1.0, start_s / recording.length_s))
    return found


def fitting(found: Sequence[Found], stretch: Stretch) -> int:
    """How many words come before those that fit badly: all, or up to the sentence that begins there."""
    for at in range(max(1, len(found) - _RUN + 1)):
        run = found[at : at + _RUN]
        if run and _fit(run) < LEAST_FIT:
            bad = at + next(k for k, one in enumerate(run) if one.fit < LEAST_FIT)
            begins = {stretch.first + begin for begin in accumulate((0, *stretch.sentences))}
            near = [k for k in range(max(0, bad - _NEAR), min(len(found), bad + _NEAR)) if found[k].token in begins]
            return min(near, key=lambda k: abs(k - bad), default=bad)
    return len(found)


def cut_long(sentences: Iterable[int]) -> Iterator[int]:
    """Sentences without those that are too long to be passed over as one: text without points, mostly."""
    for length in sentences:
        parts = -(-length // _LONGEST_SENTENCE)
        yield from (length * (k + 1) // parts - length * k // parts for k in range(parts))


def _fit(run: Sequence[Found]) -> float:
    return sum(one.fit * (one.end_s - one.start_s) for one in run) / sum(one.end_s - one.start_s for one in run)


def _stretch(recording: Recording, start_s: float, heard_s: float, first: int) -> Stretch:
    """The next stretch; ``heard_s``: to where words were found."""
    last = recording.length_s - start_s <= WHOLE_S
    end_s = recording.length_s if last else start_s + HEARD_S
    room = min(_MOST_OFFERED, _MOST_MORE + _MOST_PER_S * (end_s - heard_s))
    offered = _offered(recording.sentences, first, room)
    return Stretch(start_s, end_s, first, tuple(offered), last)


def _offered(sentences: Sequence[int], first: int, room: float) -> Iterator[int]:
    """The rest of the sentence that token ``first`` is in and those after it: as many as have room, one at least."""
    count = 0
    for end, length in zip(accumulate(sentences), sentences, strict=True):
        rest = min(length, end - first)
        if rest > 0:
            if count and count + rest > room:
                return
            count += rest
            yield rest


def _kept(stretch: Stretch, found: Sequence[Found]) -> tuple[list[Found], float]:
    """What counts of a stretch, and where the next one begins."""
    if stretch.last:
        return list(found), stretch.end_s
    limit_s, least_s = stretch.end_s - MARGIN_S, stretch.start_s + (stretch.end_s - stretch.start_s) / 2
    cuts = [(limit_s - (found[-1].end_s if found else stretch.start_s), len(found), limit_s)]
    for count, (one, other) in enumerate(pairwise(found), 1):
        gap_s = other.start_s - one.end_s
        cuts.append((gap_s, count, max(one.end_s + gap_s / 2, other.start_s - _LEAD_S)))
    right = [cut for cut in cuts if least_s <= cut[2] <= limit_s and cut[0] >= 0]
    _, count, next_s = max(right, default=(0.0, sum(1 for one in found if one.end_s <= limit_s), limit_s))
    return list(found[:count]), next_s


def _resumed(recording: Recording, stretch: Stretch, kept: Sequence[Found], context: Context) -> float:
    """From where the text goes on after those words; the end of the stretch where it does not within it."""
    first = kept[-1].token + 1 if kept else stretch.first
    after_s = kept[-1].end_s if kept else stretch.start_s
    sentences = tuple(_offered(recording.sentences, first, _MOST_MORE + _MOST_PER_S * _PROBE_S))
    for pause_s in recording.pauses(after_s, stretch.end_s):
        context.check()
        probe = Stretch(pause_s, min(pause_s + _PROBE_S, recording.length_s), first, sentences, last=False)
        heard = recording.search(probe)[:_RUN]
        if pause_s > stretch.start_s and len(heard) == min(_RUN, sum(sentences)) and _fit(heard) >= LEAST_FIT:
            return pause_s
    return stretch.end_s
