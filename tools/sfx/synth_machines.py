"""Machines, tools and office things."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_bells import bell
from soundwright.tools.sfx.synth_things import coin_hit


def machine_hum(rng: Rng, manner: Manner) -> Signal:
    """Mains hum and a little air: refrigerators, servers, transformers."""
    n = manner.frames
    base = 60.0 if manner.says("american") else 50.0
    gains = np.array([0.5, 1, 0.3, 0.5, 0.2, 0.3, 0.1, 0.15, 0.05, 0.08, 0.03, 0.05])
    hum = dsp.harmonics(np.full(n, base), gains * rng.uniform(0.7, 1.3, 12), closed=True)
    air = np.stack([dsp.colour(rng, n, [(60, -4), (200, 0), (1000, -14), (6000, -34)]) for _ in "lr"])
    return dsp.level(hum) * 0.6 + (0.6 if manner.says("server", "fridg", "refrigerat", "air", "comput") else 0.25) * air


def fan(rng: Rng, manner: Manner) -> Signal:
    """A fan, an air conditioner, a hair dryer or a vacuum cleaner."""
    n = manner.frames
    strong = manner.says("vacuum", "hair", "dryer", "blow", "leaf")
    hz = 190.0 if strong else 28.0
    blades = 1 + (0.08 if strong else 0.12) * np.sin(dsp.phase(np.full(n, hz), closed=True))
    curve = (
        [(60, -14), (250, -2), (800, 0), (3000, -8), (9000, -18), (16000, -30)]
        if strong
        else [(40, -6), (150, 0), (600, -6), (2500, -18), (9000, -36)]
    )
    air = np.stack([dsp.colour(rng, n, curve) for _ in "lr"]) * blades
    motor = dsp.harmonics(np.full(n, 233.0 if strong else 118.0), [1, 0.6, 0.5, 0.5, 0.3, 0.2, 0.2, 0.1], closed=True)
    return air + (0.45 if strong else 0.1) * motor


def drill(rng: Rng, manner: Manner) -> Signal:
    """A drill, a chainsaw, a blender or a dentist's drill: a motor that labours."""
    n = manner.frames
    saw = manner.says("chainsaw", "chain", "mower")
    base = 92.0 if saw else 410.0 if manner.says("dentist", "dental") else 150.0
    load = dsp.drift(rng, n, 0.7, 0.85, 1.12)
    if saw:
        load = np.where(dsp.drift(rng, n, 0.4) > 0.45, 1.0, 0.62) * load
        load = np.real(np.fft.ifft(np.fft.fft(load) * np.exp(-np.abs(np.fft.fftfreq(n) * n) * dsp.RATE / n * 0)))
    hz = base * load
    gains = 1 / np.arange(1, 60) ** (0.45 if saw else 0.75)
    motor = dsp.harmonics(hz, gains * rng.uniform(0.4, 1, 59), closed=True)
    chew = dsp.band(rng, n, 800, 7000) * (0.6 + 0.4 * np.sin(dsp.phase(hz, closed=True)))
    return dsp.level(motor) + 0.45 * chew


def hand_saw(rng: Rng, manner: Manner) -> Signal:
    """One stroke of a hand saw: forth and back."""
    parts = []
    for start, length_s, f, g in ((0.0, 0.34, 1.0, 1.0), (0.4, 0.3, 0.85, 0.6)):
        n = dsp.frames(length_s / manner.speed)
        t = np.arange(n) / n
        teeth = 0.5 + 0.5 * np.sin(dsp.phase(150 * f * (0.6 + np.sin(np.pi * t))))
        rub = dsp.band(rng, n, 900 * f, 4800 * f) * teeth + 0.5 * dsp.band(rng, n, 250, 600) * teeth
        parts.append((start / manner.speed, g * rub * np.sin(np.pi * t) ** 0.6))
    return dsp.total(*parts, (0.78 / manner.speed, dsp.silence(0.01)))


