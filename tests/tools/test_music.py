"""The composer's notes: what a description is understood as, and whether the music keeps its own rules."""

from __future__ import annotations

import random
from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundwright.tools.assets import Note, Part
from soundwright.tools.music.compose import Piece, compose
from soundwright.tools.music.describe import understand
from soundwright.tools.music.grooves import GROOVES
from soundwright.tools.music.harmony import SCALES, chord, scale_over, voice
from soundwright.tools.music.instruments import INSTRUMENTS
from soundwright.tools.music.patterns import BASS_FIGURES, FIGURES
from soundwright.tools.music.styles import Style, styles
from soundwright.tools.signal.rooms import SPACES

DICE = random.Random(1)  # noqa: S311  music
STYLE_NAMES = [style.name for style in styles()]


def part(piece: Piece, name: str) -> Part:
    return next(voice.part for voice in piece.voices if voice.part.name == name)


def pitched(piece: Piece) -> list[Note]:
    return [note for voice in piece.voices if not voice.part.drums for note in voice.part.notes]


def programs(piece: Piece) -> set[int]:
    return {voice.part.program for voice in piece.voices if not voice.part.drums}


@pytest.mark.parametrize("style", styles(), ids=STYLE_NAMES)
def test_styles_name_only_what_exists(style: Style) -> None:
    for phrase in (*style.major, *style.minor):
        assert len(phrase.split()) == 4
    numerals = (
        " ".join((*style.major, *style.minor, style.cadence_major, style.cadence_minor)).replace(",", " ").split()
    )
    assert all(chord(numeral, 0).classes for numeral in numerals)
    assert style.major or style.minor
    assert {style.major_mode, style.minor_mode} <= set(SCALES)
    assert not style.groove or style.groove in GROOVES
    assert style.space in SPACES
    for layer in style.layers:
        known = BASS_FIGURES if layer.role == "bass" else FIGURES
        assert layer.role == "melody" or layer.pattern in known
        assert all(0 <= program < 128 for program in layer.programs)
        assert layer.high - layer.low >= 12


def test_grooves_fill_whole_bars() -> None:
    for groove, lines in GROOVES.items():
        assert {len(steps) for steps in lines.values()} <= {12, 16}, groove
        assert all(set(steps) <= set("Xxo.") for steps in lines.values())


@pytest.mark.parametrize(
    ("description", "style", "minor"),
    [
        ("slow uneasy strings", "suspense", True),
        ("relaxed café jazz", "jazz", False),
        ("epic orchestral battle music", "cinematic", True),
        ("sad piano", "romantic piano", True),
        ("happy ukulele pop", "pop", False),
        ("gentle lullaby on a music box", "lullaby", False),
        ("creepy waltz", "waltz", True),
        ("a short news jingle", "news", False),
        ("triumphant brass fanfare", "fanfare", False),
        ("dark ambient drone", "ambient", True),
        ("funeral march for organ", "funeral", True),
        ("jazz piano trio", "jazz", False),
        ("8-bit video game music", "electronic", True),
        ("Irish tavern reel with fiddle", "celtic", False),
        ("mysterious desert bazaar, oud and drums", "arabic", True),
        ("Japanese garden, koto", "asian", False),
        ("quiet, peaceful", "ambient", False),
        ("tense", "suspense", True),
        ("medieval lute", "medieval", False),
        ("scary horror strings", "horror", True),
        ("slow blues guitar", "blues", False),
        ("bossa nova in a hotel lobby", "bossa", False),
        ("spaceship hum, cold synth pads, science fiction", "sci-fi", True),
        ("qwerty", "cinematic", False),
    ],
)
def test_descriptions_are_understood(description: str, style: str, minor: bool) -> None:
    request = understand(description, DICE)
    assert (request.style.name, request.minor) == (style, minor)


def test_key_tempo_and_denials_are_obeyed() -> None:
    request = understand("upbeat rock in F sharp minor, 142 bpm, no drums", DICE)
    assert (request.tonic, request.minor, request.bpm, request.fixed_tempo, request.drums) == (
        6,
        True,
        142,
        True,
        False,
    )
    piece = compose("upbeat rock in F sharp minor, 142 bpm, no drums", 20)
    assert not any(voice.part.drums for voice in piece.voices)
    assert piece.form.bpm == 142


