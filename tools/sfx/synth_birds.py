"""Birds and insects: chirp grammars and simple voices."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import VOICE_RATE, Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def _syllable(rng: Rng, low_hz: float, high_hz: float, length_s: float) -> Signal:
    n = dsp.frames(length_s)
    ends = rng.uniform(low_hz, high_hz, 3)
    pitch = np.interp(np.linspace(0, 1, n), [0, rng.uniform(0.3, 0.7), 1], ends)
    if rng.random() < 0.35:
        pitch = pitch * (1 + 0.07 * np.sin(2 * np.pi * rng.uniform(25, 60) * np.arange(n) / dsp.RATE))
    x = np.linspace(0, 1, n)
    return (np.sin(dsp.phase(pitch)) + 0.12 * np.sin(2 * dsp.phase(pitch))) * np.sin(np.pi * x) ** 0.7


def song(rng: Rng) -> Signal:
    """One phrase of a songbird: a few motifs, each repeated, with its own range."""
    low = rng.uniform(2200, 3800)
    high = low * rng.uniform(1.3, 1.9)
    parts, at = [], 0.0
    for _ in range(int(rng.integers(2, 5))):
        motif = [_syllable(rng, low, high, rng.uniform(0.04, 0.16)) for _ in range(int(rng.integers(1, 3)))]
        for _ in range(int(rng.integers(1, 6))):
            for note in motif:
                parts.append((at, note * rng.uniform(0.6, 1)))
                at += note.size / dsp.RATE + rng.uniform(0.015, 0.05)
        at += rng.uniform(0.03, 0.12)
    return dsp.fade(dsp.total(*parts))


def birdsong(rng: Rng, manner: Manner) -> Signal:
    """Several birds in different places, near and far."""
    n = manner.frames
    out = np.zeros((2, n))
    busy = 0.35 + 0.9 * manner.intensity
    for bird in range(6):
        phrases = [song(rng) for _ in range(3)]
        place, loud = rng.uniform(-0.9, 0.9), rng.uniform(0.15, 1.0) * (1.0 if bird else 1.3)
        for at in dsp.poisson(rng, n, busy * 0.33):
            dsp.add(out, dsp.pan(phrases[int(rng.integers(3))] * loud, place), int(at), wrap=True)
    if not out.any():
        dsp.add(out, dsp.pan(song(rng), 0), 0, wrap=True)
    air = np.stack([dsp.colour(rng, n, [(80, 0), (400, -6), (3000, -26), (12000, -40)]) for _ in "lr"])
    return dsp.room(rng, out, 1.0, 0.25, 6000, wrap=True) + 0.012 * air


def chirp(rng: Rng, manner: Manner) -> Signal:
    """A single bird's short phrase."""
    del manner
    return dsp.room(rng, song(rng), 0.8, 0.15, 6000)


def _cry(rng: Rng, pitch: Signal, formants: dsp.Formants, rough: float, breath: float, tilt: float = 0.6) -> Signal:
    n = pitch.size
    t = np.arange(n) / VOICE_RATE
    wobble = 1 + rough * np.sin(2 * np.pi * rng.uniform(55, 75) * t) * 0.4 + rough * 0.05 * rng.standard_normal(n)
    voice = dsp.voiced(rng, pitch * (1 + 0.02 * rough * np.sin(2 * np.pi * 38 * t)), formants, breath, tilt)
    return voice * np.repeat(wobble, 3)[: voice.size]


def _pitch(points: list[tuple[float, float]]) -> Signal:
    times, values = zip(*points, strict=True)
    return np.asarray(np.interp(np.arange(int(times[-1] * VOICE_RATE)) / VOICE_RATE, times, values))


def _bow(x: Signal, attack: float = 0.12, release: float = 0.3) -> Signal:
    return dsp.peak(x) * np.interp(np.linspace(0, 1, x.size), [0, attack, 1 - release, 1], [0, 1, 0.8, 0])


def crow(rng: Rng, manner: Manner) -> Signal:
    """A crow's caw: harsh, 0.35 s."""
    del manner
    f = rng.uniform(0.92, 1.08)
    pitch = _pitch([(0, 300 * f), (0.08, 350 * f), (0.3, 330 * f), (0.4, 270 * f)])
    return _bow(_cry(rng, pitch, [(1300, 180, 1), (1800, 220, 1), (2700, 400, 0.35)], 1.0, 0.9, 0.1), 0.06, 0.3)


