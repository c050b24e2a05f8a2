"""Sounds of a body that are not a voice: heart, breath, eating, snoring, kisses, snaps, falls."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def heartbeat(rng: Rng, manner: Manner) -> Signal:
    """Lub-dub."""
    lub = dsp.modes(rng, [48, 72, 105], [0.16, 0.12, 0.08], [1, 0.8, 0.35], 0.2)
    dub = dsp.modes(rng, [62, 92, 130], [0.12, 0.09, 0.06], [0.8, 0.6, 0.3], 0.16)
    return dsp.low_pass(dsp.total((0, lub), (0.28 / manner.speed**0.5, 0.75 * dub), (0.45, dsp.silence(0.01))), 350)


def breath(rng: Rng, manner: Manner) -> Signal:
    """In and out."""
    length_s = 1.5 / manner.speed
    n = dsp.frames(length_s * 2)
    t = np.arange(n) / dsp.RATE
    inward = np.exp(-np.square((t - 0.45 * length_s) / (0.25 * length_s)))
    outward = np.exp(-np.square((t - 1.35 * length_s) / (0.3 * length_s)))
    heavy = 0.6 + 0.8 * manner.intensity
    return dsp.fade(
        dsp.colour(rng, n, [(300, -26), (1100, -6), (1700, 0), (2600, -8), (3600, -3), (7000, -24)]) * inward * 0.6
        + heavy * dsp.colour(rng, n, [(200, -26), (600, -4), (900, 0), (1500, -10), (2400, -6), (6000, -30)]) * outward,
        0.05,
        0.1,
    )


def snore(rng: Rng, manner: Manner) -> Signal:
    """A rattling breath in, a soft one out."""
    del manner
    n = dsp.frames(3.2)
    t = np.arange(n) / dsp.RATE
    rate = 28 + 8 * dsp.drift(rng, n, 2)
    rattle = (0.5 + 0.5 * np.sin(dsp.phase(rate))) ** 3
    low = dsp.colour(rng, n, [(60, -8), (180, 0), (600, -3), (1500, -14), (5000, -34)])
    puff = dsp.band(rng, n, 600, 3000)
    inward = np.interp(t, [0, 0.3, 1.2, 1.5], [0, 0.8, 1, 0])
    outward = np.exp(-np.square((t - 2.3) / 0.35))
    return dsp.fade(low * rattle * inward + 0.12 * puff * outward, 0.05, 0.1)


def eating(rng: Rng, manner: Manner) -> Signal:
    """One bite: a crisp crunch; or a gulp when drinking."""
    if manner.says("drink", "gulp", "swallow", "sip", "slurp"):
        gulp = dsp.tone(dsp.sweep(170, 420, 0.1)) * np.hanning(dsp.frames(0.1))
        return dsp.total((0, gulp), (0.08, 0.25 * dsp.peak(dsp.burst(rng, 300, 1500, 0.06))))
    parts = [
        (float(at), dsp.burst(rng, rng.uniform(900, 3000), 7000, 0.012) * rng.uniform(0.2, 1))
        for at in rng.uniform(0, 0.18, 45)
    ]
    return dsp.total(*parts)


def kiss(rng: Rng, manner: Manner) -> Signal:
    """A short suck that opens."""
    del manner
    n = dsp.frames(0.16)
    t = np.linspace(0, 1, n)
    return dsp.total(
        (0, 0.4 * dsp.band(rng, n, 1800, 5500) * t**3), (0.155, dsp.peak(dsp.burst(rng, 1200, 6000, 0.02)))
    )


def snap(rng: Rng, manner: Manner) -> Signal:
    """A finger snap, or a whip crack."""
    if manner.says("whip"):
        n = dsp.frames(0.28)
        swish = dsp.band(rng, n, 600, 4000) * np.linspace(0, 1, n) ** 4
        return dsp.room(
            rng, dsp.total((0, 0.5 * dsp.peak(swish)), (0.28, dsp.peak(dsp.burst(rng, 1200, 14000, 0.05)))), 0.9, 0.2
        )
    body = dsp.modes(rng, [1900, 2600], [0.03, 0.02], [1, 0.6], 0.05)
    return dsp.room(rng, dsp.total((0, body), (0, 0.7 * dsp.peak(dsp.burst(rng, 1500, 6000, 0.015)))), 0.5, 0.15)


def punch(rng: Rng, manner: Manner) -> Signal:
    """A fist or a slap."""
    slap = manner.says("slap", "smack")
    smack = dsp.peak(dsp.burst(rng, 900 if slap else 300, 6000 if slap else 2500, 0.06))
    thud = dsp.tone(dsp.sweep(140, 60, 0.14)) * dsp.ring(dsp.frames(0.14), 0.16, 0.002)
    return dsp.room(rng, dsp.total((0, smack), (0, (0.15 if slap else 1.0) * thud)), 0.4, 0.12)


def body_fall(rng: Rng, manner: Manner) -> Signal:
    """Somebody falls: knees, body, arm, cloth."""
    del manner
    parts = []
    for at, g in ((0.0, 0.6), (0.17, 1.0), (0.36, 0.35)):
        parts.append(
            (
                at,
                g
                * dsp.modes(
                    rng,
                    np.array([58, 88, 140, 230]) * rng.uniform(0.9, 1.1),
                    [0.22, 0.18, 0.12, 0.07],
                    [1, 0.9, 0.5, 0.3],
                    0.25,
                ),
            )
        )
        parts.append((at, 0.35 * g * dsp.peak(dsp.burst(rng, 200, 2500, 0.12, 0.004))))
    return dsp.room(rng, dsp.total(*parts), 0.5, 0.15)


def bone(rng: Rng, manner: Manner) -> Signal:
    """A bone or a thin branch breaks; wet or dry."""
    del manner
    parts = [
        (
            float(at),
            dsp.peak(dsp.burst(rng, rng.uniform(500, 2500), 6000, rng.uniform(0.01, 0.03))) * rng.uniform(0.3, 1),
        )
        for at in np.cumsum(rng.exponential(0.022, 7))
    ]
    return dsp.total(*parts, (0.02, 0.4 * dsp.peak(dsp.burst(rng, 150, 700, 0.08))))


def whistle(rng: Rng, manner: Manner) -> Signal:
    """A referee's pea whistle, or somebody whistling."""
    if manner.says("referee", "polic", "pea", "sport", "coach", "train"):
        n = dsp.frames(0.7)
        t = np.arange(n) / dsp.RATE
        pea = 1 + 0.5 * np.sin(2 * np.pi * 38 * t)
        pitch = 2900 * (1 + 0.025 * np.sin(2 * np.pi * 38 * t))
        return dsp.room(
            rng, dsp.fade((dsp.tone(pitch) + 0.3 * dsp.band(rng, n, 2500, 3500)) * pea, 0.01, 0.05), 0.6, 0.15
        )
    steps = (0, 4, 7, 5, 4, 2, 0)
    parts = []
    for k, s in enumerate(steps):
        n = dsp.frames(0.36)
        pitch = (
            1050
            * 2 ** (s / 12)
            * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * np.arange(n) / dsp.RATE))
            * np.interp(np.arange(n), [0, 2000], [0.95, 1])
        )
        parts.append((0.34 * k, dsp.fade(dsp.tone(pitch) + 0.03 * dsp.band(rng, n, 900, 3000), 0.03, 0.06)))
    return dsp.room(rng, dsp.total(*parts), 0.8, 0.2)


