"""Things that are struck, broken, dropped, torn, swung and shot."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_doors import keys


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


def chains(rng: Rng, manner: Manner) -> Signal:
    """A chain drags and clinks."""
    del manner
    parts = []
    for at in np.sort(rng.uniform(0, 0.9, 34)):
        f = rng.uniform(900, 5200, 5)
        parts.append(
            (
                float(at),
                dsp.modes(rng, f, rng.uniform(0.05, 0.22, 5), rng.uniform(0.3, 1, 5), 0.25)
                * float(np.exp(rng.normal(-1, 0.6))),
            )
        )
    return dsp.total(*parts)


def sword(rng: Rng, manner: Manner) -> Signal:
    """Blades clash; or a blade is drawn."""
    f = np.array([1150, 1870, 2630, 3410, 4380, 5630, 7200, 9100]) * rng.uniform(0.9, 1.15)
    if manner.says("draw", "unsheath", "sheath", "sharpen"):
        n = dsp.frames(0.7)
        t = np.arange(n) / n
        scrape = (
            sum(dsp.band(rng, n, 2200 * r, 2500 * r, 40) for r in (1, 1.37, 1.9, 2.6))
            * np.interp(t, [0, 0.1, 0.8, 1], [0, 0.6, 1, 0])
            * (1 + t)
        )
        return dsp.room(
            rng,
            dsp.total(
                (0, 0.6 * dsp.peak(scrape)),
                (0.6, 0.5 * dsp.peak(dsp.modes(rng, f, np.full(8, 1.1), np.linspace(1, 0.4, 8), 1.2))),
            ),
            0.6,
            0.15,
        )
    clash = dsp.modes(rng, f, rng.uniform(0.5, 1.2, 8), rng.uniform(0.5, 1, 8), 1.2)
    slide = dsp.band(rng, dsp.frames(0.25), 2500, 9000) * np.linspace(1, 0, dsp.frames(0.25)) ** 2
    return dsp.room(
        rng,
        dsp.total((0, dsp.peak(clash)), (0, 0.8 * dsp.peak(dsp.burst(rng, 1500, 12000, 0.02))), (0.01, 0.12 * slide)),
        0.7,
        0.15,
    )


def metal_hit(rng: Rng, manner: Manner) -> Signal:
    """A clang: pipe, anvil, pan, gate."""
    base = 260 / manner.size * (2.2 if manner.says("anvil", "small", "can", "tin") else 1)
    ratio = np.array([1, 1.63, 2.41, 3.35, 4.2, 5.9, 7.7, 10.3]) * rng.uniform(0.96, 1.04, 8)
    body = dsp.modes(
        rng,
        base * ratio,
        np.array([1.6, 1.4, 1.2, 1.0, 0.8, 0.5, 0.35, 0.2]) * manner.size,
        np.linspace(1, 0.35, 8),
        1.8,
    )
    return dsp.room(
        rng, dsp.total((0, dsp.peak(body)), (0, 0.6 * dsp.peak(dsp.burst(rng, 800, 9000, 0.025)))), 0.9, 0.2
    )


def wood_hit(rng: Rng, manner: Manner) -> Signal:
    """Wood is hit, chopped or broken."""
    f = np.array([170, 290, 430, 680, 1050, 1600]) * rng.uniform(0.95, 1.05) / manner.size
    body = dsp.solid(rng, f[0], 3500, 0.15, many=40, tilt=0.5)
    parts = [(0.0, dsp.peak(body)), (0.0, 0.5 * dsp.peak(dsp.burst(rng, 700, 6000, 0.02)))]
    if manner.says("break", "crack", "snap", "splinter", "branch", "twig", "fall", "tree"):
        for at in np.cumsum(rng.exponential(0.035, 9)):
            parts.append(
                (
                    float(at),
                    dsp.peak(dsp.burst(rng, rng.uniform(400, 1500), 6000, rng.uniform(0.01, 0.05)))
                    * rng.uniform(0.2, 0.9),
                )
            )
    return dsp.room(rng, dsp.total(*parts), 0.5, 0.12)


def gunshot(rng: Rng, manner: Manner) -> Signal:
    """A shot: N-wave, blast of noise, and the echo of the surroundings."""
    small = manner.says("pistol", "silenc", "handgun", "revolver")
    blast = dsp.peak(dsp.burst(rng, 120, 7000, 0.28 if small else 0.45, 0.0002))
    low = dsp.peak(dsp.burst(rng, 45, 350, 0.35, 0.001))
    crack = dsp.peak(dsp.burst(rng, 1500, 16000, 0.03, 0.00005))
    shot = np.tanh(2.5 * dsp.total((0, blast), (0, 0.5 * low), (0, crack), (0.03, 0.25 * blast)))
    return dsp.room(rng, shot, 0.7 if manner.inside else 2.2, 0.5, 3000)


def machine_gun(rng: Rng, manner: Manner) -> Signal:
    """A burst of automatic fire."""
    shot = gunshot(rng, manner.but(words=frozenset({"pistol"})))
    return dsp.fade(sum_at([(0.085 * k, shot * rng.uniform(0.85, 1)) for k in range(9)]), 0.001, 0.2)


def sum_at(parts: list[tuple[float, Signal]]) -> Signal:
    """Stereo parts laid at seconds."""
    n = max(round(at * dsp.RATE) + x.shape[-1] for at, x in parts)
    out = np.zeros((2, n))
    for at, x in parts:
        dsp.add(out, x, round(at * dsp.RATE))
    return out


def explosion(rng: Rng, manner: Manner) -> Signal:
    """A blast: shock and fireball at once, echoes that roll off the ground, falling pieces."""
    length_s = 4.0 * manner.size**0.5
    n = dsp.frames(length_s)
    t = np.arange(n) / dsp.RATE
    rolls = [(float(at), rng.uniform(0.3, 0.8)) for at in np.cumsum(rng.exponential(0.22, 9))]
    roll = np.asarray(sum(g * np.exp(-np.square((t - at) / 0.07)) for at, g in rolls))
    sides = []
    for _ in "lr":
        low = (
            dsp.colour(rng, n, [(18, -3), (45, 0), (140, 0), (500, -14), (3000, -40)]) * np.exp(-t / 0.5) * (0.4 + roll)
        )
        mid = dsp.colour(rng, n, [(80, -8), (250, 0), (1200, -5), (6000, -20)]) * np.exp(-t / 0.25) * (0.8 + 0.6 * roll)
        high = dsp.colour(rng, n, [(1000, -14), (3000, 0), (12000, -6)]) * np.exp(-t / 0.06)
        debris = dsp.rain_of(rng, n, [dsp.burst(rng, 300, 4000, 0.03)], 26, 0.9, np.exp(-np.square((t - 0.9) / 0.5)))
        sides.append(low + 1.4 * mid + high + 0.05 * dsp.peak(debris))
    blast = np.tanh(1.2 * np.stack(sides)) * (1 - np.exp(-t / 0.002))
    return dsp.fade(dsp.room(rng, blast, 2.0, 0.35, 1500)[:, :n], 0.001, 1.0)


def fireworks(rng: Rng, manner: Manner) -> Signal:
    """A rocket: whistle, bang, crackle."""
    del manner
    whistle = dsp.tone(dsp.sweep(900, 3200, 0.9)) * np.hanning(dsp.frames(0.9)) * 0.08
    n = dsp.frames(1.6)
    crackle = dsp.rain_of(rng, n, [dsp.burst(rng, 1500, 9000, 0.01)], 70, 0.6, np.exp(-np.arange(n) / dsp.RATE / 0.6))
    boom = dsp.total(
        (0, dsp.peak(dsp.burst(rng, 60, 5000, 0.6, 0.001))),
        (0, 0.6 * dsp.peak(dsp.burst(rng, 600, 9000, 0.25))),
        (0.15, 0.3 * dsp.peak(crackle)),
    )
    return dsp.room(rng, dsp.total((0, whistle), (1.0, boom)), 1.8, 0.35, 2500)


def whoosh(rng: Rng, manner: Manner) -> Signal:
    """Something passes through the air: a band of noise that rises and falls."""
    length_s = float(np.clip(0.7 * manner.size / manner.speed, 0.2, 2.5))
    n = dsp.frames(length_s)
    t = np.linspace(0, 1, n)
    bump = np.exp(-np.square((t - 0.5) / 0.2))
    out = np.zeros(n)
    for k, hz in enumerate(np.geomspace(250, 4500, 8)):
        out += dsp.band(rng, n, hz * 0.8, hz * 1.25) * np.exp(-np.square((k / 7 - 0.75 * bump) / 0.25))
    return dsp.pan(dsp.fade(out * bump**1.3, 0.02, 0.05), np.linspace(-0.5, 0.5, n))


def crash(rng: Rng, manner: Manner) -> Signal:
    """Many things fall or a vehicle crashes: thumps, metal, glass."""
    parts = []
    for at in np.sort(rng.gamma(1.4, 0.22, 10)):
        kind = int(rng.integers(3))
        body = (metal_hit, wood_hit, crockery)[kind](rng, manner.but(words=frozenset({"fall"})))
        body = body if body.ndim == 2 else dsp.pan(body, rng.uniform(-0.5, 0.5))
        parts.append((float(at), dsp.peak(body) * rng.uniform(0.2, 0.8)))
    if manner.says("car", "glass", "window", "vehicl"):
        parts.append((0.05, 0.7 * dsp.peak(glass_break(rng, manner))))
    blow = dsp.peak(dsp.burst(rng, 60, 4000, 0.35, 0.001))
    return sum_at([*parts, (0.0, dsp.pan(blow, 0))])


def hammer(rng: Rng, manner: Manner) -> Signal:
    """One stroke of a hammer on a nail, or on iron."""
    if manner.says("anvil", "blacksmith", "iron", "forg"):
        return metal_hit(rng, manner.but(words=frozenset({"anvil"})))
    nail = dsp.modes(rng, [2900, 4300, 6100], [0.06, 0.04, 0.03], [0.7, 0.5, 0.4], 0.08)
    return dsp.room(
        rng, dsp.total((0, dsp.peak(wood_hit(rng, manner.but(words=frozenset()))[0])), (0, 0.5 * nail)), 0.5, 0.12
    )


def ball(rng: Rng, manner: Manner) -> Signal:
    """A ball bounces."""
    del manner
    hit = dsp.total(
        (0, dsp.solid(rng, 90, 1200, 0.14, many=30, tilt=0.6)), (0, 0.4 * dsp.peak(dsp.burst(rng, 400, 3000, 0.03)))
    )
    return dsp.room(rng, hit, 0.9, 0.2)


def drum(rng: Rng, manner: Manner) -> Signal:
    """One stroke of a drum; a roll if the text says so."""
    if manner.says("roll", "snare"):
        n = dsp.frames(float(np.clip(manner.length_s or 2, 1, 4)))
        hits = dsp.rain_of(rng, n, [dsp.burst(rng, 180, 8000, 0.06)], 34, 0.3)
        return dsp.fade(hits * np.linspace(0.4, 1, n), 0.05, 0.1)
    hz = 68 / manner.size
    return dsp.total(
        (0, dsp.tone(dsp.sweep(hz * 1.5, hz, 0.6, 0.4)) * dsp.ring(dsp.frames(0.6), 0.9, 0.002)),
        (0, 0.25 * dsp.peak(dsp.burst(rng, 200, 2000, 0.04))),
    )


def arrow(rng: Rng, manner: Manner) -> Signal:
    """A bow is loosed, the arrow flies and hits."""
    n = dsp.frames(0.35)
    fly = dsp.band(rng, n, 1500, 6000) * np.linspace(1, 0.2, n) ** 2
    string = dsp.modes(rng, [140, 210, 420], [0.2, 0.15, 0.1], [1, 0.7, 0.4], 0.25)
    return dsp.total(
        (0, string),
        (0.01, 0.3 * dsp.peak(fly)),
        (0.36, 0.8 * dsp.peak(wood_hit(rng, manner.but(words=frozenset()))[0])),
    )


def cork(rng: Rng, manner: Manner) -> Signal:
    """A cork pops; a can opens if the text says so."""
    if manner.says("can", "soda", "beer", "fizz"):
        hiss = dsp.burst(rng, 3000, 12000, 0.6, 0.004)
        return dsp.total(
            (0, dsp.peak(dsp.burst(rng, 1500, 8000, 0.03))),
            (0.03, 0.6 * dsp.peak(hiss)),
            (0.16, 0.5 * dsp.peak(dsp.burst(rng, 900, 5000, 0.04))),
        )
    pop = dsp.tone(dsp.sweep(280, 620, 0.06)) * dsp.ring(dsp.frames(0.06), 0.07)
    return dsp.room(rng, dsp.total((0, pop), (0, 0.3 * dsp.peak(dsp.burst(rng, 900, 5000, 0.01)))), 0.4, 0.12)


def rocks(rng: Rng, manner: Manner) -> Signal:
    """Stones fall or roll; an avalanche if large."""
    n_hits = int(24 * manner.size * (0.5 + manner.intensity))
    parts = []
    for at in np.sort(rng.gamma(2.0, 0.4 * manner.size, n_hits)):
        f = rng.uniform(250, 1600)
        hit = dsp.modes(rng, f * np.array([1, 1.7, 2.9]), [0.05, 0.035, 0.02], [1, 0.6, 0.4], 0.07) + 0.0
        parts.append((float(at), hit * rng.uniform(0.2, 1)))
        parts.append((float(at), 0.3 * rng.uniform(0.2, 1) * dsp.peak(dsp.burst(rng, 60, 300, 0.12))))
    return dsp.room(rng, dsp.total(*parts), 0.9, 0.2)


def rattle(rng: Rng, manner: Manner) -> Signal:
    """Small hard things shake in a box: dice, pills, a rattle."""
    del manner
    return dsp.total(
        *(
            (
                float(at),
                dsp.modes(rng, rng.uniform(1200, 4500, 3), [0.02, 0.015, 0.01], [1, 0.7, 0.5], 0.03)
                * rng.uniform(0.2, 1),
            )
            for at in rng.uniform(0, 0.45, 22)
        )
    )


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
    Sound(
        "chains",
        "chain, shackle, chain rattle, chain drag, anchor chain",
        chains,
        gap_s=1.1,
        absorbs="rattle, drag, clank, ghost, floor",
    ),
    Sound(
        "sword",
        (
            "sword, sword clash, blade, sword fight, steel clash, knife sharpen, dagger, sword draw, "
            "unsheathe, fence, knife"
        ),
        sword,
        "steady",
        gap_s=0.75,
        jitter=0.3,
        absorbs="clash, draw, steel, hit, fight, metal, sheathe, clang",
    ),
    Sound(
        "metal clang",
        (
            "metal hit, clang, metal clang, anvil, metal pipe, pipe, pan, metal impact, clank, bang "
            "metal, metal, tin can, cymbal, bucket"
        ),
        metal_hit,
        "steady",
        jitter=0.2,
        absorbs="hit, drop, strike, fall, floor, iron, pan, pipe, bang",
    ),
    Sound(
        "wood crack",
        (
            "wood crack, wood break, branch, twig, branch snap, twig snap, wood hit, plank break, tree "
            "fall, chop, axe, chop wood, wood chop, wood block, stick"
        ),
        wood_hit,
        "steady",
        gap_s=1.1,
        jitter=0.2,
        absorbs="wood, snap, crack, break, tree, chop",
    ),
    Sound(
        "gunshot",
        ("gunshot, gun, shot, pistol, rifle, gunfire, shoot, revolver, shotgun, gun shot, pistol shot, musket"),
        gunshot,
        "steady",
        gap_s=0.9,
        jitter=0.3,
        absorbs="shot, fire, shoot, bang, ring",
    ),
    Sound(
        "machine gun",
        "machine gun, automatic weapon, machinegun, assault rifle",
        machine_gun,
        gap_s=1.6,
        absorbs="fire, burst, gun",
    ),
    Sound(
        "explosion",
        "explosion, explode, bomb, blast, detonation, cannon, dynamite, grenade, artillery, boom",
        explosion,
        gap_s=3.5,
        absorbs="bomb, boom, blast, fire, shot",
    ),
    Sound(
        "fireworks",
        "firework, firecracker, rocket firework",
        fireworks,
        "sparse",
        gap_s=1.5,
        jitter=0.5,
        absorbs="explode, bang, crackle, sky, display",
    ),
    Sound(
        "whoosh",
        (
            "whoosh, swish, swoosh, swing, fly by, sword swing, sword swish, blade swish, blade swing, "
            "sword whoosh, whip past, air rush, arrow fly, transition"
        ),
        whoosh,
        absorbs="air, past, fast, sword, swing, blade, ear",
    ),
    Sound(
        "crash",
        "crash, car crash, clatter, collision, wreck, shelf fall, thing fall, furniture fall",
        crash,
        gap_s=3,
        absorbs="car, fall, metal, loud",
    ),
    Sound(
        "hammer",
        "hammer, hammer nail, nail, blacksmith, forge hammer, carpenter, gavel",
        hammer,
        "steady",
        gap_s=0.62,
        count=5,
        jitter=0.06,
        absorbs="nail, wood, anvil, metal, hit, iron, bang, judge",
    ),
    Sound(
        "ball bounce",
        "ball, bounce, basketball, football kick, tennis ball, ball bounce",
        ball,
        "steady",
        gap_s=0.65,
        count=5,
        jitter=0.04,
        absorbs="bounce, floor, kick",
    ),
    Sound(
        "drum",
        "drum, drum beat, drum roll, war drum, timpani",
        drum,
        "steady",
        gap_s=0.8,
        count=4,
        jitter=0.01,
        absorbs="beat, roll, hit, deep",
    ),
    Sound(
        "arrow",
        "arrow, bow, arrow shot, bowstring, crossbow",
        arrow,
        gap_s=1.5,
        absorbs="shot, fly, hit, shoot, target, bow",
    ),
    Sound(
        "cork pop",
        ("cork, pop, cork pop, champagne, bottle open, can open, soda can, beer can, uncork, champagne cork"),
        cork,
        gap_s=1.5,
        absorbs="pop, open, bottle, champagne",
    ),
    Sound(
        "rocks",
        (
            "rock, stone fall, rockfall, avalanche, landslide, stone, rubble, pebble, boulder, debris, "
            "rock fall, earthquake"
        ),
        rocks,
        gap_s=2.5,
        absorbs="fall, roll, slide, tumble, collapse",
    ),
    Sound(
        "rattle",
        "rattle, dice, shake, maraca, pill bottle",
        rattle,
        gap_s=0.9,
        absorbs="roll, shake, table, throw",
    ),
    Sound(
        "keys drop",
        "key drop",
        keys,
        gap_s=1.4,
        absorbs="floor, drop",
    ),
)
