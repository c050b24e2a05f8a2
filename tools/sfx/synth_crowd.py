"""People in numbers: murmur, cheering, laughter, applause; and small voices that need no words."""

from __future__ import annotations

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import VOICE_RATE, Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_animals import call, curve

# Vowels by their first two formants in Hz (Peterson and Barney, 1952, rounded).
VOWELS = ((730, 1090), (270, 2290), (530, 1840), (570, 840), (300, 870), (640, 1190), (490, 1350), (660, 1720))


def babble(rng: Rng, length_s: float, child: bool = False) -> Signal:
    """A phrase without words: syllables with moving formants, sentence melody and consonant noise."""
    female = rng.random() < 0.5
    base = rng.uniform(280, 380) if child else rng.uniform(165, 240) if female else rng.uniform(85, 145)
    size = 1.3 if child else 1.15 if female else 1.0
    n = int(length_s * VOICE_RATE)
    t = np.arange(n) / VOICE_RATE
    syllables = max(2, int(length_s * rng.uniform(4.2, 5.6)))
    edges = np.sort(rng.uniform(0, length_s, syllables))
    vowels = np.array(VOWELS)[rng.integers(0, len(VOWELS), syllables)] * size
    melody = base * np.exp(np.interp(t, edges, rng.normal(0, 0.12, syllables))) * (1.12 - 0.25 * t / length_s)
    first, second = np.interp(t, edges, vowels[:, 0]), np.interp(t, edges, vowels[:, 1])
    gate = np.zeros(n)
    for at in edges:
        gate = np.maximum(gate, rng.uniform(0.5, 1) * np.exp(-np.square((t - at) / rng.uniform(0.05, 0.09))))
    voice = dsp.peak(
        dsp.voiced(
            rng,
            melody,
            [(first, 90, 1), (second, 110, 0.55), (2600 * size, 180, 0.25), (3500 * size, 250, 0.12)],
            0.02,
            0.9,
        )
    )
    voice = voice * np.repeat(gate, 3)[: voice.size]
    for at in edges[rng.random(syllables) < 0.45]:
        hiss = dsp.burst(rng, rng.uniform(1800, 4500), 8500, rng.uniform(0.04, 0.1), 0.01)
        dsp.add(voice, 0.12 * dsp.peak(hiss), max(0, int((at - 0.09) * dsp.RATE)))
    return dsp.fade(voice, 0.02, 0.05)


def murmur(rng: Rng, manner: Manner) -> Signal:
    """Many people talking at once in a room; more and denser when busy."""
    n = manner.frames
    child = manner.says("child", "children", "kid", "playground", "school")
    many = 20 + round(70 * manner.intensity)
    phrases = [babble(rng, rng.uniform(1.2, 2.6), child) for _ in range(18)]
    out = np.zeros((2, n))
    for k, at in enumerate(dsp.poisson(rng, n, many / 2.4)):
        near = float(np.exp(rng.normal(-0.5, 0.45)))
        dsp.add(out, dsp.pan(phrases[k % 18] * near, rng.uniform(-0.9, 0.9)), int(at), wrap=True)
    hall = manner.says("station", "hall", "airport", "church", "museum", "stadium")
    wet = 0.7 if hall else 0.35 if manner.inside else 0.25
    out = dsp.room(rng, out, 2.6 if hall else 0.9, wet, 3000, wrap=True)
    return dsp.shape(out, [(80, -20), (200, 0), (3000, 0), (9000, -14)], wrap=True)


def children(rng: Rng, manner: Manner) -> Signal:
    """Children playing: high babble and shouts."""
    n = manner.frames
    out = 0.5 * dsp.level(murmur(rng, manner.but(intensity=0.25, words=manner.words | {"children"})))
    shouts = [_shout(rng, rng.uniform(420, 620), rng.uniform(0.4, 1.0), rng.choice(3)) for _ in range(6)]
    for at in dsp.poisson(rng, n, 1.1):
        dsp.add(
            out,
            dsp.pan(shouts[int(rng.integers(6))] * rng.uniform(0.1, 0.9) * 2, rng.uniform(-0.9, 0.9)),
            int(at),
            wrap=True,
        )
    return out


def _shout(rng: Rng, hz: float, length_s: float, kind: int = 0) -> Signal:
    first = ((850, 1300), (450, 900), (600, 1900))[int(kind) % 3]
    bend = [(0, 0.85), (0.25 * length_s, 1.1), (0.7 * length_s, 1.0), (length_s, 0.8)]
    scale = 1.1 if hz > 300 else 1.0
    return call(
        rng,
        curve(bend, hz),
        [(first[0] * scale, 130, 1), (first[1] * scale, 160, 0.7), (2900, 300, 0.35)],
        [(0, 0), (0.15, 1), (0.7, 0.8), (1, 0)],
        0.15,
        0.15,
        0.6,
    )


