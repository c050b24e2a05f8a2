"""What accompanying parts play on one chord: figures of chords, broken chords and bass lines.

Each figure takes a ``Place`` and gives tones in beats from the piece's start, none of them outside the chord's span.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from soundwright.tools.music.harmony import nearest
from soundwright.tools.music.melody import Span, Tone


@dataclass(frozen=True, slots=True)
class Place:
    """One chord for one part: its span, its voicing from low to high, the next root, the part's range."""

    span: Span
    voicing: tuple[int, ...]
    next_root: int
    beats: int
    low: int
    high: int
    energy: float
    rng: random.Random

    @property
    def start(self) -> float:
        """Where the chord begins, in beats."""
        return self.span.start

    @property
    def length(self) -> float:
        """How long it lasts, in beats."""
        return self.span.length

    def bass(self, pitch_class: int) -> int:
        """A bass tone: low in the part's range."""
        return nearest((pitch_class,), self.low + 7, self.low, self.high)


Figure = Callable[[Place], list[Tone]]


def _chord(place: Place, at: float, length: float, weight: float = 0.5) -> list[Tone]:
    """All voices together, inside the span."""
    if at >= place.length:
        return []
    return [Tone(place.start + at, min(length, place.length - at), pitch, weight) for pitch in place.voicing]


def _rhythm(beats_on: Iterable[tuple[float, float, float]]) -> Figure:
    """Chords at fixed (onset, length, weight) of a bar; onsets past a short span fall away."""
    steps = tuple(beats_on)
    return lambda place: [tone for at, length, weight in steps for tone in _chord(place, at, length, weight)]


def _each(step: float, length: float, weights: Sequence[float]) -> Figure:
    """Chords at equal steps."""

    def figure(place: Place) -> list[Tone]:
        count = int(place.length / step + 0.01)
        return [t for n in range(count) for t in _chord(place, n * step, length, weights[n % len(weights)])]

    return figure


def _pad(place: Place) -> list[Tone]:
    return _chord(place, 0, place.length)


def _afterbeats(place: Place) -> list[Tone]:
    """On every beat but the first of a waltz, on the second and fourth of a march."""
    if place.beats == 3:
        hits = [b for b in range(int(place.length)) if b % 3]
    else:
        hits = [b for b in range(int(place.length)) if b % 2]
    return [tone for beat in hits for tone in _chord(place, beat, 0.45, 0.45)]


def _stabs(place: Place) -> list[Tone]:
    onsets = place.rng.choice(((0.5, 1.75, 2.5), (0, 0.75, 2.5, 3.25), (0.5, 1.5, 2.5, 3.5), (0, 1.5, 2.75)))
    return [tone for at in onsets for tone in _chord(place, at, 0.2, 0.6)]


def _charleston(place: Place) -> list[Tone]:
    onsets = place.rng.choice(((0, 1.5), (0.5, 2.5), (0, 2.5), (1.5, 3), (0, 1.5, 3.5), (1, 2.5)))
    return [tone for at in onsets for tone in _chord(place, at, place.rng.choice((0.3, 0.9)), 0.5)]