def owl(rng: Rng, manner: Manner) -> Signal:
    """An owl: a short hoot, then a long wavering one."""
    f = rng.uniform(0.96, 1.05) * 370 / manner.size**0.3

    def hoot(length_s: float, waver: float) -> Signal:
        n = dsp.frames(length_s)
        t = np.arange(n) / dsp.RATE
        pitch = (
            f * np.interp(t / length_s, [0, 0.3, 1], [0.93, 1, 0.95]) * (1 + waver * 0.018 * np.sin(2 * np.pi * 7 * t))
        )
        return (
            (dsp.harmonics(pitch, [1, 0.04, 0.015]) + 0.06 * dsp.band(rng, n, f * 0.9, f * 1.1, 40))
            * np.sin(np.pi * t / length_s) ** 0.5
            * (1 - waver * 0.4 * (0.5 + 0.5 * np.sin(2 * np.pi * 7 * t)))
        )

    return dsp.room(
        rng,
        dsp.total((0, hoot(0.35, 0)), (0.75, 0.6 * hoot(0.16, 0)), (1.0, hoot(0.3, 0)), (1.42, hoot(0.55, 0.6))),
        1.0,
        0.15,
        2500,
    )


def gull(rng: Rng, manner: Manner) -> Signal:
    """A gull: a long cry, then a falling series."""
    del manner
    parts, at = [], 0.0
    f = rng.uniform(0.9, 1.1)
    for k in range(int(rng.integers(2, 6))):
        d = 0.55 if k == 0 else 0.24
        pitch = _pitch([(0, 780 * f), (d * 0.3, 1280 * f), (d * 0.7, 1150 * f), (d, 800 * f)])
        parts.append(
            (
                at,
                _bow(_cry(rng, pitch, [(1300, 300, 1), (2600, 500, 0.9), (4200, 800, 0.3)], 0.25, 0.08), 0.1, 0.3)
                * (1 - 0.08 * k),
            )
        )
        at += d + 0.1
    return dsp.total(*parts)


def rooster(rng: Rng, manner: Manner) -> Signal:
    """Cock-a-doodle-doo."""
    del manner
    f = rng.uniform(0.95, 1.05)
    calls = (
        [(0, 550), (0.18, 700)],
        [(0, 800), (0.14, 850)],
        [(0, 900), (0.12, 820), (0.2, 950)],
        [(0, 800), (0.15, 1000), (0.6, 930), (0.95, 620)],
    )
    parts, at = [], 0.0
    for points in calls:
        pitch = _pitch([(t, hz * f) for t, hz in points])
        parts.append(
            (at, _bow(_cry(rng, pitch, [(1100, 250, 1), (2300, 400, 0.9), (3600, 600, 0.5)], 0.3, 0.1, 0.4), 0.1, 0.25))
        )
        at += points[-1][0] + 0.05
    return dsp.room(rng, dsp.total(*parts), 0.6, 0.1)


def chicken(rng: Rng, manner: Manner) -> Signal:
    """A hen: a few clucks, sometimes a long one."""
    del manner
    parts, at = [], 0.0
    for k in range(int(rng.integers(3, 6))):
        d = 0.09 if k < 3 else 0.3
        pitch = _pitch([(0, 420), (d * 0.4, rng.uniform(560, 700)), (d, 430)])
        parts.append(
            (at, _bow(_cry(rng, pitch, [(900, 200, 1), (1900, 300, 0.8), (3200, 600, 0.3)], 0.5, 0.2), 0.1, 0.4))
        )
        at += d + rng.uniform(0.08, 0.2)
    return dsp.total(*parts)


def duck(rng: Rng, manner: Manner) -> Signal:
    """Quack (or the lower honk of a goose)."""
    honk = manner.says("goos", "honk")
    f, d = (420, 0.3) if honk else (230, 0.2)
    pitch = _pitch([(0, f), (d * 0.3, f * 1.15), (d, f * 0.85)])
    return _bow(
        _cry(rng, pitch, [(1200, 150, 1), (1900, 200, 1), (2800, 400, 0.5)], 0.5, 0.1, 0.1), 0.06, 0.4
    ) * rng.uniform(0.7, 1)


def pigeon(rng: Rng, manner: Manner) -> Signal:
    """Cooing: low, rolled."""
    del manner
    parts, at = [], 0.0
    for d, f in ((0.3, 300), (0.7, 380), (0.25, 310)):
        t = np.arange(dsp.frames(d)) / dsp.RATE
        roll = 0.6 + 0.4 * np.sin(2 * np.pi * 24 * t)
        parts.append(
            (at, dsp.harmonics(f * (1 + 0.05 * np.sin(np.pi * t / d)), [1, 0.15, 0.05]) * np.sin(np.pi * t / d) * roll)
        )
        at += d + 0.06
    return dsp.total(*parts)