def factory(rng: Rng, manner: Manner) -> Signal:
    """Machines at work: a rhythm of presses over hum and hiss."""
    n = manner.frames
    period = n / max(1, round(n / dsp.RATE / (0.9 / manner.speed)))
    out = 0.8 * machine_hum(rng, manner) + 0.3 * np.stack([dsp.band(rng, n, 150, 2500, 9) for _ in "lr"])
    stamp = dsp.total(
        (
            0,
            dsp.peak(
                dsp.modes(
                    rng,
                    [70, 130, 260, 540, 910, 1500],
                    [0.25, 0.3, 0.3, 0.25, 0.2, 0.1],
                    [1, 0.9, 0.7, 0.5, 0.4, 0.3],
                    0.4,
                )
            ),
        ),
        (0.4, 0.12 * dsp.peak(dsp.burst(rng, 2500, 9000, 0.3, 0.02))),
        (0.22, 0.4 * dsp.peak(dsp.modes(rng, [410, 820, 1900], [0.1, 0.08, 0.05], [1, 0.7, 0.5], 0.12))),
    )
    for k in range(round(n / period)):
        dsp.add(out, dsp.pan(3.0 * stamp * rng.uniform(0.8, 1), -0.3), int(k * period), wrap=True)
        dsp.add(out, dsp.pan(1.5 * stamp * rng.uniform(0.8, 1), 0.5), int((k + 0.37) * period), wrap=True)
    return dsp.room(rng, out, 1.4, 0.2, wrap=True)


def washing(rng: Rng, manner: Manner) -> Signal:
    """A washing machine or a clothes dryer: a turning drum with slosh."""
    n = manner.frames
    turns = max(1, round(n / dsp.RATE / 1.2))
    x = np.arange(n) / n * turns
    slosh = np.stack([dsp.band(rng, n, 200, 2200, 9) for _ in "lr"]) * (0.5 + 0.5 * np.sin(2 * np.pi * x)) ** 2
    motor = dsp.harmonics(np.full(n, 100.0), [1, 0.7, 0.4, 0.4, 0.2, 0.2], closed=True) * (
        0.7 + 0.3 * np.sin(2 * np.pi * x)
    )
    return (
        slosh
        + 0.8 * dsp.level(motor)
        + 0.4 * np.stack([dsp.colour(rng, n, [(40, 0), (150, 0), (800, -16)]) for _ in "lr"])
    )


def key_press(rng: Rng, heavy: float = 1.0) -> Signal:
    """One key of a keyboard: down and up."""
    f = rng.uniform(0.85, 1.15)
    click = dsp.total(
        (0, dsp.peak(dsp.burst(rng, 1800 * f, 6500, 0.012))),
        (
            0,
            0.5
            * heavy
            * dsp.peak(dsp.modes(rng, [240 * f, 480 * f, 1150 * f], [0.04, 0.03, 0.02], [1, 0.7, 0.5], 0.05)),
        ),
    )
    return dsp.total((0, click), (rng.uniform(0.05, 0.09), 0.35 * click))


def typing(rng: Rng, manner: Manner) -> Signal:
    """A few seconds of typing: bursts of keys with pauses, now and then the space bar."""
    n = manner.frames
    out = np.zeros(n)
    keys = [key_press(rng, 0.8) for _ in range(12)]
    at = 0.0
    while at < n / dsp.RATE - 0.15:
        for _ in range(int(rng.integers(3, 10))):
            dsp.add(out, keys[int(rng.integers(12))] * rng.uniform(0.6, 1), int(at * dsp.RATE), wrap=True)
            at += rng.uniform(0.08, 0.2) / manner.speed
        at += rng.uniform(0.1, 0.5) / manner.speed
    return dsp.room(rng, out, 0.3, 0.1, wrap=True)