@pytest.mark.parametrize(("slow", "fast"), [("slow folk tune", "fast folk tune"), ("very slow jazz", "jazz")])
def test_tempo_words_order_tempi(slow: str, fast: str) -> None:
    assert compose(slow, 30).form.bpm < 0.85 * compose(fast, 30).form.bpm


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_every_named_instrument_plays(name: str) -> None:
    assert INSTRUMENTS[name].program in programs(compose(f"calm music with {name}", 20))


def test_a_solo_is_one_instrument() -> None:
    assert programs(compose("sad solo cello", 20)) == {42}
    assert programs(compose("solo guitar, folk", 20)) == {25}


def test_two_instruments_share_melody_and_chords() -> None:
    piece = compose("folk song for flute and guitar", 30)
    assert part(piece, "melody").program == 73
    assert 25 in programs(piece)


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize("length_s", [2.0, 31.7])
def test_pieces_begin_at_once_and_end_on_a_held_tonic(style: str, length_s: float) -> None:
    piece = compose(style, length_s, seed=3)
    notes = pitched(piece)
    assert min(note.start_s for note in notes) < 0.3
    assert max(note.end_s for note in notes) <= length_s
    end_s = piece.form.beats * piece.form.beat_s
    assert end_s + piece.form.ring_s == pytest.approx(length_s)
    assert 0.3 * min(length_s, 3) < piece.form.ring_s < 10
    last = [note for note in notes if note.start_s > end_s - 0.1]
    assert piece.spans[-1].chord.root == piece.request.tonic
    assert min(last, key=lambda note: note.pitch).pitch % 12 in piece.spans[-1].chord.classes
    assert {note.pitch % 12 for note in last if note.start_s > end_s - 0.05} & {piece.request.tonic}


@pytest.mark.parametrize("style", [name for name in STYLE_NAMES if name != "horror"])
def test_notes_keep_to_the_key_or_the_chord(style: str) -> None:
    for seed in (1, 2):
        piece = compose(style, 40, seed=seed)
        home = {(piece.request.tonic or 0) + step for step in piece.request.scale}
        home = {pc % 12 for pc in home}
        allowed = 0
        # Walking basses go through notes between.
        notes = [note for v in piece.voices if not v.part.drums and v.part.name != "bass" for note in v.part.notes]
        for note in notes:
            beat = (note.start_s + 0.06) / piece.form.beat_s
            span = [s for s in piece.spans if s.start <= beat][-1]
            allowed += note.pitch % 12 in home | set(span.classes)
        assert allowed / len(notes) > 0.95


@pytest.mark.parametrize("style", [name for name in STYLE_NAMES if name != "horror"])
def test_held_notes_do_not_rub_by_a_semitone(style: str) -> None:
    rubbing = sounding = 0.0
    for seed in (1, 2, 3):
        notes = sorted(pitched(compose(style, 40, seed=seed)), key=lambda note: note.start_s)
        sounding += sum(note.end_s - note.start_s for note in notes)
        for at, one in enumerate(notes):
            for other in notes[at + 1 :]:
                if other.start_s >= one.end_s:
                    break
                together = min(one.end_s, other.end_s) - other.start_s
                if abs(one.pitch - other.pitch) == 1 and together > 0.4:
                    rubbing += together
    assert rubbing < 0.01 * sounding


def test_horror_does_rub() -> None:
    pads = [voice.part.notes for voice in compose("horror", 20).voices if voice.part.name == "pad"]
    pitches = {note.pitch for note in pads[0] if note.start_s < 0.1}
    assert any(pitch + 1 in pitches for pitch in pitches)


def test_moods_differ_in_mode_tempo_and_density() -> None:
    glad = [compose("joyful lively music", 30, seed=seed) for seed in range(5)]
    sad = [compose("sad lonely music", 30, seed=seed) for seed in range(5)]
    assert not any(piece.request.minor for piece in glad)
    assert all(piece.request.minor for piece in sad)
    assert mean(piece.form.bpm for piece in glad) > 1.25 * mean(piece.form.bpm for piece in sad)
    assert mean(len(pitched(piece)) for piece in glad) > 1.5 * mean(len(pitched(piece)) for piece in sad)


def test_melodies_move_mostly_by_step_and_seldom_leap() -> None:
    intervals = [
        abs(a.pitch - b.pitch)
        for style in STYLE_NAMES
        for notes in [part(compose(style, 60, seed=5), "melody").notes]
        for a, b in pairwise(notes)
    ]
    assert mean(interval <= 4 for interval in intervals) > 0.7
    assert mean(interval > 9 for interval in intervals) < 0.03
    assert mean(interval == 0 for interval in intervals) < 0.25


