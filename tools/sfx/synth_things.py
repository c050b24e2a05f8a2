"""Things of the house that break, clink, rustle and tear."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def shard(rng: Rng, low_hz: float = 2200, high_hz: float = 11000, ring_s: float = 0.25) -> Signal:
    """One piece of glass."""
    k = 5
    return dsp.modes(
        rng, rng.uniform(low_hz, high_hz, k), rng.uniform(0.3, 1, k) * ring_s, rng.uniform(0.3, 1, k), ring_s
    )


def glass_break(rng: Rng, manner: Manner) -> Signal:
    """Glass breaks: the crack, then falling pieces that get fewer and quieter."""
    big = manner.size * (1.4 if manner.says("window", "pane", "mirror", "shop") else 1.0)
    crack = dsp.peak(dsp.burst(rng, 1200, 14000, 0.12))
    parts = [(0.0, 1.0 * crack), (0.0, 0.5 * dsp.peak(dsp.burst(rng, 200, 900, 0.08)))]
    for at in rng.exponential(0.05, 30):
        parts.append((float(at), shard(rng, 1600 / big, 11000, 0.3) * rng.uniform(0.2, 0.8)))
    for at in rng.gamma(2.2, 0.2 * big, int(45 * big)):
        parts.append(
            (0.1 + float(at), shard(rng, 2800, 12000, 0.16) * rng.uniform(0.05, 0.5) * float(np.exp(-at / 0.9)))
        )
    return dsp.room(rng, dsp.total(*parts), 0.6, 0.12, 8000)


def clink(rng: Rng, manner: Manner) -> Signal:
    """Two glasses touch."""
    f = rng.uniform(1500, 2600) / manner.size
    ratio = np.array([1, 1.58, 2.32, 3.4, 4.6])
    one = dsp.modes(rng, f * ratio, [0.9, 0.7, 0.5, 0.3, 0.2], [1, 0.8, 0.6, 0.4, 0.25], 0.9)
    two = dsp.modes(rng, f * 1.13 * ratio, [0.8, 0.6, 0.4, 0.3, 0.2], [0.9, 0.7, 0.6, 0.4, 0.25], 0.9)
    return dsp.total((0, one), (0.004, two), (0, 0.3 * dsp.peak(dsp.burst(rng, 4000, 12000, 0.008))))


def crockery(rng: Rng, manner: Manner) -> Signal:
    """One touch of plates, cups or cutlery."""
    if manner.says("cutlery", "fork", "spoon", "knif", "silverwar"):
        f = rng.uniform(2200, 5200)
        return dsp.solid(rng, f, 13000, 0.16, many=16, tilt=0.2) * rng.uniform(0.3, 1)
    f = rng.uniform(900, 2300)
    plate = dsp.solid(rng, f, f * 7, 0.16, many=22, tilt=0.3)
    return dsp.total(
        (0, plate * rng.uniform(0.3, 1)),
        (rng.uniform(0.03, 0.1), 0.4 * plate),
        (0, 0.15 * dsp.peak(dsp.burst(rng, 2000, 8000, 0.01))),
    )


def coin(rng: Rng, manner: Manner) -> Signal:
    """A coin falls and settles; several make a jingle."""
    if manner.says("coin") and not manner.says("a", "one", "single", "toss", "flip"):
        return dsp.total(*((float(at), coin_hit(rng) * rng.uniform(0.2, 1)) for at in np.sort(rng.uniform(0, 0.8, 14))))
    at, gap_s, g, parts = 0.0, 0.24, 1.0, []
    f = rng.uniform(0.9, 1.1)
    while gap_s > 0.012:
        parts.append((at, coin_hit(rng, f) * g))
        at, gap_s, g = at + gap_s, gap_s * 0.78, g * 0.82
    return dsp.total(*parts)


def coin_hit(rng: Rng, f: float | None = None) -> Signal:
    """One touch of a coin."""
    f = rng.uniform(0.85, 1.2) if f is None else f
    return dsp.modes(rng, np.array([4300, 6900, 9800, 12500]) * f, [0.22, 0.18, 0.12, 0.08], [1, 0.9, 0.5, 0.3], 0.25)


def paper(rng: Rng, manner: Manner) -> Signal:
    """Paper: a page is turned; torn or crumpled if the text says so."""
    tear, crumple = (
        manner.says("tear", "rip", "torn"),
        manner.says("crumpl", "crinkl", "rustl", "scrunch", "plastic", "bag"),
    )
    n = dsp.frames(0.9 if not crumple else 1.5)
    t = np.arange(n) / n
    if tear:
        zip_ = (
            dsp.band(rng, n, 1200, 9000)
            * (0.4 + 0.6 * dsp.drift(rng, n, 60))
            * np.interp(t, [0, 0.05, 0.85, 1], [0, 0.6, 1, 0])
        )
        return dsp.fade(
            dsp.peak(zip_)
            + 0.5 * dsp.peak(dsp.rain_of(rng, n, [dsp.burst(rng, 1500, 9000, 0.003)], 400, 0.8, np.sin(np.pi * t)))
        )
    grains = [
        dsp.burst(rng, f, 10000, d)
        for f, d in zip(rng.uniform(1200, 4000, 8), rng.uniform(0.002, 0.012, 8), strict=True)
    ]
    swell = np.clip(dsp.drift(rng, n, 5) ** 1.5 * np.sin(np.pi * t), 0, 1)
    folds = dsp.peak(dsp.rain_of(rng, n, grains, 900 if crumple else 420, 0.8, swell))
    swish = dsp.band(rng, n, 1500, 8000) * np.exp(-np.square((t - 0.45) / 0.17))
    flop = dsp.peak(dsp.burst(rng, 250, 1800, 0.05))
    out = folds * (1.0 if crumple else 0.5) + (0.05 if crumple else 0.5) * dsp.peak(swish)
    return dsp.fade(out if crumple else dsp.total((0, out), (0.68, 0.3 * flop)), 0.02, 0.08)


def writing(rng: Rng, manner: Manner) -> Signal:
    """A pencil, pen or chalk: short strokes."""
    n = dsp.frames(0.7)
    strokes = (dsp.drift(rng, n, 6) ** 2) * np.hanning(n) ** 0.3
    rub = dsp.band(rng, n, 2500, 8500) * (0.5 + 0.5 * dsp.drift(rng, n, 90))
    taps = dsp.rain_of(rng, n, [dsp.burst(rng, 900, 4000, 0.012)], 7 if not manner.says("chalk") else 14, 0.4)
    return dsp.fade(rub * strokes + 0.5 * dsp.peak(taps), 0.02, 0.05)


def cloth(rng: Rng, manner: Manner) -> Signal:
    """Cloth moves; a flag or a sail flaps."""
    n = dsp.frames(0.8)
    t = np.arange(n) / n
    rub = dsp.band(rng, n, 700, 6000, 8) * dsp.drift(rng, n, 9) ** 1.5 * np.sin(np.pi * t)
    if manner.says("flag", "sail", "flap", "tent"):
        flaps = [
            (float(at), dsp.burst(rng, 120, 1500, 0.08, 0.006) * rng.uniform(0.4, 1)) for at in rng.uniform(0, 0.7, 7)
        ]
        return dsp.total((0, 0.2 * dsp.peak(rub)), *flaps)
    return dsp.fade(rub, 0.02, 0.05)


SOUNDS = (
    Sound(
        "glass break",
        (
            "glass break, window break, break glass, shatter, glass shatter, window smash, break bottle, "
            "smash, glass smash, broken glass, mirror break, vase break, plate break, bottle smash, glass"
        ),
        glass_break,
        gap_s=2,
        absorbs="window, break, shatter, floor, bottle, vase, smash, mirror, plate, drop",
    ),
    Sound(
        "glass clink",
        ("clink, glass clink, toast, glass toast, wine glass, champagne glass, tinkle, glass touch, ice cube"),
        clink,
        "sparse",
        gap_s=1.3,
        jitter=0.5,
        absorbs="glass, champagne, toast, wine, ice",
    ),
    Sound(
        "dishes",
        (
            "dish, plate, cup clink, cutlery, crockery, dish clatter, cup, teacup, fork, spoon, "
            "silverware, plate clatter, tableware, cup saucer, pot pan, wash dish, china"
        ),
        crockery,
        "sparse",
        gap_s=0.45,
        jitter=0.6,
        absorbs="clink, clatter, plate, kitchen, cup, saucer, rattle, table, set",
    ),
    Sound(
        "coins",
        "coin, coin drop, money, coin jingle, change",
        coin,
        gap_s=1.4,
        absorbs="drop, table, jingle, clink, fall, toss, flip",
    ),
    Sound(
        "paper",
        (
            "paper, page, page turn, paper rustle, paper tear, crumple, letter open, rustle paper, "
            "newspaper, book, book page, envelope, letter, plastic bag, map, rip paper, book close"
        ),
        paper,
        gap_s=1.6,
        absorbs="turn, rustle, tear, open, fold, rip, crinkle, flip",
    ),
    Sound(
        "writing",
        "write, pencil, pen, chalk, scribble, pen scratch, quill, draw pencil, blackboard",
        writing,
        "steady",
        gap_s=0.75,
        count=4,
        jitter=0.1,
        absorbs="paper, scratch, letter, board",
    ),
    Sound(
        "cloth",
        (
            "cloth, fabric, clothes rustle, dress, silk, flag, sail, sail flap, flag flap, blanket, coat, "
            "clothes, rustle"
        ),
        cloth,
        "steady",
        gap_s=0.9,
        count=2,
        jitter=0.3,
        absorbs="rustle, wind, flap, move",
    ),
)
