"""Layers in time: beds, repeated and single events, their places, levels and distance, mixed to one signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from soundwright.tools.assets import Samples
from soundwright.tools.sfx import dsp, motion
from soundwright.tools.sfx.dsp import RATE, Rng, Signal
from soundwright.tools.sfx.parse import Layer

MAX_NATURAL_S = 10.0
PERIOD_S = 40.0
_VARIANTS = 7
_PEAK = 0.85
_BED_RMS = 0.11
_EVENT_RMS = 0.24


def arrange(layers: list[Layer], length_s: float | None, *, loop: bool, seed: int, take: int) -> Samples:
    """Make all layers and mix them: float32 of shape (1 or 2, frames), peak at most 0.85.

    Beds longer than 60 s repeat a circular period of about 40 s. With ``loop`` the whole is circular.
    """
    natural = length_s is None
    if length_s is None:
        length_s = _natural(layers)
    n = dsp.frames(length_s)
    beds = any(layer.sound.style == "bed" for layer in layers)
    turns = len({layer.turn for layer in layers})
    single = [x for x in layers if not loop and (turns > 1 or _happens_once(x, natural=natural))]
    lasting = [layer for layer in layers if layer not in single]
    period, repeats = _period(n, loop=loop, tile=not single or beds)
    wrap = loop or repeats > 1
    out = np.zeros((2, period))
    for k, layer in enumerate(layers):
        if layer in lasting:
            rng = np.random.default_rng([seed % 2**63, take, k])
            out += _stereo(_lasting(rng, layer, period, wrap=wrap, composed=len(layers) > 1))
    mixed = _repeat(out, repeats, n, loop=loop)
    _singles(mixed, layers, single, seed, take, beds=beds)
    return _finish(mixed, layers, loop=loop, out_s=0.2 if natural else 0.05)


def _happens_once(layer: Layer, *, natural: bool) -> bool:
    """Whether a sound comes a certain number of times, and does not go on for as long as it is given."""
    sound = layer.sound
    if sound.style == "once" or layer.manner.count:
        return True
    return sound.style == "steady" and not layer.scene and (natural or sound.count == 1)


def _natural(layers: list[Layer]) -> float:
    """How long a sound lasts where nobody says: its own length, at most 10 s."""
    ends: dict[int, float] = {}
    for layer in layers:
        sound, count = layer.sound, layer.manner.count or layer.sound.count
        if sound.style == "bed" or (sound.style == "sparse" and layer.scene):
            length = sound.natural_s
        elif sound.style == "once" and count == 1:
            length = sound.natural_s if sound.stretch or sound.natural_s != 6.0 else _last(sound.gap_s)
        else:
            length = (count - 1) * _gap(layer) + _last(sound.gap_s)
        ends[layer.turn] = max(ends.get(layer.turn, 0.0), length)
    return float(min(MAX_NATURAL_S, sum(ends.values())))


def _last(gap_s: float) -> float:
    """Seconds left to the last event to ring out."""
    return float(np.clip(1.3 * gap_s, 1.2, 6.0))


def _gap(layer: Layer) -> float:
    speed = layer.manner.speed if layer.sound.style == "steady" else 1.0
    return (layer.sound.gap_s or 1.0) / speed


def _period(n: int, *, loop: bool, tile: bool) -> tuple[int, int]:
    """Frames of the period to compute, and how often it repeats (evenly where the length allows)."""
    if n <= 1.5 * PERIOD_S * RATE or not tile:
        return n, 1
    fewest = int(np.ceil(n / (1.25 * PERIOD_S * RATE)))
    even = next((k for k in range(fewest, 2 * fewest + 1) if n % k == 0), fewest)
    return (n // even if loop else -(-n // even)), even


def _repeat(out: Signal, repeats: int, n: int, *, loop: bool) -> Samples:
    single = out.astype(np.float32)
    if repeats == 1:
        return single
    tiled = np.tile(single, (1, repeats))
    return tiled if loop else tiled[:, :n]


def _stereo(x: Signal) -> Signal:
    return np.broadcast_to(x, (2, x.size)) if x.ndim == 1 else x


def _lasting(rng: Rng, layer: Layer, n: int, *, wrap: bool, composed: bool) -> Signal:
    manner = layer.manner.but(frames=n)
    if layer.sound.style == "bed":
        signal = _tame(layer.sound.render(rng, manner))
        scaled = signal if layer.sound.name == "room tone" else signal * (_BED_RMS / max(1e-9, dsp.level_of(signal)))
    else:
        scaled = _repeated(rng, layer, n, wrap=wrap, composed=composed)
    placed = _place_far(rng, scaled, layer, composed=composed, wrap=True if layer.sound.style == "bed" else wrap)
    return placed if wrap else motion.move(placed, manner.course)


def _tame(x: Signal) -> Signal:
    """Round off the rare peaks of a bed beyond 18 dB above its RMS, so that they do not push all else down."""
    top = 8.0 * max(1e-9, dsp.level_of(x))
    return np.asarray(top * np.tanh(x / top))


def _repeated(rng: Rng, layer: Layer, n: int, *, wrap: bool, composed: bool) -> Signal:
    """An event that comes back as long as the sound lasts."""
    variants = _variants(
        rng, layer, n, 8 if layer.sound.gap_s < 1 else _VARIANTS if layer.sound.style == "steady" else 3
    )
    out = np.zeros((2, n))
    gap = layer.sound.gap_s / (layer.manner.speed if layer.sound.style == "steady" else 1.0)
    gap = gap or variants[0].shape[-1] / RATE
    gap *= 1.6 if layer.scene and layer.sound.style == "steady" else 1.0
    for at in _moments(rng, layer, n, gap, wrap=wrap, composed=composed):
        event = variants[int(rng.integers(len(variants)))]
        dsp.add(out, _stereo(event) * rng.uniform(0.8, 1.0), at, wrap=wrap)
    return out


def _moments(rng: Rng, layer: Layer, n: int, gap_s: float, *, wrap: bool, composed: bool) -> list[int]:
    count, jitter = layer.manner.count, layer.sound.jitter
    if layer.sound.style == "steady" and not layer.scene:
        pace = 1.0 if wrap else layer.manner.pace
        mean_s = gap_s * motion.mean_gap(pace)
        many = count or max(1, round(n / RATE / gap_s) if wrap else int(np.ceil((n / RATE - 0.15) / mean_s)))
        step = (n / many if wrap or many * mean_s > n / RATE else mean_s * RATE) * gap_s / mean_s
        turns = motion.onsets(many, 1.0, pace)
        return [int(max(0.0, (turn + rng.uniform(-jitter, jitter) * (turn > 0)) * step)) % n for turn in turns]
    if layer.sound.style == "once" and not layer.scene:
        return [0]
    scale = min(gap_s, n / RATE)
    at = float(rng.uniform(0.02, 0.5)) * scale if composed else 0.0
    moments: list[int] = []
    while at < n / RATE - 0.1 and len(moments) < (count or 10_000):
        moments.append(int(at * RATE))
        at += gap_s * float(rng.uniform(1 - jitter, 1 + 1.2 * jitter))
    return moments


def _variants(rng: Rng, layer: Layer, n: int, many: int) -> list[Signal]:
    """Some renderings of an event, all of one loudness; at most as long as the whole."""
    sound = layer.sound
    natural = dsp.frames(sound.natural_s)
    length = int(np.clip(n, natural // 2, natural * 2)) if sound.stretch else natural
    manner = layer.manner.but(frames=length)
    events = []
    for _ in range(many):
        event = np.asarray(sound.render(rng, manner), dtype=np.float64)
        events.append(dsp.fade(event * (_EVENT_RMS / max(1e-9, _loudest(event)))))
    return events


def _loudest(x: Signal) -> float:
    """The greatest RMS over 100 ms."""
    power = np.square(x).mean(axis=0) if x.ndim == 2 else np.square(x)
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([power, np.zeros(4800)]))])
    return float(np.sqrt(max(1e-18, float(np.max(sums[4800:] - sums[:-4800])) / 4800)))


def _place_far(rng: Rng, x: Signal, layer: Layer, *, composed: bool, wrap: bool) -> Signal:
    """Distance takes highs and adds room; walls take more; level falls where there is something to compare with."""
    manner, level_db = layer.manner, layer.level_db
    if manner.muffled:
        x = dsp.low_pass(x, 650, wrap=wrap)
    if manner.distance > 0.1:
        x = dsp.low_pass(x, 15000 * 0.045**manner.distance, wrap=wrap)
        if layer.sound.style != "bed":
            x = dsp.room(rng, x, 1.0 + 1.6 * manner.distance, 0.55 * manner.distance, 2500, wrap=wrap)[:, : x.shape[-1]]
        level_db -= 10 * manner.distance if composed and not layer.scene else 0.0
    if manner.echo > 0 and layer.sound.style != "bed":
        x = dsp.room(rng, x, 2.2, 0.3, 3500, wrap=wrap)[:, : x.shape[-1]]
    return x * dsp.gain(level_db)


def _singles(mixed: Samples, layers: list[Layer], single: list[Layer], seed: int, take: int, *, beds: bool) -> None:
    """Events that happen once or a given number of times, laid over the rest; turns follow each other."""
    n = mixed.shape[1]
    starts: dict[int, float] = {}
    clock = 0.06 * n / RATE if beds and len(layers) > len(single) else 0.0
    for turn in sorted({layer.turn for layer in single}):
        starts[turn], clock = clock, clock + max((_span(x) for x in single if x.turn == turn), default=0.0)
    for k, layer in enumerate(layers):
        if layer in single:
            rng = np.random.default_rng([seed % 2**63, take, k])
            length = n - round(starts[layer.turn] * RATE)
            if length > 0:
                dsp.add(mixed, _counted(rng, layer, length, n).astype(np.float32), n - length)


def _span(layer: Layer) -> float:
    """Seconds that a layer takes before the next turn begins."""
    if layer.sound.style == "bed":
        return 3.0
    count = layer.manner.count or layer.sound.count
    return (count - 1) * _gap(layer) + min(
        layer.sound.natural_s if layer.sound.stretch else 1.6, max(0.9, layer.sound.gap_s)
    )


def _counted(rng: Rng, layer: Layer, room_n: int, n: int) -> Signal:
    if layer.sound.style == "bed":
        bed = _lasting(rng, layer, room_n, wrap=False, composed=True)
        return dsp.fade(_stereo(bed), 0.15, 0.05)
    count = layer.manner.count or (1 if layer.sound.style == "sparse" else layer.sound.count)
    variants = _variants(rng, layer, n, min(count, _VARIANTS))
    gap = _gap(layer) if layer.sound.gap_s else variants[0].shape[-1] / RATE
    gap = min(gap, max(0.12, room_n / RATE / (count * max(1.0, layer.manner.pace) + 0.4)))
    tail = variants[0].shape[-1] + int(2.6 * RATE * (layer.manner.distance > 0.1 or layer.manner.echo > 0))
    out = np.zeros((2, round(count * gap * max(1.0, layer.manner.pace) * (1 + layer.sound.jitter) * RATE) + tail))
    for k, turn in enumerate(motion.onsets(count, gap, layer.manner.pace)):
        at = max(0.0, turn * (1 + float(rng.uniform(-1, 1)) * layer.sound.jitter * 0.5))
        event = _stereo(variants[k % len(variants)])
        dsp.add(out, event * rng.uniform(0.85, 1.0), round(at * RATE))
    return motion.move(_place_far(rng, out, layer, composed=True, wrap=False), layer.manner.course)


def _finish(mixed: Samples, layers: list[Layer], *, loop: bool, out_s: float) -> Samples:
    """Remove DC, make mono what is mono, set the peak, and fade the ends of what does not loop."""
    mixed -= mixed.mean(axis=1, keepdims=True)
    highest = max(float(mixed.max()), -float(mixed.min()))
    quiet = all(layer.sound.name == "room tone" for layer in layers)
    if highest > 0 and not (quiet and highest < _PEAK):
        mixed *= _PEAK / highest
    if not loop:
        starts = 0.04 if any(layer.sound.style == "bed" for layer in layers) else 0.001
        half = min(mixed.shape[1] // 2, RATE)
        mixed[:, :half] = dsp.fade(mixed[:, :half], starts, 0.0)
        mixed[:, -half:] = dsp.fade(mixed[:, -half:], 0.0, out_s)
    same = all(np.allclose(part[0], part[1], atol=1e-6) for part in _blocks(mixed))
    return np.ascontiguousarray(mixed[:1] if same else mixed, dtype=np.float32)


def _blocks(x: Samples) -> Iterator[Samples]:
    """Minutes of a long sound, so that a comparison needs little memory."""
    for start in range(0, x.shape[1], 60 * RATE):
        yield x[:, start : start + 60 * RATE]
