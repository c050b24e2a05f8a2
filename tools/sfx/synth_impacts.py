"""Things that are struck, dropped, swung and shaken."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_blasts import sum_at
from soundwright.tools.sfx.synth_doors import keys
from soundwright.tools.sfx.synth_things import crockery, glass_break


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
