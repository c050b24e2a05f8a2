"""Cars, trains, ships, aircraft and their horns."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound


def engine(rng: Rng, hz: Signal, rough: float = 0.3, *, closed: bool = False) -> Signal:
    """A piston engine that fires ``hz`` times a second (a curve): pulses through an exhaust, and noise."""
    n = hz.size
    angle = dsp.phase(hz, closed=closed)
    stroke = np.exp(4.0 * (np.cos(angle) - 1))
    limp = 1 + 0.25 * np.cos(angle / 2 if not closed else angle * 2) + 0.1 * dsp.drift(rng, n, 14, -1, 1)
    pulses = stroke * limp
    noise = dsp.band(rng, n, 120, 2500, 9) * (0.25 + stroke) * rough
    exhaust = [(25, -10), (55, 0), (130, -1), (400, -8), (1200, -18), (5000, -34)]
    return dsp.level(dsp.shape(pulses - np.mean(pulses), exhaust, wrap=True)) + 0.5 * noise


def car_engine(rng: Rng, manner: Manner) -> Signal:
    """An engine that runs: idle, or driving if the text says so; trucks and tractors lower, motorcycles higher."""
    n = manner.frames
    base = 30.0 if manner.says("idl", "truck", "lorry", "bus", "tractor", "diesel", "boat", "old") else 62.0
    if manner.says("motorcycl", "motorbik", "scooter", "moped", "lawn", "mower", "racing", "race"):
        base = 95.0
    hz = base * manner.speed * (1 + 0.06 * dsp.drift(rng, n, 0.3, -1, 1) + 0.012 * dsp.drift(rng, n, 6, -1, 1))
    body = engine(rng, hz, 0.5, closed=True)
    air = np.stack([dsp.colour(rng, n, [(40, -4), (150, 0), (700, -10), (4000, -28)]) for _ in "lr"])
    inside = dsp.low_pass(body, 900, wrap=True) if manner.inside else body
    return inside + (0.25 if base < 40 else 0.7) * air


def car_start(rng: Rng, manner: Manner) -> Signal:
    """Starter motor, then the engine catches."""
    cranks = 5 if not manner.says("fail", "old", "won't", "try", "cold") else 9
    n = dsp.frames(0.19 * cranks)
    t = np.arange(n) / dsp.RATE
    labour = 0.55 + 0.45 * np.cos(2 * np.pi * t / 0.19)
    whine = dsp.harmonics(150 * (1 + 0.1 * labour), [1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2])
    starter = dsp.fade((0.3 * whine + dsp.level(dsp.band(rng, n, 200, 3500))) * labour, 0.02, 0.05)
    if manner.says("fail", "won't"):
        return starter
    m = dsp.frames(2.8)
    since = np.arange(m) / dsp.RATE
    speed = np.interp(since, [0, 0.3, 0.8, 1.5, 2.8], [48, 184, 144, 80, 72])
    air = dsp.colour(rng, m, [(60, 0), (300, 0), (1200, -6), (4800, -30)])
    run = (engine(rng, speed, 1.0) + 0.4 * air) * np.interp(since, [0, 0.1, 0.8, 2.8], [0, 1, 0.7, 0.6])
    both = dsp.total((0, 0.4 * dsp.peak(starter)), (n / dsp.RATE - 0.08, dsp.peak(run)))
    return dsp.fade(dsp.room(rng, both, 0.4, 0.2, 3000), 0.01, 0.5)


def passing(
    rng: Rng, source: Signal, closest_s: float, speed_mps: float, gap_m: float = 6.0, side: float = 1.0
) -> Signal:
    """A source drives past: Doppler by resampling, level by distance, pan by direction, air takes the highs."""
    n = source.size
    t = np.arange(n) / dsp.RATE
    along = (t - closest_s) * speed_mps
    far = np.sqrt(along**2 + gap_m**2)
    heard = np.interp(np.clip(t - (far - gap_m) / 343.0, 0, None), t, source)
    near = dsp.low_pass(heard, 1200)
    open_ = (gap_m / far) ** 0.8
    mixed = (near * (1 - open_) + heard * open_) * (gap_m / far)
    return dsp.fade(dsp.pan(mixed, side * np.clip(along / far, -0.9, 0.9)), 0.15, 0.4)


def car_pass(rng: Rng, manner: Manner) -> Signal:
    """A car, lorry or motorcycle drives by."""
    length_s = float(np.clip(manner.length_s or 5.0, 3.0, 9.0))
    n = dsp.frames(length_s)
    heavy = manner.says("truck", "lorry", "bus", "tram")
    base = 45.0 if heavy else 130.0 if manner.says("motorcycl", "motorbik", "race", "racing") else 80.0
    tyre = dsp.colour(rng, n, [(60, -10), (250, -4), (900, 0), (2200, -3), (7000, -18), (16000, -34)])
    source = 1.2 * tyre + (1.2 if base != 80.0 else 0.45) * engine(
        rng, np.full(n, base) * (1 + 0.02 * dsp.drift(rng, n, 3)), 0.5
    )
    return passing(rng, source, length_s / 2, 17.0 * manner.speed, 5.0, float(rng.choice([-1, 1])))


def traffic(rng: Rng, manner: Manner) -> Signal:
    """A road: the far roar and single vehicles that pass."""
    n = manner.frames
    roar = np.stack([dsp.colour(rng, n, [(30, -2), (80, 0), (300, -8), (1000, -12), (4000, -34)]) for _ in "lr"])
    out = 0.35 * roar * dsp.drift(rng, n, 0.3, 0.7, 1)
    m = dsp.frames(7)
    for at in dsp.poisson(rng, n, 0.2 + 0.45 * manner.intensity):
        tyre = dsp.colour(rng, m, [(50, -4), (250, -2), (900, 0), (2200, -6), (7000, -24)])
        motor = engine(rng, np.full(m, rng.uniform(35, 90)), 0.5)
        car = passing(
            rng,
            tyre + rng.uniform(0.3, 1.2) * motor,
            3.5,
            rng.uniform(9, 18),
            rng.uniform(7, 16),
            float(rng.choice([-1, 1])),
        )
        dsp.add(out, 0.8 * car * rng.uniform(0.4, 1), int(at), wrap=True)
    if manner.says("city", "busy", "horn", "honk", "jam", "street"):
        for at in dsp.poisson(rng, n, 0.1):
            dsp.add(
                out,
                dsp.room(rng, 0.25 * car_horn(rng, manner.but(words=frozenset())), 1.2, 0.5, 2500)[:, :n],
                int(at),
                wrap=True,
            )
    return out


def car_horn(rng: Rng, manner: Manner) -> Signal:
    """Two tones a third apart, rich in harmonics; lorries lower."""
    low = 0.55 if manner.says("truck", "lorry", "bus") else 1.0
    length_s = 1.2 if manner.says("long", "loud", "angry") else float(rng.uniform(0.35, 0.6))
    n = dsp.frames(length_s)
    gains = np.array([1, 0.9, 0.9, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.2, 0.15, 0.12, 0.1])
    two = sum(dsp.harmonics(np.full(n, f * low), gains) for f in (415.0, 523.0))
    return dsp.fade(np.tanh(0.5 * np.asarray(two)), 0.012, 0.04)


def skid(rng: Rng, manner: Manner) -> Signal:
    """Tyres squeal."""
    del manner
    n = dsp.frames(1.5)
    t = np.arange(n) / dsp.RATE
    squeal = sum(
        dsp.harmonics(
            f * (1 + 0.03 * dsp.drift(rng, n, 15, -1, 1)) * np.interp(t, [0, 1.5], [1.05, 0.9]), [1, 0.5, 0.4, 0.2, 0.1]
        )
        for f in (820, 1130, 1340)
    )
    rub = dsp.band(rng, n, 700, 4500)
    return dsp.fade((np.asarray(squeal) * 0.5 + rub) * np.interp(t, [0, 0.06, 1.1, 1.5], [0, 1, 0.9, 0]), 0.01, 0.1)


def _rail_joint(rng: Rng) -> Signal:
    """Two axles of a bogie over a gap in the rail."""
    clack = [
        dsp.total(
            (0, dsp.solid(rng, 180, 4000, 0.3, many=60, tilt=0.3)),
            (0, 0.5 * dsp.peak(dsp.burst(rng, 600, 5000, 0.12))),
        )
        for _ in range(2)
    ]
    return dsp.total((0, clack[0]), (0.105, 0.85 * clack[1]))


def train(rng: Rng, manner: Manner) -> Signal:
    """A train that runs: two bogies in turn over the rail joints, the roar of the wheels; steam engines chuff."""
    n = manner.frames
    period = n / max(1, round(n / dsp.RATE / (0.75 / manner.speed)))
    curve = [(30, -24), (100, -10), (200, 0), (300, -3), (1200, -8), (5000, -20)]
    roar = np.stack([dsp.colour(rng, n, curve) for _ in "lr"]) * dsp.drift(rng, n, 4, 0.5, 1)
    joints = np.zeros(n)
    for k in range(round(n / period)):
        dsp.add(joints, _rail_joint(rng) * rng.uniform(0.8, 1), int(k * period), wrap=True)
        dsp.add(joints, 0.6 * _rail_joint(rng), int((k + 0.36) * period), wrap=True)
    out = dsp.room(rng, roar + 4.0 * joints, 0.8, 0.4, 3000, wrap=True)
    if manner.says("steam", "old", "locomotiv", "chuff"):
        puff = [dsp.burst(rng, 150, 3500, 0.22, 0.03) for _ in range(4)]
        for k in range(round(n / period) * 2):
            dsp.add(out, 1.6 * dsp.pan(puff[k % 4] * (1.2 if k % 4 == 0 else 0.8), 0), int(k * period / 2), wrap=True)
    if manner.says("squeal", "brak", "metro", "subway", "tram"):
        out += 0.2 * dsp.pan(dsp.tone(2300 + 60 * dsp.drift(rng, n, 2), closed=True) * dsp.drift(rng, n, 0.4) ** 3, 0.3)
    return dsp.low_pass(out, 900, wrap=True) if manner.inside else out


def train_pass(rng: Rng, manner: Manner) -> Signal:
    """A train goes by: it swells, clatters past and fades."""
    length_s = float(np.clip(manner.length_s or 9.0, 5, 14))
    run = train(rng, manner.but(frames=dsp.frames(length_s), speed=manner.speed * 1.3, inside=False))
    t = np.linspace(0, 1, run.shape[1])
    swell = np.interp(t, [0, 0.25, 0.4, 0.65, 0.8, 1], [0.02, 0.25, 1, 0.95, 0.25, 0.01])
    dull = dsp.low_pass(run, 700)
    whistle = train_whistle(rng, manner if manner.says("steam", "old") else manner.but(words=frozenset({"horn"})))
    dsp.add(run, dsp.level(whistle, 1.2 * dsp.level_of(run)), int(0.12 * run.shape[1]))
    return dsp.fade((dull * (1 - swell) + run * swell) * swell, 0.2, 0.5)


def train_whistle(rng: Rng, manner: Manner) -> Signal:
    """A steam whistle's chord, or the horn of a modern train."""
    modern = manner.says("horn", "modern", "diesel", "express")
    notes = (311.0, 370.0, 415.0, 494.0, 622.0) if modern else (466.0, 554.0, 698.0, 830.0)
    out = []
    for start, length_s in ((0.0, 0.9), (1.25, 1.8)):
        n = dsp.frames(length_s)
        t = np.arange(n) / dsp.RATE
        slide = np.interp(t, [0, 0.15, length_s - 0.25, length_s], [0.94, 1, 1, 0.93])
        chord = np.zeros(n)
        for f in notes:
            gains = [1, 0.8, 0.7, 0.5, 0.4, 0.25, 0.15] if modern else [1, 0.35, 0.3, 0.12, 0.08]
            chord += dsp.harmonics(f * slide * rng.uniform(0.998, 1.002), gains)
        steam = 0.0 if modern else 0.5 * dsp.band(rng, n, 700, 6000, 8)
        out.append((start, dsp.fade(chord * np.interp(t, [0, 0.12], [0, 1]) + steam, 0.03, 0.15)))
    return dsp.room(rng, dsp.total(*out), 2.0, 0.3, 2500)


