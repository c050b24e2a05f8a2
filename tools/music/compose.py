"""Composition: from a description to notes in seconds, part by part."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from soundwright.tools.assets import Note, Notes, Part
from soundwright.tools.music import grooves
from soundwright.tools.music.arrange import arrange
from soundwright.tools.music.describe import Request, understand, with_key
from soundwright.tools.music.form import Form, Phrase, form
from soundwright.tools.music.harmony import SCALES, chord, nearest, scale_over, voice
from soundwright.tools.music.melody import Compass, Idea, Span, Tone, answer, cadence, idea, phrase_ideas, realise, vary
from soundwright.tools.music.patterns import BASS_FIGURES, FIGURES, Place
from soundwright.tools.music.styles import Layer

DRUM_LEVEL_DB = {"heavy": -5.0, "light": -11.0}


@dataclass(frozen=True, slots=True)
class Voice:
    """A part with its place in the mix: level in dB beside the melody, pan from -1 to 1."""

    part: Part
    level_db: float
    pan: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A composition of ``length_s`` seconds: its parts, its chords in beats, and what was understood of the text."""

    voices: tuple[Voice, ...]
    length_s: float
    loop: bool
    request: Request
    form: Form
    spans: tuple[Span, ...]

    @property
    def notes(self) -> Notes:
        """The score alone."""
        return Notes(tuple(voice.part for voice in self.voices))


class Dice:
    """Random streams by name, so that a change in one part leaves the others as they were."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def __call__(self, name: str) -> random.Random:
        """The stream of that name, from its beginning."""
        return random.Random(f"{self._seed}/{name}")  # noqa: S311  music, not secrets


def compose(description: str, length_s: float, loop: bool = False, seed: int = 0, take: int = 0) -> Piece:
    """Write a piece. Equal arguments give equal notes; another ``seed`` or ``take`` gives another piece of the kind."""
    dice = Dice(f"{seed}/{take}")
    request = with_key(understand(description, dice("tempo")), dice("key"))
    plan = form(request, length_s, loop, dice("form"))
    spans = _harmony(request, plan, loop, dice)
    layers = arrange(request, dice("layers"))
    parts = [_layer(layer, number, request, plan, spans, loop, dice) for number, layer in enumerate(layers)]
    voices = [
        Voice(_perform(tones, layer, plan, request, loop, length_s, dice(f"play{n}")), layer.level_db, layer.pan)
        for n, (layer, tones) in enumerate(zip(layers, parts, strict=True))
        if tones
    ]
    drums = _drums(request, plan, loop, dice("drums"))
    if drums:
        level_db = DRUM_LEVEL_DB["heavy" if request.style.groove in grooves.HEAVY else "light"]
        kit = Layer("hits", (request.style.kit,), "drums", level_db)
        voices.append(Voice(_perform(drums, kit, plan, request, loop, length_s, dice("play drums")), level_db, 0.0))
    return Piece(tuple(voices), length_s, loop, request, plan, tuple(spans))


def _harmony(request: Request, plan: Form, loop: bool, dice: Dice) -> list[Span]:
    """The chords from the first beat to the end of the last chord's ringing."""
    cadential = (request.style.cadence_minor if request.minor else request.style.cadence_major).split()
    beats = request.style.beats
    spans: list[Span] = []
    for number, phrase in enumerate(plan.phrases):
        bars = _progression(request, phrase.letter, dice)[: phrase.bars]
        if number == len(plan.phrases) - 1:
            bars[-1] = cadential[0]
            if len(bars) > 1 and bars[-2] == bars[-1]:
                bars[-2] = "iv" if request.minor else "ii"
        for bar, names in enumerate(bars):
            numerals = names.split(",")
            for n, numeral in enumerate(numerals):
                spans.append(
                    _span(request, numeral, (phrase.start_bar + bar + n / len(numerals)) * beats, beats / len(numerals))
                )
    if plan.phrases and plan.beats < spans[-1].start + spans[-1].length:
        spans = [
            _span(request, s.chord.numeral, s.start, min(s.length, plan.beats - s.start))
            for s in spans
            if s.start < plan.beats
        ]
    if not loop:
        spans.append(_span(request, cadential[-1], plan.beats, plan.ring_s / plan.beat_s))
    return spans