SOUNDS = (
    Sound(
        "heartbeat",
        "heartbeat, heart beat, heart, pulse",
        heartbeat,
        "steady",
        gap_s=0.95,
        count=6,
        jitter=0.01,
        absorbs="beat, pound, racing",
    ),
    Sound(
        "breathing",
        "breath, breathe, pant, heavy breath, inhale, exhale",
        breath,
        "steady",
        gap_s=3.1,
        count=2,
        jitter=0.03,
        absorbs="heavy, scuba",
    ),
    Sound(
        "snoring",
        "snore",
        snore,
        "steady",
        gap_s=3.8,
        count=2,
        absorbs="sleep",
    ),
    Sound(
        "eating",
        "eat, crunch, bite, chew, bite apple, drink, gulp, swallow, sip, slurp, munch",
        eating,
        "steady",
        gap_s=0.5,
        count=4,
        jitter=0.15,
        absorbs="apple, crisp, food, water, chip",
    ),
    Sound(
        "kiss",
        "kiss, smooch",
        kiss,
        "steady",
        gap_s=0.9,
    ),
    Sound(
        "finger snap",
        "finger snap, snap finger, snap, whip, whip crack",
        snap,
        "steady",
        gap_s=0.7,
        absorbs="finger, crack",
    ),
    Sound(
        "punch",
        "punch, slap, hit face, smack, fist, fight",
        punch,
        "steady",
        gap_s=0.6,
        jitter=0.3,
        absorbs="face, hit",
    ),
    Sound(
        "body fall",
        ("body fall, fall floor, collapse, thud, fall down, body drop, thump, drop floor, heavy object fall"),
        body_fall,
        gap_s=1.5,
        absorbs="floor, ground, body, heavy, drop, fall",
    ),
    Sound(
        "bone break",
        "bone, bone break, bone crack, crack knuckle",
        bone,
        absorbs="break, crack, snap",
    ),
    Sound(
        "whistle",
        "whistle, referee whistle, police whistle, whistle tune, man whistle",
        whistle,
        gap_s=1.8,
        absorbs="blow, referee, tune, police, man",
    ),
)
