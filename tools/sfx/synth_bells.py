"""Bells, gongs, chimes, clocks and small strings of metal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound

# Partials of a Western church bell by their names: hum, prime, tierce, quint, nominal, then upper ones (after Risset
# and Rossing: the nominal and what lies above it carry the stroke, hum and prime the long end).
_CHURCH = (
    (0.5, 1.0, 0.35),
    (1.0, 0.7, 0.5),
    (1.19, 0.6, 0.85),
    (1.5, 0.4, 0.4),
    (2.0, 0.5, 1.3),
    (2.5, 0.35, 0.7),
    (2.67, 0.35, 0.75),
    (3.0, 0.35, 1.05),
    (4.0, 0.25, 1.2),
    (5.2, 0.2, 1.05),
    (6.4, 0.16, 0.95),
    (7.7, 0.12, 0.9),
    (9.1, 0.1, 0.85),
    (10.6, 0.08, 0.75),
    (12.2, 0.07, 0.65),
)


def bell(
    rng: Rng,
    hz: float,
    ring_s: float,
    partials: Sequence[tuple[float, float, float]] = _CHURCH,
    strike: float = 0.5,
    beat: tuple[float, float] = (0.0004, 0.0016),
) -> Signal:
    """A struck bell: ``partials`` are (ratio, part of ``ring_s``, factor); each a pair detuned by ``beat``."""
    ratio, part, g = (np.array(column) for column in zip(*partials, strict=True))
    detune = 1 + rng.uniform(*beat, ratio.size)
    one = dsp.modes(rng, hz * ratio, ring_s * part, g, ring_s)
    two = dsp.modes(rng, hz * ratio * detune, ring_s * part, g * 0.6, ring_s)
    clang = dsp.solid(rng, min(5000, hz * 2.5), min(12000, hz * 20), 0.25, many=30, tilt=0.2)
    return dsp.fade(dsp.total((0, one + two), (0, strike * dsp.peak(clang))), 0.0003, ring_s * 0.15)


def church_bell(rng: Rng, manner: Manner) -> Signal:
    """One stroke of a church bell in the open: the prime near 500 Hz, lower for the great ones."""
    hz = (500 if not manner.says("big ben", "cathedral", "deep") else 360) / manner.size**0.5
    stroke = bell(rng, hz * rng.uniform(0.997, 1.003), 6.5 * manner.size, strike=3.0, beat=(0.0008, 0.003))
    return dsp.room(rng, stroke, 2.5, 0.7)


def hand_bell(rng: Rng, manner: Manner) -> Signal:
    """A small bell rung by hand: several strokes of the clapper."""
    hz = 1150 / manner.size
    parts = ((1.0, 1.0, 1.0), (2.6, 0.5, 0.5), (3.0, 0.45, 0.5), (5.3, 0.25, 0.35), (8.1, 0.12, 0.2))
    strokes = 1 if manner.says("single", "servic", "desk", "reception") else 6
    return dsp.total(
        *((0.19 * k + rng.uniform(0, 0.03), bell(rng, hz, 1.6, parts) * rng.uniform(0.5, 1)) for k in range(strokes))
    )


def ding(rng: Rng, manner: Manner) -> Signal:
    """A lift or counter bell: one clear tone."""
    hz = 1480 if not manner.says("elevat", "lift") else 990
    parts = ((1.0, 1.0, 1.0), (2.01, 0.6, 0.35), (2.76, 0.4, 0.3), (5.4, 0.15, 0.2))
    return bell(rng, hz / manner.size, 1.8, parts)


def doorbell(rng: Rng, manner: Manner) -> Signal:
    """Ding-dong; or a buzzer if the text says so."""
    if manner.says("buzz", "buzzer"):
        n = dsp.frames(0.9)
        buzz = dsp.harmonics(np.full(n, 120.0), 1 / np.arange(1, 60) ** 0.6)
        return dsp.fade(dsp.shape(buzz, [(100, -6), (500, 0), (2500, 0), (8000, -20)]), 0.005, 0.02)
    parts = ((1.0, 1.0, 1.0), (2.0, 0.8, 0.03), (2.76, 0.4, 0.06), (5.4, 0.2, 0.15))
    plunger = 0.6 * dsp.peak(dsp.burst(rng, 1200, 7000, 0.03))
    notes = [
        (at, bell(rng, hz, ring_s, parts, 0.0, (0.0018, 0.0022))) for at, hz, ring_s in ((0, 698, 3), (0.6, 554, 4))
    ]
    return dsp.room(rng, dsp.total(*notes, (0, plunger), (0.6, plunger)), 0.8, 0.8, 5000)


def electric_bell(rng: Rng, manner: Manner) -> Signal:
    """A hammer that strikes a small bell many times a second: school bell, alarm bell, old telephone."""
    length_s = float(np.clip(manner.length_s or 2.5, 1.0, 4.0))
    return ringing(rng, length_s, rng.uniform(1250, 1400) / manner.size, 22)


def ringing(rng: Rng, length_s: float, hz: float, strikes_per_s: float, pair: float = 1.0) -> Signal:
    """Fast strikes on one bell, or in turn on two (``pair``: ratio of the second)."""
    n = dsp.frames(length_s + 0.9)
    parts = ((1.0, 1.0, 1.0), (1.52, 0.7, 0.5), (2.31, 0.6, 0.7), (3.48, 0.4, 0.6), (4.9, 0.3, 0.4), (6.4, 0.2, 0.3))
    bells = [bell(rng, hz, 0.9, parts), bell(rng, hz * pair, 0.9, parts)]
    out = np.zeros(n)
    for k in range(int(length_s * strikes_per_s)):
        dsp.add(
            out, bells[k % 2] * rng.uniform(0.8, 1), int((k + rng.uniform(-0.05, 0.05)) * dsp.RATE / strikes_per_s) % n
        )
    return dsp.fade(out, 0.001, 0.1)


def bicycle_bell(rng: Rng, manner: Manner) -> Signal:
    """Two thumb strokes on a bicycle bell."""
    return dsp.total(
        (0, ringing(rng, 0.35, 2450 / manner.size, 19, 1.03)), (0.42, ringing(rng, 0.4, 2450 / manner.size, 19, 1.03))
    )


def wind_chimes(rng: Rng, manner: Manner) -> Signal:
    """Tubes that hang in the wind, tuned to a pentatonic scale."""
    n = manner.frames
    tubes = 880 * 2 ** (np.array([0, 2, 4, 7, 9, 12]) / 12) / manner.size
    parts = ((1.0, 1.0, 1.0), (2.76, 0.5, 0.4), (5.4, 0.25, 0.2))
    rings = [bell(rng, float(f), 3.0, parts) for f in tubes]
    out = np.zeros((2, n))
    places = rng.uniform(-0.7, 0.7, len(rings))
    for at in dsp.poisson(rng, n, 2.2 * manner.speed):
        k = int(rng.integers(len(rings)))
        dsp.add(out, dsp.pan(rings[k] * rng.uniform(0.15, 1), places[k]), int(at), wrap=True)
    return out


def gong(rng: Rng, manner: Manner) -> Signal:
    """A gong: many inharmonic partials; the high ones bloom late."""
    n = dsp.frames(7)
    t = np.arange(n) / dsp.RATE
    ratio = np.sort(np.concatenate([[1, 1.48, 1.97, 2.5], rng.uniform(1.3, 14, 40)]))
    out = np.zeros(n)
    for r in ratio:
        rise = 0.01 + 0.05 * r
        out += (
            np.sin(2 * np.pi * 95 / manner.size * r * t + rng.uniform(0, 6))
            * np.exp(-t * (0.4 + 0.14 * r))
            * (1 - np.exp(-t / rise))
            / r**0.6
        )
    return dsp.room(rng, dsp.fade(out, 0.001, 1.0), 2.0, 0.2)


def jingle(rng: Rng, manner: Manner) -> Signal:
    """Sleigh bells or a tambourine: one shake."""
    del manner
    parts = []
    for at in np.abs(rng.normal(0.03, 0.03, 26)):
        f = rng.uniform(4200, 9500, 4)
        parts.append(
            (float(at), dsp.modes(rng, f, rng.uniform(0.1, 0.3, 4), [1, 0.8, 0.6, 0.4], 0.32) * rng.uniform(0.2, 1))
        )
    return dsp.total(*parts)


def cowbell(rng: Rng, manner: Manner) -> Signal:
    """A cow bell: two strong low partials, short."""
    hz = 540 / manner.size * rng.uniform(0.95, 1.05)
    return bell(
        rng, hz, 0.7, ((1, 1, 1), (1.51, 0.9, 0.9), (2.4, 0.5, 0.4), (3.7, 0.3, 0.3), (5.2, 0.2, 0.2))
    ) * rng.uniform(0.6, 1)


def tick(rng: Rng, manner: Manner) -> Signal:
    """One tick and one tock; deep for a tall clock, thin for a watch."""
    deep = 1.0 / (
        1.5
        if manner.says("grandfather", "tall", "old", "pendulum", "hall")
        else 0.7
        if manner.says("watch", "wrist", "stopwatch")
        else 1.0
    )
    period_s = (0.25 if deep > 1.2 else 1.0 if deep < 0.8 else 0.5) / manner.speed
    parts = []
    for k, pitch in enumerate((1.0, 0.87)):
        # The escape wheel drops on the pallet and rebounds: two sharp clicks, the plates of the movement behind them.
        f = np.array([1200, 2600, 4200, 6100]) * pitch * deep**0.5
        plates = dsp.modes(rng, f, [0.016, 0.013, 0.01, 0.007], [1, 0.8, 0.5, 0.3], 0.03)
        drop = dsp.peak(dsp.burst(rng, 1500, 10000, 0.006))
        rebound = 0.35 * dsp.peak(dsp.burst(rng, 2000, 9000, 0.005))
        parts += [(k * period_s, plates), (k * period_s, drop), (k * period_s + 0.012, rebound)]
    ticks = dsp.fade(dsp.total(*parts, (2 * period_s - 0.01, dsp.silence(0.01))))
    return dsp.room(rng, ticks, 0.4, 0.1, 4000)[:, : ticks.size]


def clock_chime(rng: Rng, manner: Manner) -> Signal:
    """One stroke of a chiming clock: a rod with a wooden case."""
    hz = (230 if manner.says("grandfather", "old", "deep", "tower") else 330) / manner.size
    parts = ((1.0, 0.9, 0.9), (2.76, 0.6, 0.6), (2.0, 0.8, 0.7), (4.1, 0.35, 0.3), (5.4, 0.25, 0.25))
    return dsp.room(rng, bell(rng, hz, 3.5, parts), 0.6, 0.15)


def alarm_clock(rng: Rng, manner: Manner) -> Signal:
    """An alarm clock: beeps in fours, or two bells and a hammer if it is old."""
    if manner.says("old", "wind-up", "mechan", "bell", "vintag", "ring"):
        return ringing(rng, float(np.clip(manner.length_s or 2.5, 1, 4)), 1900, 26, 1.12)
    beep = dsp.fade(np.sign(dsp.tone(np.full(dsp.frames(0.09), 2050.0))) * 0.6, 0.002, 0.004)
    beep = dsp.low_pass(beep, 9000)
    return dsp.total(*((0.125 * k, beep) for k in range(4)), (0.95, dsp.silence(0.03)))


def music_box(rng: Rng, manner: Manner) -> Signal:
    """A music box: a small tune of plucked tongues."""
    notes = np.array([0, 4, 7, 12, 11, 7, 9, 5, 2, 5, 9, 7, 4, 2, 0])
    parts = ((1.0, 1.0, 1.0), (3.9, 0.3, 0.25), (6.3, 0.15, 0.15))
    step_s = 0.32 / manner.speed
    return dsp.total(
        *(
            (k * step_s, bell(rng, 880 * 2 ** (s / 12), 1.4, parts))
            for k, s in enumerate(np.roll(notes, int(rng.integers(4))))
        )
    )


SOUNDS = (
    Sound(
        "church bell",
        ("church bell, bell, bell toll, toll, bell tower, cathedral bell, bell ring, tower bell, ship bell, big ben"),
        church_bell,
        "steady",
        gap_s=2.4,
        count=3,
        jitter=0.02,
        absorbs="church, ring, toll, tower, village, cathedral, strike",
    ),
    Sound(
        "hand bell",
        ("hand bell, handbell, small bell, dinner bell, little bell, servant bell, shop bell, town crier"),
        hand_bell,
        gap_s=2.5,
        absorbs="ring, bell, shop, door",
    ),
    Sound(
        "ding",
        (
            "ding, elevator, elevator ding, lift ding, desk bell, reception bell, service bell, counter "
            "bell, elevator bell, triangle, microwave, hotel bell"
        ),
        ding,
        gap_s=1.5,
        absorbs="elevator, lift, bell, ring, arrive, door, desk, reception",
    ),
    Sound(
        "doorbell",
        "doorbell, door bell, ding dong, buzzer door, intercom",
        doorbell,
        gap_s=2.5,
        absorbs="ring, door, chime, buzz",
    ),
    Sound(
        "school bell",
        ("school bell, electric bell, alarm bell, fire bell, boxing bell, bell alarm, fire alarm bell, break bell"),
        electric_bell,
        gap_s=3.5,
        natural_s=2.5,
        stretch=True,
        absorbs="ring, school, bell",
    ),
    Sound(
        "bicycle bell",
        "bicycle bell, bike bell, bicycle, bike ring",
        bicycle_bell,
        gap_s=2,
        absorbs="ring, bell",
    ),
    Sound(
        "wind chimes",
        "wind chime, chime, chime wind",
        wind_chimes,
        "bed",
        natural_s=8,
        absorbs="wind, breeze, porch",
    ),
    Sound(
        "gong",
        "gong, tam tam, temple bell, temple gong, singing bowl",
        gong,
        gap_s=5,
        absorbs="strike, temple",
    ),
    Sound(
        "sleigh bells",
        "sleigh bell, jingle bell, tambourine, jingle, santa",
        jingle,
        "steady",
        gap_s=0.36,
        count=10,
        jitter=0.03,
        absorbs="bell, sleigh",
    ),
    Sound(
        "cow bell",
        "cow bell, cowbell, goat bell, sheep bell",
        cowbell,
        "steady",
        gap_s=0.7,
        count=5,
        jitter=0.4,
        absorbs="cow, bell, goat, sheep, ring",
    ),
    Sound(
        "clock tick",
        ("clock tick, tick, clock, watch tick, ticktock, tick tock, pendulum, metronome, stopwatch, timer, wristwatch"),
        tick,
        "steady",
        gap_s=0.0,
        count=5,
        jitter=0.0,
        absorbs="clock, watch, grandfather, wall, old, tock, pocket",
    ),
    Sound(
        "clock chime",
        (
            "clock chime, clock strike, grandfather clock strike, clock bell, grandfather clock chime, "
            "strike midnight, cuckoo clock"
        ),
        clock_chime,
        "steady",
        gap_s=1.9,
        count=3,
        jitter=0.0,
        absorbs="clock, grandfather, strike, hour, midnight, noon, chime",
    ),
    Sound(
        "alarm clock",
        "alarm clock, clock alarm, digital alarm, wake alarm",
        alarm_clock,
        "steady",
        count=4,
        jitter=0.0,
        absorbs="clock, alarm, beep, ring",
    ),
    Sound(
        "music box",
        "music box, musical box, lullaby box",
        music_box,
        gap_s=6,
        absorbs="lullaby, tune",
    ),
)
