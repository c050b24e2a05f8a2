"""Scales, chords by Roman numeral, and voice leading. Pitches are MIDI numbers, pitch classes 0 (C) to 11."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "double harmonic": (0, 1, 4, 5, 7, 8, 11),
    "pentatonic major": (0, 2, 4, 7, 9),
    "pentatonic minor": (0, 3, 5, 7, 10),
    "hirajoshi": (0, 2, 3, 7, 8),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole tone": (0, 2, 4, 6, 8, 10),
    "octatonic": (0, 1, 3, 4, 6, 7, 9, 10),
}
MINOR_LIKE = frozenset(
    {"minor", "dorian", "phrygian", "harmonic minor", "pentatonic minor", "hirajoshi", "blues", "octatonic"}
)

NUMERALS = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "o": (0, 3, 6),
    "+": (0, 4, 8),
    "5": (0, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "mmaj7": (0, 3, 7, 11),
    "o7": (0, 3, 6, 9),
    "h7": (0, 3, 6, 10),
    "9": (0, 4, 7, 10, 14),
    "m9": (0, 3, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "msus2": (0, 2, 7),
    "msus4": (0, 5, 7),
    "m5": (0, 7),
    "mo": (0, 3, 6),
    "mo7": (0, 3, 6, 9),
    "mh7": (0, 3, 6, 10),
}
_ROMAN = re.compile(r"([b#]?)(vii|vi|v|iv|iii|ii|i)(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord in a key: ``root`` as pitch class, its tones above the root in semitones, and its numeral."""

    root: int
    intervals: tuple[int, ...]
    numeral: str = ""

    @property
    def classes(self) -> tuple[int, ...]:
        """Pitch classes, root first."""
        return tuple((self.root + interval) % 12 for interval in self.intervals)

    @property
    def fifth(self) -> int:
        """Pitch class of the fifth, altered or not; the root where there is none."""
        for interval in (7, 6, 8):
            if interval in self.intervals:
                return (self.root + interval) % 12
        return self.root


@lru_cache(maxsize=1024)
def chord(numeral: str, tonic: int) -> Chord:
    """The chord that a Roman numeral names, degrees counted on the major scale (so ``bVI`` in minor).

    Lower case is minor. Suffixes: 7, maj7, 9, 6, sus2, sus4, add9, o, o7, h7 (half-diminished), +, 5.

    Raises:
        ValueError: no such numeral.
    """
    match = _ROMAN.fullmatch(numeral)
    if match is None:
        raise ValueError(f"{numeral!r} is no Roman numeral")
    accidental, degree, suffix = match.groups()
    quality = ("m" if degree.islower() else "") + suffix
    if quality not in QUALITIES:
        raise ValueError(f"{numeral!r}: no chord quality {suffix!r}")
    shift = {"": 0, "b": -1, "#": 1}[accidental]
    return Chord((tonic + NUMERALS[degree.lower()] + shift) % 12, QUALITIES[quality], numeral)


def scale_over(scale: Sequence[int], tonic: int, over: Chord) -> tuple[int, ...]:
    """Pitch classes of the key as they fit a chord: borrowed tones take the place of the scale tones they alter."""
    classes, kept = set(over.classes), {(tonic + step) % 12 for step in scale}
    clashing = {1, 6, 8} | ({3} if 4 in over.intervals else set()) | ({4} if 3 in over.intervals else set())
    for borrowed in classes - kept:
        for neighbour in ((borrowed - 1) % 12, (borrowed + 1) % 12):
            if neighbour not in classes and (neighbour - over.root) % 12 in clashing:
                kept.discard(neighbour)
    return tuple(sorted(kept | classes))


def nearest(classes: Sequence[int], pitch: float, low: int = 0, high: int = 127) -> int:
    """The pitch of one of the classes nearest to ``pitch`` within a range; the lower one on a tie."""
    candidates = [p for p in range(low, high + 1) if p % 12 in set(classes)]
    if not candidates:
        return round(min(max(pitch, low), high))
    return min(candidates, key=lambda p: (abs(p - pitch), p))


@lru_cache(maxsize=4096)
def _voicings(classes: tuple[int, ...], low: int, high: int) -> tuple[tuple[int, ...], ...]:
    """Close and open positions of a chord within a range, no two tones a semitone apart."""
    found: set[tuple[int, ...]] = set()
    for start in range(low, high + 1):
        if start % 12 not in classes:
            continue
        pitches = [start]
        rest = [pc for pc in classes if pc != start % 12]
        while rest:
            rest.sort(key=lambda pc: (pc - pitches[-1]) % 12)
            pitches.append(pitches[-1] + (rest[0] - pitches[-1]) % 12)
            rest.pop(0)
        shapes = [tuple(pitches)]
        if len(pitches) >= 3:
            shapes.append(tuple(sorted([pitches[0], pitches[1] + 12, *pitches[2:]])))
        found |= {s for s in shapes if s[-1] <= high and all(b - a > 1 for a, b in pairwise(s))}
    return tuple(sorted(found))


def voice(over: Chord, before: Sequence[int], low: int, high: int, size: int = 4) -> tuple[int, ...]:
    """A voicing that moves least from the one before (common tones stay), near the middle of the range at first.

    Chords of more than ``size`` tones, or that fit the range in no position, lose their fifth, then their root, which
    the bass has.
    """
    options = next(filter(None, (_voicings(c, low, high) for c in _reductions(over, size))), None)
    options = options or ((nearest(over.classes, (low + high) / 2, low, high),),)
    middle = (low + high) / 2

    def cost(shape: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        centre = abs(sum(shape) / len(shape) - middle)
        if not before:
            return centre, shape
        moves = sum(min(abs(p - q) for q in before) for p in shape) + sum(
            min(abs(p - q) for p in shape) for q in before
        )
        return moves + 0.35 * centre + abs(shape[-1] - before[-1]) * 0.3, shape

    return min(options, key=cost)


def _reductions(over: Chord, size: int) -> Iterator[tuple[int, ...]]:
    """Its pitch classes, all and with ever more left out."""
    classes = list(dict.fromkeys(over.classes))
    for drop in (None, over.fifth, over.root):
        if drop in classes and len(classes) > 2:
            classes.remove(drop)
        if len(classes) <= size:
            yield tuple(sorted(classes))