def hawk(rng: Rng, manner: Manner) -> Signal:
    """The falling scream of a bird of prey."""
    del manner
    pitch = _pitch([(0, 2300), (0.12, 3100), (0.5, 2800), (1.1, 2000)])
    return dsp.room(rng, _bow(_cry(rng, pitch, [(2700, 700, 1), (5400, 900, 0.6)], 0.5, 0.5, 0.2), 0.1, 0.4), 1.5, 0.3)


def woodpecker(rng: Rng, manner: Manner) -> Signal:
    """A drum roll on a hollow trunk."""
    del manner
    hit = dsp.modes(rng, [620, 1100, 1750], [0.05, 0.035, 0.02], [1, 0.6, 0.4], 0.06)
    return dsp.room(
        rng, dsp.total(*((k / 19, hit * np.sin(np.pi * (k + 1) / 15) ** 0.4) for k in range(14))), 1.0, 0.25
    )


def flapping(rng: Rng, manner: Manner) -> Signal:
    """Wings: soft puffs, faster for small birds."""
    flaps = []
    for k in range(9):
        flaps.append(
            (
                k * 0.095 / manner.speed * manner.size,
                dsp.burst(rng, 150, 1600, 0.09, 0.02) * rng.uniform(0.5, 1) * (1 - k * 0.06),
            )
        )
    return dsp.total(*flaps)


def crickets(rng: Rng, manner: Manner) -> Signal:
    """Crickets: groups of pulses near 4.5 kHz, each animal with its own pitch, pace and place."""
    n = manner.frames
    out = np.zeros((2, n))
    for k in range(5):
        hz, place = rng.uniform(3900, 5200), rng.uniform(-0.9, 0.9)
        m = dsp.frames(0.017)
        pulse = np.sin(2 * np.pi * hz * np.arange(m) / dsp.RATE) * np.sin(np.pi * np.arange(m) / m)
        chirp_s = dsp.total(*((j * 0.028, pulse * (0.6 + 0.2 * j)) for j in range(3)))
        period = round(n / max(1, round(n / dsp.RATE * rng.uniform(1.8, 3.0) * manner.speed)))
        for at in range(int(rng.integers(period)), n, period):
            dsp.add(
                out,
                dsp.pan(chirp_s, place) * (1.0 if k == 0 else rng.uniform(0.12, 0.5)),
                at + int(rng.integers(400)),
                wrap=True,
            )
    trill = np.stack([dsp.band(rng, n, 4200, 5200, 40) for _ in "lr"])
    flutter = 0.5 + 0.5 * np.sin(2 * np.pi * round(38 * n / dsp.RATE) * np.arange(n) / n)
    return out + 0.03 * trill * flutter


def cicadas(rng: Rng, manner: Manner) -> Signal:
    """Cicadas: a dense buzz that swells."""
    n = manner.frames
    buzz = np.stack([dsp.band(rng, n, 4500, 7500, 30) for _ in "lr"])
    rattle = 0.4 + 0.6 * (0.5 + 0.5 * np.sin(2 * np.pi * round(110 * n / dsp.RATE) * np.arange(n) / n)) ** 2
    return buzz * rattle * dsp.drift(rng, n, 0.5, 0.25, 1.0)


def buzzing(rng: Rng, manner: Manner) -> Signal:
    """Bees, a fly or a mosquito: wing tones that come and go."""
    n = manner.frames
    base = 580 if manner.says("mosquito", "gnat") else 190 if manner.says("fly", "bluebottl") else 230
    many = 12 if manner.says("be", "bee", "swarm", "hive", "wasp", "hornet") else 1
    out = np.zeros((2, n))
    for _ in range(many):
        pitch = (
            base
            * rng.uniform(0.85, 1.15)
            * (1 + 0.12 * dsp.drift(rng, n, 2.5, -1, 1) + 0.04 * dsp.drift(rng, n, 35, -1, 1))
        )
        wing = dsp.harmonics(pitch, 1 / np.arange(1, 22) ** 0.6, closed=True) * dsp.drift(rng, n, 50, 0.5, 1)
        out += dsp.pan(wing * dsp.drift(rng, n, 0.6) ** 1.5, dsp.drift(rng, n, 0.3, -0.8, 0.8))
    return dsp.high_pass(out, base * 0.7, wrap=True)


