"""Sea, rivers, drops, splashes and bubbles."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def bubble(rng: Rng, hz: float, rise: float = 0.15) -> Signal:
    """One bubble: a damped sine whose pitch rises (van den Doel, 2005: damping grows with pitch)."""
    decay = 0.13 * hz / 1000 + 0.0072 * (hz / 1000) ** 1.5
    length_s = float(np.clip(14 / (decay * 100), 0.008, 0.15))
    n = dsp.frames(length_s)
    t = np.arange(n) / dsp.RATE
    return dsp.fade(np.sin(2 * np.pi * hz * t * (1 + rise * t / length_s)) * dsp.ring(n, length_s), 0.0005, 0.002)


def _bubbles(rng: Rng, low_hz: float, high_hz: float, many: int = 40) -> list[Signal]:
    tops = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), many))
    return [bubble(rng, f, rng.uniform(0.02, 0.4)) * (low_hz / f) ** 0.4 for f in tops]


def sea(rng: Rng, manner: Manner) -> Signal:
    """Waves: each swells, breaks and drains away; behind them the far surf."""
    n, hard = manner.frames, manner.intensity
    period_s = (7.0 - 2.5 * hard) / manner.speed
    waves = max(1, round(n / dsp.RATE / period_s))
    out = np.stack([dsp.colour(rng, n, [(30, -8), (120, 0), (500, -4), (2000, -12), (9000, -26)]) for _ in "lr"])
    out *= 0.22 + 0.25 * hard
    for k in range(waves):
        wave = _wave(rng, period_s * rng.uniform(1.1, 1.5), hard)
        at = int((k + rng.uniform(-0.18, 0.18)) * n / waves)
        dsp.add(out, wave * rng.uniform(0.6, 1.0), at, wrap=True)
    return out


def _wave(rng: Rng, length_s: float, hard: float) -> Signal:
    n = dsp.frames(length_s)
    t = np.arange(n) / n
    swell = np.interp(t, [0, 0.3, 0.4, 0.55, 1], [0, 0.25, 1, 0.35, 0]) ** 1.3
    crash = np.interp(t, [0, 0.28, 0.39, 0.5, 0.7, 1], [0, 0, 1, 0.55, 0.12, 0]) ** 1.5
    drain = np.interp(t, [0, 0.4, 0.55, 0.8, 1], [0, 0, 1, 0.5, 0])
    centre = rng.uniform(-0.5, 0.5)
    sides = []
    for side in (-1, 1):
        low = dsp.colour(rng, n, [(30, -4), (90, 0), (400, -6), (1500, -22), (8000, -50)])
        mid = dsp.colour(rng, n, [(80, -12), (300, -2), (1200, 0), (5000, -8), (16000, -20)])
        high = dsp.colour(rng, n, [(600, -30), (2500, -3), (6000, 0), (14000, -8)])
        sides.append(
            (0.8 + 0.7 * hard) * swell * low + 1.3 * crash * mid * (1 + 0.3 * side * centre) + 0.4 * drain * high
        )
    return np.stack(sides)


def stream(rng: Rng, manner: Manner) -> Signal:
    """Running water: many small bubbles over a soft rush; a river is lower and broader than a brook."""
    n, hard = manner.frames, manner.intensity
    big = manner.says("river", "rapid", "torrent", "flood")
    low, high = (300, 2500) if big else (600, 5500)
    sides = []
    for _ in "lr":
        fizz = dsp.rain_of(rng, n, _bubbles(rng, low, high, 48), 500 + 600 * hard, 0.9)
        swell = dsp.drift(rng, n, 3.0, 0.5, 1.0)
        rush = dsp.colour(rng, n, [(60, -22), (250, -5), (700, 0), (2500, -3), (8000, -12), (16000, -24)])
        sides.append(dsp.level(fizz) * swell + (1.0 if big else 0.6) * rush * dsp.drift(rng, n, 1.0, 0.7, 1.0))
    return np.stack(sides)


def waterfall(rng: Rng, manner: Manner) -> Signal:
    """A broad steady roar with spray."""
    n = manner.frames
    curve = [(40, -8), (150, 0), (800, -3), (3000, -6), (9000, -12), (18000, -24)]
    roar = np.stack([dsp.colour(rng, n, curve) * dsp.drift(rng, n, 2.0, 0.85, 1.1) for _ in "lr"])
    spray = np.stack([dsp.level(dsp.rain_of(rng, n, _bubbles(rng, 500, 3000), 500, 0.6)) for _ in "lr"])
    return roar + 0.35 * spray


def shower(rng: Rng, manner: Manner) -> Signal:
    """A shower or an open tap: steady bright hiss with splatter on a hard floor."""
    n = manner.frames
    tap = manner.says("tap", "faucet", "sink")
    curve = [(150, -26), (500, -10), (1500, -2), (4000, 0), (10000, -4), (18000, -16)]
    hiss = np.stack([dsp.colour(rng, n, curve) for _ in "lr"])
    drops = [dsp.burst(rng, f, f * 2, 0.012) for f in rng.uniform(600, 3500, 8)]
    splat = np.stack([dsp.level(dsp.rain_of(rng, n, drops + _bubbles(rng, 400, 1800, 8), 260, 0.8)) for _ in "lr"])
    return hiss * dsp.drift(rng, n, 2, 0.9, 1.0) * (0.6 if tap else 1.0) + (0.9 if tap else 0.5) * splat


def drip(rng: Rng, manner: Manner) -> Signal:
    """One drop into water: a tick, then a bubble that sings."""
    hz = rng.uniform(700, 1300) / manner.size
    n = dsp.frames(0.16)
    t = np.arange(n) / dsp.RATE
    sing = np.sin(2 * np.pi * hz * (t + 3.0 * t * t)) * dsp.ring(n, 0.07, 0.001)
    second = np.sin(2 * np.pi * hz * 1.35 * (t + 4.0 * t * t)) * dsp.ring(n, 0.045, 0.001)
    drop = dsp.total((0, 0.5 * dsp.peak(dsp.burst(rng, 1500, 9000, 0.02))), (0.012, sing), (0.05, 0.35 * second))
    hall = manner.says("cave", "cavern", "dungeon", "tunnel", "sewer", "well") or manner.echo > 0
    return dsp.room(rng, drop, 2.2 if hall else 0.5, 0.5 if hall else 0.15, 5000)


def splash(rng: Rng, manner: Manner) -> Signal:
    """Something falls into water: slap, cavity, then spray and bubbles."""
    size = manner.size * (0.7 + 0.6 * manner.intensity)
    length_s = 1.5 * size
    n = dsp.frames(length_s)
    t = np.arange(n) / dsp.RATE
    body = dsp.band(rng, n, 250 / size, 2200 / size) * np.exp(-t / (0.13 * size)) * (1 - np.exp(-t / 0.006))
    spray = dsp.band(rng, n, 1800, 9000) * np.exp(-t / (0.28 * size)) * (1 - np.exp(-t / 0.05)) * 0.55
    plop = (
        0.25 * dsp.tone(dsp.sweep(150 / size, 420 / size, 0.14 * size)) * dsp.ring(dsp.frames(0.14 * size), 0.2, 0.01)
    )
    fizz = dsp.rain_of(rng, n, _bubbles(rng, 350, 2600), 260, 0.7, np.exp(-t / (0.4 * size)))
    spray_drops = dsp.peak(fizz, 0.9)
    return dsp.fade(dsp.total((0, body + spray), (0.05 * size, plop), (0.08, spray_drops)), 0.002, 0.2)


def pour(rng: Rng, manner: Manner) -> Signal:
    """Pouring into a vessel: bubbles whose resonance rises as it fills."""
    n = dsp.frames(float(np.clip(manner.length_s or 4, 1.5, 12)))
    t = np.arange(n) / n
    parts = dsp.rain_of(rng, n, _bubbles(rng, 350, 2400, 40), 380, 0.8)
    late = dsp.rain_of(rng, n, _bubbles(rng, 800, 5000, 40), 380, 0.8)
    flow = dsp.band(rng, n, 900, 6000) * 0.8 * dsp.drift(rng, n, 6, 0.6, 1)
    glug = dsp.tone(320 * 2.6**t * (1 + 0.03 * dsp.drift(rng, n, 12, -1, 1))) * dsp.drift(rng, n, 14) ** 2 * 0.12
    out = dsp.level(parts) * (1 - 0.8 * t) + dsp.level(late) * (0.25 + 0.75 * t) + flow + glug
    return dsp.fade(out, 0.08, 0.15)


def bubbling(rng: Rng, manner: Manner) -> Signal:
    """Bubbles rising, boiling or gurgling."""
    n = manner.frames
    boil = manner.says("boil", "simmer", "kettl", "pot", "cauldron")
    grains = _bubbles(rng, 150 if boil else 280, 1500 if boil else 2200, 60)
    rate = (160 if boil else 45) * (0.5 + manner.intensity) * manner.speed
    fizz = np.stack([dsp.level(dsp.rain_of(rng, n, grains, rate, 0.8)) for _ in "lr"])
    return fizz + (0.5 if boil else 0.1) * np.stack([dsp.band(rng, n, 200, 3000, 9) for _ in "lr"])


def underwater(rng: Rng, manner: Manner) -> Signal:
    """Under water: deep rumble and slow large bubbles."""
    n = manner.frames
    deep = np.stack([dsp.colour(rng, n, [(25, 0), (90, 0), (300, -14), (1200, -40)]) for _ in "lr"])
    slow = [bubble(rng, f, 0.5) for f in rng.uniform(180, 600, 10)]
    clouds = dsp.drift(rng, n, 0.6) ** 3
    return deep * dsp.drift(rng, n, 0.3, 0.6, 1) + np.stack(
        [0.7 * dsp.level(dsp.rain_of(rng, n, slow, 40, 0.6, clouds)) for _ in "lr"]
    )


def flush(rng: Rng, manner: Manner) -> Signal:
    """A toilet: lever, rush, swirl, gurgle and refilling."""
    del manner
    n = dsp.frames(7)
    t = np.arange(n) / dsp.RATE
    rush = dsp.colour(rng, n, [(80, -10), (300, 0), (1500, -4), (6000, -10), (16000, -30)])
    env = np.interp(t, [0, 0.15, 0.6, 2.8, 3.8, 4.4, 7], [0, 0.2, 1, 0.8, 0.35, 0.15, 0.05])
    gurgle = dsp.rain_of(rng, n, _bubbles(rng, 150, 700), 90, 0.7) * np.interp(t, [0, 2.5, 3.5, 4.6], [0, 0, 1, 0])
    refill = dsp.band(rng, n, 2500, 9000) * np.interp(t, [0, 3, 4, 6.5, 7], [0, 0, 0.16, 0.13, 0])
    click = dsp.burst(rng, 400, 3000, 0.05)
    return dsp.fade(dsp.total((0, 0.6 * click), (0.05, rush * env + refill + 1.2 * dsp.peak(gurgle))), 0.002, 0.4)


def swim(rng: Rng, manner: Manner) -> Signal:
    """One stroke of an oar or an arm: a soft swash."""
    n = dsp.frames(1.3)
    t = np.arange(n) / dsp.RATE
    swash = dsp.band(rng, n, 300, 2500) * np.exp(-np.square((t - 0.35) / 0.22))
    fizz = dsp.rain_of(rng, n, _bubbles(rng, 400, 2200), 160, 0.7, np.exp(-np.square((t - 0.6) / 0.3)))
    creak = 0.0 if not manner.says("oar", "row", "boat") else 0.3
    wood = dsp.modes(rng, [220, 470, 900], [0.08, 0.06, 0.04], [1, 0.7, 0.4], 0.12)
    return dsp.fade(dsp.total((0, swash + dsp.peak(fizz, 0.8)), (0.02, creak * wood)), 0.05, 0.2)


SOUNDS = (
    Sound(
        "sea waves",
        "sea, ocean, wave, surf, beach wave, seashore, seaside, shore, tide, waves crash, waves lap",
        sea,
        "bed",
        natural_s=10,
        absorbs="crash, break, lap, rock, shore, beach, sand, water, cliff, roll, wash",
    ),
    Sound(
        "stream",
        (
            "stream, river, brook, creek, babbling brook, running water, water flow, rapid, torrent, "
            "fountain, water trickle, gutter"
        ),
        stream,
        "bed",
        natural_s=8,
        absorbs="babble, flow, water, trickle, gurgle, rush, run",
    ),
    Sound(
        "waterfall",
        "waterfall, cascade, water cascade",
        waterfall,
        "bed",
        natural_s=8,
        absorbs="water, roar",
    ),
    Sound(
        "shower",
        "shower, tap run, faucet, water tap, sink, hose, tap water, shower run",
        shower,
        "bed",
        absorbs="water, run, kitchen, bathroom",
    ),
    Sound(
        "water drip",
        "drip, drop water, droplet, water drop, tap drip, faucet drip, leaky tap, plop",
        drip,
        "steady",
        gap_s=1.1,
        count=4,
        jitter=0.35,
        absorbs="water, cave, tap, faucet, leak, sink, pipe",
    ),
    Sound(
        "splash",
        "splash, plunge, dive water, fall water, jump water, throw water, stone water",
        splash,
        gap_s=1.2,
        absorbs="water, pool, lake, river, sea, stone",
    ),
    Sound(
        "pouring water",
        "pour, pour water, pour drink, fill glass, pour tea, pour wine, pour coffee",
        pour,
        natural_s=4,
        stretch=True,
        absorbs="water, glass, cup, wine, tea, coffee, drink, whiskey, liquid, bottle",
    ),
    Sound(
        "bubbles",
        ("bubble, boil, boil water, gurgle, cauldron, simmer, bubbling, aquarium, kettle boil, potion, lava"),
        bubbling,
        "bed",
        natural_s=5,
        absorbs="water, pot, kettle, potion",
    ),
    Sound(
        "underwater",
        "underwater, under water, submerged, deep sea, diver, submarine interior",
        underwater,
        "bed",
        natural_s=8,
        absorbs="bubble, sea, water, ocean",
    ),
    Sound(
        "toilet flush",
        "toilet, flush, toilet flush",
        flush,
        natural_s=7,
    ),
    Sound(
        "rowing",
        "row, oar, paddle, swim, row boat, wade",
        swim,
        "steady",
        gap_s=1.6,
        count=3,
        absorbs="water, boat, lake, river",
    ),
)
