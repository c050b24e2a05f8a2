"""Games, science fiction, magic and ghosts."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_bells import bell
from soundwright.tools.sfx.synth_electronic import tones


def arcade(rng: Rng, manner: Manner) -> Signal:
    """Old video games: square-wave runs and blips."""
    parts: list[tuple[float, Signal]] = []
    at = 0.0
    while at < manner.length_s - 0.6:
        base = float(rng.choice([262, 330, 392, 523]))
        for k in range(int(rng.integers(2, 6))):
            parts.append((at, 0.5 * _square(base * 2 ** (float(rng.choice([0, 3, 4, 7, 12])) * (k + 1) / 24), 0.07)))
            at += 0.075
        at += float(rng.uniform(0.02, 0.15))
    out = np.zeros(manner.frames)
    for start, note in parts:
        dsp.add(out, note, int(start * dsp.RATE), wrap=True)
    return out


def _square(hz: float, length_s: float) -> Signal:
    n = dsp.frames(length_s)
    gains = np.array([1 / k if k % 2 else 0 for k in range(1, 24)])
    return dsp.fade(dsp.harmonics(np.full(n, hz), gains) * np.linspace(1, 0.5, n), 0.002, 0.01)


def laser(rng: Rng, manner: Manner) -> Signal:
    """A ray gun: a steep fall of pitch."""
    del manner
    top = rng.uniform(2400, 3600)
    n = dsp.frames(0.35)
    zap = dsp.harmonics(dsp.sweep(top, 170, 0.35, 0.6), [1, 0.5, 0.3, 0.2]) * dsp.ring(n, 0.5, 0.001)
    return dsp.room(rng, dsp.total((0, zap), (0, 0.25 * dsp.peak(dsp.burst(rng, 1500, 9000, 0.05)))), 0.7, 0.2)


def spaceship(rng: Rng, manner: Manner) -> Signal:
    """A spaceship's engine or bridge: beating low tones, air, far telemetry."""
    n = manner.frames
    hum = np.zeros((2, n))
    for f in (41.0, 41.4, 62.0, 82.5, 123.4, 165.0):
        hum += (
            dsp.pan(
                dsp.harmonics(np.full(n, f), [1, 0.4, 0.25, 0.12], closed=True) * dsp.drift(rng, n, 0.15, 0.5, 1),
                rng.uniform(-0.6, 0.6),
            )
            * (41 / f) ** 0.5
        )
    air = np.stack([dsp.colour(rng, n, [(60, -3), (200, 0), (900, -12), (5000, -32)]) for _ in "lr"])
    out = dsp.level(hum) + 0.5 * air * dsp.drift(rng, n, 0.2, 0.6, 1)
    if manner.says("bridg", "control", "computer", "sci-fi", "interior", "laborator", "beep"):
        for at in dsp.poisson(rng, n, 0.7):
            f = float(rng.choice([880, 1175, 1320, 1760]))
            dsp.add(out, dsp.pan(0.25 * tones([f], 0.07), rng.uniform(-0.8, 0.8)), int(at), wrap=True)
    return out


def power_up(rng: Rng, manner: Manner) -> Signal:
    """Something charges or powers down."""
    down = manner.says("down", "off", "fail", "shutdown")
    hz = dsp.sweep(700, 45, 2.0, 1.2) if down else dsp.sweep(60, 900, 2.0, 1.3)
    out = dsp.harmonics(hz, [1, 0.5, 0.4, 0.3, 0.2, 0.1]) * np.linspace(1, 0.2, hz.size) ** (1 if down else -0.2)
    return dsp.room(rng, dsp.fade(out, 0.05, 0.3), 0.8, 0.2)


def robot(rng: Rng, manner: Manner) -> Signal:
    """A robot: servo motors and chatter of tones."""
    parts = []
    if manner.says("servo", "move", "walk", "arm", "mechan"):
        for k in range(3):
            a, b = rng.uniform(300, 900, 2)
            hz = dsp.sweep(float(a), float(b), rng.uniform(0.2, 0.5))
            parts.append(
                (
                    0.5 * k,
                    dsp.fade(
                        dsp.harmonics(hz, [1, 0.7, 0.5, 0.4, 0.2]) + 0.2 * dsp.band(rng, hz.size, 1000, 6000),
                        0.02,
                        0.05,
                    ),
                )
            )
    else:
        for k in range(10):
            a, b = np.exp(rng.uniform(np.log(400), np.log(3200), 2))
            parts.append(
                (0.12 * k, dsp.fade(dsp.tone(dsp.sweep(float(a), float(b), rng.uniform(0.05, 0.14))), 0.004, 0.01))
            )
    return dsp.total(*parts)


