"""Footsteps on every ground, running, hooves and marching."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def _particles(rng: Rng, per_second: float, low_hz: float, high_hz: float, grain_s: float, env: Signal) -> Signal:
    """Many small contacts (after Cook's PhISEM, 1997): random grains, thinned by how hard the foot presses."""
    n = env.size
    grains = [dsp.burst(rng, f, f * 1.7, grain_s) for f in np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), 8))]
    train = np.zeros(n + 4800)
    at = dsp.poisson(rng, n, per_second)
    at = at[rng.random(at.size) < env[at]]
    for where in at:
        dsp.add(train, grains[int(rng.integers(8))] * np.exp(0.4 * rng.standard_normal()), int(where))
    return dsp.peak(train)


def _press(length_s: float, toe_s: float) -> Signal:
    """How a foot presses: heel, then ball."""
    t = np.arange(dsp.frames(length_s)) / dsp.RATE
    heel = np.exp(-np.square((t - 0.035) / 0.03))
    return np.maximum(heel, 0.75 * np.exp(-np.square((t - toe_s) / 0.045)))


def _hard(rng: Rng, manner: Manner) -> Signal:
    """Stone, concrete, asphalt, tiles: heel and sole, each a dry noise with a dull body, and the scuff between."""
    high = manner.says("heel", "stiletto", "tap")
    pitch = rng.uniform(0.85, 1.15) * (1.5 if high else 1.0)
    heel = dsp.peak(dsp.burst(rng, 330 * pitch, 4000 * pitch, 0.035, 0.003))
    body = dsp.solid(rng, 110 * pitch, 1600 * pitch, 0.09, many=30)
    sole = dsp.peak(dsp.burst(rng, 250, 2200, 0.05, 0.004))
    scuff = dsp.peak(dsp.burst(rng, 1500, 7500, 0.13, 0.03))
    gap = rng.uniform(0.07, 0.12)
    return dsp.total((0, (1.0 if high else 0.6) * heel), (0, 0.8 * body), (gap, 0.4 * sole), (gap * 0.6, 0.12 * scuff))


def _wood(rng: Rng, manner: Manner) -> Signal:
    """Boards: a hollow knock of many plate modes for heel and sole; old boards creak."""
    pitch = rng.uniform(0.88, 1.14)
    heel = dsp.solid(rng, 85 * pitch, 1400, 0.2, many=44, tilt=0.7)
    sole = dsp.solid(rng, 95 * pitch, 1100, 0.16, many=44, tilt=0.8)
    contact = dsp.peak(dsp.burst(rng, 500, 3500, 0.03))
    gap = rng.uniform(0.08, 0.13)
    parts = [(0.0, heel), (0.0, 0.3 * contact), (gap, 0.45 * sole), (gap, 0.2 * contact)]
    parts.append((gap * 0.6, 0.06 * dsp.peak(dsp.burst(rng, 1200, 6000, 0.12, 0.03))))
    if manner.says("creak", "old", "squeak") and rng.random() < 0.6:
        parts.append((0.06, 0.22 * creak(rng, rng.uniform(0.2, 0.4), 90, 320)))
    return dsp.total(*parts)


def _gravel(rng: Rng, manner: Manner) -> Signal:
    del manner
    press = _press(0.34, rng.uniform(0.14, 0.2))
    crunch = _particles(rng, 2600, 900, 7500, 0.014, press)
    low = _particles(rng, 300, 350, 900, 0.03, press)
    return dsp.total((0, crunch), (0, 0.45 * low), (0.02, 0.3 * dsp.modes(rng, [90], [0.08], [1], 0.1)))


def _snow(rng: Rng, manner: Manner) -> Signal:
    del manner
    press = _press(0.42, rng.uniform(0.18, 0.24))
    crunch = _particles(rng, 4200, 500, 4500, 0.012, press)
    squeak = dsp.band(rng, press.size, 1500, 4200) * press**2
    return dsp.total((0, crunch), (0, 0.22 * squeak), (0.01, 0.3 * dsp.modes(rng, [75], [0.09], [1], 0.1)))


