"""Fire, matches, sizzling and fuses."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def fire(rng: Rng, manner: Manner) -> Signal:
    """Fire: lapping low roar, hiss, and crackles of very unequal loudness that come in clusters."""
    n, hard = manner.frames, manner.intensity
    snaps = [
        dsp.burst(rng, f, f * 3, d)
        for f, d in zip(rng.uniform(500, 4000, 10), rng.uniform(0.003, 0.018, 10), strict=True)
    ]
    snaps += [dsp.burst(rng, 300, 1800, 0.04) * 1.3 for _ in range(2)]
    cluster = dsp.drift(rng, n, 2.5) ** 2
    sides = []
    for _ in "lr":
        crackle = dsp.level(dsp.rain_of(rng, n, snaps, 25 + 60 * hard, 1.2, cluster), 0.8)
        roar = dsp.colour(rng, n, [(25, -3), (70, 0), (200, -6), (800, -22), (3000, -34)])
        hiss = dsp.colour(rng, n, [(500, -20), (2000, -4), (6000, 0), (15000, -8)])
        sides.append(
            crackle + (0.15 + 0.9 * hard**1.5) * roar * dsp.drift(rng, n, 5, 0.3, 1) + (0.04 + 0.1 * hard) * hiss
        )
    return np.stack(sides)


def match(rng: Rng, manner: Manner) -> Signal:
    """A match: the scratch, the flare, a little flame."""
    del manner
    n = dsp.frames(1.8)
    t = np.arange(n) / dsp.RATE
    scratch = (
        dsp.band(rng, n, 2500, 9000)
        * np.interp(t, [0, 0.02, 0.18, 0.22], [0, 0.7, 0.9, 0])
        * dsp.drift(rng, n, 60, 0.3, 1)
    )
    flare = (
        dsp.band(rng, n, 500, 9000, 8)
        * np.interp(t, [0, 0.17, 0.25, 0.6, 1.8], [0, 0, 1, 0.25, 0])
        * dsp.drift(rng, n, 25, 0.6, 1)
    )
    low = dsp.band(rng, n, 60, 300) * np.interp(t, [0, 0.18, 0.3, 1.8], [0, 0, 0.5, 0]) * dsp.drift(rng, n, 12, 0.2, 1)
    return dsp.fade(scratch + flare + low, 0.002, 0.2)


def sizzle(rng: Rng, manner: Manner) -> Signal:
    """Frying, hissing steam or a burning fuse."""
    n = manner.frames
    fry = manner.says("fry", "sizzl", "pan", "bacon", "cook")
    hiss = np.stack([dsp.colour(rng, n, [(400, -30), (2000, -8), (6000, 0), (14000, -2)]) for _ in "lr"])
    spits = [dsp.burst(rng, f, f * 2, 0.006) for f in rng.uniform(1500, 7000, 10)]
    spit = np.stack([dsp.level(dsp.rain_of(rng, n, spits, 160 if fry else 60, 1.0)) for _ in "lr"])
    return hiss * dsp.drift(rng, n, 3, 0.7, 1) + (0.9 if fry else 0.3) * spit


SOUNDS = (
    Sound(
        "fire",
        (
            "fire, campfire, fireplace, bonfire, flame, fire crackle, hearth, crackle, burn, house fire, "
            "inferno, wood fire, torch, blaze, log fire"
        ),
        fire,
        "bed",
        natural_s=8,
        absorbs="crackle, wood, log, burn, roar, camp, forge",
    ),
    Sound(
        "match strike",
        ("match, strike match, light match, match light, lighter, match strike, light candle, light cigarette"),
        match,
        gap_s=2,
        absorbs="strike, light, candle, flame, cigarette",
    ),
    Sound(
        "sizzle",
        "sizzle, fry, hiss, steam hiss, fuse, steam, bacon, gas leak, cook",
        sizzle,
        "bed",
        natural_s=5,
        absorbs="pan, oil, steam, kitchen, burn",
    ),
)
