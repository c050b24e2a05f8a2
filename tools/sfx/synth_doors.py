"""Doors, locks, knocks and creaks."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_footsteps import creak


def _small_room(rng: Rng, x: Signal, manner: Manner, wet: float = 0.18) -> Signal:
    hall = manner.echo > 0 or manner.says("hall", "castle", "church", "dungeon", "cathedral", "cell", "prison")
    return dsp.room(rng, x, 1.8 if hall else 0.4, 0.4 if hall else wet)


def knock(rng: Rng, manner: Manner) -> Signal:
    """One knock: knuckles on a door panel, a window, or metal."""
    scale = rng.uniform(0.97, 1.03) / manner.size**0.3
    hard = 0.6 + 0.8 * manner.intensity
    if manner.material == "glass":
        body = dsp.modes(
            rng, np.array([620, 1180, 1930, 2800]) * scale, [0.06, 0.05, 0.04, 0.03], [1, 0.7, 0.5, 0.3], 0.1
        )
    elif manner.material == "metal":
        f = np.array([210, 390, 605, 930, 1420, 2050, 2900]) * scale
        body = dsp.modes(rng, f, [0.7, 0.6, 0.5, 0.45, 0.4, 0.3, 0.2], [1, 0.9, 0.8, 0.7, 0.5, 0.4, 0.3], 0.8)
    else:
        panel = dsp.solid(rng, 140 * scale, 2500, 0.2, many=70, tilt=0.5)
        body = dsp.total((0, panel), (0, 0.5 * dsp.peak(dsp.burst(rng, 80, 1500, 0.12))))
        return _small_room(rng, body * hard, manner, 0.1) * rng.uniform(0.85, 1)
    tap = dsp.peak(dsp.burst(rng, 700, 3800, 0.012))
    return _small_room(rng, dsp.total((0, dsp.peak(body) * hard), (0, 0.35 * tap)), manner) * rng.uniform(0.85, 1)


def latch(rng: Rng, heavy: float = 1.0) -> Signal:
    """A door latch: two or three small metal clicks."""
    parts = []
    for at in np.cumsum([0.0, rng.uniform(0.04, 0.08), rng.uniform(0.02, 0.05)]):
        click = dsp.solid(rng, 900 / heavy, 7000, 0.07, many=18, tilt=0.1)
        parts.append((float(at), rng.uniform(0.5, 1) * click))
        parts.append((float(at), 0.5 * dsp.peak(dsp.burst(rng, 500, 5000, 0.02))))
    return dsp.total(*parts)


def door_creak(rng: Rng, manner: Manner) -> Signal:
    """A door on dry hinges."""
    length_s = float(np.clip(manner.length_s or 2.2, 1.0, 5.0)) / max(0.7, manner.speed**0.5)
    heavy = 0.7 if manner.size > 1 or manner.material == "metal" else 1.0
    main = creak(rng, length_s, 28 * heavy, 210 * heavy)
    squeal = creak(rng, length_s * 0.7, 260 * heavy, 620 * heavy)
    parts = [(0.12, main), (0.12 + length_s * 0.25, 0.4 * squeal)]
    if not manner.says("floor", "board", "ship", "chair", "gate", "stair", "tree", "bed"):
        parts.insert(0, (0.0, 0.5 * latch(rng)))
    return _small_room(rng, dsp.total(*parts), manner, 0.25)


def door_open(rng: Rng, manner: Manner) -> Signal:
    """A door opens: handle, latch, a breath of air, maybe a creak."""
    if manner.says("creak", "squeak", "old", "rust", "slow", "hing"):
        return door_creak(rng, manner)
    swing = dsp.burst(rng, 150, 900, 0.5, 0.1)
    bump = dsp.solid(rng, 90, 2500, 0.3, many=60, tilt=0.5)
    return _small_room(
        rng,
        dsp.total(
            (0, 0.6 * latch(rng)),
            (0.12, bump),
            (0.12, 0.6 * dsp.peak(dsp.burst(rng, 80, 2500, 0.15))),
            (0.15, 0.25 * dsp.peak(swing)),
        ),
        manner,
        0.3,
    )


def _thump(rng: Rng, heavy: float) -> Signal:
    body = dsp.solid(rng, 58 / heavy**0.4, 1500, 0.32 * heavy, many=60, tilt=0.55)
    return dsp.total(
        (0, body),
        (0, 0.7 * dsp.peak(dsp.burst(rng, 150, 2500, 0.09))),
        (0.012, 0.4 * dsp.peak(dsp.burst(rng, 600, 5000, 0.05))),
    )


def door_close(rng: Rng, manner: Manner) -> Signal:
    """A door closes: a soft thump, the latch falls in."""
    heavy = 1.5 if manner.size > 1 or manner.intensity > 0.6 else 1.0
    leaf = dsp.solid(rng, 75 / heavy**0.4, 2500, 0.3, many=70, tilt=0.5)
    body = dsp.total(
        (0, 0.12 * dsp.burst(rng, 150, 700, 0.3, 0.1)),
        (0.15, 0.4 * latch(rng, heavy)),
        (0.18, leaf),
        (0.18, 0.7 * dsp.peak(dsp.burst(rng, 80, 2500, 0.18))),
        (0.24, 0.3 * latch(rng, heavy)),
    )
    return dsp.room(rng, body, 1.8, 0.45, 2500)


def door_slam(rng: Rng, manner: Manner) -> Signal:
    """A door is slammed: the leaf hits the frame, the latch jumps, and things rattle in a room that answers."""
    metal = []
    if manner.material == "metal":
        f = np.array([140, 233, 367, 520, 811, 1260, 1890])
        metal = [(0.05, 0.8 * dsp.peak(dsp.modes(rng, f, np.full(7, 1.1), np.linspace(1, 0.3, 7), 1.3)))]
    latches = [(0.0, 0.4 * latch(rng)), (0.09, 0.35 * latch(rng)), (0.16, 0.15 * latch(rng))]
    leaf = dsp.solid(rng, 62, 2500, 0.4, many=70, tilt=0.5)
    air = dsp.peak(dsp.burst(rng, 80, 2500, 0.24))
    return dsp.room(rng, dsp.total((0.05, leaf), (0.05, air), *latches, *metal), 1.2, 0.5, 3000)


def lock(rng: Rng, manner: Manner) -> Signal:
    """A key: jingle, into the keyhole, turn, and the bolt."""
    del manner
    scrape = dsp.burst(rng, 2500, 8000, 0.12, 0.02)
    bolt = dsp.total(
        (0, latch(rng, 1.6)),
        (0.02, 0.5 * dsp.peak(dsp.modes(rng, [180, 320, 560], [0.1, 0.08, 0.06], [1, 0.8, 0.6], 0.12))),
    )
    return dsp.total(
        (0, 0.3 * keys(rng, Manner(0))),
        (0.55, 0.3 * dsp.peak(scrape)),
        (0.7, 0.4 * latch(rng)),
        (0.95, 0.35 * latch(rng)),
        (1.15, bolt),
    )


def keys(rng: Rng, manner: Manner) -> Signal:
    """A bunch of keys: small bright metal pieces that touch."""
    del manner
    parts = []
    for at in np.sort(rng.uniform(0, 0.75, 16)):
        f = rng.uniform(2800, 11000, 5)
        parts.append(
            (
                float(at),
                dsp.modes(rng, f, rng.uniform(0.04, 0.16, 5), rng.uniform(0.3, 1, 5), 0.2) * rng.uniform(0.2, 1),
            )
        )
    return dsp.peak(dsp.total(*parts))


def sliding(rng: Rng, manner: Manner) -> Signal:
    """Something slides on a rail: a drawer, a curtain, a sliding door, a gate."""
    n = dsp.frames(float(np.clip(manner.length_s or 1.2, 0.6, 2.5)))
    t = np.arange(n) / n
    rub = (
        dsp.band(rng, n, 200, 3500, 9) * dsp.drift(rng, n, 25, 0.4, 1) * np.sin(np.pi * np.clip(t * 1.05, 0, 1)) ** 0.5
    )
    roll = dsp.rain_of(rng, n, [dsp.burst(rng, 300, 1500, 0.02)], 60, 0.5, np.sin(np.pi * t))
    return dsp.total((0, 0.6 * dsp.peak(rub) + 0.3 * dsp.peak(roll)), (n / dsp.RATE - 0.05, _thump(rng, 0.7) * 0.9))


def beam(rng: Rng, manner: Manner) -> Signal:
    """Old wood under load: a ship's timber, a floorboard, a rope, a bed."""
    low, high = (18, 90) if manner.says("ship", "rope", "timber", "mast", "tree", "boat") else (45, 260)
    return dsp.room(rng, creak(rng, float(rng.uniform(0.5, 1.3)) / manner.speed, low, high), 0.6, 0.2)