def _leaves(rng: Rng, manner: Manner) -> Signal:
    press = _press(0.4, rng.uniform(0.15, 0.22))
    dry = manner.material == "leaves"
    rustle = _particles(rng, 1100 if dry else 700, 2200, 9000, 0.007 if dry else 0.02, press)
    swish = dsp.band(rng, press.size, 1800, 7500) * press
    thud = dsp.burst(rng, 50, 160, 0.09)
    return dsp.total(
        (0, (0.9 if dry else 0.35) * rustle), (0, (0.12 if dry else 0.3) * swish), (0.02, 0.25 * dsp.peak(thud))
    )


def _metal(rng: Rng, manner: Manner) -> Signal:
    del manner
    f = np.array([180, 317, 455, 690, 1020, 1490, 2230, 3100]) * rng.uniform(0.94, 1.06)
    clang = dsp.modes(
        rng, f, [0.5, 0.45, 0.5, 0.4, 0.35, 0.3, 0.2, 0.15], [0.8, 0.7, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3], 0.55
    )
    click = 0.8 * dsp.burst(rng, 1500, 8000, 0.012)
    return dsp.total((0, clang), (0, click), (0.11, 0.4 * clang))


def _wet(rng: Rng, manner: Manner) -> Signal:
    from soundwright.tools.sfx.synth_water import splash  # noqa: PLC0415

    small = dsp.peak(splash(rng, manner.but(size=0.35, intensity=0.4, count=None)))
    squelch = dsp.burst(rng, 300, 1800, 0.14, 0.02)
    if manner.material == "mud":
        suck = dsp.band(rng, 9600, 150, 900) * np.interp(np.arange(9600) / 9600, [0, 0.3, 1], [0, 1, 0])
        return dsp.total((0, dsp.peak(squelch)), (0.12, 0.4 * dsp.peak(suck)), (0.02, 0.2 * small))
    return dsp.total((0, small), (0, 0.3 * dsp.peak(squelch)), (0, 0.5 * dsp.peak(_hard(rng, manner))))


def _soft(rng: Rng, manner: Manner) -> Signal:
    del manner
    thud = dsp.modes(rng, [70, 118, 190], [0.11, 0.08, 0.05], [1, 0.6, 0.3], 0.14)
    brush = 0.14 * dsp.burst(rng, 600, 3500, 0.12, 0.03)
    return dsp.total((0, thud), (0.02, brush), (0.1, 0.4 * thud))


GROUNDS = {
    "wood": _wood,
    "gravel": _gravel,
    "snow": _snow,
    "leaves": _leaves,
    "grass": _leaves,
    "metal": _metal,
    "water": _wet,
    "mud": _wet,
    "carpet": _soft,
    "sand": _soft,
    "stone": _hard,
    "concrete": _hard,
    "glass": _gravel,
}