def _broken(order: Sequence[int], step: float, length: float | None = None) -> Figure:
    """Voices one by one in an order (index into the voicing; above its top an octave up)."""

    def figure(place: Place) -> list[Tone]:
        tones, size = [], len(place.voicing)
        for n in range(int(place.length / step + 0.01)):
            index = order[n % len(order)]
            pitch = place.voicing[index % size] + 12 * (index // size)
            while pitch > place.high:
                pitch -= 12
            sounding = min(length or step, place.length - n * step)
            tones.append(Tone(place.start + n * step, sounding, pitch, 0.7 if n == 0 else 0.45))
        return tones

    return figure


def _strum(place: Place) -> list[Tone]:
    steps = ((0, 0.9, 0.75), (1, 0.45, 0.55), (1.5, 0.45, 0.4), (2.5, 0.45, 0.5), (3, 0.45, 0.6), (3.5, 0.45, 0.4))
    if place.beats == 3:
        steps = ((0, 0.9, 0.75), (1, 0.45, 0.5), (1.5, 0.45, 0.4), (2, 0.9, 0.5), (9, 0, 0), (9, 0, 0))
    tones: list[Tone] = []
    for number, (at, length, weight) in enumerate(steps):
        voices = _chord(place, at, length, weight)
        # Down strokes from the low string, up strokes from the high one and of the high strings only.
        ordered = voices if number % 3 != 2 else voices[:0:-1]
        tones += [
            Tone(t.start + 0.025 * n, max(0.1, t.length - 0.025 * n), t.pitch, t.weight) for n, t in enumerate(ordered)
        ]
    return tones


def _power(place: Place) -> list[Tone]:
    root = nearest((place.span.chord.root,), place.low + 4, place.low, place.high)
    tones = (root, root + 7, root + 12) if place.span.chord.fifth != place.span.chord.root else (root, root + 12)
    return [
        Tone(place.start + n / 2, 0.42, pitch, 0.7 if n % 4 == 0 else 0.5)
        for n in range(int(place.length * 2))
        for pitch in tones
    ]


def _ostinato(place: Place) -> list[Tone]:
    """Repeated short low tones: root, root, fifth, root."""
    root = nearest((place.span.chord.root,), place.low + 6, place.low, place.high)
    other = nearest((place.span.chord.fifth,), root + 4, place.low, place.high)
    pattern = (root, root, other, root) if place.beats == 4 else (root, other, root)
    return [
        Tone(place.start + n / 2, 0.3, pattern[n % len(pattern)], 0.7 if n % 2 == 0 else 0.45)
        for n in range(int(place.length * 2))
    ]


def _montuno(place: Place) -> list[Tone]:
    onsets = (0, 0.5, 1.5, 2, 2.5, 3.5)
    tones: list[Tone] = []
    for number, at in enumerate(onsets):
        voices = _chord(place, at, 0.4, 0.55)
        if voices:
            tones += voices if number % 3 == 0 else [voices[0], voices[-1]]
    return tones


def _blips(place: Place) -> list[Tone]:
    return [
        Tone(place.start + at, 0.2, place.rng.choice(place.voicing), 0.4)
        for at in (0.5, 2.5, 3)
        if at < place.length and place.rng.random() < 0.5
    ]


def _cluster(place: Place) -> list[Tone]:
    """A chord with a semitone rubbing against its middle voice: for fright only."""
    middle = place.voicing[len(place.voicing) // 2]
    return [*_pad(place), Tone(place.start, place.length, middle + 1, 0.4)]


def _drone(place: Place) -> list[Tone]:
    root = nearest((place.span.chord.root,), place.low + 4, place.low, place.high)
    fifth = nearest((place.span.chord.fifth,), root + 7, place.low, place.high + 7)
    return [
        Tone(place.start, place.length, root, 0.4),
        *([Tone(place.start, place.length, fifth, 0.35)] if fifth != root else []),
    ]


def _toll(place: Place) -> list[Tone]:
    return [
        Tone(place.start, place.length, nearest((place.span.chord.root,), place.low + 6, place.low, place.high), 0.6)
    ]


def _hits(place: Place) -> list[Tone]:
    """A drum of definite pitch on the first beat, rolling towards it when the music is strong."""
    root = nearest((place.span.chord.root,), place.low + 5, place.low, place.high)
    tones = [Tone(place.start, min(1.5, place.length), root, 0.8)]
    if place.energy > 0.65 and place.length >= 2:
        tones.append(Tone(place.start + place.length / 2, 0.9, root, 0.5))
    if place.energy > 0.75 and place.length >= 4:
        tones += [Tone(place.start + place.length - 1 + n / 4, 0.24, root, 0.3 + 0.1 * n) for n in range(4)]
    return tones


def _line(classes: Sequence[str], onsets: Sequence[float], lengths: Sequence[float]) -> Figure:
    """A bass line by names of tones: R root, F fifth, O octave, T third."""

    def figure(place: Place) -> list[Tone]:
        chord, root = place.span.chord, place.bass(place.span.chord.root)
        third = chord.classes[1] if len(chord.classes) > 2 else chord.root
        named = {
            "R": root,
            "F": nearest((chord.fifth,), root + 4, place.low, place.high),
            "T": nearest((third,), root + 3, place.low, place.high),
            "O": root + 12 if root + 12 <= place.high + 5 else root,
        }
        return [
            Tone(place.start + at, min(length, place.length - at), named[name], 0.75 if at == 0 else 0.5)
            for name, at, length in zip(classes, onsets, lengths, strict=True)
            if at < place.length
        ]

    return figure


def _bass_steps(step: float, length: float) -> Figure:
    def figure(place: Place) -> list[Tone]:
        root = place.bass(place.span.chord.root)
        return [
            Tone(place.start + n * step, length, root, 0.7 if n % 2 == 0 else 0.5)
            for n in range(int(place.length / step + 0.01))
        ]

    return figure


def _walking(place: Place) -> list[Tone]:
    """Root, chord or scale tones by step, and on the last beat a neighbour of the next root."""
    root, goal = place.bass(place.span.chord.root), place.bass(place.next_root)
    count = max(1, int(place.length))
    pool = [p for p in range(place.low, place.high + 1) if p % 12 in place.span.classes]
    line = [root]
    for n in range(1, count):
        remaining = count - n
        if remaining == 1:
            line.append(goal + (1 if line[-1] > goal else -1) * place.rng.choice((1, 1, 2)))
        else:
            ideal = line[-1] + (goal - line[-1]) / (remaining + 1) + place.rng.choice((-3, -2, 2, 3, 4))
            line.append(
                min(
                    (p for p in pool if p != line[-1]),
                    key=lambda p: (abs(p - ideal) - 1.5 * (p % 12 in place.span.chord.classes), p),
                )
            )
    return [
        Tone(place.start + n, 0.9, min(max(p, place.low - 2), place.high + 3), 0.7 if n % 2 == 0 else 0.6)
        for n, p in enumerate(line)
    ]


def _waltz_bass(place: Place) -> list[Tone]:
    chord = place.span.chord
    on_fifth = round(place.start / place.beats) % 2 == 1
    return [Tone(place.start, 0.9, place.bass(chord.fifth if on_fifth else chord.root), 0.7)]


def _counter(place: Place) -> list[Tone]:
    """A slow second voice on chord tones: two to a bar, moving by small steps."""
    half = place.length / 2
    first = place.voicing[place.rng.choice((0, 1)) % len(place.voicing)]
    second = nearest(
        [c for c in place.span.chord.classes if c != first % 12] or [first % 12],
        first + place.rng.choice((-3, 3)),
        place.low,
        place.high,
    )
    if half < 1:
        return [Tone(place.start, place.length, first, 0.5)]
    return [Tone(place.start, half, first, 0.5), Tone(place.start + half, half, second, 0.45)]


FIGURES: dict[str, Figure] = {
    "pad": _pad,
    "cluster": _cluster,
    "drone": _drone,
    "toll": _toll,
    "hits": _hits,
    "counter": _counter,
    "strum": _strum,
    "half": _each(2, 1.8, (0.6, 0.5)),
    "offbeat": _afterbeats,
    "waltz": _afterbeats,
    "charleston": _charleston,
    "stabs": _stabs,
    "bossa": _rhythm(((0, 0.9, 0.6), (1.5, 0.9, 0.5), (3, 0.9, 0.5))),
    "shuffle": _each(1, 0.5, (0.5, 0.7)),
    "power": _power,
    "montuno": _montuno,
    "blips": _blips,
    "ostinato": _ostinato,
    "spiccato": _ostinato,
    "alberti": _broken((0, 2, 1, 2), 0.5),
    "arp8": _broken((0, 1, 2, 3, 4, 3, 2, 1), 0.5),
    "arp16": _broken((0, 1, 2, 3, 2, 1, 3, 2), 0.25),
    "pick": _broken((0, 2, 1, 3, 0, 2, 3, 1), 0.5, 1.0),
    "broken": _broken((0, 1, 2, 3, 2, 1), 0.5, 1.5),
}

BASS_FIGURES: dict[str, Figure] = {
    "whole": lambda place: [Tone(place.start, place.length, place.bass(place.span.chord.root), 0.6)],
    "root_fifth": _line("RF", (0, 2), (1.4, 1.4)),
    "waltz": _waltz_bass,
    "walking": _walking,
    "eighths": _bass_steps(0.5, 0.42),
    "pulse": _bass_steps(1, 0.8),
    "bossa": _line("RFFR", (0, 1.5, 2, 3.5), (1.4, 0.45, 1.4, 0.45)),
    "tumbao": _line("RFO", (0, 1.5, 3), (1.4, 1.4, 0.9)),
    "syncopated": _line("RRF", (0, 1.5, 2.5), (1.2, 0.6, 1.2)),
    "boogie": _line("RTFOF", (0, 1, 2, 3, 3.5), (0.9, 0.9, 0.9, 0.45, 0.45)),
    "funk": _line("RROFR", (0, 0.75, 1.5, 2.5, 3.25), (0.6, 0.3, 0.4, 0.5, 0.3)),
}
