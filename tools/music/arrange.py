"""Which parts play: a style's layers with the instruments that were asked for."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from soundwright.tools.music.describe import Request
from soundwright.tools.music.instruments import Instrument
from soundwright.tools.music.styles import Layer

PIANO = 0
SUSTAINING = frozenset({*range(16, 24), *range(40, 45), *range(48, 80), *range(80, 104), 109, 110})


def arrange(request: Request, rng: random.Random) -> list[Layer]:
    """The layers of a piece, each with one program."""
    layers = [replace(layer, programs=(_pick(layer, rng),)) for layer in request.style.layers]
    return _below_melody(_with_instruments(layers, request) if request.instruments else layers)


def _below_melody(layers: list[Layer]) -> list[Layer]:
    """Chords keep out of the register in which the melody sings; bells and other sparkle above it may stay."""
    melody = next(layer for layer in layers if layer.role == "melody")
    top = (melody.low + melody.high) // 2 - 3
    return [
        replace(layer, low=min(layer.low, top - 15), high=max(min(layer.high, top), min(layer.low, top - 15) + 15))
        if layer.role in ("chords", "pad") or (layer.role == "arp" and layer.low < melody.low)
        else layer
        for layer in layers
    ]


def _with_instruments(layers: list[Layer], request: Request) -> list[Layer]:
    by_voice = {
        voice: [i for i in request.instruments if i.voice == voice] for voice in ("line", "keys", "pad", "bass")
    }
    leads = by_voice["line"] or by_voice["keys"] or by_voice["pad"]
    lead = leads[0] if leads else None
    if request.solo and lead is not None:
        return _alone(layers, lead)
    layers = [_with_lead(layer, lead) for layer in layers]
    layers = _with_keys(layers, by_voice["keys"], lead)
    layers = _replaced(layers, "pad", by_voice["pad"]) if by_voice["pad"] else layers
    layers = _replaced(layers, "bass", by_voice["bass"]) if by_voice["bass"] else layers
    for second in by_voice["line"][1:2]:
        layers = [layer for layer in layers if layer.role != "counter"]
        layers.append(Layer("counter", (second.program,), "counter", -5.0, *_range(second, 50, 72), -0.3))
    return layers


def _pick(layer: Layer, rng: random.Random) -> int:
    """The first program as often as all others together."""
    return layer.programs[0] if rng.random() < 0.5 else rng.choice(layer.programs)


def _range(instrument: Instrument, low: int, high: int) -> tuple[int, int]:
    """Where a part lies on an instrument: as wanted where it can, at least an octave and a half."""
    bottom = min(max(low, instrument.low), max(instrument.low, instrument.high - 19))
    return bottom, max(min(high, instrument.high), bottom + 17)


def _with_lead(layer: Layer, lead: Instrument | None) -> Layer:
    if lead is None or layer.role != "melody":
        return layer
    low, high = _range(lead, layer.low, layer.high)
    return replace(layer, programs=(lead.program,), low=low, high=high)


def _with_keys(layers: list[Layer], keys: Iterable[Instrument], lead: Instrument | None) -> list[Layer]:
    """Chording instruments take over the broken or struck chords; without such a part they get one."""
    for instrument in keys:
        hosts = [layer for layer in layers if layer.role in ("chords", "arp") and layer.pattern != "ostinato"]
        if hosts:
            layers = _replaced(layers, hosts[0].role, [instrument])
        else:
            layers = [*layers, Layer("arp", (instrument.program,), "broken", -7.0, *_range(instrument, 48, 72), -0.15)]
        if lead is not None and instrument.program != PIANO:
            layers = [
                replace(layer, programs=(instrument.program,)) if layer.programs == (PIANO,) else layer
                for layer in layers
            ]
    return layers


def _replaced(layers: list[Layer], role: str, instruments: list[Instrument]) -> list[Layer]:
    first = instruments[0]
    if not any(layer.role == role for layer in layers):
        low, high = _range(first, 28, 48) if role == "bass" else _range(first, 50, 74)
        pattern = "whole" if role == "bass" else "pad"
        return [*layers, Layer("bass" if role == "bass" else "pad", (first.program,), pattern, -6.0, low, high)]
    out = []
    for layer in layers:
        if layer.role == role:
            low, high = _range(first, layer.low, layer.high)
            out.append(replace(layer, programs=(first.program,), low=low, high=high))
        else:
            out.append(layer)
    return out


def _alone(layers: list[Layer], lead: Instrument) -> list[Layer]:
    """One player: with its own accompaniment where the instrument can."""
    melody = next(_with_lead(layer, lead) for layer in layers if layer.role == "melody")
    if lead.voice != "keys":
        return [melody]
    low, high = _range(lead, 45, 67)
    return [
        melody,
        Layer("arp", (lead.program,), "broken", -6.0, low, high, -0.08),
        Layer("bass", (lead.program,), "whole", -7.0, max(28, low - 12), low + 7),
    ]
