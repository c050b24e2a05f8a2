"""Telephones, beeps, alarms, radios, and the tone of a room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import Rng, Signal
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.synth_bells import bell, ringing


def tones(hz: Sequence[float], length_s: float, gains: Sequence[float] = (1.0,)) -> Signal:
    """Steady tones together, with short fades."""
    n = dsp.frames(length_s)
    return dsp.fade(np.asarray(sum(dsp.harmonics(np.full(n, f), gains) for f in hz)), 0.004, 0.008)


def phone_ring(rng: Rng, manner: Manner) -> Signal:
    """One ring of a telephone: two bells and a hammer, or a warble if it is modern."""
    if manner.says("mobil", "cell", "modern", "digit", "smartphon", "rington", "electron", "offic"):
        notes = [1047, 1319, 1568, 1319] if manner.says("mobil", "cell", "smartphon", "rington") else [950, 1250] * 8
        step = 0.16 if len(notes) == 4 else 0.045
        parts = [
            (k * step, tones([f], step, (1, 0.2, 0.3))) for k, f in enumerate(notes * (2 if len(notes) == 4 else 1))
        ]
        return dsp.room(rng, dsp.total(*parts), 0.3, 0.1)
    return dsp.room(rng, ringing(rng, 1.7, 1180, 21, 1.2), 0.4, 0.12)


def vibrate(rng: Rng, manner: Manner) -> Signal:
    """A mobile phone vibrates on a table."""
    del manner
    n = dsp.frames(0.8)
    buzz = dsp.harmonics(np.full(n, 155.0), 1 / np.arange(1, 20) ** 0.8)
    rattle = dsp.band(rng, n, 400, 3000) * (0.5 + 0.5 * np.sin(2 * np.pi * 155 * np.arange(n) / dsp.RATE)) ** 3
    return dsp.fade(dsp.level(buzz) + 0.5 * rattle, 0.02, 0.03)


def dial_tone(rng: Rng, manner: Manner) -> Signal:
    """The tones of a telephone line: dialling (350 and 440 Hz), busy, ringing, a hung-up line."""
    del rng
    n = manner.frames
    t = np.arange(n) / dsp.RATE
    pair, cycle_s, on_s = (
        ((480.0, 620.0), 1.0, 0.5) if manner.says("busy", "engag", "hung", "disconnect") else ((350.0, 440.0), 1.0, 2.0)
    )
    if manner.says("ringback", "ring", "call"):
        pair, cycle_s, on_s = (440.0, 480.0), 6.0, 2.0
    cycles = max(1, round(n / dsp.RATE / cycle_s))
    place = (t * cycles / (n / dsp.RATE)) % 1.0 * cycle_s
    gate = np.clip(np.minimum(place, on_s - place) / 0.004, 0, 1) if on_s < cycle_s else np.ones(n)
    return sum(dsp.tone(np.full(n, f), closed=True) for f in pair) * gate * 0.5


def dialling(rng: Rng, manner: Manner) -> Signal:
    """Dialling: touch tones, or a rotary dial."""
    if manner.says("rotari", "rotary", "old"):
        parts, at = [], 0.0
        for digit in rng.integers(3, 9, 3):
            for k in range(int(digit) * 2):
                parts.append((at + k * 0.05, 0.4 * dsp.peak(dsp.burst(rng, 900, 5000, 0.012))))
            for k in range(int(digit)):
                parts.append((at + digit * 0.1 + 0.1 + k * 0.1, dsp.peak(dsp.burst(rng, 500, 3500, 0.02))))
            at += digit * 0.2 + 0.5
        return dsp.total(*parts)
    low, high = (697, 770, 852, 941), (1209, 1336, 1477)
    return dsp.total(
        *((0.17 * k, tones([low[int(rng.integers(4))], high[int(rng.integers(3))]], 0.1)) for k in range(7))
    )


def beep(rng: Rng, manner: Manner) -> Signal:
    """One beep; a hospital monitor's if the text says so."""
    del rng
    if manner.says("hospit", "monitor", "heart", "ecg", "medic", "patient"):
        return tones([960], 0.16, (1, 0.15, 0.05))
    if manner.says("revers", "truck", "backup", "back"):
        return tones([1250], 0.45, (1, 0.3, 0.4, 0.2))
    return tones([1000 if manner.says("low") else 2000 if manner.says("high") else 1400], 0.14, (1, 0.2, 0.15))


