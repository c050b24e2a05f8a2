"""Steps of a script through time: accept a proposal, undo, redo. Each is an entry of the history; none loses a word."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from soundwright.orchestrator.errors import HistoryError
from soundwright.orchestrator.lock import read_lock
from soundwright.orchestrator.project import Project
from soundwright.orchestrator.revision.cast import reversed_changes
from soundwright.orchestrator.revision.diff import compare, to_text
from soundwright.orchestrator.revision.history import Entry, History, digest
from soundwright.orchestrator.revision.revise import Proposal
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.errors import ScriptError

Target = Project | Path | str


@dataclass(frozen=True, slots=True)
class Step:
    """An entry that was written; ``notes`` say what else the user should know."""

    entry: Entry
    diff: str
    notes: tuple[str, ...] = ()


def accept(target: Target, proposal: Proposal) -> Step:
    """Write what was proposed: an entry of the history, then script and lock.

    Raises:
        HistoryError: the script is another one now, the proposal is a question, or somebody else is at it.
        OSError: a file cannot be written.
    """
    project = _project(target)
    if proposal.question:
        raise HistoryError(f"nothing was proposed; the question is: {proposal.question}")
    history = History(project)
    with history.held():
        now = project.script.read_bytes()
        if digest(now) != proposal.sha256:
            raise HistoryError(f"{project.script}: was changed since this was proposed. Ask again.")
        notes = _note_hand_edit(history, now)
        entry = history.record(
            "edit", now, proposal.document.text.encode(), request=proposal.request, summary=proposal.summary,
            diff=proposal.diff, patch=proposal.patch.to_json(), by=proposal.by, cast=proposal.cast, ids=proposal.ids,
        )  # fmt: skip
    return Step(entry, proposal.diff, notes)


def undo(target: Target, count: int = 1) -> list[Step]:
    """Take back the last ``count`` steps. A change made by hand since is a step of its own, and the first to go.

    Raises:
        HistoryError: there are not so many, or a file of the history is not what it was.
        OSError: a file cannot be written.
    """
    return _walk(_project(target), "undo", count)


def redo(target: Target, count: int = 1) -> list[Step]:
    """Do again what was undone last, ``count`` times.

    Raises:
        HistoryError: there are not so many, or a file of the history is not what it was.
        OSError: a file cannot be written.
    """
    return _walk(_project(target), "redo", count)


def entries(target: Target) -> tuple[Entry, ...]:
    """The history, oldest first.

    Raises:
        HistoryError: an entry cannot be read.
    """
    return History(_project(target)).entries()


def show(target: Target, number: int) -> dict[str, Any]:
    """One entry with its diff.

    Raises:
        HistoryError: there is none of that number, or it cannot be read.
    """
    history = History(_project(target))
    entry = next((each for each in history.entries() if each.number == number), None)
    if entry is None:
        raise HistoryError(f"{history.project.script}: has no step {number}; `soundwright history` lists them.")
    diff = _diff(history.content(number, "before"), history.content(number, "after"))
    return {**{n: v for n, v in entry.to_json().items() if n not in ("ids", "cast")}, "diff": diff}


def _project(target: Target) -> Project:
    return target if isinstance(target, Project) else Project.at(target)


def _walk(project: Project, kind: Literal["undo", "redo"], count: int) -> list[Step]:
    history = History(project)
    if not project.history.is_dir():
        raise HistoryError(f"{project.script}: has no history yet. `soundwright edit` begins one.")
    with history.held():
        now = project.script.read_bytes()
        notes = _note_hand_edit(history, now)
        there = history.undoable() if kind == "undo" else history.redoable()
        if len(there) < count or count < 1:
            steps = f"{len(there)} step{'' if len(there) == 1 else 's'}"
            raise HistoryError(f"{project.script}: {steps} can be {'undone' if kind == 'undo' else 'done again'}.")
        return [
            _step(history, kind, number, notes if first == 0 else ())
            for first, number in enumerate(there[: -count - 1 : -1])
        ]


def _step(history: History, kind: Literal["undo", "redo"], number: int, notes: tuple[str, ...]) -> Step:
    of = next(entry for entry in history.entries() if entry.number == number)
    before = history.project.script.read_bytes()
    after = history.content(number, "before" if kind == "undo" else "after")
    lock = read_lock(history.project.lock)
    cast = reversed_changes(lock, of.cast) if kind == "undo" else {n: {**pair} for n, pair in of.cast.items()}
    diff = _diff(before, after)
    entry = history.record(kind, before, after, request=of.request, summary=of.summary, diff=diff, of=number, cast=cast)
    return Step(entry, diff, notes)


def _note_hand_edit(history: History, now: bytes) -> tuple[str, ...]:
    """A change that no command made becomes an entry, so that it can be undone and found again."""
    known = history.entries()
    if not known or known[-1].after == digest(now):
        return ()
    last = history.content(known[-1].number, "after")
    entry = history.record("hand", last, now, summary="changed by hand", diff=_diff(last, now))
    return (f"the script was changed by hand since entry {known[-1].number}; that change is entry {entry.number}.",)


def _diff(before: bytes, after: bytes) -> str:
    try:
        old, new = (documents.loads(data.decode(), catalogue=Workshop.catalogue()).script for data in (before, after))
    except (ScriptError, UnicodeDecodeError):
        return "(one of the two scripts cannot be read)"
    return to_text(compare(old, new))