def ship_horn(rng: Rng, manner: Manner) -> Signal:
    """A ship's horn or a foghorn: one long low note of a reed, and its echo over the water."""
    length_s = float(np.clip(manner.length_s * 0.7 if manner.frames else 3.0, 1.5, 4.0))
    n = dsp.frames(length_s)
    t = np.arange(n) / dsp.RATE
    f = 155 / manner.size**0.2 * np.interp(t, [0, 0.3, length_s - 0.2, length_s], [0.97, 1, 1, 0.96])
    horn = dsp.harmonics(f * rng.uniform(0.98, 1.02), 1 / np.arange(1, 30) ** 1.15)
    return dsp.room(rng, dsp.fade(horn, 0.2, 0.3), 3.5, 0.8, 1500)


def siren(rng: Rng, manner: Manner) -> Signal:
    """A siren: wail, two-tone (European), or the slow rise of an air-raid siren."""
    del rng
    n = manner.frames
    x = np.arange(n) / n
    if manner.says("air", "raid", "tornado", "war"):
        cycles = max(1, round(n / dsp.RATE / 7))
        hz = 260 + 240 * np.clip(1.4 * np.sin(np.pi * (x * cycles % 1.0)), 0, 1)
        gains = [1, 0.5, 0.45, 0.3, 0.2, 0.12, 0.08]
    elif manner.says("europ", "french", "german", "two-ton", "italian", "hi-lo"):
        cycles = max(1, round(n / dsp.RATE / 1.1))
        hz = np.where((x * cycles % 1.0) < 0.5, 440.0, 585.0)
        gains = [1, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1]
    else:
        cycles = max(1, round(n / dsp.RATE / (3.2 / manner.speed)))
        hz = 650 + 850 * (0.5 - 0.5 * np.cos(2 * np.pi * x * cycles)) ** 0.8
        gains = [1, 0.4, 0.4, 0.2, 0.2, 0.1]
    return dsp.harmonics(hz, gains, closed=True)