def flatline(rng: Rng, manner: Manner) -> Signal:
    """A steady tone."""
    del rng
    return dsp.harmonics(np.full(manner.frames, 960.0), [1, 0.12, 0.05], closed=True)


def alarm(rng: Rng, manner: Manner) -> Signal:
    """A warning: smoke detector, intruder alarm, red alert."""
    del rng
    n = manner.frames
    x = np.arange(n) / n
    if manner.says("smok", "detector", "fire"):
        cycles = max(1, round(n / dsp.RATE / 1.5))
        place = (x * cycles) % 1.0
        gate = ((place * 6) % 1.0 < 0.55) & (place < 0.5)
        return dsp.harmonics(np.full(n, 3100.0), [1, 0.2, 0.3], closed=True) * _soft(gate.astype(np.float64))
    if manner.says("red", "alert", "space", "ship", "submarin", "nuclear", "evacuat"):
        cycles = max(1, round(n / dsp.RATE / 1.2))
        place = (x * cycles) % 1.0
        return dsp.harmonics(
            280 + 260 * np.minimum(place / 0.7, 1), [1, 0.8, 0.6, 0.5, 0.3, 0.3, 0.2], closed=True
        ) * _soft((place < 0.75).astype(np.float64))
    cycles = max(1, round(n / dsp.RATE / 0.5))
    hz = np.where((x * cycles) % 1.0 < 0.5, 880.0, 1180.0)
    return dsp.harmonics(hz, [1, 0.5, 0.5, 0.3, 0.3, 0.2], closed=True)


def _soft(gate: Signal) -> Signal:
    """A gate without clicks: circular smoothing over 4 ms."""
    kernel = np.zeros(gate.size)
    m = min(gate.size, 192)
    kernel[:m] = np.hanning(m + 2)[1:-1]
    return np.clip(np.fft.irfft(np.fft.rfft(gate) * np.fft.rfft(kernel / kernel.sum()), gate.size), 0, 1)


def notification(rng: Rng, manner: Manner) -> Signal:
    """A friendly blip: message, interface, success; falling for an error."""
    step = (
        (0, -5)
        if manner.says("error", "wrong", "fail", "deni")
        else (0, 7, 12)
        if manner.says("success", "correct", "win", "level")
        else (0, 5)
    )
    base = 880 * rng.uniform(0.97, 1.03)
    return dsp.total(
        *(
            (0.11 * k, bell(rng, base * 2 ** (s / 12), 0.7, ((1, 1, 1), (2, 0.5, 0.25), (3, 0.3, 0.1))))
            for k, s in enumerate(step)
        )
    )


def static(rng: Rng, manner: Manner) -> Signal:
    """Radio static: the hiss of a receiver's narrow band that fades in and out; tuning adds whistles and voices."""
    n = manner.frames
    hiss = dsp.band(rng, n, 300, 3500, 40)
    spit = dsp.level(dsp.rain_of(rng, n, [dsp.burst(rng, 300, 3500, 0.012) for _ in range(6)], 6, 0.6))
    out = hiss * dsp.drift(rng, n, 1.0, 0.8, 1) + 0.04 * spit
    if manner.says("tun", "radio", "dial", "shortwav", "station"):
        whistle = dsp.tone(500 * 2 ** (2 * dsp.drift(rng, n, 0.6)), closed=True) * dsp.drift(rng, n, 0.7) ** 3
        from soundwright.tools.sfx.synth_crowd import babble  # noqa: PLC0415

        talk = dsp.shape(babble(rng, min(1.5, n / dsp.RATE)), [(200, -30), (500, 0), (2600, 0), (4500, -30)])
        out += 0.25 * whistle
        dsp.add(out, 0.8 * dsp.peak(talk)[:n], int(rng.integers(n)), wrap=True)
    return out


