"""Every kind of result as files."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator import asset_text, saving
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools import audio_files, midi, voice_file
from soundwright.tools.assets import (
    Asset,
    Audio,
    Event,
    Events,
    Image,
    Note,
    Notes,
    Part,
    Scores,
    Speech,
    Stems,
    Text,
    Transcript,
    Voice,
    Word,
)

TONE = Audio(np.full((1, 2400), 0.1, np.float32), 24000)
SAID = ("Come", "in.", "It", "is", "open.")
WORDS = tuple(Word(text, n * 0.5, n * 0.5 + 0.4) for n, text in enumerate(SAID))
KNOCKS = Events((Event("knock", 0.5, 0.75, 0.9), Event("door, slammed", 1.0, 2.0, 0.5)))
TUNE = Notes((Part((Note(60, 0.0, 0.5, 90), Note(64, 0.5, 1.25, 70)), 12, False, "marimba"),
              Part((Note(36, 0.0, 0.1),), drums=True)))  # fmt: skip
PNG = Image(b"\x89PNG\r\n\x1a\n")
ALL: tuple[Asset, ...] = (
    TONE, Speech(TONE.samples, 24000, 0, "Ah", "en", (Word("Ah", 0.0, 0.1),)), Text("Hello"),
    Transcript(" ".join(SAID), "en", WORDS), KNOCKS, Scores({"mos": 3.5}), TUNE, Voice("null", b"\x00\xff"), PNG,
    Stems({"vocals": TONE, "drums/kit": TONE}),
)  # fmt: skip


@pytest.mark.parametrize("asset", ALL, ids=lambda asset: asset.kind.value)
def test_every_kind_is_saved_with_each_of_its_endings_and_printed(asset: Asset, tmp_path: Path) -> None:
    for suffix in ("",) if isinstance(asset, Stems) else saving.suffixes(asset):
        saved = saving.save(asset, tmp_path / "new" / f"it{suffix}")
        assert saved.files
        assert all(file.stat().st_size > 0 for file in saved.files)
    assert asset_text.to_text(asset)
    json.dumps(asset_text.to_json(asset), allow_nan=False)


def test_stems_become_a_folder_of_files_whose_names_are_safe(tmp_path: Path) -> None:
    files = saving.save(ALL[-1], tmp_path / "parts").files
    assert {file.relative_to(tmp_path).as_posix() for file in files} == {"parts/drums_kit.flac", "parts/vocals.flac"}
    with pytest.raises(ScriptError, match="Name a folder"):
        saving.save(ALL[-1], tmp_path / "parts.wav")


def test_subtitles_break_at_sentences(tmp_path: Path) -> None:
    text = saving.save(ALL[3], tmp_path / "t.srt").files[0].read_text()
    assert text == "1\n00:00:00,000 --> 00:00:00,900\nCome in.\n\n2\n00:00:01,000 --> 00:00:02,400\nIt is open.\n\n"
    with pytest.raises(ScriptError, match="no word times"):
        saving.save(Transcript("Hm."), tmp_path / "u.vtt")


def test_events_become_labels_and_tables() -> None:
    assert asset_text.to_labels(KNOCKS).splitlines()[0] == "0.500000\t0.750000\tknock"
    assert asset_text.to_csv(KNOCKS).splitlines()[2] == '1.0,2.0,"door, slammed",0.5'


def test_notes_come_back_from_midi() -> None:
    again = midi.decode(midi.encode(TUNE))
    assert [(part.program, part.drums, part.name) for part in again.parts] == [(12, False, "marimba"), (0, True, "")]
    assert again.parts[0].notes[1].end_s == pytest.approx(1.25, abs=0.001)
    assert [note.velocity for note in again.parts[0].notes] == [90, 70]


@pytest.mark.parametrize("cut", range(0, 90, 7))
def test_damaged_midi_is_refused_or_read_but_never_worse(cut: int) -> None:
    whole = midi.encode(TUNE)
    for broken in (whole[:cut], whole[:cut] + b"\xff" * 5 + whole[cut:]):
        with suppress(midi.MidiError):
            assert isinstance(midi.decode(broken), Notes)


def test_a_voice_comes_back_and_a_changed_one_is_refused() -> None:
    voice = Voice("xtts", bytes(range(256)))
    assert voice_file.decode(voice_file.encode(voice)) == voice
    for broken in (b"", b"{}\nabc", voice_file.encode(voice)[:-1], b"RIFF" * 3000):
        with pytest.raises(voice_file.VoiceFileError):
            voice_file.decode(broken)


def test_a_rate_that_a_format_does_not_know_is_changed_with_a_note(tmp_path: Path) -> None:
    saved = saving.save(Audio(np.zeros((1, 22050), np.float32), 22050), tmp_path / "a.opus")
    assert audio_files.probe(saved.files[0]).rate == 48000 or saved.notes
    assert "22050 to 24000 Hz" in saved.notes[0]


def test_a_free_name_is_found(tmp_path: Path) -> None:
    assert saving.place(TONE, None, tmp_path, "a").name == "a.flac"
    (tmp_path / "a.flac").touch()
    assert saving.place(TONE, None, tmp_path, "a").name == "a.2.flac"
    assert saving.place(TONE, tmp_path, Path(), "b") == tmp_path / "b.flac"