def test_melodies_repeat_their_motif() -> None:
    piece = compose("folk tune", 60, seed=2)
    bar_s = piece.request.style.beats * piece.form.beat_s
    starts = [note.start_s for note in part(piece, "melody").notes]
    bars = [
        tuple(int(((s + 0.05) % bar_s) / piece.form.beat_s * 2) for s in starts if int((s + 0.05) / bar_s) == n)
        for n in range(24)
    ]
    counts = [bars.count(bar) for bar in set(bars) if bar]
    assert max(counts) >= 4


def test_a_piece_builds_up() -> None:
    piece = compose("epic orchestral adventure", 120, seed=1)
    quarter = [sum(note.velocity for note in pitched(piece) if 30 * n <= note.start_s < 30 * n + 30) for n in range(4)]
    assert quarter[0] < 0.85 * max(quarter)


@settings(max_examples=40, deadline=None)
@given(
    description=st.one_of(st.text(min_size=1, max_size=60), st.sampled_from(STYLE_NAMES)),
    length_s=st.one_of(st.floats(0.1, 3), st.floats(3, 90), st.just(600.0)),
    loop=st.booleans(),
    seed=st.integers(0, 2**63),
)
def test_any_text_and_length_give_music(description: str, length_s: float, loop: bool, seed: int) -> None:
    piece = compose(description, length_s, loop, seed)
    notes = [note for voice in piece.voices for note in voice.part.notes]
    assert notes
    assert all(0 <= note.start_s < length_s and note.start_s < note.end_s for note in notes)
    assert all(0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 for note in notes)
    if loop:
        bars = piece.form.beats / piece.request.style.beats
        assert bars == round(bars)
        assert piece.form.beats * piece.form.beat_s == pytest.approx(length_s)


@pytest.mark.parametrize("bpm", [70, 128])
def test_a_number_of_beats_a_minute_is_kept_exactly(bpm: int) -> None:
    piece = compose(f"pop, {bpm} bpm", 33)
    onsets = [note.start_s * bpm / 60 * 4 for note in part(piece, "drums").notes]
    assert len(onsets) > 30
    assert mean(abs(onset - round(onset)) for onset in onsets) < 0.12


def test_equal_requests_give_equal_notes_and_other_takes_others() -> None:
    first = compose("folk", 20, seed=7)
    assert compose("folk", 20, seed=7).notes == first.notes
    assert compose("folk", 20, seed=8).notes != first.notes
    assert compose("folk", 20, seed=7, take=1).notes != first.notes


def test_voices_lead_by_small_moves() -> None:
    before: tuple[int, ...] = ()
    moves = []
    for numeral in ("I", "vi", "IV", "V", "I", "iii", "IV", "V7", "I"):
        now = voice(chord(numeral, 0), before, 50, 70, 3)
        if before:
            moves += [min(abs(pitch - other) for other in before) for pitch in now]
        before = now
    assert mean(moves) < 2


@given(
    numeral=st.sampled_from(["I", "ii7", "V7", "bVI", "viio7", "IVmaj7", "i", "V9", "bII", "vi"]),
    tonic=st.integers(0, 11),
)
def test_voicings_hold_the_chord_without_semitones(numeral: str, tonic: int) -> None:
    over = chord(numeral, tonic)
    shape = voice(over, (), 48, 72)
    assert {pitch % 12 for pitch in shape} <= set(over.classes)
    assert len(shape) >= 3
    assert all(b - a > 1 for a, b in pairwise(shape))


def test_the_leading_tone_takes_the_place_of_the_seventh_over_a_dominant() -> None:
    over = scale_over(SCALES["minor"], 9, chord("V7", 9))
    assert 8 in over
    assert 7 not in over
    with pytest.raises(ValueError, match="Roman"):
        chord("X", 0)


@pytest.mark.parametrize(
    ("description", "tonic"),
    [
        ("calm piano in C major", 0),
        ("calm piano, C major", 0),
        ("B flat minor waltz", 10),
        ("strings in A minor", 9),
        ("F# major fanfare", 6),
        ("a minor tune for piano", None),
        ("something in a minor key", None),
        ("a major theme", None),
    ],
)
def test_keys_are_heeded_where_they_are_named(description: str, tonic: int | None) -> None:
    assert understand(description, DICE).tonic == tonic
