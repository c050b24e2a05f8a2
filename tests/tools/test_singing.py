"""Singing without a singer's weights: syllables, melodies for lyrics, and what is heard of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Note, Notes, Part, Text
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.music.lyric_melody import melody_for
from soundwright.tools.music.melodist import MelodistTool
from soundwright.tools.singing.graph_output import with_output
from soundwright.tools.singing.phrasing import spread
from soundwright.tools.singing.singer import SingerTool
from soundwright.tools.singing.syllables import split_sounds, syllables_of

LYRICS = "Low the tide and long the night\nStars above the silver water"


@pytest.fixture(scope="module")
def singer() -> SingerTool:
    tool = SingerTool()
    tool.load(Place())
    return tool


def song(text: str = LYRICS, notes: Notes | None = None, seed: int = 1, **params: Any) -> Request:
    given = {"text": text, "description": "slow gentle folk song", "preset": "", "language": "en", "take": 0, **params}
    return Request("sing", given, {} if notes is None else {"notes": notes}, seed)


def sung(tool: SingerTool, request: Request) -> Audio:
    ((_, made),) = tool.run([request], Context())
    assert isinstance(made, Audio), made
    return made


def line(*pitches: int, length_s: float = 1.0) -> Notes:
    notes = (Note(pitch, n * length_s, (n + 1) * length_s) for n, pitch in enumerate(pitches))
    return Notes((Part(tuple(notes)),))


def pitch_near(sound: np.ndarray[Any, Any], rate: int, expected: int) -> float:
    """In semitones, by the strongest repetition within half an octave of ``expected``."""
    centred = sound - sound.mean()
    alike = np.fft.irfft(np.abs(np.fft.rfft(centred, 4 * len(centred))) ** 2)
    period = rate / (440 * 2 ** ((expected - 69) / 12))
    low = int(period / 1.4)
    lag = low + int(alike[low : int(period * 1.4)].argmax())
    before, at, after = alike[lag - 1 : lag + 2]
    return float(69 + 12 * np.log2(rate / (lag + 0.5 * (before - after) / (before - 2 * at + after)) / 440))


def test_words_are_cut_into_syllables_of_one_vowel() -> None:
    found = syllables_of("little lighthouse keeper singing / again")
    assert [s.word for s in found if s.ends_word] == ["little", "lighthouse", "keeper", "singing", "again"]
    assert [s.word for s in found if s.ends_line] == ["singing", "again"]
    assert len(found) == 10
    assert split_sounds("ˈɛkstɹə") == ["ˈɛk", "stɹə"]


def test_headings_are_not_sung_and_nothing_is_an_error() -> None:
    assert len(syllables_of("[chorus]\nla la la")) == 3
    with pytest.raises(ToolError, match="nothing to sing"):
        syllables_of("[verse]\n...")


def test_a_melody_has_a_note_for_each_syllable_with_stresses_on_beats() -> None:
    notes = melody_for(LYRICS, "slow folk song", 60.0, 3)
    voice, chords = notes.parts
    syllables = syllables_of(LYRICS)
    assert len(voice.notes) == len(syllables)
    assert all(note.start_s % 1 == 0 for note, s in zip(voice.notes, syllables, strict=True) if s.stress)
    assert all(a.end_s <= b.start_s for a, b in zip(voice.notes, voice.notes[1:], strict=False))
    assert all(57 <= note.pitch <= 74 for note in voice.notes)
    assert chords.notes
    assert melody_for(LYRICS, "slow folk song", 60.0, 3) == notes
    assert melody_for(LYRICS, "slow folk song", 60.0, 4) != notes


def test_the_melodist_reads_lyrics_from_a_step() -> None:
    tool = MelodistTool()
    tool.load(Place())
    params = {"description": "a waltz", "tempo": 90.0, "take": 0}
    ((_, made),) = tool.run([Request("lyrics_to_melody", params, {"text": Text(LYRICS)}, 1)], Context())
    assert isinstance(made, Notes)
    assert [part.name for part in made.parts] == ["voice", "chords"]


@pytest.mark.parametrize(("preset", "pitches"), [("alto", (62, 66, 69, 64)), ("tenor", (50, 54, 57, 52))])
def test_notes_are_sung_at_their_pitch(singer: SingerTool, preset: str, pitches: tuple[int, ...]) -> None:
    made = sung(singer, song("low low low low", line(*pitches), preset=preset))
    assert made.length_s == pytest.approx(4.15)
    for number, pitch in enumerate(pitches):
        held = made.samples[0, round((number + 0.15) * made.rate) : round((number + 0.45) * made.rate)]
        assert pitch_near(held, made.rate, pitch) == pytest.approx(pitch, abs=0.25)


def test_pauses_are_silent_and_the_voice_is_not(singer: SingerTool) -> None:
    notes = Notes((Part((Note(62, 0.5, 1.0), Note(64, 2.0, 2.5))),))
    made = sung(singer, song("low night", notes))

    def loud(start_s: float, end_s: float) -> float:
        return float(np.abs(made.samples[0, round(start_s * made.rate) : round(end_s * made.rate)]).max())

    assert loud(1.15, 1.6) < 1e-3
    assert min(loud(0.55, 0.95), loud(2.05, 2.45)) > 0.1


def test_it_sings_without_notes_by_seed_and_take(singer: SingerTool) -> None:
    one, same, other = (sung(singer, song(seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.samples, same.samples)
    assert one.samples.shape != other.samples.shape or not np.array_equal(one.samples, other.samples)
    assert sung(singer, song(length=10.0)).length_s == pytest.approx(10.0, abs=0.01)


def test_syllables_share_and_part_notes() -> None:
    notes = line(60, 62, 64).parts[0].notes
    assert [len(own) for own in spread(2, notes)] == [1, 2]
    parted = spread(4, notes)
    assert [own[0].pitch for own in parted] == [60, 60, 62, 64]
    assert sum(own[-1].end_s - own[0].start_s for own in parted) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (song(""), "nothing to sing"),
        (song(preset="castrato"), "no voice 'castrato'"),
        (song(notes=Notes((Part((Note(60, 0, 2), Note(64, 1, 3))),))), "two notes sound at once at 1.00 s"),
        (song(notes=line(20)), "no voice reaches the pitch 20"),
        (song(notes=Notes((Part((), drums=True),))), "hold no melody"),
    ],
)
def test_what_cannot_be_sung_is_said(singer: SingerTool, request_: Request, said: str) -> None:
    ((_, made),) = singer.run([request_], Context())
    assert isinstance(made, ToolError)
    assert said in str(made)


def test_bytes_that_are_no_network_are_refused() -> None:
    with pytest.raises(ValueError, match="no graph"):
        with_output(b"\x08\x01", "x")
