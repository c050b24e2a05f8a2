"""Four-legged animals and monsters: harmonic voices with moving formants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import VOICE_RATE, Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound

Points = Sequence[tuple[float, float]]


def curve(points: Points, scale: float = 1.0) -> Signal:
    """A curve at the voice rate through (second, value) points."""
    times, values = zip(*points, strict=True)
    return np.asarray(scale * np.interp(np.arange(int(times[-1] * VOICE_RATE)) / VOICE_RATE, times, values))


def call(
    rng: Rng,
    pitch: Signal,
    formants: dsp.Formants,
    loud: Points,
    rough: float = 0.0,
    breath: float = 0.05,
    tilt: float = 0.8,
) -> Signal:
    """One call: pitch curve, formants, loudness over its relative length; ``rough`` adds growl and jitter."""
    t = np.arange(pitch.size) / VOICE_RATE
    jitter = 1 + 0.012 * (0.3 + rough) * np.convolve(rng.standard_normal(pitch.size), np.ones(40) / 6, "same")
    voice = dsp.peak(dsp.voiced(rng, pitch * jitter, formants, breath, tilt))
    if rough > 0:
        growl = 1 + rough * 0.8 * np.sin(2 * np.pi * 29 * t + 2 * np.sin(2 * np.pi * 7 * t))
        voice = voice * np.repeat(growl, 3)[: voice.size]
    x, y = zip(*loud, strict=True)
    return np.asarray(voice * np.interp(np.linspace(0, 1, voice.size), x, y))


def dog(rng: Rng, manner: Manner) -> Signal:
    """A bark: a fast rise and fall of pitch, the mouth opening and closing; small dogs higher."""
    size = manner.size * (
        0.75
        if manner.says("small", "puppy", "yap", "chihuahua")
        else 1.15
        if manner.says("big", "large", "guard", "hound")
        else 1
    )
    f = rng.uniform(0.93, 1.07) / size
    pitch = curve([(0, 280), (0.05, 520), (0.11, 480), (0.19, 250)], f)
    mouth = curve([(0, 550), (0.06, 1150), (0.12, 1000), (0.19, 600)], size**-0.5)
    bark = call(
        rng,
        pitch,
        [(mouth, 220, 1.0), (mouth * 1.9, 350, 0.6), (3100, 600, 0.25)],
        [(0, 0), (0.12, 1), (0.5, 0.8), (1, 0)],
        0.35,
        0.6,
        0.6,
    )
    return dsp.room(rng, bark * rng.uniform(0.8, 1), 0.5, 0.12)


def growl(rng: Rng, manner: Manner) -> Signal:
    """A growl or a roar: low, very rough."""
    roar = manner.says("roar", "lion", "tiger", "bear", "monster", "dragon", "beast", "dinosaur", "creatur")
    length_s = 2.2 if roar else 1.6
    base = (75 if roar else 95) / manner.size
    pitch = curve([(0, 0.8), (0.25 * length_s, 1.35 if roar else 1.05), (0.7 * length_s, 1.15), (length_s, 0.75)], base)
    mouth = curve([(0, 350), (0.35 * length_s, 780 if roar else 420), (length_s, 350)], manner.size**-0.5)
    x = call(
        rng,
        pitch,
        [(mouth, 180, 1), (mouth * 2.2, 320, 0.7), (2600, 600, 0.2)],
        [(0, 0), (0.2, 1), (0.65, 0.9), (1, 0)],
        0.9,
        1.0,
        0.5,
    )
    return dsp.room(rng, x, 1.0, 0.25 if roar else 0.1)


def cat(rng: Rng, manner: Manner) -> Signal:
    """Meow; or a hiss or a purr if the text says so."""
    if manner.says("purr"):
        n = dsp.frames(2.8)
        t = np.arange(n) / dsp.RATE
        breath = np.where(np.sin(2 * np.pi * t / 1.4) > 0, 1.0, 0.75) * np.abs(np.sin(2 * np.pi * t / 1.4)) ** 0.3
        return dsp.fade(
            dsp.band(rng, n, 60, 900, 12) * (0.5 + 0.5 * np.sin(2 * np.pi * 25 * t)) ** 2 * breath, 0.1, 0.1
        )
    if manner.says("hiss", "spit"):
        return dsp.fade(dsp.burst(rng, 1800, 8000, 1.4, 0.05))
    d = rng.uniform(0.65, 0.95)
    angry = 0.5 if manner.says("angry", "yowl", "fight", "scream") else 0.04
    pitch = curve([(0, 480), (0.25 * d, 700), (0.6 * d, 640), (d, 430)], rng.uniform(0.95, 1.1) / manner.size**0.5)
    first = curve([(0, 500), (0.3 * d, 1250), (0.7 * d, 1100), (d, 600)])
    second = curve([(0, 2400), (0.35 * d, 2000), (d, 1300)])
    return call(
        rng,
        pitch,
        [(first, 200, 1), (second, 260, 0.9), (3800, 500, 0.4)],
        [(0, 0), (0.15, 0.7), (0.45, 1), (0.8, 0.6), (1, 0)],
        angry,
        0.04,
        0.5,
    )


def cow(rng: Rng, manner: Manner) -> Signal:
    """Moo."""
    d = rng.uniform(1.3, 1.9)
    pitch = curve([(0, 115), (0.2 * d, 150), (0.7 * d, 165), (d, 120)], 1 / manner.size)
    mouth = curve([(0, 260), (0.35 * d, 620), (0.8 * d, 560), (d, 350)])
    return call(
        rng,
        pitch,
        [(mouth, 90, 1), (mouth * 2.1, 180, 0.5), (2300, 500, 0.12)],
        [(0, 0), (0.15, 0.8), (0.7, 1), (1, 0)],
        0.12,
        0.05,
        0.6,
    )


def sheep(rng: Rng, manner: Manner) -> Signal:
    """Baa: a strong tremor near 9 Hz; goats higher."""
    d = rng.uniform(0.7, 1.1)
    f = (400 if manner.says("goat", "lamb") else 270) * rng.uniform(0.9, 1.1) / manner.size
    n = int(d * VOICE_RATE)
    t = np.arange(n) / VOICE_RATE
    tremor = np.sin(2 * np.pi * 9 * t)
    x = call(
        rng,
        f * (1 + 0.05 * tremor) * np.interp(t / d, [0, 0.2, 1], [0.92, 1.02, 0.9]),
        [(850, 150, 1), (1500, 180, 0.9), (2700, 350, 0.6)],
        [(0, 0), (0.12, 1), (0.7, 0.8), (1, 0)],
        0.1,
        0.05,
        0.3,
    )
    return x * np.repeat(0.7 + 0.3 * tremor, 3)[: x.size]


def wolf(rng: Rng, manner: Manner) -> Signal:
    """A howl: up, held, and slowly down, with a second wolf answering if there are several."""
    d = rng.uniform(3.0, 4.2)
    top = rng.uniform(480, 620) / manner.size
    pitch = curve([(0, 0.55), (0.12 * d, 0.9), (0.3 * d, 1), (0.65 * d, 0.97), (d, 0.58)], top)
    x = call(
        rng,
        pitch,
        [(600, 160, 1), (1150, 220, 0.35), (2600, 500, 0.06)],
        [(0, 0), (0.12, 0.8), (0.5, 1), (0.85, 0.5), (1, 0)],
        0.06,
        0.12,
        1.0,
    )
    return dsp.room(rng, x, 1.8, 0.25, 2500)


def horse(rng: Rng, manner: Manner) -> Signal:
    """A neigh: a high shaking scream that falls into a snort."""
    d = 1.5
    t = np.arange(int(d * VOICE_RATE)) / VOICE_RATE
    shake = 1 + 0.07 * np.sin(2 * np.pi * 11 * t) * np.clip(t / 0.3, 0, 1)
    pitch = np.interp(t, [0, 0.15, 0.5, 1.1, d], [650, 1150, 1000, 700, 380]) * shake / manner.size
    neigh = call(
        rng,
        pitch,
        [(1200, 250, 1), (2400, 350, 0.7), (3600, 500, 0.3)],
        [(0, 0), (0.1, 1), (0.7, 0.7), (1, 0)],
        0.25,
        0.1,
        0.4,
    )
    snort = dsp.burst(rng, 150, 1200, 0.5, 0.04)
    t2 = np.arange(snort.size) / dsp.RATE
    return dsp.total((0, neigh), (1.45, 0.5 * dsp.peak(snort * (0.6 + 0.4 * np.sin(2 * np.pi * 26 * t2)))))


def pig(rng: Rng, manner: Manner) -> Signal:
    """Grunts; a squeal if the text says so."""
    if manner.says("squeal", "scream"):
        return call(
            rng,
            curve([(0, 700), (0.15, 1300), (0.5, 1200), (0.7, 800)]),
            [(1400, 300, 1), (2900, 500, 0.9)],
            [(0, 0), (0.1, 1), (0.8, 0.8), (1, 0)],
            0.4,
            0.2,
            0.3,
        )
    parts = []
    for k in range(int(rng.integers(2, 4))):
        d = rng.uniform(0.14, 0.3)
        parts.append(
            (
                0.33 * k,
                call(
                    rng,
                    curve([(0, 70), (0.3 * d, 95), (d, 65)]),
                    [(450, 120, 1), (1100, 250, 0.7), (2300, 600, 0.3)],
                    [(0, 0), (0.2, 1), (1, 0)],
                    0.8,
                    1.2,
                    0.3,
                ),
            )
        )
    return dsp.total(*parts)


def squeak(rng: Rng, manner: Manner) -> Signal:
    """A mouse or a rat."""
    del manner
    parts = [
        (0.13 * k, dsp.tone(dsp.sweep(3600 * rng.uniform(0.9, 1.2), 4600, 0.06)) * np.hanning(dsp.frames(0.06)))
        for k in range(4)
    ]
    return dsp.total(*parts)


def monkey(rng: Rng, manner: Manner) -> Signal:
    """Rising hoots of an ape."""
    del manner
    parts = []
    for k in range(7):
        d = 0.16
        parts.append(
            (
                0.27 * k,
                call(
                    rng,
                    curve([(0, 300), (d * 0.6, 420 + 45 * k), (d, 380 + 40 * k)]),
                    [(700, 150, 1), (1300, 250, 0.5)],
                    [(0, 0), (0.3, 0.5 + 0.07 * k), (1, 0)],
                    0.15,
                    0.15,
                    0.7,
                ),
            )
        )
    return dsp.total(*parts)


def hissing(rng: Rng, manner: Manner) -> Signal:
    """A snake: a hiss; with a rattle if it is a rattlesnake."""
    n = dsp.frames(1.6)
    t = np.arange(n) / dsp.RATE
    hiss = dsp.band(rng, n, 3500, 9500) * np.sin(np.pi * t / 1.6) ** 0.6
    if manner.says("rattlesnak", "rattl"):
        hiss = hiss * (0.5 + 0.5 * np.sign(np.sin(2 * np.pi * 52 * t))) * 1.5
    return dsp.fade(hiss, 0.02, 0.1)


def elephant(rng: Rng, manner: Manner) -> Signal:
    """A trumpeting elephant."""
    return call(
        rng,
        curve([(0, 330), (0.2, 520), (0.9, 560), (1.5, 380)], 1 / manner.size),
        [(900, 200, 1), (1700, 300, 1), (3000, 600, 0.7)],
        [(0, 0), (0.1, 1), (0.8, 0.8), (1, 0)],
        0.5,
        0.1,
        0.1,
    )


SOUNDS = (
    Sound(
        "dog bark",
        "dog, bark, dog bark, puppy, hound, yap, woof",
        dog,
        "steady",
        gap_s=0.5,
        count=3,
        jitter=0.35,
        absorbs="bark, guard, yap, howl",
    ),
    Sound(
        "growl",
        (
            "growl, roar, lion, tiger, bear, monster, dragon, beast, dog growl, snarl, lion roar, "
            "dinosaur, creature, monster roar"
        ),
        growl,
        gap_s=3,
        absorbs="growl, roar, snarl, dog, angry",
    ),
    Sound(
        "cat",
        "cat, meow, kitten, purr, cat purr, cat hiss, mew",
        cat,
        "sparse",
        gap_s=1.8,
        jitter=0.3,
        absorbs="meow, purr, hiss, yowl",
    ),
    Sound(
        "cow",
        "cow, moo, cattle, bull, ox",
        cow,
        "sparse",
        gap_s=3.2,
        jitter=0.4,
        absorbs="moo, farm, field",
    ),
    Sound(
        "sheep",
        "sheep, goat, lamb, bleat, baa, flock",
        sheep,
        "sparse",
        gap_s=1.7,
        jitter=0.4,
        absorbs="bleat, farm, flock",
    ),
    Sound(
        "wolf howl",
        "wolf, wolf howl, coyote, dog howl, werewolf, wolve",
        wolf,
        "sparse",
        gap_s=5,
        jitter=0.3,
        absorbs="howl, moon, pack",
    ),
    Sound(
        "horse neigh",
        "horse, neigh, whinny, horse neigh, horse snort, pony, donkey",
        horse,
        "sparse",
        gap_s=3.5,
        jitter=0.3,
        absorbs="neigh, whinny, stable",
    ),
    Sound(
        "pig",
        "pig, grunt pig, oink, swine, boar, hog",
        pig,
        "sparse",
        gap_s=1.5,
        jitter=0.4,
        absorbs="grunt, oink, squeal, farm",
    ),
    Sound(
        "mouse squeak",
        "mouse, rat, mice, rodent, bat squeak, mouse squeak",
        squeak,
        "sparse",
        gap_s=1.3,
        jitter=0.4,
        absorbs="squeak",
    ),
    Sound(
        "monkey",
        "monkey, ape, chimp, chimpanzee, gorilla",
        monkey,
        "sparse",
        gap_s=3,
        jitter=0.3,
        absorbs="call, scream",
    ),
    Sound(
        "snake",
        "snake, rattlesnake, serpent, snake hiss",
        hissing,
        "sparse",
        gap_s=2.5,
        jitter=0.3,
        absorbs="hiss, rattle",
    ),
    Sound(
        "elephant",
        "elephant, trumpet elephant",
        elephant,
        "sparse",
        gap_s=3.5,
        jitter=0.3,
        absorbs="trumpet",
    ),
)