def typewriter(rng: Rng, manner: Manner) -> Signal:
    """A typewriter: type bars on the platen, the bell and the carriage return."""
    n = manner.frames
    out = np.zeros(n)
    strokes = []
    for _ in range(8):
        f = rng.uniform(0.92, 1.08)
        hit = dsp.total(
            (0, dsp.peak(dsp.burst(rng, 1500, 9000, 0.02))),
            (
                0,
                0.8
                * dsp.peak(
                    dsp.modes(
                        rng,
                        np.array([310, 720, 1450, 2650, 4100]) * f,
                        [0.05, 0.05, 0.04, 0.04, 0.03],
                        [1, 0.9, 0.8, 0.6, 0.4],
                        0.07,
                    )
                ),
            ),
        )
        strokes.append(dsp.total((0, 0.25 * hit), (0.045, hit), (0.1, 0.2 * hit)))
    at, since = 0.0, 0
    while at < n / dsp.RATE - 0.2:
        dsp.add(out, strokes[int(rng.integers(8))] * rng.uniform(0.7, 1), int(at * dsp.RATE), wrap=True)
        at += rng.uniform(0.11, 0.24) / manner.speed
        since += 1
        if since > 18 and at < n / dsp.RATE - 1.2:
            dsp.add(
                out,
                0.5 * bell(rng, 2300, 0.9, ((1, 1, 1), (2.7, 0.4, 0.4), (5.2, 0.2, 0.2))),
                int(at * dsp.RATE),
                wrap=True,
            )
            dsp.add(out, 0.5 * ratchet(rng, 0.45, 45), int((at + 0.4) * dsp.RATE), wrap=True)
            at, since = at + 1.0, 0
    return dsp.room(rng, out, 0.35, 0.12, wrap=True)


def ratchet(rng: Rng, length_s: float, per_second: float) -> Signal:
    """A row of clicks: ratchets, winding, zips."""
    click = dsp.modes(rng, [1700, 2900, 4300], [0.02, 0.015, 0.01], [1, 0.8, 0.5], 0.03)
    return dsp.total(
        *((k / per_second, click * rng.uniform(0.6, 1)) for k in range(max(1, int(length_s * per_second))))
    )


def winding(rng: Rng, manner: Manner) -> Signal:
    """A crank, a ratchet or a winch turns."""
    del manner
    return dsp.total(*((0.42 * k, ratchet(rng, 0.3, 26)) for k in range(3)))


def zip_(rng: Rng, manner: Manner) -> Signal:
    """A zip is pulled: teeth, faster and faster, then slower."""
    del manner
    n = dsp.frames(0.65)
    t = np.linspace(0, 1, n)
    rate = 90 + 260 * np.sin(np.pi * t**0.8)
    teeth = (0.5 + 0.5 * np.cos(dsp.phase(rate))) ** 4
    return dsp.fade(dsp.band(rng, n, 1800, 7500) * teeth * np.sin(np.pi * t) ** 0.4, 0.01, 0.03)


def switch(rng: Rng, manner: Manner) -> Signal:
    """A switch, a button or a mouse click."""
    del manner
    a = dsp.modes(rng, rng.uniform(1800, 5500, 4), [0.02, 0.018, 0.012, 0.01], [1, 0.8, 0.6, 0.4], 0.03)
    b = dsp.modes(rng, [430, 900], [0.03, 0.02], [1, 0.6], 0.04)
    return dsp.total((0, dsp.peak(a)), (0, 0.5 * b), (0.055, 0.5 * dsp.peak(a)))


def camera(rng: Rng, manner: Manner) -> Signal:
    """A camera's shutter: mirror up, curtain, mirror down."""
    del manner
    clack = [
        dsp.total(
            (0, dsp.peak(dsp.burst(rng, 900, 8000, 0.025))),
            (0, 0.5 * dsp.peak(dsp.modes(rng, [350, 1250, 2600], [0.04, 0.03, 0.02], [0.6, 1, 0.6], 0.05))),
        )
        for _ in range(2)
    ]
    n = dsp.frames(0.07)
    wind = 0.15 * dsp.band(rng, n, 2000, 7000)
    return dsp.total((0, clack[0]), (0.025, wind), (0.1, 0.9 * clack[1]))