SOUNDS = (
    Sound(
        "knock",
        "knock, knock door, rap, tap window, tap door, pound door, thump door, tap glass, knuckle",
        knock,
        "steady",
        gap_s=0.42,
        count=3,
        jitter=0.04,
        absorbs="door, wood, window, metal, heavy, wall, table, pane, glass",
    ),
    Sound(
        "door creak",
        (
            "door creak, hinge, creak open, gate creak, squeak door, squeaky door, door squeak, hinge "
            "creak, gate open, rusty gate, old door, creaky door"
        ),
        door_creak,
        gap_s=3,
        natural_s=2.5,
        stretch=True,
        absorbs="open, close, wood, door, hinge, swing, gate, slow",
    ),
    Sound(
        "door open",
        "door open, open door, door, door handle, latch, cupboard, enter room",
        door_open,
        gap_s=2,
        natural_s=1.5,
        absorbs="open, wood, handle, front, room",
    ),
    Sound(
        "door close",
        "door close, shut door, close door, door shut, lid close, close lid, car door, fridge",
        door_close,
        gap_s=2,
        absorbs="close, shut, wood, softly, car",
    ),
    Sound(
        "door slam",
        "door slam, slam, door slam shut, door bang, door bang shut, slam shut, bang shut",
        door_slam,
        gap_s=2,
        absorbs="door, shut, wood, gate, iron, close",
    ),
    Sound(
        "key in lock",
        "lock, key turn, key lock, unlock, door unlock, bolt, door bolt, keyhole",
        lock,
        gap_s=2.5,
        absorbs="key, door, turn, slide, open, click",
    ),
    Sound(
        "keys jingle",
        "key, key jingle, keychain, bunch key, key rattle",
        keys,
        gap_s=1.2,
        absorbs="jingle, jangle, rattle, bunch",
    ),
    Sound(
        "sliding",
        ("slide, drawer, curtain, slide door, drawer open, curtain pull, drag, scrape, furniture drag, chair scrape"),
        sliding,
        gap_s=2,
        natural_s=1.2,
        stretch=True,
        absorbs="open, close, draw, door, chair, floor, furniture",
    ),
    Sound(
        "creaking wood",
        (
            "creak, squeak, floorboard, floor creak, ship creak, wood creak, rope creak, stair creak, bed "
            "creak, plank, chair creak, timber creak, board creak, rock chair"
        ),
        beam,
        "steady",
        gap_s=2.4,
        count=2,
        jitter=0.4,
        absorbs="wood, floor, ship, rope, stair, old, timber, hull, mast, chair",
    ),
)
