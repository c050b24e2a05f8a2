"""Rain, hail, wind and thunder."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def _drops(rng: Rng, manner: Manner) -> list[Signal]:
    if manner.material in ("metal", "glass"):
        low, high, ring_s = (1100, 8000, 0.05) if manner.material == "metal" else (1800, 6500, 0.025)
        return [
            dsp.total(
                (0, 0.6 * dsp.solid(rng, low, high, ring_s, many=14, tilt=0.2)),
                (0, dsp.peak(dsp.burst(rng, 1500, 9000, 0.008))),
            )
            for _ in range(16)
        ]
    high = 2500 if manner.material in ("leaves", "grass") else 6000
    drops = [
        dsp.burst(rng, f, f * 1.8, d)
        for f, d in zip(rng.uniform(900, high, 6), rng.uniform(0.004, 0.02, 6), strict=True)
    ]
    for f in rng.uniform(1500, high * 1.4, 6):
        drops.append(0.5 * dsp.modes(rng, [f], [0.018], [1], 0.02))
    return drops


def rain(rng: Rng, manner: Manner) -> Signal:
    """Rain: a hiss of far drops under single near ones, the denser the heavier."""
    n, hard = manner.frames, manner.intensity
    curve = [(60, -30), (250, -16 + 14 * hard), (900, -6 + 4 * hard), (2500, 0), (8000, -1), (18000, -12)]
    sides = []
    hiss = dsp.colour(rng, n, curve)
    for _ in "lr":
        near = dsp.level(
            dsp.rain_of(rng, n, _drops(rng, manner), (40 if not manner.material else 120) + 900 * hard**2, 0.9)
        )
        near_part = 1.1 - 0.7 * hard if not manner.material else 0.9 - 0.3 * hard
        far = 0.35 * hiss + 0.9 * dsp.colour(rng, n, curve)
        far = far * dsp.drift(rng, n, 0.4, 0.8, 1.1)
        sides.append(far * (0.5 + 0.5 * hard) + near_part * near)
    out = np.stack(sides)
    return dsp.low_pass(out, 1800, wrap=True) if manner.inside and not manner.material else out


def hail(rng: Rng, manner: Manner) -> Signal:
    """Hail: hard dense clicks over rain."""
    n = manner.frames
    stones = [
        dsp.total((0, dsp.burst(rng, 1500, 7000, d)), (0, 0.4 * dsp.burst(rng, 300, 900, 0.03)))
        for d in rng.uniform(0.008, 0.03, 8)
    ]
    hits = np.stack([dsp.level(dsp.rain_of(rng, n, stones, 120 + 200 * manner.intensity, 0.7)) for _ in "lr"])
    return hits + 0.3 * dsp.level(rain(rng, manner.but(material="")))


def wind(rng: Rng, manner: Manner) -> Signal:
    """Wind: noise bands whose centre rises with the gusts; a howl has narrower bands."""
    n, hard = manner.frames, manner.intensity
    howl = manner.says("howl", "whistl", "moan", "eeri", "wail", "shriek") or hard > 0.7
    gust = dsp.drift(rng, n, 0.25 + 0.3 * hard)
    out = np.stack([_gusts(rng, n, gust, hard) for _ in "lr"])
    if howl:
        out += 0.55 * np.stack([_howl(rng, n, gust) for _ in "lr"])
    if manner.says("leav", "tree", "forest", "grass", "rustl"):
        leaves = np.stack([dsp.band(rng, n, 2500, 9000) * gust**1.5 for _ in "lr"])
        out += 0.5 * leaves
    return dsp.low_pass(out, 700, wrap=True) if manner.inside else out


def _gusts(rng: Rng, n: int, gust: Signal, hard: float) -> Signal:
    centre = np.log2(170 + 160 * hard) + (1.0 + hard) * (gust - 0.3)
    out = 0.8 * dsp.colour(rng, n, [(25, -6), (70, 0), (200, -8), (1000, -34)]) * (0.4 + gust)
    for hz in np.geomspace(90, 3000, 9):
        near = np.exp(-np.square((np.log2(hz) - centre) / 1.1))
        out += dsp.band(rng, n, hz * 0.85, hz * 1.2, 24) * near * (0.25 + gust**1.5)
    return out


def _howl(rng: Rng, n: int, gust: Signal) -> Signal:
    out = np.zeros(n)
    for hz, width in ((420, 0.03), (610, 0.025), (880, 0.02)):
        bend = dsp.drift(rng, n, 0.5)
        steps = [dsp.band(rng, n, hz * s * (1 - width), hz * s * (1 + width), 60) for s in (1.0, 1.12, 1.26)]
        for k, step in enumerate(steps):
            out += step * np.exp(-np.square((bend * 2 - k) / 0.6)) * gust**2 * dsp.drift(rng, n, 0.3)
    return out


def thunder(rng: Rng, manner: Manner) -> Signal:
    """Thunder: claps from along the channel of the lightning that overlap, then rumbling that rolls away."""
    near = max(0.0, 1 - 1.4 * manner.distance)
    length_s = float(np.clip(manner.length_s, 4, 9)) if manner.frames else 7.0
    n = dsp.frames(length_s)
    t = np.arange(n) / dsp.RATE
    rise = 0.12 + 0.7 * manner.distance
    rolls = [(rise + at, rng.uniform(0.4, 1.1), rng.uniform(0.12, 0.6)) for at in np.cumsum(rng.exponential(0.42, 12))]
    claps = [
        (rise * rng.uniform(0.4, 1) + at, rng.uniform(0.3, 1), rng.uniform(0.02, 0.09))
        for at in np.cumsum(rng.exponential(0.09, 7))
    ]
    fall = np.exp(-t / (length_s * 0.28)) * (1 - np.exp(-t / (rise * 0.5)))
    roll = np.asarray(sum(g * np.exp(-np.square((t - at) / w)) for at, g, w in rolls))
    tear = np.asarray(sum(g * np.exp(-np.square((t - at) / w)) for at, g, w in claps))
    sides = []
    for _ in "lr":
        rumble = dsp.colour(rng, n, [(18, -10), (45, -2), (90, 0), (180, -6), (600, -24), (2500, -48)])
        mid = dsp.colour(rng, n, [(60, -8), (180, 0), (600, -5), (1500, -14), (5000, -36)])
        high = dsp.colour(rng, n, [(300, -12), (900, 0), (3000, -5), (9000, -20)])
        far = fall * (0.25 + roll) * (rumble + (0.2 + 0.5 * near) * mid * np.exp(-t / (length_s * 0.3)))
        sides.append(
            far + near * (0.8 * high + 0.8 * mid) * (tear + 0.25 * np.exp(-np.square((t - rise) / 0.5))) * fall
        )
    return dsp.fade(dsp.room(rng, np.stack(sides), 2.5, 0.3, 1500)[:, :n], 0.02, 1.5)


SOUNDS = (
    Sound(
        "rain",
        "rain, rainfall, drizzle, downpour, raindrop, rain shower, cloudburst, monsoon",
        rain,
        "bed",
        natural_s=8,
        absorbs=(
            "window, roof, pane, drop, shower, pour, patter, drip, umbrella, tent, leaf, glass, street, "
            "fall, hammer, drum, beat, pound, lash, splash, tap, drive, metal, roar"
        ),
    ),
    Sound(
        "hail",
        "hail, hailstone, sleet",
        hail,
        "bed",
        natural_s=8,
        absorbs="window, roof",
    ),
    Sound(
        "wind",
        "wind, breeze, gust, gale, draught, wind howl, blizzard, hurricane, tornado, snowstorm",
        wind,
        "bed",
        natural_s=8,
        absorbs=(
            "howl, whistle, leaf, tree, blow, rustle, moan, wail, chimney, roar, sing, door, window, whip, shriek"
        ),
    ),
    Sound(
        "thunder",
        "thunder, thunderclap, lightning, thunder crack, lightning strike",
        thunder,
        "sparse",
        gap_s=9,
        jitter=0.5,
        absorbs="rumble, crack, clap, roll, crash, boom, strike",
    ),
)