def _progression(request: Request, letter: str, dice: Dice) -> list[str]:
    pool = request.style.minor if request.minor else request.style.major
    order = list(pool)
    dice("progressions").shuffle(order)
    return order[{"I": 0, "A": 0, "B": 1, "C": 2}[letter] % len(order)].split()


def _span(request: Request, numeral: str, start: float, length: float) -> Span:
    tonic = request.tonic or 0
    over = chord(numeral, tonic)
    scale = request.scale
    if request.mode == "harmonic minor" and (tonic + 11) % 12 not in over.classes:
        scale = SCALES["minor"]  # the leading tone belongs to the dominant
    return Span(start, length, over, scale_over(scale, tonic, over))


def _layer(
    layer: Layer, number: int, request: Request, plan: Form, spans: Sequence[Span], loop: bool, dice: Dice
) -> list[Tone]:
    if layer.role == "melody":
        return _melody(layer, request, plan, spans, loop, dice)
    figures = BASS_FIGURES if layer.role == "bass" else FIGURES
    rng = dice(f"layer{number}")
    tones: list[Tone] = []
    before: tuple[int, ...] = ()
    size = (
        3
        if layer.role in ("chords", "pad") and layer.pattern in ("pad", "power") and request.style.name != "jazz"
        else 4
    )
    for at, span in enumerate(spans):
        before = voice(span.chord, before, layer.low, layer.high, size)
        energy = _energy(plan, span.start)
        if energy < layer.from_energy * _headroom(request):
            continue
        following = spans[(at + 1) % len(spans)].chord.root
        place = Place(span, before, following, request.style.beats, layer.low, layer.high, energy, rng)
        last = not loop and at == len(spans) - 1
        tones += _final(layer, place) if last else figures[layer.pattern](place)
    return tones


def _headroom(request: Request) -> float:
    """Layers enter relative to how strong the whole piece is, so that calm pieces have them too."""
    return min(1.0, 0.35 + request.energy)


def _energy(plan: Form, beat: float) -> float:
    phrase = _phrase_at(plan, beat)
    return phrase.energy if phrase else 0.6


def _phrase_at(plan: Form, beat: float) -> Phrase | None:
    """The phrase that a beat lies in; the last one after the end, none in a sting of one chord."""
    if not plan.phrases:
        return None
    at = bisect_right(plan.phrases, (beat + 1e-6) / plan.bar_beats, key=lambda phrase: phrase.start_bar)
    return plan.phrases[at - 1] if at else None


def _final(layer: Layer, place: Place) -> list[Tone]:
    """The last chord: struck once, broken upwards by what breaks chords, and left to ring."""
    held = place.length * 0.8
    root = place.bass(place.span.chord.root)
    if layer.role == "bass":
        return [Tone(place.start, held, root, 0.7)]
    if layer.pattern in ("hits", "toll", "drone", "ostinato", "spiccato"):
        return [Tone(place.start, held, nearest((place.span.chord.root,), root, layer.low, layer.high), 0.8)]
    spread = 0.08 if layer.role == "arp" else 0.0
    return [Tone(place.start + spread * n, held, pitch, 0.65) for n, pitch in enumerate(place.voicing)]


def _melody(layer: Layer, request: Request, plan: Form, spans: Sequence[Span], loop: bool, dice: Dice) -> list[Tone]:
    beats = request.style.beats
    centre = (layer.low + layer.high) / 2 - 2 + 3 * request.valence
    if plan.beats < 2 * beats and not loop:
        return _run_up(layer, request, plan, spans, centre)
    tones: list[Tone] = []
    for phrase in plan.phrases:
        if phrase.lead:
            bars = _ideas(phrase, request, dice)
            lift = {"A": 0, "B": 3, "C": 1}[phrase.letter]
            compass = Compass(layer.low, layer.high, centre + lift)
            tones += realise(bars, spans, phrase.start_bar * beats, beats, compass)
    if not loop:
        end = nearest((spans[-1].chord.root,), tones[-1].pitch if tones else centre, layer.low, layer.high)
        tones.append(Tone(plan.beats, spans[-1].length * 0.8, end, 0.8))
    return [tone for tone in tones if tone.start <= plan.beats + 1e-6]