def cash_register(rng: Rng, manner: Manner) -> Signal:
    """Ka-ching: keys, bell, drawer, coins."""
    del manner
    bell_ = bell(rng, 2150, 1.3, ((1, 1, 1), (1.5, 0.6, 0.4), (2.7, 0.4, 0.5), (5.2, 0.2, 0.3)))
    n = dsp.frames(0.25)
    roll = dsp.band(rng, n, 200, 2500) * np.linspace(0.3, 1, n)
    coins = [(0.55 + float(t), 0.3 * coin_hit(rng) * rng.uniform(0.3, 1)) for t in rng.uniform(0, 0.35, 10)]
    return dsp.total(
        (0, 0.6 * key_press(rng)),
        (0.12, dsp.peak(bell_)),
        (0.14, 0.9 * dsp.peak(bell_)),
        (0.25, 0.25 * dsp.peak(roll)),
        (0.5, 0.5 * dsp.peak(dsp.modes(rng, [120, 240, 510], [0.12, 0.1, 0.06], [1, 0.8, 0.5], 0.15))),
        *coins,
    )


def printer(rng: Rng, manner: Manner) -> Signal:
    """A printer or a copier: head passes and paper feed."""
    n = manner.frames
    passes = max(1, round(n / dsp.RATE / 0.85))
    x = (np.arange(n) / n * passes) % 1.0
    move = np.interp(x, [0, 0.05, 0.75, 0.8, 1], [0, 1, 1, 0, 0])
    head = (
        dsp.harmonics(np.full(n, 310.0), [1, 0.4, 0.7, 0.2, 0.3, 0.2], closed=True) * move
        + dsp.band(rng, n, 1200, 6000) * move * 0.8
    )
    feed = dsp.harmonics(np.full(n, 150.0), [1, 0.8, 0.5, 0.4], closed=True) * np.interp(
        x, [0, 0.8, 0.84, 0.97, 1], [0, 0, 1, 1, 0]
    )
    return head + 0.8 * feed


def spray(rng: Rng, manner: Manner) -> Signal:
    """A short hiss: a spray can, air brakes, a pneumatic door."""
    n = dsp.frames(0.9)
    t = np.arange(n) / dsp.RATE
    out = dsp.band(rng, n, 2500, 11000) * np.interp(t, [0, 0.02, 0.5, 0.9], [0, 1, 0.7, 0])
    if manner.says("door", "brak", "bus", "airlock", "pneumat", "hydraul"):
        out += 0.5 * dsp.band(rng, n, 300, 1500) * np.interp(t, [0, 0.1, 0.9], [0, 1, 0])
        return dsp.total(
            (0, out), (0.8, 0.5 * dsp.peak(dsp.modes(rng, [80, 150, 310], [0.15, 0.12, 0.08], [1, 0.8, 0.4], 0.2)))
        )
    return out


def scissors(rng: Rng, manner: Manner) -> Signal:
    """Snip."""
    del manner
    n = dsp.frames(0.14)
    slide = sum(dsp.band(rng, n, f, f * 1.3, 24) for f in (3000, 5200, 8000)) * np.linspace(0.3, 1, n) ** 2
    return dsp.total(
        (0, 0.5 * dsp.peak(np.asarray(slide))),
        (0.13, dsp.peak(dsp.modes(rng, [3300, 5100, 7400], [0.08, 0.06, 0.04], [1, 0.7, 0.5], 0.1))),
    )