def sparkle(rng: Rng, manner: Manner) -> Signal:
    """Magic: a glissando of tiny bells with an airy shimmer."""
    up = not manner.says("dark", "down", "evil", "curs")
    steps = np.sort(rng.uniform(0, 1, 26))
    parts = []
    for s in steps:
        scale = np.array([0, 2, 4, 7, 9])
        degree = int((s if up else 1 - s) * 19)
        f = 1047 * 2 ** (degree // 5) * 2 ** (scale[degree % 5] / 12) / 2
        parts.append(
            (float(s) * 1.1, bell(rng, f, 1.1, ((1, 1, 1), (2.76, 0.4, 0.3), (5.4, 0.2, 0.15))) * rng.uniform(0.3, 1))
        )
    n = dsp.frames(1.8)
    air = 0.1 * dsp.band(rng, n, 5000, 13000) * np.hanning(n)
    return dsp.room(rng, dsp.total(*parts, (0, air)), 1.8, 0.4, 8000)


def drone(rng: Rng, manner: Manner) -> Signal:
    """An uneasy drone: beating low tones, breath of noise, a far ghostly voice."""
    n = manner.frames
    out = np.zeros((2, n))
    base = 55 / manner.size
    for ratio in (1, 1.5, 2, 1.19, 2.83, 3.0):
        for side in (-0.7, 0.7):
            hz = base * ratio * rng.uniform(0.996, 1.004) * np.ones(n)
            out += (
                dsp.pan(dsp.harmonics(hz, [1, 0.5, 0.25, 0.15, 0.1], closed=True) * dsp.drift(rng, n, 0.2) ** 1.5, side)
                / ratio
            )
    breathy = np.stack(
        [
            sum(dsp.band(rng, n, f * 0.97, f * 1.03, 60) * dsp.drift(rng, n, 0.25) ** 2 for f in (330, 494, 660, 990))
            for _ in "lr"
        ]
    )
    wet = dsp.room(rng, dsp.level(out) + 0.5 * breathy, 3.0, 0.5, 2500, wrap=True)
    return wet


def ghost(rng: Rng, manner: Manner) -> Signal:
    """A ghostly wail: a voice-like sine that slides, with its echo."""
    n = dsp.frames(float(np.clip(manner.length_s or 3.5, 2, 6)))
    t = np.arange(n) / n
    hz = 420 * 2 ** (0.9 * np.sin(np.pi * t) - 0.3 * t + 0.03 * np.sin(2 * np.pi * 5 * t * n / dsp.RATE))
    x = (dsp.harmonics(hz, [1, 0.25, 0.1]) + 0.25 * dsp.band(rng, n, 500, 1500)) * np.sin(np.pi * t) ** 1.2
    return dsp.room(rng, x, 3.5, 0.7, 2500)


def electricity(rng: Rng, manner: Manner) -> Signal:
    """Sparks and arcs over a mains buzz."""
    n = manner.frames
    buzz = dsp.harmonics(np.full(n, 100.0), 1 / np.arange(1, 50) ** 0.5, closed=True) * dsp.drift(rng, n, 9) ** 2
    arcs = dsp.rain_of(
        rng, n, [dsp.burst(rng, 1500, 14000, 0.005) for _ in range(6)], 130, 1.0, dsp.drift(rng, n, 4) ** 2
    )
    return dsp.level(buzz) * 0.6 + dsp.level(arcs)


def sonar(rng: Rng, manner: Manner) -> Signal:
    """A sonar ping and its echo."""
    del manner
    n = dsp.frames(1.4)
    ping = dsp.tone(np.full(n, 1500.0)) * dsp.ring(n, 1.6, 0.004)
    return dsp.room(rng, dsp.total((0, ping), (1.6, 0.2 * ping)), 3.0, 0.5, 2500)


SOUNDS = (
    Sound(
        "arcade",
        "arcade, video game, game, 8-bit, chiptune, pinball, slot machine, retro game",
        arcade,
        "bed",
        natural_s=4,
        absorbs="retro, machine, coin, sound",
    ),
    Sound(
        "laser",
        "laser, ray gun, blaster, zap, phaser, laser gun, laser shot",
        laser,
        "steady",
        gap_s=0.5,
        count=2,
        jitter=0.3,
        absorbs="gun, shot, fire, blast",
    ),
    Sound(
        "spaceship",
        (
            "spaceship, starship, spacecraft, sci fi hum, sci-fi, space station, spaceship engine, bridge "
            "spaceship, warp, ufo, science fiction, time machine, space, teleport, force field, "
            "lightsaber"
        ),
        spaceship,
        "bed",
        natural_s=8,
        absorbs="engine, hum, bridge, interior, drone, ambience",
    ),
    Sound(
        "power up",
        "power up, power down, charge up, shut down, powering",
        power_up,
        gap_s=3,
        absorbs="machine, computer, spaceship, down",
    ),
    Sound(
        "robot",
        "robot, servo, android, droid, robot voice, robot move, computer calculate",
        robot,
        gap_s=1.8,
        absorbs="beep, move, servo, walk, arm",
    ),
    Sound(
        "magic sparkle",
        (
            "magic, sparkle, magic chime, fairy, spell, twinkle, wand, fairy dust, enchant, shimmer, bell "
            "tree, glitter, dream"
        ),
        sparkle,
        gap_s=2.5,
        absorbs="chime, wand, dust, transition, cast",
    ),
    Sound(
        "drone",
        (
            "drone, ghostly drone, ominous, eerie, horror, dark ambience, suspense, spooky, haunted, "
            "tension, mysterious, creepy"
        ),
        drone,
        "bed",
        natural_s=10,
        absorbs="dark, low, ambience, atmosphere, ghost, house, rumble",
    ),
    Sound(
        "ghost wail",
        "ghost, wail, ghost wail, spirit, banshee, phantom, ghost moan",
        ghost,
        gap_s=4.5,
        natural_s=3.5,
        stretch=True,
        absorbs="moan, wail, howl",
    ),
    Sound(
        "electricity",
        ("electricity, spark, electric arc, electric shock, short circuit, tesla coil, electric spark, electrical"),
        electricity,
        "bed",
        natural_s=3,
        absorbs="crackle, buzz, zap, electric",
    ),
    Sound(
        "sonar",
        "sonar, ping, submarine, submarine sonar, radar",
        sonar,
        "steady",
        gap_s=4,
        count=2,
        jitter=0.0,
        absorbs="ping, submarine",
    ),
)
