"""Projects: a folder made whole, found by every command, with its own lock, renders and settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import soundwright as sw
from soundwright.orchestrator.cli import app
from soundwright.orchestrator.errors import ConfigError
from soundwright.orchestrator.lock import lock_path, read_lock
from soundwright.orchestrator.new_project import create
from soundwright.orchestrator.planning import PlanOptions
from soundwright.orchestrator.project import Project, read_settings
from soundwright.scripts_compiler.errors import ScriptError

pytestmark = pytest.mark.xdist_group("commands")
STORY = """# a comment that stays
version: 1
title: Two Lines
inputs:
  - {id: tape, file: old/tape.wav}
cues:
  - {type: sound, id: rain, description: light rain, length: 2}
  - {type: clip, source: tape}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LLM", raising=False)


def test_a_new_project_is_a_folder_that_passes_its_check(tmp_path: Path, home: Path) -> None:
    assert home.is_dir()
    made = run("new", tmp_path / "night-ferry", "--json")
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["cues"] == 4
    names = {path.name for path in (tmp_path / "night-ferry").iterdir()}
    assert names == {"script.yaml", "soundwright.lock", "history", "renders", "project.toml"}
    assert sw.load(tmp_path / "night-ferry").script.title == "Night Ferry"
    checked = run("check", tmp_path / "night-ferry", "--json")
    assert checked.exit_code == 0, checked.stderr
    assert set(json.loads(checked.stdout)["cast"]) == {"Ann", "Ben"}
    assert "speak" in run("graph", tmp_path / "night-ferry").stdout


def test_a_project_renders_into_its_own_folder_and_keeps_its_lock(tmp_path: Path, home: Path) -> None:
    assert home.is_dir()
    create(tmp_path / "p", "A storm, no speech, 5 s")
    done = run("render", tmp_path / "p", "-q")
    assert done.exit_code == 0, done.stderr
    (sound,) = (tmp_path / "p" / "renders").glob("*.flac")
    assert str(sound) in done.stdout
    assert read_lock(tmp_path / "p" / "soundwright.lock").tools
    assert run("make", tmp_path / "p", "-q").exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"p"}


@pytest.mark.parametrize("content", ["something.txt", "script.yaml"])
def test_nothing_is_overwritten(content: str, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / content).write_text("mine")
    done = run("new", tmp_path / "p")
    assert done.exit_code == 2
    assert "overwrites nothing" in done.stderr
    assert (tmp_path / "p" / content).read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"p"}


def test_a_source_that_is_wrong_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("version: 1\ncues: []\n")
    assert run("new", tmp_path / "p", "--from", tmp_path / "bad.yaml").exit_code == 2
    assert {path.name for path in tmp_path.iterdir()} == {"bad.yaml"}


def test_a_script_comes_with_its_comments_and_its_recordings(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "tape.wav").write_bytes(b"RIFF")
    (tmp_path / "story.yaml").write_text(STORY)
    project, document = create(tmp_path / "p", str(tmp_path / "story.yaml"))
    assert document.text.startswith("# a comment that stays")
    assert document.script.inputs[0].file == "recordings/tape.wav"
    assert (tmp_path / "p" / "recordings" / "tape.wav").read_bytes() == b"RIFF"
    assert read_lock(project.lock).ids == ("rain",)


def test_a_recording_outside_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "story.yaml").write_text(STORY.replace("old/tape.wav", "../secret"))
    with pytest.raises(ScriptError, match="outside the script's folder"):
        create(tmp_path / "p", str(tmp_path / "in" / "story.yaml"))


def test_a_model_may_write_the_script(tmp_path: Path) -> None:
    answer = {"title": "Hi", "language": "en", "voices": [], "cues": [{"type": "clip", "source": "tape"}]}
    (tmp_path / "answers.json").write_text(json.dumps([answer]))
    (tmp_path / "tape.wav").write_bytes(b"RIFF")
    options = PlanOptions(llm=f"scripted:{tmp_path / 'answers.json'}", inputs=(tmp_path / "tape.wav",))
    _, document = create(tmp_path / "p", "Play my tape", options)
    assert document.script.inputs[0].file == "recordings/tape.wav"


def test_a_folder_without_a_script_is_no_project(tmp_path: Path) -> None:
    done = run("render", tmp_path)
    assert done.exit_code == 2
    assert "soundwright new" in done.stderr


def test_a_lone_script_keeps_its_lock_beside_it(tmp_path: Path) -> None:
    assert lock_path(tmp_path / "story.yaml") == tmp_path / "story.lock"
    assert lock_path(tmp_path / "script.yaml") == tmp_path / "soundwright.lock"
    assert Project(tmp_path / "story.yaml").history == tmp_path / "story.history"
    assert Project(tmp_path / "script.yaml").history == tmp_path / "history"


def test_settings_pin_tools_for_every_command(tmp_path: Path, home: Path) -> None:
    assert home.is_dir()
    create(tmp_path / "p")
    (tmp_path / "p" / "project.toml").write_text('llm = "gguf:x"\nmax_cost = 1\n[tools]\nspeak = "hibari"\n')
    settings = read_settings(tmp_path / "p" / "script.yaml")
    assert (settings.llm, settings.max_cost, settings.tools) == ("gguf:x", 1.0, {"speak": "hibari"})
    cast = json.loads(run("check", tmp_path / "p", "--json").stdout)["cast"]
    assert all(voice.startswith("hibari/") for voice in cast.values())
    pinned = json.loads(run("check", tmp_path / "p", "--json", "--tool", "speak=pico").stdout)["cast"]
    assert all(voice.startswith("pico/") for voice in pinned.values())


def test_a_script_pins_tools_over_the_settings_and_under_the_command_line(tmp_path: Path, home: Path) -> None:
    assert home.is_dir()
    create(tmp_path / "p")
    (tmp_path / "p" / "project.toml").write_text('[tools]\nspeak = "hibari"\n')
    script = tmp_path / "p" / "script.yaml"
    script.write_text(script.read_text() + "\ntools: [{op: speak, tool: pico}]\n")
    cast = json.loads(run("check", tmp_path / "p", "--json").stdout)["cast"]
    assert all(voice.startswith("pico/") for voice in cast.values())
    told = json.loads(run("check", tmp_path / "p", "--json", "--tool", "speak=hibari").stdout)["cast"]
    assert all(voice.startswith("hibari/") for voice in told.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("llm = 3", "no name of a language model"), ('llm = "openai:x@http://evil/v1"', "may not choose where"),
        ("max_cost = true", "no amount"), ("max_cost = -1", "no amount"), ("colour = 1", "no setting 'colour'"),
        ("tools = 3", "gives a tool"), ("[tools]\nspeak = 3", "gives a tool"), ("llm = [", "not TOML"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_name_the_file(text: str, said: str, tmp_path: Path) -> None:
    create(tmp_path / "p")
    (tmp_path / "p" / "project.toml").write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        read_settings(tmp_path / "p" / "script.yaml")
    assert "project.toml" in str(caught.value)
