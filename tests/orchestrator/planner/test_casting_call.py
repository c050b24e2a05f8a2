"""Casting by a language model: what fits is kept in the lock, what does not is returned once, then left to rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator import planning
from soundwright.orchestrator.llm.errors import ModelUnavailable
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.lock import lock_path, read_lock
from soundwright.orchestrator.planner import casting_call
from soundwright.orchestrator.planner.session import Session
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.script import Script
from soundwright.tools.base import ToolSpec, VoiceInfo

VOICES = (
    VoiceInfo("rose", "en-GB", "female", "adult", "british"), VoiceInfo("iris", "en-US", "female", "young"),
    VoiceInfo("oak", "en-GB", "male", "old", "british"), VoiceInfo("ilse", "de", "female"),
)  # fmt: skip
SPECS = (ToolSpec("studio", "1", ("speak",), "Apache-2.0", voices=VOICES), ToolSpec("ears", "1", ("tag",), "MIT"))
TEXT = """version: 1
voices:
  - {name: Ann, description: a keeper, gender: female}
  - {name: Ben, description: her father, gender: male}
cues:
  - {type: speech, voice: Ann, text: "Father?"}
  - {type: speech, voice: Ben, text: "Go to bed."}
"""


@pytest.fixture
def script() -> Script:
    return documents.loads(TEXT).script


def choice(**voices: str) -> dict[str, Any]:
    return {"cast": [{"name": name, "voice": voice} for name, voice in voices.items()]}


def run(script: Script, *answers: Any) -> tuple[dict[str, str], str, ScriptedModel]:
    model = ScriptedModel(answers)
    chosen, note = casting_call.cast(script, SPECS, Session(model))
    return {name: f"{voice.tool}/{voice.preset}" for name, voice in chosen.items()}, note, model


def test_a_choice_that_fits_is_taken(script: Script) -> None:
    chosen, note, model = run(script, choice(Ann="studio/rose", Ben="studio/oak"))
    assert (chosen, note) == ({"Ann": "studio/rose", "Ben": "studio/oak"}, "")
    assert "ilse" not in model.asked[0].messages[0].content


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (choice(Ann="studio/oak", Ben="studio/oak"), "Ann is female"),
        (choice(Ann="studio/rose", Ben="studio/rose"), "taken by another"),
        (choice(Ann="studio/ilse", Ben="studio/oak"), "names no character, or no voice"),
        (choice(Ann="studio/rose"), "Ben got no voice"),
        (choice(Eve="studio/rose"), "names no character"),
        ({"cast": "all of them"}, "is no list"),
        ("nobody", "JSON"),
    ],
)
def test_a_wrong_choice_is_returned_with_what_is_wrong(script: Script, wrong: Any, told: str) -> None:
    chosen, _, model = run(script, wrong, choice(Ann="studio/iris", Ben="studio/oak"))
    assert chosen == {"Ann": "studio/iris", "Ben": "studio/oak"}
    assert told in model.asked[1].messages[-1].content


def test_what_fits_of_the_last_answer_is_kept(script: Script) -> None:
    half = choice(Ann="studio/rose", Ben="studio/iris")
    assert run(script, half, half)[0] == {"Ann": "studio/rose"}


@pytest.mark.parametrize(
    "answers", [("no", "no"), (ModelUnavailable("no server. Start it."),), ({"cast": []}, {"cast": [1]})]
)
def test_a_hopeless_model_leaves_the_cast_to_the_descriptions(script: Script, answers: tuple[Any, ...]) -> None:
    chosen, note, _ = run(script, *answers)
    assert chosen == {}
    assert "cast by description" in note


def test_pinned_voices_and_a_single_voice_are_no_question(script: Script) -> None:
    alone = (ToolSpec("studio", "1", ("speak",), "Apache-2.0", voices=VOICES[:1]),)
    assert casting_call.cast(script, alone, Session(ScriptedModel([]))) == ({}, "")
    pinned = documents.loads(TEXT.replace("gender: female", "tool: studio, preset: rose")).script
    assert list(run(pinned, choice(Ben="studio/oak"))[0]) == ["Ben"]


def test_the_choice_goes_into_the_lock_and_is_kept_by_a_render(home: Path, tmp_path: Path) -> None:
    from soundwright.orchestrator import pipeline  # noqa: PLC0415

    del home
    (tmp_path / "play.yaml").write_text(TEXT, encoding="utf-8")
    document = documents.load(tmp_path / "play.yaml")
    notes: list[str] = []
    planning.cast_by(
        document, Session(ScriptedModel([choice(Ann="kokoro/af_heart", Ben="kokoro/bm_george")])), on_note=notes.append
    )
    locked = read_lock(lock_path(tmp_path / "play.yaml")).cast
    assert (locked["Ann"].preset, locked["Ben"].preset) == ("af_heart", "bm_george"), notes
    assert locked["Ann"].why == "chosen by scripted"
    checked = pipeline.check(document)
    assert {name: voice.preset for name, voice in checked.plan.cast.items()} == {
        name: voice.preset for name, voice in locked.items()
    }
    assert not [problem for problem in checked.warnings if "changed since" in str(problem)]
