"""Melody by a small grammar: motifs, their repetition and variation, and cadences.

A phrase of four bars is a sentence (idea, the idea again on the next chord, its fragments, cadence) or a period (idea,
answer, idea, cadence). Ideas are a rhythm and a contour in scale steps; chords bend the contour so that long and
stressed notes are chord tones.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from soundwright.tools.music.harmony import Chord, nearest

# Durations in beats that fill a bar; negative ones are rests.
CELLS: dict[int, tuple[tuple[float, ...], ...]] = {
    4: (
        (4,),
        (3, 1),
        (2, 2),
        (-1, 3),
        (2, -2),
        (2, 1, 1),
        (1, 1, 2),
        (1.5, 0.5, 2),
        (-1, 1, 2),
        (3, 0.5, 0.5),
        (1, 2, 1),
        (1.5, 1.5, 1),
        (1, 1, 1, 1),
        (1.5, 0.5, 1, 1),
        (2, 1, 0.5, 0.5),
        (1, 0.5, 0.5, 2),
        (-0.5, 0.5, 1, 2),
        (1, 1, 1.5, 0.5),
        (1, 0.5, 0.5, 1, 1),
        (0.5, 0.5, 1, 2),
        (1.5, 0.5, 1.5, 0.5),
        (-0.5, 0.5, 0.5, 0.5, 2),
        (0.5, 1, 0.5, 2),
        (0.5, 0.5, 0.5, 0.5, 2),
        (0.5, 0.5, 1, 0.5, 0.5, 1),
        (1, 0.5, 0.5, 1, 0.5, 0.5),
        (0.5, 1, 0.5, 0.5, 1, 0.5),
        (0.5, 0.5, 0.5, 0.5, 1, 1),
        (-0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1),
        (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1),
        (1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
        (0.5,) * 8,
    ),
    3: (
        (3,),
        (2, 1),
        (-1, 2),
        (1, 2),
        (1, 1, 1),
        (1.5, 0.5, 1),
        (2, 0.5, 0.5),
        (1, 1.5, 0.5),
        (-0.5, 0.5, 2),
        (1, 0.5, 0.5, 1),
        (0.5, 0.5, 1, 1),
        (1, 1, 0.5, 0.5),
        (1.5, 0.5, 0.5, 0.5),
        (0.5, 0.5, 0.5, 0.5, 1),
        (1, 0.5, 0.5, 0.5, 0.5),
        (0.5,) * 6,
    ),
}
CADENCES: dict[int, tuple[tuple[float, ...], ...]] = {
    4: ((4,), (3, -1), (1, 3), (1, 1, 2), (2, 2), (0.5, 0.5, 3)),
    3: ((3,), (1, 2), (2, -1), (0.5, 0.5, 2)),
}
STEPS = (-3, -2, -1, -1, -1, 1, 1, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Tone:
    """A note in beats from the start of the piece; ``weight`` 0 to 1 says how much it is stressed."""

    start: float
    length: float
    pitch: int
    weight: float = 0.5


@dataclass(frozen=True, slots=True)
class Idea:
    """A bar of melody before it meets a chord: durations, and contour in scale steps from the bar's anchor."""

    rhythm: tuple[float, ...]
    contour: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A chord from ``start`` for ``length`` beats, with the pitch classes of the key that fit it."""

    start: float
    length: float
    chord: Chord
    classes: tuple[int, ...]


def idea(beats: int, density: float, rng: random.Random) -> Idea:
    """A new motif: a rhythm near the wanted density, a contour of steps whose leaps turn back."""
    wanted = 1 + density * 1.6 * beats
    weights = [2.0 ** -(abs(sum(d > 0 for d in cell) - wanted) * 1.3) for cell in CELLS[beats]]
    rhythm = rng.choices(CELLS[beats], weights)[0]
    contour, place, leap = [0], 0, 0
    for _ in range(sum(d > 0 for d in rhythm) - 1):
        step = rng.choice(STEPS)
        if abs(leap) > 1:
            step = -1 if leap > 0 else 1
        place += step if abs(place + step) <= 4 else -step
        leap = step
        contour.append(place)
    return Idea(rhythm, tuple(contour))


def answer(first: Idea, beats: int, density: float, rng: random.Random) -> Idea:
    """A relative of a motif: its contour upside down, or a little changed, or all of it backwards."""
    kind = rng.randrange(3)
    if kind == 0:
        return replace(first, contour=tuple(-step for step in first.contour))
    if kind == 1:
        return replace(first, contour=tuple(step + rng.choice((0, 0, 1, -1)) for step in first.contour))
    return Idea(first.rhythm[::-1], first.contour[::-1]) if first.rhythm[-1] > 0 else idea(beats, density, rng)


def fragment(whole: Idea, beats: int) -> Idea:
    """The first half of a motif, twice: the second time one step lower."""
    half, filled, rhythm = beats / 2, 0.0, []
    for duration in whole.rhythm:
        if filled + abs(duration) > half:
            break
        rhythm.append(duration)
        filled += abs(duration)
    if not rhythm or filled != half or beats % 2:
        return whole
    contour = whole.contour[: sum(d > 0 for d in rhythm)]
    return Idea((*rhythm, *rhythm), (*contour, *(step - 1 for step in contour)))


def phrase_ideas(beats: int, density: float, rng: random.Random, motif: Idea | None = None) -> list[Idea]:
    """Four bars: sentence or period. Give ``motif`` to build on one already heard."""
    first = motif or idea(beats, density, rng)
    second = answer(first, beats, density, rng)
    close = cadence(beats, rng)
    if rng.random() < 0.5:
        return [first, first, fragment(first, beats), close]
    return [first, second, first, close]


def cadence(beats: int, rng: random.Random) -> Idea:
    """A closing bar that comes to rest from above or below."""
    rhythm = rng.choice(CADENCES[beats])
    count = sum(d > 0 for d in rhythm)
    way = rng.choice((1, -1))
    return Idea(rhythm, tuple(way * (count - 1 - n) for n in range(count)))


def vary(bars: Sequence[Idea], rng: random.Random) -> list[Idea]:
    """The same phrase told again: one bar gets a turn on its longest note, the cadence may move."""
    out = list(bars)
    at = rng.randrange(len(out) - 1)
    rhythm, contour = list(out[at].rhythm), list(out[at].contour)
    longest = max(range(len(rhythm)), key=lambda n: rhythm[n])
    if rhythm[longest] >= 1.5:
        note = sum(d > 0 for d in rhythm[:longest])
        rhythm[longest : longest + 1] = [rhythm[longest] - 1, 0.5, 0.5]
        contour[note : note + 1] = [contour[note], contour[note] + 1, contour[note]]
    out[at] = Idea(tuple(rhythm), tuple(contour))
    return out


@dataclass(frozen=True, slots=True)
class Compass:
    """Where a melody lies: its lowest and highest pitch, and the one it hangs around."""

    low: int
    high: int
    centre: float


def realise(bars: Sequence[Idea], spans: Sequence[Span], start: float, beats: int, compass: Compass) -> list[Tone]:
    """Ideas over chords, a bar of each, from beat ``start`` on."""
    tones: list[Tone] = []
    before = compass.centre
    for number, bar in enumerate(bars):
        # Each bar hangs between where the melody was and the phrase's arch, which is highest in the third bar.
        anchor = 0.5 * before + 0.5 * (compass.centre + (0, 2, 4, 0)[number % 4])
        tones += _bar(bar, spans, start + number * beats, beats, compass, anchor)
        if tones:
            before = tones[-1].pitch
    return tones


def _bar(bar: Idea, spans: Sequence[Span], start: float, beats: int, compass: Compass, anchor: float) -> list[Tone]:
    tones: list[Tone] = []
    at, steps = start, iter(bar.contour)
    last_step = 0
    for duration in bar.rhythm:
        if duration > 0:
            step = next(steps)
            span = span_at(spans, at)
            stressed = at == start or (beats == 4 and at == start + 2) or duration >= 1.5
            stressed = stressed or at + duration > span.start + span.length + 0.6
            pitch = _pitch(span, anchor, step, compass, stressed, duration >= 1)
            if tones and step != last_step:
                pitch = _moved(span, pitch, tones[-1].pitch, step - last_step, compass, stressed or duration >= 1)
            weight = 0.9 if at == start else 0.6 if at % 1 == 0 else 0.35
            tones.append(Tone(at, duration * 0.96, pitch, weight))
            last_step = step
        at += abs(duration)
    return tones


def span_at(spans: Sequence[Span], beat: float) -> Span:
    """The chord that sounds at a beat; the last one after the end."""
    return spans[max(0, bisect_right(spans, beat, key=lambda span: span.start) - 1)]


def _pitch(span: Span, anchor: float, step: int, compass: Compass, stressed: bool, long: bool) -> int:
    """The scale tone ``step`` from the anchor; stressed ones are chord tones, long ones rub against none."""
    pool = _pool(span.classes, compass)
    root = nearest(span.chord.classes, anchor, compass.low, compass.high)
    place = pool.index(root) + step if root in pool else len(pool) // 2
    pitch = pool[min(max(place, 0), len(pool) - 1)]
    if stressed or (long and _rubs(pitch, span.chord)):
        return nearest(_restful(span.chord), pitch, compass.low, compass.high)
    return pitch


def _moved(span: Span, pitch: int, before: int, way: int, compass: Compass, chordal: bool) -> int:
    """Where the contour moves, the pitch moves: to the next tone that way if the chord had pulled it back."""
    if pitch != before:
        return pitch
    pool = _pool(_restful(span.chord) if chordal else span.classes, compass)
    beyond = [p for p in pool if 0 < (p - before) * (1 if way > 0 else -1) <= 5]
    return min(beyond, key=lambda p: abs(p - before)) if beyond else pitch


def _pool(classes: Sequence[int], compass: Compass) -> list[int]:
    return [p for p in range(compass.low, compass.high + 1) if p % 12 in classes]


def _restful(over: Chord) -> tuple[int, ...]:
    """The chord tones a melody may rest on: no root beside its major seventh, no ninth beside its minor third."""
    classes = over.classes
    return tuple(c for c in classes if (c - 1) % 12 not in classes) if len(classes) > 3 else classes


def _rubs(pitch: int, over: Chord) -> bool:
    """Whether a pitch lies a semitone beside a chord tone and is none itself."""
    return pitch % 12 not in over.classes and bool({(pitch - 1) % 12, (pitch + 1) % 12} & set(over.classes))