def helicopter(rng: Rng, manner: Manner) -> Signal:
    """Rotor slaps over a turbine."""
    n = manner.frames
    beats = max(1, round(n / dsp.RATE * 12 * manner.speed))
    x = np.arange(n) / n * beats
    slap = np.exp(6 * (np.cos(2 * np.pi * x) - 1)) * (1 + 0.2 * np.cos(np.pi * 2 * np.floor(x) / 2))
    thump = np.stack([dsp.band(rng, n, 40, 900, 9) * (0.15 + slap) for _ in "lr"])
    whine = 0.12 * dsp.harmonics(820 + 12 * dsp.drift(rng, n, 1), [1, 0.4, 0.3, 0.2], closed=True)
    air = 0.2 * np.stack([dsp.band(rng, n, 500, 6000, 9) * (0.4 + 0.6 * slap) for _ in "lr"])
    return thump + whine + air


def plane(rng: Rng, manner: Manner) -> Signal:
    """An aircraft flies over: a jet's roar, or a propeller's drone."""
    length_s = float(np.clip(manner.length_s or 9.0, 5, 14))
    n = dsp.frames(length_s)
    if manner.says("propel", "biplan", "small", "old", "prop", "light", "bomber"):
        source = dsp.level(engine(rng, np.full(n, 78.0), 0.3)) + 0.3 * dsp.harmonics(
            np.full(n, 156.0), [1, 0.7, 0.5, 0.3, 0.2]
        )
    else:
        source = dsp.colour(rng, n, [(30, -8), (100, 0), (400, -1), (1500, -6), (5000, -16), (14000, -30)])
        source += 0.25 * dsp.tone(2600 + 40 * dsp.drift(rng, n, 2))
    return passing(rng, source, length_s * 0.5, 75.0, 130.0, float(rng.choice([-1, 1])))


