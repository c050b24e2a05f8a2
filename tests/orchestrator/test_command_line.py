"""The command line on small stories: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("commands")
PROGRAM = str(Path(sys.executable).with_name("soundwright"))
STORY = """version: 1
title: Two Lines
voices:
  - {name: Ann, description: calm woman, tool: hibari, preset: heart}
cues:
  - {type: speech, voice: Ann, text: "The rain has stopped."}
  - {type: sound, description: three knocks on a wooden door, length: 2}
  - {type: speech, voice: Ann, text: "Come in, it is open."}
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    assert home.is_dir()
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    return tmp_path


def test_sounds_that_nobody_can_make_are_said_by_check_all_at_once(folder: Path) -> None:
    odd = STORY.replace("three knocks on a wooden door", "quantum flugelhorn xyzzy")
    odd += '  - {type: sound, description: "zzgrbl", length: 1}\n'
    (folder / "odd.yaml").write_text(odd, encoding="utf-8")
    done = run("check", "odd.yaml", folder=folder)
    assert done.returncode == 2
    assert "cues[1]" in done.stderr
    assert "cues[3]" in done.stderr
    assert "nearest" in done.stderr


@pytest.mark.parametrize("suffix", ["wav", "mp3", "opus", "ogg"])
def test_a_render_writes_each_format_and_its_manifest(folder: Path, suffix: str) -> None:
    done = run("render", "story.yaml", "-o", f"out/story.{suffix}", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["duration_s"] > 3
    assert (folder / "out" / f"story.{suffix}").stat().st_size > 10_000
    assert (folder / "out" / "story.manifest.json").is_file()


@pytest.mark.parametrize(
    ("stage", "file"),
    [
        ("script", "story.script.yaml"),
        ("graph", "story.graph.txt"),
        ("assets", "story.assets.json"),
        ("timeline", "story.timeline.json"),
    ],
)
def test_a_render_stops_after_a_stage_and_writes_what_it_gave(folder: Path, stage: str, file: str) -> None:
    done = run("render", "story.yaml", "--stop-after", stage, folder=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / file).stat().st_size > 50
    assert not (folder / "story.flac").exists()
    assert "inf" not in done.stdout


def test_a_folder_as_target_gets_the_name_of_the_script(folder: Path) -> None:
    (folder / "out").mkdir()
    done = run("render", "story.yaml", "-o", "out", "--stems", "--srt", folder=folder)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (folder / "out").iterdir()} == {
        "story.flac", "story.manifest.json", "story.srt", "story.stems", "story.timings.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["render", "nothing.yaml"], 2, "nothing.yaml"),
        (["render", "story.yaml", "-o", "story.xyz"], 2, ".flac"),
        (["render", "story.yaml", "--tool", "speak"], 2, "OPERATION=TOOL"),
        (["render", "story.yaml", "--tool", "generate_sound=nobody"], 4, "nobody"),
        (["tools", "why", "speek"], 2, "speak"),
        (["voices", "play", "nobody"], 2, "voices list"),
        (["make", "missing.fountain"], 2, "does not exist"),
        (["cache", "gc", "--max-size", "lots"], 2, "size"),
    ],
)
def test_wrong_input_gets_one_message_and_an_exit_code(
    folder: Path, arguments: list[str], code: int, said: str
) -> None:
    done = run(*arguments, folder=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_idea_is_made_into_sound_and_its_script_kept(folder: Path) -> None:
    done = run(
        "make", "Rain on a quiet street at night. Ten seconds, no speech, no music.", "-o", "rain.flac", folder=folder
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "rain.yaml").is_file()
    assert (folder / "rain.flac").stat().st_size > 100_000


def test_an_interrupted_render_ends_with_130_and_leaves_no_file(folder: Path) -> None:
    lines = "".join(f'  - {{type: sound, description: "storm at sea", take: {n}, length: 10}}\n' for n in range(40))
    (folder / "long.yaml").write_text(f"version: 1\ncues:\n{lines}", encoding="utf-8")
    process = subprocess.Popen(
        [PROGRAM, "render", "long.yaml", "-q"], cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "cancelled" in said
    assert {path.name for path in folder.iterdir()} == {"story.yaml", "long.yaml"}


def test_a_recording_is_cut_and_treated_by_a_step(folder: Path) -> None:
    assert run("render", "story.yaml", "-o", "tape.wav", folder=folder).returncode == 0
    (folder / "tape.yaml").write_text(
        "version: 1\n"
        "inputs:\n  - {id: tape, file: tape.wav}\n"
        "steps:\n  - {id: phone, op: telephone, audio: tape}\n"
        "cues:\n  - {type: clip, source: phone, from: 0.5, to: 2.5}\n",
        encoding="utf-8",
    )
    done = run("render", "tape.yaml", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["duration_s"] == pytest.approx(2.0, abs=0.5)