def cheer(rng: Rng, manner: Manner) -> Signal:
    """A cheering crowd: many shouts, whistles, clapping, and the roar that they melt into."""
    n = manner.frames
    shouts = [_shout(rng, rng.uniform(150, 420), rng.uniform(0.7, 1.8), int(rng.integers(3))) for _ in range(16)]
    boo = manner.says("boo", "angry", "jeer", "protest", "riot", "mob")
    if boo:
        shouts = [_shout(rng, rng.uniform(95, 210), rng.uniform(0.9, 1.8), 1) for _ in range(12)]
    out = np.zeros((2, n))
    for at in dsp.poisson(rng, n, 30 + 60 * manner.intensity):
        dsp.add(
            out,
            dsp.pan(shouts[int(rng.integers(len(shouts)))] * np.exp(rng.normal(-0.5, 0.6)), rng.uniform(-0.9, 0.9)),
            int(at),
            wrap=True,
        )
    out = dsp.level(out)
    roar = np.stack([dsp.colour(rng, n, [(150, -14), (500, 0), (1400, 0), (3500, -10), (9000, -26)]) for _ in "lr"])
    out += 0.5 * roar * dsp.drift(rng, n, 0.5, 0.7, 1)
    if not boo:
        out += 0.35 * dsp.level(applause(rng, manner))
        for at in dsp.poisson(rng, n, 0.5):
            whistle = dsp.tone(dsp.sweep(1800, 2700, 0.5)) * np.hanning(dsp.frames(0.5))
            dsp.add(out, dsp.pan(whistle * rng.uniform(0.1, 0.7), rng.uniform(-0.8, 0.8)), int(at), wrap=True)
    return dsp.room(rng, out, 1.2, 0.2, wrap=True)


def _laugh(rng: Rng) -> Signal:
    base = rng.uniform(150, 380)
    parts, at = [], 0.0
    many = int(rng.integers(4, 10))
    for k in range(many):
        d = rng.uniform(0.1, 0.15)
        f = base * (1.25 - 0.4 * k / many)
        ha = call(
            rng,
            curve([(0, f * 0.95), (d * 0.4, f * 1.08), (d, f * 0.9)]),
            [(760, 140, 1), (1350, 170, 0.7), (2700, 300, 0.3)],
            [(0, 0), (0.25, 1), (1, 0)],
            0.05,
            0.25,
            0.7,
        )
        parts.append((at, ha * (1 - 0.07 * k)))
        parts.append((at + d * 0.9, 0.1 * dsp.peak(dsp.burst(rng, 700, 3500, 0.07, 0.015))))
        at += d + rng.uniform(0.05, 0.09)
    return dsp.total(*parts)


def laughter(rng: Rng, manner: Manner) -> Signal:
    """An audience laughing."""
    n = manner.frames
    laughs = [_laugh(rng) for _ in range(14)]
    out = np.zeros((2, n))
    for at in dsp.poisson(rng, n, 5 + 14 * manner.intensity):
        dsp.add(
            out,
            dsp.pan(laughs[int(rng.integers(14))] * np.exp(rng.normal(-0.4, 0.6)), rng.uniform(-0.9, 0.9)),
            int(at),
            wrap=True,
        )
    return dsp.room(rng, out, 0.9, 0.25, wrap=True)


def clap(rng: Rng) -> Signal:
    """One clap of two hands: a short noise with a cupped resonance."""
    f = rng.uniform(800, 2200)
    body = dsp.burst(rng, f, f * 1.6, 0.035)
    crack = dsp.burst(rng, 1500, 9000, rng.uniform(0.012, 0.03))
    return dsp.total((0, dsp.peak(body)), (0, 0.7 * dsp.peak(crack)), (0.004, 0.4 * dsp.peak(crack)))


def applause(rng: Rng, manner: Manner) -> Signal:
    """Many people clapping, each at about four claps a second."""
    n = manner.frames
    slow = manner.says("polit", "scatter", "few") or manner.intensity < 0.3
    claps = [clap(rng) for _ in range(40)]
    rate = 40 if slow else 120 + 200 * manner.intensity
    out = np.stack([dsp.level(dsp.rain_of(rng, n, claps, rate, 0.7)) for _ in "lr"])
    return dsp.room(rng, out, 1.2, 0.15, 7000, wrap=True)