def cabin(rng: Rng, manner: Manner) -> Signal:
    """Inside a vehicle: a steady low roar."""
    n = manner.frames
    curve = [(25, -2), (80, 0), (250, -8), (1000, -18), (5000, -34)]
    if manner.says("plan", "aircraft", "airplan", "jet", "cabin"):
        curve = [(40, -8), (150, 0), (600, -3), (2500, -14), (9000, -30)]
    hum = 0.25 * dsp.tone(np.full(n, 98.0), closed=True)
    return np.stack([dsp.colour(rng, n, curve) for _ in "lr"]) + hum


SOUNDS = (
    Sound(
        "car engine",
        (
            "car engine, engine, car idle, motor, car drive, truck, lorry, bus, motorcycle, motorbike, "
            "tractor, engine idle, engine run, car, lawn mower, lawnmower, diesel engine, motorboat, boat "
            "engine, car race, race car, engine rev, vehicle, generator"
        ),
        car_engine,
        "bed",
        absorbs="idle, run, motor, rev, drive, engine, road",
    ),
    Sound(
        "car start",
        "car start, engine start, start car, ignition, start engine, car ignition, motor start",
        car_start,
        gap_s=4,
        natural_s=3.7,
        absorbs="engine, start, key, motor, old, idle, turn, rev",
    ),
    Sound(
        "car pass",
        (
            "car pass, pass car, car drive by, truck pass, drive past, car by, motorcycle pass, vehicle "
            "pass, car approach, car drive away, car arrive, bus pass, motorbike pass, tram, race car "
            "pass, car drive past"
        ),
        car_pass,
        gap_s=4,
        natural_s=5,
        stretch=True,
        absorbs="past, by, road, street, fast, drive, wet, away, speed",
    ),
    Sound(
        "traffic",
        (
            "traffic, highway, motorway, road, street traffic, city traffic, busy street, traffic jam, "
            "rush hour, freeway"
        ),
        traffic,
        "bed",
        natural_s=10,
        absorbs="city, street, car, busy, road, horn, hour, rush",
    ),
    Sound(
        "car horn",
        "car horn, horn, honk, beep car, truck horn, car honk, taxi horn, klaxon",
        car_horn,
        "steady",
        gap_s=0.8,
        count=2,
        jitter=0.3,
        absorbs="car, honk, truck, taxi",
    ),
    Sound(
        "tyre skid",
        ("skid, tyre, tire, tyre squeal, brake squeal, screech tire, car brake, brake, screech, tire screech"),
        skid,
        gap_s=2,
        absorbs="car, squeal, screech, brake",
    ),
    Sound(
        "train",
        (
            "train, railway, train ride, train run, rail, subway, metro, locomotive, steam train, "
            "underground train, inside train, train interior"
        ),
        train,
        "bed",
        natural_s=9,
        absorbs="track, clatter, rail, steam, journey, wheel, compartment, carriage",
    ),
    Sound(
        "train pass",
        "train pass, train past, pass train, train by, train arrive, train approach, train depart",
        train_pass,
        gap_s=9,
        natural_s=9,
        stretch=True,
        absorbs="past, by, steam, freight, track, station",
    ),
    Sound(
        "train whistle",
        "train whistle, train horn, steam whistle, locomotive whistle",
        train_whistle,
        "sparse",
        gap_s=6,
        absorbs="train, steam, blow",
    ),
    Sound(
        "ship horn",
        "ship horn, foghorn, boat horn, fog horn, ferry horn, ship, harbour horn, steamer",
        ship_horn,
        "sparse",
        gap_s=8,
        jitter=0.2,
        natural_s=4,
        absorbs="horn, fog, boat, harbour, blast, sea, bay, blow, sound",
    ),
    Sound(
        "siren",
        (
            "siren, police siren, ambulance, police car, fire engine, fire truck, air raid, air raid "
            "siren, ambulance siren, police"
        ),
        siren,
        "bed",
        natural_s=6.4,
        absorbs="police, wail, car, pass, street",
    ),
    Sound(
        "helicopter",
        "helicopter, chopper, rotor",
        helicopter,
        "bed",
        absorbs="fly, hover, overhead, rotor, blade",
    ),
    Sound(
        "plane",
        (
            "plane, airplane, jet, aircraft, fly over, plane fly, aeroplane, jet fly, propeller plane, "
            "plane take off, biplane, bomber"
        ),
        plane,
        gap_s=10,
        natural_s=9,
        stretch=True,
        absorbs="overhead, fly, over, pass, engine, sky, jet, take, propeller",
    ),
    Sound(
        "vehicle cabin",
        (
            "inside car, car interior, plane cabin, airplane cabin, aircraft interior, inside plane, "
            "cockpit, cabin, airplane interior, bus interior, inside bus"
        ),
        cabin,
        "bed",
        natural_s=8,
        absorbs="drive, engine, hum, flight, road",
    ),
)
