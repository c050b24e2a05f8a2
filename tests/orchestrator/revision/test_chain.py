"""A chain of eight requests with two undos, answered rightly, slightly wrong in every known way, and hopelessly."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import soundwright as sw
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.lock import read_lock
from soundwright.orchestrator.revision.revise import propose
from soundwright.orchestrator.revision.steps import accept, entries, undo
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.script import PauseCue, Script, SoundCue, SpeechCue

pytestmark = pytest.mark.xdist_group("rebuild")
Edit = dict[str, Any]
STORY = """\
version: 1
title: The Wall
voices:
  - {name: Keeper, description: old man, gender: male, age: old}
  - {name: Ann, description: young woman, gender: female}  # who knocks
cues:
  - {type: scene, id: gate, title: At the gate}
  - {type: sound, id: wet, description: light rain, layer: background}
  - {type: speech, id: k1, voice: Keeper, text: "Who is there?"}
  - {type: sound, id: knock, description: three knocks, length: 1, start: {after: k1}}
  - {type: speech, id: a1, voice: Ann, text: "Let me in."}
  - {type: pause, length: 1}
  - {type: speech, id: k2, voice: Keeper, text: "Never."}
"""


def cue(script: Script, name: str) -> Any:
    return next(each for each in script.cues if each.id == name)


def ids(script: Script) -> list[str | None]:
    return [each.id for each in script.cues]


@dataclass(frozen=True)
class Row:
    """A request, the edits that fulfil it, the wrong ones that a model may give first, and what must hold then."""

    request: str
    right: list[Edit]
    traps: list[list[Edit]]
    check: Callable[[Script], bool]
    touched: set[str] = field(default_factory=set)


CHAIN: list[Row | int] = [
    Row(
        "The rain is too loud",
        [{"do": "change", "id": "wet", "set": {"gain": -3}}],
        [[{"do": "change", "id": "rain", "set": {"gain": -3}}],
         [{"do": "change", "id": "cues[1]", "set": {"gain": -3}}],
         [{"do": "change", "id": "wet", "set": {"gain": -90}}], [{"do": "change", "id": "wet", "set": {"volume": -3}}]],
        lambda s: cue(s, "wet").gain == -3,
    ),
    Row(
        "Let her knock once more before the keeper answers",
        [{"do": "add", "type": "sound", "before": "k2", "set": {"description": "a single knock", "length": 1}}],
        [[{"do": "add", "type": "sound", "id": "knock", "before": "k2", "set": {"description": "knock", "length": 1}}],
         [{"do": "add", "type": "sound", "before": "k9", "set": {"description": "knock", "length": 1}}],
         [{"do": "add", "type": "sound", "before": "k2", "after": "a1", "set": {"description": "knock"}}],
         [{"do": "add", "type": "sound", "before": "k2", "set": {"length": 1}}]],
        lambda s: ids(s)[-2:] == ["sound1", "k2"] and isinstance(cue(s, "sound1"), SoundCue),
        {"sound1"},
    ),
    Row(
        "Call her Eva",
        [{"do": "change_voice", "name": "Ann", "set": {"name": "Eva"}}],
        [[{"do": "change_voice", "name": "Ann", "set": {"name": "Keeper"}}],
         [{"do": "change_voice", "name": "Anne", "set": {"name": "Eva"}}],
         [{"do": "remove_voice", "name": "Ann"}, {"do": "add_voice", "name": "Eva", "set": {"description": "woman"}}]],
        lambda s: cue(s, "a1").voice == "Eva" and [v.name for v in s.voices] == ["Keeper", "Eva"],
    ),
    1,  # "No, back to Ann"
    Row(
        "Let the keeper interrupt her",
        [{"do": "change", "id": "k2", "set": {"start": {"after": "a1", "offset": -0.3}}}],
        [[{"do": "change", "id": "a1", "set": {"start": {"after": "a1"}}}],
         [{"do": "change", "id": "k1", "set": {"start": {"after": "knock"}}}],
         [{"do": "change", "id": "k2", "set": {"start": {"after": "eva1"}}}]],
        lambda s: cue(s, "k2").start.offset == -0.3,
    ),
    Row(
        "Drop the pause",
        [{"do": "remove", "id": "pause1"}],
        [[{"do": "remove", "id": "pause"}], [{"do": "remove", "id": "5"}],
         [{"do": "remove", "id": "pause1", "why": "x"}],
         [{"do": "remove", "id": "k1"}], [{"do": "delete", "id": "pause1"}]],
        lambda s: not any(isinstance(each, PauseCue) for each in s.cues),
    ),
    Row(
        "The second knock comes first",
        [{"do": "move", "id": "sound1", "before": "a1"}],
        [[{"do": "move", "id": "sound1"}], [{"do": "move", "id": "sound1", "before": "sound1"}],
         [{"do": "move", "id": "sound1", "before": "pause1"}]],
        lambda s: ids(s).index("sound1") + 1 == ids(s).index("a1"),
    ),
    Row(
        "Put the keeper on the radio and give him a new last word",
        [{"do": "effect", "voice": "Keeper", "effect": "radio", "on": True},
         {"do": "change", "id": "k2", "set": {"text": "Never!"}}],
        [[{"do": "effect", "voice": "Keeper", "effect": "teleport", "on": True}],
         [{"do": "change_voice", "name": "Keeper", "set": {"tool": "pico", "preset": "en-GB"}}],
         [{"do": "change", "id": "k2", "set": {"text": "<speak>Never!</speak>"}}]],
        lambda s: s.voices[0].effects == ["radio"] and cue(s, "k2").text == "Never!",
        {"k1", "k2"},
    ),
    2,  # "Undo the last two"
    Row(
        "Another pause at the end, and no pause id that was there before",
        [{"do": "add", "type": "pause", "after": "k2", "set": {"length": 2}}],
        [[{"do": "add", "type": "pause", "id": "pause1", "after": "k2", "set": {"length": 2}}],
         [{"do": "add", "type": "pause", "after": "k2", "set": {"length": 2000}}]],
        lambda s: ids(s)[-1] == "pause2",
    ),
    Row(
        "Make it -20 LUFS",
        [{"do": "master", "set": {"loudness": -20}}],
        [[{"do": "master", "set": {"loudness": 20}}], [{"do": "script", "set": {"loudness": -20}}]],
        lambda s: s.master.loudness == -20,
    ),
]  # fmt: skip
ROWS = [row for row in CHAIN if isinstance(row, Row)]


def patch(edits: list[Edit]) -> dict[str, Any]:
    return {"question": None, "summary": "Done.", "edits": copy.deepcopy(edits)}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    assert home.is_dir()
    folder = tmp_path / "wall"
    folder.mkdir()
    (folder / "script.yaml").write_text(STORY, encoding="utf-8")
    (folder / "project.toml").write_text('[tools]\nspeak = "pico"\n')
    return folder


def sounds(project: Path) -> dict[str, tuple[str, str]]:
    """Of each sounding cue the hash of its audio, and the seeds and hashes of all that went into it."""
    (listing,) = sw.render(project, stop_after="assets").files
    rows = json.loads(listing.read_text())["assets"]
    return {
        row["cue"].partition("(")[2].rstrip(")"): (
            row["hash"],
            json.dumps([[n["op"], n["seed"], n["hash"]] for n in row["nodes"]]),
        )
        for row in rows
    }


def script_of(project: Path) -> Script:
    return sw.load(project).script


def test_the_chain_ends_in_the_right_script_and_touches_nothing_else(project: Path) -> None:
    states = [(project / "script.yaml").read_bytes()]
    heard = sounds(project)
    for step in CHAIN:
        if isinstance(step, int):
            undo(project, step)
            del states[-step:]
            assert (project / "script.yaml").read_bytes() == states[-1]
            heard = sounds(project)
            continue
        before = script_of(project)
        accept(project, propose(project, step.request, ScriptedModel([patch(step.right)]), forecast=False))
        states.append((project / "script.yaml").read_bytes())
        after = script_of(project)
        assert step.check(after), step.request
        kept = [name for name in ids(before) if name is not None and name in ids(after)]
        assert set(ids(before)) - {None} - set(kept) <= {"pause1"}
        now = sounds(project)
        untouched = set(heard) & set(now) - step.touched
        assert len(untouched) >= 3
        assert {name: heard[name] for name in untouched} == {name: now[name] for name in untouched}, step.request
        heard = now
    assert [entry.kind for entry in entries(project)] == ["edit"] * 3 + ["undo"] + ["edit"] * 4 + ["undo"] * 2 + [
        "edit"
    ] * 2
    assert b"# who knocks" in states[-1]
    given = set(read_lock(project / "soundwright.lock").ids)
    assert given >= {"pause1", "pause2", "sound1", "wet", "a1"}


def test_slightly_wrong_answers_are_mended_and_end_in_the_same_scripts(project: Path) -> None:
    for step in CHAIN:
        if isinstance(step, int):
            undo(project, step)
            continue
        for trap in step.traps:
            model = ScriptedModel([patch(trap), patch(step.right)])
            proposal = propose(project, step.request, model, forecast=False)
            assert proposal.rounds == 2, (step.request, trap)
            told = model.asked[1].messages[-1].content
            assert "edits[" in told, told
            assert told.startswith("Your patch cannot be used yet")
            assert step.check(proposal.document.script)
        accept(project, proposal)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.request[:30])
def test_hopeless_answers_end_in_a_message_and_change_nothing(row: Row, project: Path) -> None:
    before = (project / "script.yaml").read_bytes()
    wrong = [{"do": "change", "id": "nobody", "set": {"gain": 99, "colour": "red"}}]
    with pytest.raises(ScriptError, match=r'edits\[0\].id: no cue is called "nobody"'):
        propose(project, row.request, ScriptedModel([patch(wrong)] * 3), forecast=False)
    assert (project / "script.yaml").read_bytes() == before
    assert not (project / "history").exists()


def test_a_question_of_the_model_is_asked(project: Path) -> None:
    model = ScriptedModel([{"question": "Which of the knocks?", "summary": "", "edits": []}])
    proposal = propose(project, "Make the knock louder", model, context=["user: there are two knocks"], forecast=False)
    assert proposal.question == "Which of the knocks?"
    assert "there are two knocks" in model.asked[0].messages[1].content


def test_what_will_be_made_again_is_told_before(project: Path) -> None:
    sw.render(project, stop_after="assets")
    louder = propose(project, "make the rain louder").forecast
    assert louder is not None
    assert (louder.to_make, str(louder)) == (0, "nothing is made again: only timing and mix change")
    said = propose(project, 'change k2 to "Never, never!"').forecast
    assert said is not None
    assert dict(said.by_tool)["pico"] == 1
    assert said.to_make == sum(said.by_tool.values())
    renamed = propose(project, "rename Ann to Eva").forecast
    assert renamed is not None
    assert renamed.to_make == 0


def test_a_renamed_voice_sounds_the_same(project: Path) -> None:
    before = sounds(project)
    accept(project, propose(project, "rename Ann to Eva", forecast=False))
    assert sounds(project) == before
    assert any(isinstance(each, SpeechCue) and each.voice == "Eva" for each in script_of(project).cues)