def frogs(rng: Rng, manner: Manner) -> Signal:
    """Frogs: croaks made of pulses, and a chorus behind."""
    n = manner.frames
    out = np.zeros((2, n))
    for k in range(6):
        hz, place = rng.uniform(500, 1500), rng.uniform(-0.9, 0.9)
        m = dsp.frames(rng.uniform(0.2, 0.4))
        t = np.arange(m) / dsp.RATE
        pulses = (0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(28, 60) * t)) ** 3
        croak = (
            (np.sin(2 * np.pi * hz * t) + 0.6 * np.sin(4.1 * np.pi * hz * t) + 0.3 * np.sin(1.1 * np.pi * hz * t))
            * pulses
            * np.sin(np.pi * t * dsp.RATE / m) ** 0.5
        )
        croak = croak + 0.5 * dsp.band(rng, m, hz * 0.8, hz * 2.4) * pulses
        period = round(n / max(1, round(n / dsp.RATE * rng.uniform(0.7, 1.3))))
        for at in range(int(rng.integers(period)), n, period):
            dsp.add(out, dsp.pan(croak, place) * (1 if k < 2 else 0.3), at + int(rng.integers(4000)), wrap=True)
    return dsp.room(rng, out, 0.8, 0.2, wrap=True)


SOUNDS = (
    Sound(
        "birdsong",
        (
            "bird, birdsong, bird sing, bird chirp, dawn chorus, bird song, songbird, sparrow, robin, "
            "nightingale, blackbird, lark, tweet, chirp, twitter, canary, morning bird, finch"
        ),
        birdsong,
        "bed",
        natural_s=8,
        absorbs="sing, chirp, song, tree, morning, garden, forest, tweet, twitter, spring",
    ),
    Sound(
        "single bird",
        "single bird, one bird, bird call, lone bird, bird whistle",
        chirp,
        "sparse",
        gap_s=2.2,
        jitter=0.4,
        absorbs="call, chirp, sing",
    ),
    Sound(
        "crow",
        "crow, raven, caw, rook, crow caw, jackdaw, magpie",
        crow,
        "steady",
        gap_s=0.65,
        count=3,
        jitter=0.2,
        absorbs="caw, call, croak",
    ),
    Sound(
        "owl",
        "owl, hoot, owl hoot",
        owl,
        "sparse",
        gap_s=5.5,
        jitter=0.3,
        absorbs="hoot, call",
    ),
    Sound(
        "seagulls",
        "gull, seagull, gull cry",
        gull,
        "sparse",
        gap_s=3.0,
        jitter=0.5,
        absorbs="cry, call, scream, squawk",
    ),
    Sound(
        "rooster",
        "rooster, cock crow, cockerel, rooster crow, cock-a-doodle",
        rooster,
        "sparse",
        gap_s=4,
        jitter=0.3,
        absorbs="crow, farm, morning, call",
    ),
    Sound(
        "chicken",
        "chicken, hen, cluck, chicken coop",
        chicken,
        "sparse",
        gap_s=1.8,
        jitter=0.4,
        absorbs="cluck, farm, coop",
    ),
    Sound(
        "duck",
        "duck, quack, goose, honk goose, geese",
        duck,
        "steady",
        gap_s=0.42,
        count=5,
        jitter=0.3,
        absorbs="quack, pond, honk, lake",
    ),
    Sound(
        "pigeon",
        "pigeon, dove, coo, cuckoo",
        pigeon,
        "sparse",
        gap_s=2.5,
        jitter=0.3,
        absorbs="coo",
    ),
    Sound(
        "hawk",
        "hawk, eagle, falcon, eagle cry, screech bird, vulture",
        hawk,
        "sparse",
        gap_s=4,
        jitter=0.4,
        absorbs="cry, screech, scream, call",
    ),
    Sound(
        "woodpecker",
        "woodpecker",
        woodpecker,
        "sparse",
        gap_s=3,
        jitter=0.3,
        absorbs="tree, peck, drum, knock",
    ),
    Sound(
        "wings",
        "wing, flap, wing flap, flutter, bird fly, bat, bat fly, dragon wing",
        flapping,
        gap_s=1.3,
        absorbs="flap, flutter, bird, fly, pigeon",
    ),
    Sound(
        "crickets",
        "cricket, grasshopper, katydid, night insect, insect",
        crickets,
        "bed",
        natural_s=8,
        absorbs="chirp, night, summer, evening",
    ),
    Sound(
        "cicadas",
        "cicada, locust",
        cicadas,
        "bed",
        natural_s=8,
        absorbs="summer, buzz",
    ),
    Sound(
        "buzzing insects",
        (
            "bee, buzz fly, fly buzz, mosquito, wasp, insect buzz, beehive, hornet, swarm, bee buzz, "
            "housefly, bluebottle"
        ),
        buzzing,
        "bed",
        natural_s=5,
        absorbs="buzz, hive, swarm, hum, fly",
    ),
    Sound(
        "frogs",
        "frog, toad, croak, frog croak, bullfrog",
        frogs,
        "bed",
        natural_s=8,
        absorbs="croak, pond, swamp, night",
    ),
)