def room_tone(rng: Rng, manner: Manner) -> Signal:
    """The quiet of a room: very soft low noise."""
    n = manner.frames
    return 0.02 * np.stack(
        [dsp.colour(rng, n, [(30, 0), (100, 0), (400, -10), (2000, -24), (12000, -40)]) for _ in "lr"]
    )


def noise(rng: Rng, manner: Manner) -> Signal:
    """White, pink or brown noise."""
    n = manner.frames
    slope = -6.0 if manner.says("brown", "red") else 0.0 if manner.says("whit") else -3.0
    return np.stack([dsp.colour(rng, n, [(30, 0), (24000, slope * np.log2(800))]) for _ in "lr"])


SOUNDS = (
    Sound(
        "telephone ring",
        (
            "telephone, phone ring, telephone ring, phone, ringtone, cell phone, mobile phone, landline, "
            "rotary phone, phone call"
        ),
        phone_ring,
        "steady",
        gap_s=3.2,
        count=2,
        jitter=0.0,
        absorbs="ring, old, call, rotary, office, mobile",
    ),
    Sound(
        "phone vibration",
        "vibrate, phone vibrate, phone buzz, vibration",
        vibrate,
        "steady",
        gap_s=1.3,
        count=2,
        jitter=0.0,
        absorbs="phone, table, mobile, buzz, cell",
    ),
    Sound(
        "dial tone",
        (
            "dial tone, busy tone, busy signal, phone line, engaged tone, ringback, ringing tone, hung "
            "up, dead line, phone busy, off hook"
        ),
        dial_tone,
        "bed",
        natural_s=4,
        absorbs="phone, telephone, line, tone",
    ),
    Sound(
        "dialling",
        "dial phone, dial, touch tone, phone dial, rotary dial, keypad",
        dialling,
        gap_s=2.5,
        absorbs="phone, number, telephone",
    ),
    Sound(
        "beep",
        (
            "beep, bleep, heart monitor, hospital monitor, electronic beep, ecg, medical monitor, reverse "
            "beep, countdown, censor"
        ),
        beep,
        "steady",
        gap_s=0.9,
        count=3,
        jitter=0.0,
        absorbs="monitor, hospital, electronic, computer, machine, heart, truck",
    ),
    Sound(
        "flatline",
        "flatline, flat line, test tone, sine tone, tinnitus",
        flatline,
        "bed",
        natural_s=4,
        absorbs="monitor, heart, hospital",
    ),
    Sound(
        "alarm",
        (
            "alarm, smoke alarm, fire alarm, burglar alarm, red alert, smoke detector, warning, security "
            "alarm, alert, emergency alarm, spaceship alarm, car alarm, buzzer"
        ),
        alarm,
        "bed",
        natural_s=4.5,
        absorbs="spaceship, emergency, fire, ring, loud, ship",
    ),
    Sound(
        "notification",
        (
            "notification, message tone, ui, blip, interface, chime notification, success, error, email, "
            "message, text message, menu select, app, level up, power up game, correct answer, wrong "
            "answer"
        ),
        notification,
        gap_s=1.2,
        absorbs="sound, phone, computer, tone, select, game",
    ),
    Sound(
        "radio static",
        (
            "static, radio static, radio, white noise radio, radio tuning, tune radio, tv static, radio "
            "noise, shortwave, television static, interference, walkie talkie, vinyl crackle"
        ),
        static,
        "bed",
        natural_s=5,
        absorbs="tune, noise, station, crackle, old, dial, hiss, television",
    ),
    Sound(
        "room tone",
        "silence, room tone, quiet room, empty room, quiet, stillness",
        room_tone,
        "bed",
        absorbs="quiet, empty, room",
    ),
    Sound(
        "noise",
        "white noise, pink noise, brown noise, noise",
        noise,
        "bed",
        natural_s=5,
    ),
)
