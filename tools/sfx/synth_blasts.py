"""Shots, explosions, and what flies past."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


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


SOUNDS = (
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
)
