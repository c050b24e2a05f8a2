"""Accepting, undoing, doing again: the same bytes come back, nothing that a hand or a kill did is lost."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.errors import HistoryError
from soundwright.orchestrator.lock import Lock, LockedVoice, read_lock, write_lock
from soundwright.orchestrator.project import Project
from soundwright.orchestrator.revision import history as histories
from soundwright.orchestrator.revision.history import History, digest
from soundwright.orchestrator.revision.revise import propose, propose_patch
from soundwright.orchestrator.revision.steps import Step, accept, entries, redo, show, undo
from soundwright.scripts_compiler.errors import ScriptError


def change(project: Path, request: str) -> Step:
    return accept(project, propose(project, request, forecast=False))


def script(project: Path) -> bytes:
    return (project / "script.yaml").read_bytes()


def kinds(project: Path) -> list[str]:
    return [entry.kind for entry in entries(project)]


def test_an_edit_is_written_with_its_history(project: Path) -> None:
    before = script(project)
    step = change(project, "make the rain louder")
    folder = project / "history" / "0001"
    assert {path.name for path in folder.iterdir()} == {
        "entry.json", "patch.json", "diff.txt", "before.yaml", "after.yaml"
    }  # fmt: skip
    assert (folder / "before.yaml").read_bytes() == before
    assert (folder / "after.yaml").read_bytes() == script(project)
    entry = json.loads((folder / "entry.json").read_text())
    assert (entry["before"], entry["after"]) == (digest(before), digest(script(project)))
    assert entry["request"] == "make the rain louder"
    assert entry["time"].endswith("+00:00")
    assert "gain: 0 -> 3" in step.diff
    assert set(read_lock(project / "soundwright.lock").ids) >= {"wet", "pause1", "a1"}


def test_a_proposal_writes_nothing(project: Path) -> None:
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    proposal = propose(project, "make the rain louder", forecast=False)
    assert proposal.summary == "make the rain louder"
    assert {path.name: path.read_bytes() for path in project.iterdir()} == before


def test_undo_and_redo_give_the_same_bytes(project: Path) -> None:
    states = [script(project)]
    for request in ("make the rain louder", "remove the second knock", "rename Ann to Eva"):
        change(project, request)
        states.append(script(project))
    undo(project)
    assert script(project) == states[2]
    undo(project, 2)
    assert script(project) == states[0]
    redo(project)
    assert script(project) == states[1]
    redo(project, 2)
    assert script(project) == states[3]
    with pytest.raises(HistoryError, match="0 steps can be done again"):
        redo(project)
    with pytest.raises(HistoryError, match="3 steps can be undone"):
        undo(project, 4)
    assert kinds(project) == ["edit"] * 3 + ["undo"] * 3 + ["redo"] * 3


def test_an_edit_after_an_undo_ends_what_could_be_done_again(project: Path) -> None:
    change(project, "make the rain louder")
    undo(project)
    change(project, "mute the rain")
    with pytest.raises(HistoryError, match="0 steps"):
        redo(project)


def test_ids_of_removed_cues_are_never_given_again(project: Path) -> None:
    change(project, "add thunder after a1")
    change(project, "remove sound1")
    change(project, "add thunder after a1")
    assert b"sound2" in script(project)
    undo(project, 3)
    change(project, "add thunder after a1")
    assert b"sound3" in script(project)


def test_a_change_by_hand_is_a_step_of_its_own_and_undo_says_so(project: Path) -> None:
    change(project, "make the rain louder")
    edited = script(project) + b"# by hand\n"
    (project / "script.yaml").write_bytes(edited)
    (step,) = undo(project)
    assert "changed by hand" in step.notes[0]
    assert b"# by hand" not in script(project)
    assert kinds(project) == ["edit", "hand", "undo"]
    redo(project)
    assert script(project) == edited


def test_a_script_that_a_hand_broke_is_undone_too(project: Path) -> None:
    change(project, "make the rain louder")
    good = script(project)
    (project / "script.yaml").write_bytes(b"version: [\xff")
    undo(project)
    assert script(project) == good
    assert "cannot be read" in show(project, 2)["diff"]


def test_an_edit_after_a_change_by_hand_keeps_both(project: Path) -> None:
    change(project, "make the rain louder")
    (project / "script.yaml").write_bytes(script(project) + b"# by hand\n")
    step = change(project, "mute the rain")
    assert step.notes
    assert kinds(project) == ["edit", "hand", "edit"]
    assert b"# by hand" in script(project)


def test_a_proposal_for_another_state_is_refused(project: Path) -> None:
    proposal = propose(project, "make the rain louder", forecast=False)
    (project / "script.yaml").write_bytes(script(project) + b"# by hand\n")
    with pytest.raises(HistoryError, match="changed since"):
        accept(project, proposal)
    question = propose(project, "make the knock louder", forecast=False)
    with pytest.raises(HistoryError, match="Which one"):
        accept(project, question)


def test_a_script_with_a_mark_at_its_head_is_edited_and_comes_back(project: Path) -> None:
    marked = b"\xef\xbb\xbf" + script(project)
    (project / "script.yaml").write_bytes(marked)
    change(project, "make the rain louder")
    undo(project)
    assert script(project) == marked


def test_a_renamed_voice_keeps_its_actor_and_one_described_anew_is_cast_again(project: Path) -> None:
    lock = project / "soundwright.lock"
    cast = {"Ann": LockedVoice("t", "one"), "Ann [fr]": LockedVoice("t", "two"), "Keeper": LockedVoice("t", "three")}
    write_lock(lock, Lock(cast=cast))
    change(project, "rename Ann to Eva")
    assert dict(read_lock(lock).cast) == {"Eva": cast["Ann"], "Eva [fr]": cast["Ann [fr]"], "Keeper": cast["Keeper"]}
    edit = {"do": "change_voice", "name": "Keeper", "set": {"age": "young"}}
    accept(project, propose_patch(project, {"summary": "Younger.", "edits": [edit]}, forecast=False))
    assert "Keeper" not in read_lock(lock).cast
    undo(project, 2)
    assert dict(read_lock(lock).cast) == cast
    redo(project, 2)
    assert set(read_lock(lock).cast) == {"Eva", "Eva [fr]"}


class Killed(BaseException):
    """Stands for a kill: nobody catches it."""


@pytest.mark.parametrize("moment", ["entry", "script", "lock", "name"])
def test_a_kill_at_any_moment_loses_nothing(moment: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = script(project)
    proposal = propose(project, "make the rain louder", forecast=False)
    with monkeypatch.context() as patched:
        _kill_at(moment, patched)
        with pytest.raises(Killed):
            accept(project, proposal)
    after = proposal.document.text.encode()
    assert script(project) in (before, after)
    history = History(Project.at(project))
    with history.held():  # as the next command does
        pass
    if moment == "entry":
        assert (script(project), kinds(project)) == (before, [])
        accept(project, proposal)
    assert script(project) == after
    assert kinds(project) == ["edit"]
    assert "wet" in read_lock(project / "soundwright.lock").ids
    assert {path.name for path in (project / "history").iterdir()} == {"0001", ".lock"}
    undo(project)
    assert script(project) == before


def _kill_at(moment: str, patched: pytest.MonkeyPatch) -> None:
    def killed(*args: Any, **kwargs: Any) -> None:
        raise Killed

    rename = os.rename

    def rename_once(source: Path, target: Path) -> None:
        if moment == "entry" or target.name.isdigit():
            raise Killed
        rename(source, target)

    if moment in ("entry", "name"):
        patched.setattr(os, "rename", rename_once)
    else:
        patched.setattr(histories, "write_atomically" if moment == "script" else "write_lock", killed)


def test_two_commands_at_once_do_not_mix(project: Path) -> None:
    change(project, "make the rain louder")
    with History(Project.at(project)).held(), pytest.raises(HistoryError, match="another command"):
        undo(project)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("entry.json", b"{", "no entry"), ("entry.json", b"[]", "no entry"),
        ("entry.json", b'{"number": 1, "ids": []}', "no entry"), ("before.yaml", b"other", "not what was recorded"),
    ],
)  # fmt: skip
def test_a_damaged_history_is_said(name: str, data: bytes, said: str, project: Path) -> None:
    change(project, "make the rain louder")
    (project / "history" / "0001" / name).write_bytes(data)
    with pytest.raises(HistoryError, match=said):
        undo(project)


def test_a_lone_script_has_its_history_beside_it(project: Path) -> None:
    lone = project / "story.yaml"
    lone.write_bytes(script(project))
    accept(lone, propose(lone, "make the rain louder", forecast=False))
    assert (project / "story.history" / "0001").is_dir()
    assert (project / "story.lock").is_file()
    undo(lone)
    assert lone.read_bytes() == script(project)


def test_a_script_without_history_has_nothing_to_undo(project: Path) -> None:
    with pytest.raises(HistoryError, match="no history yet"):
        undo(project)
    assert not (project / "history").exists()


def test_random_steps_always_come_back_to_the_same_bytes(project: Path) -> None:
    requests = [
        "make the rain louder", "remove the second knock", "rename Ann to Eva", "rename Eva to Ann",
        'change k1 to "So."', "add a pause of 2 s before scene two", "move the music to the end", "make it -18 LUFS",
        "add thunder after a1",
    ]  # fmt: skip
    rng = random.Random(8)  # noqa: S311  a test's dice
    done, undone = [script(project)], list[bytes]()
    for _ in range(60):
        match rng.randrange(4):
            case 0 if len(done) > 1:
                undo(project)
                undone.append(done.pop())
            case 1 if undone:
                redo(project)
                done.append(undone.pop())
            case _:
                try:
                    proposal = propose(project, rng.choice(requests), forecast=False)
                except ScriptError:
                    continue
                if not proposal.question:
                    accept(project, proposal)
                    done.append(script(project))
                    undone.clear()
        assert script(project) == done[-1]
    assert len(entries(project)) > 30


def test_a_proposal_can_be_made_without_a_file(project: Path) -> None:
    from soundwright.scripts_compiler.document import load  # noqa: PLC0415

    document = replace(load(project / "script.yaml"), path=None)
    proposal = propose(document, "make the rain louder", forecast=False)
    assert "gain: 3" in proposal.document.text
