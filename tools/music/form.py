"""Form: how many bars fit a length, and which phrase stands where."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cached_property

from soundwright.tools.music.describe import Request

BEND = 0.05  # how far a tempo that nobody asked for by number may move to fit a length


@dataclass(frozen=True, slots=True)
class Phrase:
    """Up to four bars: which material (``letter``), how strong (0 to 1), which telling, and whether a melody leads."""

    letter: str
    bars: int
    start_bar: int
    energy: float
    turn: int
    lead: bool
    opens: bool = False


@dataclass(frozen=True)
class Form:
    """Tempo, the beats before the last chord, the seconds for which that rings (0 in a loop), and the phrases."""

    bpm: float
    beats: float
    ring_s: float
    phrases: tuple[Phrase, ...]

    @property
    def beat_s(self) -> float:
        """Seconds of a beat."""
        return 60.0 / self.bpm

    @cached_property
    def bar_beats(self) -> float:
        """Beats of a bar."""
        return self.beats / max(1, sum(phrase.bars for phrase in self.phrases))


def form(request: Request, length_s: float, loop: bool, rng: random.Random) -> Form:
    """A form that fills ``length_s`` exactly: bars up to a last chord and its ringing, or a loop of whole bars."""
    bar_s = request.style.beats * 60.0 / request.bpm
    if loop:
        bars = max(1, round(length_s / bar_s))
        return Form(
            bars * request.style.beats * 60.0 / length_s,
            bars * request.style.beats,
            0.0,
            _phrases(bars, request, rng, loop),
        )
    least = min(0.5 * length_s, 4.0, max(1.6, 0.06 * length_s, 2 * 60.0 / request.bpm))
    if length_s < 2 * bar_s + least:
        return _short(request, length_s, least)
    bars, bpm = _fit(length_s, bar_s, least, request)
    ring_s = length_s - bars * request.style.beats * 60.0 / bpm
    return Form(bpm, bars * request.style.beats, ring_s, _phrases(bars, request, rng, loop))


def _fit(length_s: float, bar_s: float, least: float, request: Request) -> tuple[int, float]:
    """Whole bars, and the tempo bent at most a little so that the last chord rings for about ``least``."""
    if request.fixed_tempo:
        return int((length_s - least) / bar_s), request.bpm
    bars = max(2, round((length_s - least) / bar_s))
    bpm = bars * bar_s / (length_s - least) * request.bpm
    bent = min(max(bpm, request.bpm * (1 - BEND)), request.bpm * (1 + BEND))
    if bars * bar_s * request.bpm / bent > length_s - 0.6 * least:
        return bars - 1, request.bpm
    return bars, bent


def _short(request: Request, length_s: float, least: float) -> Form:
    """A sting: as many beats as fit, then the chord."""
    beats = math.floor((length_s - least) * request.bpm / 60.0 + 1e-6)
    phrases = (
        (Phrase("A", max(1, math.ceil(beats / request.style.beats)), 0, max(0.6, request.energy), 0, True, True),)
        if beats
        else ()
    )
    return Form(request.bpm, float(beats), length_s - beats * 60.0 / request.bpm, phrases)


def _phrases(bars: int, request: Request, rng: random.Random, loop: bool) -> tuple[Phrase, ...]:
    """Introduction, then A A B A and so on with contrasting strength; a rest of bars goes to the introduction."""
    base = request.energy
    intro = bars % 4 if bars >= 8 else 0
    if bars >= 20 and not loop:
        intro += 4
    phrases = [Phrase("I", min(4, intro - n), n, base * 0.55, 0, False, n == 0) for n in range(0, intro, 4)]
    at, number, told = intro, 0, {"A": 0, "B": 0, "C": 0}
    order = rng.choice(("AABA", "AABB", "ABAC")) + rng.choice(("CCBA", "CABA", "AABA"))
    total = math.ceil((bars - intro) / 4)
    while at < bars:
        letter = "A" if number == total - 1 and not loop else order[number % 8]
        last = number == total - 1 and total > 3 and not loop
        strength = base * (0.8 + 0.08 * min(number, 3)) + (0.12 if letter == "B" else 0.0)
        # A breath in the middle of long pieces.
        rest = total >= 8 and number % 8 == 4
        phrases.append(
            Phrase(
                letter,
                min(4, bars - at),
                at,
                _unit(strength * (0.6 if rest else 1.0) * (0.9 if last else 1.0)),
                told[letter],
                not rest,
                number % 4 == 0,
            )
        )
        told[letter] += 1
        at, number = at + 4, number + 1
    return tuple(phrases)


def _unit(value: float) -> float:
    return min(1.0, max(0.05, value))