SOUNDS = (
    Sound(
        "machine hum",
        (
            "hum, machine hum, refrigerator, fridge hum, server, transformer, electric hum, computer hum, "
            "machine, power hum, server room, electrical hum, neon, drone machine, computer fan, data "
            "center, reactor"
        ),
        machine_hum,
        "bed",
        absorbs="electric, room, machine, refrigerator, light, low, computer",
    ),
    Sound(
        "fan",
        (
            "fan, air conditioner, air conditioning, ventilation, hair dryer, vacuum, vacuum cleaner, "
            "hairdryer, ventilator, leaf blower, air vent, hoover"
        ),
        fan,
        "bed",
        absorbs="ceiling, electric, air, hum, cleaner",
    ),
    Sound(
        "drill",
        (
            "drill, chainsaw, power drill, blender, saw electric, circular saw, mixer, grinder, electric "
            "saw, dentist drill, jackhammer, power tool, coffee grinder, electric drill, angle grinder, "
            "electric razor, shaver"
        ),
        drill,
        "bed",
        natural_s=4,
        absorbs="electric, power, wood, wall, kitchen, construction",
    ),
    Sound(
        "hand saw",
        "saw, hand saw, saw wood, sand wood, file metal",
        hand_saw,
        "steady",
        gap_s=0.85,
        count=5,
        jitter=0.04,
        absorbs="wood, hand",
    ),
    Sound(
        "factory",
        (
            "factory, machinery, assembly line, industrial, workshop, mill, steam engine, printing press, "
            "engine room, industry"
        ),
        factory,
        "bed",
        natural_s=7,
        absorbs="machine, work, metal, press, hall",
    ),
    Sound(
        "washing machine",
        "washing machine, laundry, dishwasher, dryer, tumble dryer",
        washing,
        "bed",
        absorbs="run, machine, clothes",
    ),
    Sound(
        "keyboard typing",
        "typing, keyboard, type, computer keyboard, computer typing, laptop",
        typing,
        "bed",
        natural_s=4,
        absorbs="computer, type, key, fast, laptop",
    ),
    Sound(
        "typewriter",
        "typewriter, type writer, typewriter typing, old typewriter",
        typewriter,
        "bed",
        natural_s=5,
        absorbs="type, key, old, bell, carriage",
    ),
    Sound(
        "ratchet",
        "ratchet, crank, winch, wind up, windlass, gear, clockwork, cog, winding",
        winding,
        gap_s=1.6,
        absorbs="turn, wind, key, click",
    ),
    Sound(
        "zip",
        "zip, zipper",
        zip_,
        gap_s=1.2,
        absorbs="bag, tent, jacket, open, close, up",
    ),
    Sound(
        "click",
        (
            "click, switch, light switch, button, mouse click, button press, pen click, lever, gun cock, "
            "cock gun, seat belt"
        ),
        switch,
        "steady",
        gap_s=0.6,
        jitter=0.2,
        absorbs="light, press, mouse, computer, on, off, flip, switch, pull",
    ),
    Sound(
        "camera shutter",
        "camera, shutter, photo, camera click, photograph",
        camera,
        "steady",
        gap_s=0.7,
        jitter=0.4,
        absorbs="click, take, shutter, snap",
    ),
    Sound(
        "cash register",
        "cash register, till, ka-ching, cash drawer, checkout",
        cash_register,
        gap_s=2,
        absorbs="open, drawer, ring, bell",
    ),
    Sound(
        "printer",
        "printer, photocopier, copier, fax, scanner, copy machine",
        printer,
        "bed",
        natural_s=4,
        absorbs="print, office, paper",
    ),
    Sound(
        "air hiss",
        (
            "spray, spray can, air brake, pneumatic, airlock, pneumatic door, hydraulic, aerosol, "
            "spaceship door, bus door, air release"
        ),
        spray,
        gap_s=1.4,
        absorbs="door, hiss, can, open, close, spaceship, air, release",
    ),
    Sound(
        "scissors",
        "scissors, scissor, snip, haircut, clip hair",
        scissors,
        "steady",
        gap_s=0.42,
        count=4,
        jitter=0.1,
        absorbs="cut, paper, hair",
    ),
)