def creak(rng: Rng, length_s: float, low_hz: float, high_hz: float) -> Signal:
    """Wood that sticks and slips: an uneven pulse train (low to high pulses a second) through board resonances."""
    n = dsp.frames(length_s)
    rate = low_hz * (high_hz / low_hz) ** dsp.drift(rng, n, 2.5 / length_s + 0.5)
    slips = np.floor(np.cumsum(rate * (1 + 0.35 * dsp.drift(rng, n, 60, -1, 1))) / dsp.RATE)
    hits = np.flatnonzero(np.diff(slips) > 0)
    force = rng.uniform(0.25, 1, hits.size)
    plates = [
        dsp.total(
            (0, dsp.solid(rng, 320, 5200, 0.035, many=28, tilt=0.15)),
            (0, 0.3 * dsp.peak(dsp.burst(rng, 900, 6000, 0.006))),
        )
        for _ in range(4)
    ]
    out = dsp.lay(
        n, plates, hits, force, np.clip((np.arange(hits.size) * 4) // max(1, hits.size), 0, 3).astype(np.int64)
    )
    out *= dsp.drift(rng, n, 6 / length_s, 0.05, 1.0)
    return dsp.peak(dsp.fade(out, 0.03, 0.06))


def footstep(rng: Rng, manner: Manner) -> Signal:
    """One step on the ground that the description names; wood where it names none inside, stone outside."""
    ground = GROUNDS.get(manner.material, _hard)
    step = dsp.peak(ground(rng, manner)) * rng.uniform(0.75, 1.0)
    if manner.intensity > 0.6:
        step = dsp.total((0, step), (0, 0.35 * dsp.modes(rng, [58], [0.16], [1], 0.2)))
    hall = manner.echo > 0 or manner.says("hall", "corridor", "hallway", "cathedral", "church", "tunnel", "empty")
    indoor = hall or manner.inside or manner.material in ("wood", "stone", "concrete", "metal", "")
    return dsp.room(rng, step, 1.4 if hall else 0.35, 0.35 if hall else (0.12 if indoor else 0.03))


def hoof(rng: Rng, manner: Manner) -> Signal:
    """One stride of a horse: four beats of a hollow hoof in trot or gallop rhythm."""
    soft = manner.material in ("grass", "sand", "snow", "mud", "leaves") or manner.says("turf", "field", "dirt")
    gallop = manner.says("gallop", "race", "run", "charg", "fast", "chase") or manner.speed > 1.2
    beats = (0.0, 0.11, 0.2) if gallop else (0.0, 0.24)
    parts = []
    for at in beats:
        f = rng.uniform(0.93, 1.1) * (0.55 if soft else 1)
        clop = dsp.total(
            (0, dsp.solid(rng, 420 * f, 3200 * f, 0.07, many=24, tilt=0.6)),
            (0, 0.5 * dsp.peak(dsp.burst(rng, 900 * f, 4500 * f, 0.025))),
        )
        thud = dsp.modes(rng, [92, 150], [0.09, 0.06], [1, 0.6], 0.1)
        dirt = 0.2 * dsp.burst(rng, 400, 3000, 0.06)
        body = dsp.total((0, (0.35 if soft else 1) * clop), (0, (1.2 if soft else 0.5) * thud), (0, dirt))
        parts.append((at + float(rng.uniform(0, 0.012)), body * float(rng.uniform(0.7, 1))))
    return dsp.total(*parts)


def march(rng: Rng, manner: Manner) -> Signal:
    """One step of a marching column: many boots nearly together."""
    parts = [
        (float(np.abs(rng.normal(0, 0.016))), dsp.peak(GROUNDS.get(manner.material, _gravel)(rng, manner)))
        for _ in range(12)
    ]
    return dsp.total(*parts)


SOUNDS = (
    Sound(
        "footsteps",
        (
            "footstep, step, walk, footfall, run, tread, heel, pace, boot, stroll, someone walk, high "
            "heel, sprint, jog, foot run, trudge, plod, tiptoe, shuffle, stomp, footstep run"
        ),
        footstep,
        "steady",
        gap_s=0.58,
        count=8,
        absorbs=(
            "wood, floor, gravel, snow, stair, staircase, street, grass, leaf, metal, water, puddle, "
            "corridor, hallway, path, heel, boot, shoe, hall, board, stone, concrete, creak, pavement, "
            "carpet, deck, sand, crunch, away, climb, run, walk, pace"
        ),
    ),
    Sound(
        "horse hooves",
        (
            "horse gallop, hoof, gallop, horse trot, trot, horse run, clip clop, horse walk, horse "
            "carriage, carriage, canter, hoofbeat, horse ride, cavalry"
        ),
        hoof,
        "steady",
        gap_s=0.48,
        count=10,
        jitter=0.03,
        absorbs="horse, cobblestone, cobble, street, road, field, run, stone, rider",
    ),
    Sound(
        "marching",
        "march, soldier march, marching, parade",
        march,
        "steady",
        gap_s=0.52,
        count=10,
        jitter=0.01,
        absorbs="soldier, army, boot, troop, foot, footstep",
    ),
)
