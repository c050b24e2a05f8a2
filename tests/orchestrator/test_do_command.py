"""``soundwright do``: one operation on files, what it prints, what it writes, and what it says when it cannot."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from soundwright.tools import audio_files
from soundwright.tools.assets import Audio

pytestmark = pytest.mark.xdist_group("commands")
PROGRAM = str(Path(sys.executable).with_name("soundwright"))


def do(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "do", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    assert home.is_dir()
    time_s = np.arange(24000) / 24000
    tone = 0.3 * np.sin(2 * np.pi * 220 * time_s)
    audio_files.write(tmp_path / "take.wav", Audio(tone[None].astype(np.float32), 24000))
    return tmp_path


def test_a_sound_becomes_a_file_beside_and_never_replaces_one(folder: Path) -> None:
    first, second = (do("low_pass", "take.wav", "-p", "cutoff=300", folder=folder) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout.strip() == "take.low_pass.flac"
    assert second.stdout.strip() == "take.low_pass.2.flac"
    assert audio_files.probe(folder / "take.low_pass.flac").frames == 24000


def test_a_voice_is_taken_on_with_consent_alone(folder: Path) -> None:
    ask = ["convert_voice", "take.wav", "-i", "sample=take.wav", "-p", "semitones=2"]
    refused = do(*ask, folder=folder)
    assert refused.returncode == 2
    assert "cloning a voice from a sample needs consent: true. Where the person who is heard" in refused.stderr
    assert do(*ask, "--consent", "--fallback", folder=folder).stdout.strip() == "take.convert_voice.flac"


def test_measurements_are_printed_as_text_json_and_csv(folder: Path) -> None:
    plain = do("measure_loudness", "take.wav", folder=folder)
    assert "integrated_lufs" in plain.stdout
    result = json.loads(do("measure_loudness", "take.wav", "--json", folder=folder).stdout)
    assert result["kind"] == "Scores"
    assert result["tool"].startswith("loudness ")
    assert do("measure_loudness", "take.wav", "-o", "l.csv", folder=folder).returncode == 0
    rows = dict(list(csv.reader((folder / "l.csv").read_text().splitlines()))[1:])
    assert float(rows["integrated_lufs"]) == pytest.approx(result["result"]["scores"]["integrated_lufs"], abs=1e-4)


def test_speech_is_marked_as_generated_and_a_treated_recording_is_not(folder: Path) -> None:
    import soundfile  # noqa: PLC0415

    speak = ["speak", "-p", "text=Good evening.", "-p", "preset=hibari/heart"]
    assert do(*speak, "-o", "s.flac", folder=folder).returncode == 0
    assert do("gain", "take.wav", "-p", "gain=-6", "-o", "g.flac", folder=folder).returncode == 0
    comments = []
    for name in ("s.flac", "g.flac"):
        with soundfile.SoundFile(folder / name) as file:
            comments.append(file.comment)
    assert "AI-generated" in comments[0]
    assert "AI-generated" not in comments[1]
    assert "gain by signal" in comments[1]


def test_a_sound_above_full_scale_is_lowered_with_a_note(folder: Path) -> None:
    done = do("gain", "take.wav", "-p", "gain=20", "-o", "loud.flac", folder=folder)
    assert done.returncode == 0
    assert "lowered by 9." in done.stderr
    assert float(np.abs(audio_files.read(folder / "loud.flac").samples).max()) <= 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["low_pas", "take.wav"], 2, "Did you mean low_pass"),
        (["low_pass", "take.wav", "-p", "cutof=300"], 2, 'cutof: unknown field "cutof". Did you mean "cutoff"?'),
        (["low_pass", "take.wav", "-p", "cutoff=3"], 2, "cutoff: found 3. It takes a number from 10"),
        (["low_pass", "take.wav", "-p", "cutoff"], 2, "NAME=VALUE"),
        (["low_pass", "take.wav", "-p", "cutoff=30", "-p", "cutoff=40"], 2, "given twice"),
        (["low_pass"], 2, "low_pass needs a file (Audio)"),
        (["low_pass", "nothing.wav"], 2, "nothing.wav: does not exist"),
        (["low_pass", "take.wav", "take.wav"], 2, "low_pass takes one file here"),
        (["speak", "take.mid", "-p", "text=x"], 2, "speak has no input for Notes"),
        (["speak", "-p", "text=Hi", "-p", "preset=hart"], 2, "Did you mean"),
        (["gain", "take.wav", "-o", "take.wav"], 2, "is what the result is made of"),
        (["gain", "take.wav", "-o", "take.doc"], 2, "not saved as .doc"),
        (["measure_loudness", "take.wav", "-o", "m.mid"], 2, "Scores is not saved as .mid"),
        (["gain", "take.wav", "--tool", "nobody"], 4, "nobody"),
        (["gain", "take.wav", "-i", "impulse"], 2, "INPUT=FILE"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(folder: Path, arguments: list[str], code: int, said: str) -> None:
    done = do(*arguments, folder=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in folder.iterdir() if path.is_file()} == {"take.wav"}