def _ideas(phrase: Phrase, request: Request, dice: Dice) -> list[Idea]:
    """A phrase's bars: letters share the first motif, so that contrast still belongs to the piece."""
    beats = request.style.beats
    density = request.style.density * (0.65 + 0.7 * request.energy)
    first = idea(beats, density, dice("motif"))
    rng = dice(f"melody {phrase.letter}")
    motif = {"A": first, "B": answer(first, beats, density * 1.15, rng), "C": None}[phrase.letter]
    bars = phrase_ideas(beats, density, rng, motif)
    if phrase.turn:
        bars = vary(bars, dice(f"variation {phrase.letter}{phrase.turn}"))
    return bars if phrase.bars == 4 else [*bars[: phrase.bars - 1], cadence(beats, rng)]


def _run_up(layer: Layer, request: Request, plan: Form, spans: Sequence[Span], centre: float) -> list[Tone]:
    """A sting's figure: up the scale to the tonic, which stays."""
    goal = nearest((spans[-1].chord.root,), centre + 4, layer.low, layer.high)
    step = 0.5 if request.energy > 0.45 else 1.0
    count = int(plan.beats / step)
    tones = []
    for n in range(count):
        span = next(s for s in spans if s.start <= n * step < s.start + s.length)
        tones.append(
            Tone(n * step, step * 0.95, nearest(span.chord.classes, goal - 3 * (count - n), layer.low, layer.high), 0.6)
        )
    return [*tones, Tone(plan.beats, spans[-1].length * 0.8, goal, 0.9)]


def _drums(request: Request, plan: Form, loop: bool, rng: random.Random) -> list[Tone]:
    groove = request.style.groove or ("cinematic" if request.drums else "")
    if request.drums is False or not groove or (request.solo and not request.drums):
        return []
    beats, tones = request.style.beats, []
    heavy = groove in grooves.HEAVY and request.energy > 0.45
    for phrase in plan.phrases:
        for bar in range(phrase.bars):
            start = (phrase.start_bar + bar) * beats
            strokes = grooves.bar(groove, start, beats, phrase.energy, rng)
            if heavy and bar == phrase.bars - 1 and phrase.bars == 4 and rng.random() < 0.6:
                strokes = [t for t in strokes if t.start < start + beats - 2] + grooves.fill(start, beats, rng)
            tones += strokes
        if heavy and phrase.opens and phrase.start_bar:
            tones.append(grooves.crash(phrase.start_bar * beats, 0.5 + 0.3 * phrase.energy))
    if heavy and not loop:
        tones += [grooves.crash(plan.beats), Tone(plan.beats, 0.5, grooves.DRUMS["kick"], 0.9)]
    return [tone for tone in tones if tone.start <= plan.beats + 1e-6]


def _perform(
    tones: Sequence[Tone], layer: Layer, plan: Form, request: Request, loop: bool, length_s: float, rng: random.Random
) -> Part:
    """From beats to seconds: swing, small unevenness, and dynamics by phrase and stress."""
    drums = layer.pattern == "drums"
    loose_s = request.style.loose_ms / 1000 * (0.4 if drums or layer.role == "bass" else 1.0)
    notes = []
    for tone in tones:
        start = _swung(tone.start, request.style.swing) * plan.beat_s + rng.gauss(0, 0.5) * loose_s
        end = start + max(0.06, tone.length * plan.beat_s)
        if layer.role in ("melody", "counter"):
            end += 0.02  # legato
        start = max(0.0, start)
        if start >= length_s:
            continue
        notes.append(
            Note(tone.pitch, round(start, 4), round(end if loop else min(end, length_s), 4), _velocity(tone, plan, rng))
        )
    notes.sort(key=lambda note: (note.start_s, note.pitch))
    return Part(tuple(notes), layer.programs[0], drums, "drums" if drums else layer.role)


def _velocity(tone: Tone, plan: Form, rng: random.Random) -> int:
    phrase = _phrase_at(plan, tone.start)
    energy = phrase.energy if phrase else 0.6
    arch = 0.0
    if phrase and phrase.bars:
        place = (tone.start / plan.bar_beats - phrase.start_bar) / phrase.bars
        arch = 6 * math.sin(math.pi * min(1.0, max(0.0, place)))
    return round(min(122, max(22, 46 + 48 * energy + 36 * (tone.weight - 0.5) + arch + rng.uniform(-5, 5))))


def _swung(beat: float, swing: float) -> float:
    """Off-beat eighths moved late: ``swing`` is where they lie in the beat (0 or 0.5: straight)."""
    if not swing:
        return beat
    whole = math.floor(beat)
    part = beat - whole
    return whole + (part * 2 * swing if part < 0.5 else swing + (part - 0.5) * 2 * (1 - swing))