def single_clap(rng: Rng, manner: Manner) -> Signal:
    """One clap of one person."""
    del manner
    return dsp.room(rng, clap(rng), 0.6, 0.2)


def baby(rng: Rng, manner: Manner) -> Signal:
    """A baby's cry: a long wail that breaks, then a gasp."""
    del manner
    d = rng.uniform(0.9, 1.3)
    pitch = curve([(0, 380), (0.15 * d, 510), (0.6 * d, 480), (d, 350)], rng.uniform(0.95, 1.1))
    wail = call(
        rng,
        pitch,
        [(1050, 200, 1), (1700, 250, 0.7), (3300, 400, 0.6)],
        [(0, 0), (0.1, 1), (0.7, 0.9), (1, 0)],
        0.2,
        0.06,
        0.4,
    )
    gasp = dsp.peak(dsp.burst(rng, 900, 4500, 0.25, 0.08))
    return dsp.room(rng, dsp.total((0, wail), (d + 0.08, 0.15 * gasp)), 0.5, 0.12)


def chant(rng: Rng, manner: Manner) -> Signal:
    """Low voices on one vowel: a choir or monks."""
    n = manner.frames
    high = manner.says("angel", "choir", "heavenly", "women", "boy")
    notes = np.array([220, 277, 330, 440]) if high else np.array([98, 98, 147, 196])
    out = np.zeros((2, n))
    m = max(2 * VOICE_RATE, round(n / 3))
    t = np.arange(m) / VOICE_RATE
    for k, hz in enumerate(np.repeat(notes, 2)):
        pitch = (
            hz
            * rng.uniform(0.997, 1.003)
            * (1 + 0.006 * np.sin(2 * np.pi * rng.uniform(4.6, 5.6) * t + rng.uniform(0, 6)))
        )
        voice = dsp.voiced(rng, pitch, [(600, 90, 1), (1000, 110, 0.6), (2700, 300, 0.15)], 0.02, 0.9)
        half = dsp.fade(voice, 0.8, 0.8)
        dsp.add(out, dsp.pan(half, (k / 4 - 1) * 0.7), 0, wrap=True)
        dsp.add(out, dsp.pan(half[: n // 2 * 2] * 0.9, (1 - k / 4) * 0.7), n // 2, wrap=True)
    return dsp.room(rng, out, 3.0, 0.6, 3000, wrap=True)


SOUNDS = (
    Sound(
        "crowd murmur",
        (
            "crowd, murmur, people talk, chatter, crowd talk, audience, people, babble, conversation, "
            "party, voice, crowd murmur, gather, bustle, pub, tavern, bar, walla, guest, conversation "
            "murmur, hubbub, whisper crowd"
        ),
        murmur,
        "bed",
        natural_s=8,
        absorbs="talk, chatter, murmur, people, room, busy, conversation, voice, bustle, quiet",
    ),
    Sound(
        "children playing",
        "child, children, kid, playground, children play, schoolyard, kids play, children laugh",
        children,
        "bed",
        natural_s=8,
        absorbs="play, laugh, shout, school, yard, park",
    ),
    Sound(
        "cheering",
        (
            "cheer, crowd cheer, crowd roar, stadium, audience cheer, crowd boo, boo, mob, riot, fan "
            "cheer, ovation, angry crowd, crowd shout, protest, hooray"
        ),
        cheer,
        "bed",
        absorbs="crowd, audience, roar, applause, applaud, clap, people, fan, stadium, shout",
    ),
    Sound(
        "laughter",
        "laugh, laughter, audience laugh, crowd laugh, laugh track, giggle",
        laughter,
        "bed",
        natural_s=4,
        absorbs="audience, crowd, people, studio",
    ),
    Sound(
        "applause",
        "applause, clap, applaud, audience clap, crowd clap, ovation",
        applause,
        "bed",
        absorbs="audience, crowd, people, clap, polite, theatre, hand",
    ),
    Sound(
        "hand clap",
        "hand clap, single clap, slow clap, one clap, clap once",
        single_clap,
        "steady",
        gap_s=0.7,
        absorbs="hand, person",
    ),
    Sound(
        "baby cry",
        "baby, baby cry, infant, newborn, infant cry",
        baby,
        "steady",
        gap_s=1.6,
        count=3,
        jitter=0.15,
        absorbs="cry, wail, scream",
    ),
    Sound(
        "choir",
        "choir, monk chant, chant, monk, angel choir, choral, heavenly choir, gregorian",
        chant,
        "bed",
        natural_s=8,
        absorbs="sing, voice, church, angel",
    ),
)
