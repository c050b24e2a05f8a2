"""Drum patterns: one line a drum, one character a sixteenth: X accent, x stroke, o ghost stroke, . nothing."""

from __future__ import annotations

import random

from soundwright.tools.music.melody import Tone

DRUMS = {
    "kick": 36,
    "snare": 38,
    "stick": 37,
    "clap": 39,
    "hat": 42,
    "open": 46,
    "pedal": 44,
    "ride": 51,
    "crash": 49,
    "low": 41,
    "mid": 45,
    "high": 48,
    "tambourine": 54,
    "cowbell": 56,
    "shaker": 70,
    "conga": 63,
    "tumba": 64,
    "bongo": 60,
    "clave": 75,
    "block": 76,
    "block2": 77,
    "triangle": 81,
    "brush": 38,
    "bells": 54,
}
STRENGTH = {"X": 0.9, "x": 0.6, "o": 0.25}
FILL = ("high", "high", "mid", "mid", "low", "low", "snare", "snare")

GROOVES: dict[str, dict[str, str]] = {
    "rock": {"kick": "X.......X.x.....", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
    "pop": {
        "kick": "X.......X.....x.",
        "clap": "....x.......x...",
        "snare": "....o.......o...",
        "shaker": "x.o.x.o.x.o.x.o.",
    },
    "four_on_floor": {
        "kick": "X...X...X...X...",
        "clap": "....x.......x...",
        "open": "..x...x...x...x.",
        "hat": "o.o.o.o.o.o.o.oo",
    },
    "lofi": {"kick": "X.....x...X.....", "snare": "....x.......x..o", "hat": "x.o.x.o.x.o.x.oo"},
    "swing": {
        "ride": "X...x.x.X...x.x.",
        "pedal": "....x.......x...",
        "kick": "o...o...o...o...",
        "stick": "......o......o..",
    },
    "shuffle": {"kick": "X.......X.......", "snare": "....X.......X...", "ride": "x.o.x.o.x.o.x.o."},
    "bossa": {"stick": "x.....x.....x...", "kick": "X.....x.X.....x.", "hat": "x.x.x.x.x.x.x.x."},
    "latin": {
        "conga": "..x...xx..x...xx",
        "tumba": "......x.......x.",
        "clave": "x.....x.....x...",
        "cowbell": "X...x...X...x...",
        "shaker": "x.x.x.x.x.x.x.x.",
    },
    "funk": {"kick": "X..x......x..x..", "snare": "....X..o.o..X..o", "hat": "x.xxx.x.x.xxx.x."},
    "folk": {"tambourine": "....x.......x...", "kick": "x.......x.......", "shaker": "o.o.o.o.o.o.o.o."},
    "medieval": {"low": "X.....x.x.......", "tambourine": "....x..x....x..."},
    "arabic": {"low": "X.......x.......", "high": "..x...x.....x...", "tambourine": "o.o.x.o.o.o.x.o."},
    "march": {"snare": "X.xxX.xxX.xxXxxx", "kick": "X.......X.......", "crash": "................"},
    "cinematic": {"low": "X.....x...x.....", "mid": "............x.x."},
    "news": {"kick": "X.....x.X.......", "hat": "x.x.x.x.x.x.x.x.", "snare": "....x.......x..."},
    "tick": {"hat": "x...o...x...o...", "stick": "........o......."},
    "comedy": {"block": "x.......x..x....", "block2": "....x.......x...", "triangle": "..............o."},
    "waltz": {"ride": "x...o...o...", "pedal": "....o...o..."},
    "sleigh": {"bells": "x.o.x.o.x.o.x.o."},
    "tribal": {
        "low": "X..x..x.X..x..x.",
        "conga": "..x.x..x..x.x..x",
        "shaker": "x.xox.xox.xox.xo",
        "mid": "............x.xx",
    },
    "fanfare": {"snare": "X..xX.X.X...xxxx", "crash": "................"},
}
HEAVY = frozenset(
    {"rock", "pop", "four_on_floor", "funk", "latin", "shuffle", "march", "news", "fanfare", "cinematic", "tribal"}
)


def bar(groove: str, start: float, beats: int, energy: float, rng: random.Random) -> list[Tone]:
    """One bar. Weak music leaves out every other line of the pattern but the first."""
    lines = list(GROOVES[groove].items())
    kept = lines if energy > 0.4 else lines[:2] if energy > 0.22 else lines[-1:]
    tones: list[Tone] = []
    for name, steps in kept:
        for number, sign in enumerate(steps[: beats * 4]):
            if sign in STRENGTH and not (sign == "o" and rng.random() < 0.2):
                tones.append(Tone(start + number / 4, 0.2, DRUMS[name], STRENGTH[sign]))
    return tones


def fill(start: float, beats: int, rng: random.Random) -> list[Tone]:
    """The last two beats of a phrase: toms downwards."""
    at = start + beats - 2
    steps = sorted(rng.sample(range(8), rng.choice((4, 5, 6))))
    return [Tone(at + step / 4, 0.2, DRUMS[FILL[step]], 0.5 + 0.05 * step) for step in steps]


def crash(start: float, strength: float = 0.7) -> Tone:
    """A cymbal where something begins."""
    return Tone(start, 1.0, DRUMS["crash"], strength)
