"""A recording put into the story: declared as an input, treated by steps, played by a clip beside a cue.

All of it is one change of the script, proposed and undone like any other.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.revising import proposed
from soundwright.orchestrator.chat.state import State
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.interop.workspace import Item
from soundwright.orchestrator.project import Project
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.orchestrator.revision.diff import compare
from soundwright.orchestrator.revision.history import digest
from soundwright.orchestrator.revision.patch import Patch
from soundwright.orchestrator.revision.rebuild import rebuild
from soundwright.orchestrator.revision.references import resolve
from soundwright.orchestrator.revision.revise import Proposal
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.edits import Edit, Insert, Set, all_ids, edit, give_ids
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind

RECORDINGS = "recordings"


def place(state: State, turn: Turn, chosen: int | None = None) -> Reply:
    """Put a recording under, after or before a cue."""
    script = state.story().script
    item = state.operations.workspace.items.get(turn.file)
    if item is None:
        raise ScriptError([Problem("", f"nothing is called {turn.file!r}.", "Name a file, or drop one.")])
    found = resolve(script, turn.phrase)
    at = chosen if chosen is not None else found.one
    if at is None and found.cues:
        options = tuple(describe(script, index) for index in found.cues)
        question = f"{found.reason} Which one?"
        state.pending = Pending(question, lambda n: place(state, turn, found.cues[n]), options, declined="Never mind.")
        return Reply(question, asks=True)
    if at is None:
        return Reply(found.reason, ok=False)
    project = state.its_project()
    file = _brought(project, item)
    clean_up = file.path if file.copied else None
    try:
        proposal = _proposal(state, project, turn, item, file, at)
    except ScriptError:
        if clean_up is not None:
            clean_up.unlink(missing_ok=True)
        raise
    return proposed(state, proposal, clean_up)


@dataclass(frozen=True, slots=True)
class _Brought:
    path: Path
    name: str
    copied: bool


def _brought(project: Project, item: Item) -> _Brought:
    """The recording in the project's folder: where it lies, or a copy of it.

    Raises:
        ScriptError: it is no single sound.
    """
    if item.file is None or item.kind not in (Kind.AUDIO, Kind.SPEECH):
        stems = f" Name one of its stems: {', '.join(item.stems)}." if item.stems else ""
        raise ScriptError([Problem("", f"{item.id} is {item.kind.value}, no single sound.{stems}")])
    home = project.script.resolve().parent
    if item.file.resolve().is_relative_to(home):
        path = item.file.resolve()
        return _Brought(path, path.relative_to(home).as_posix(), False)
    folder = home / RECORDINGS
    folder.mkdir(exist_ok=True)
    same = [path for path in folder.iterdir() if path.stem.startswith(item.id) and _equal(path, item.file)]
    if same:
        return _Brought(same[0], f"{RECORDINGS}/{same[0].name}", False)
    number, target = 1, folder / f"{item.id}{item.file.suffix}"
    while target.exists():
        number += 1
        target = folder / f"{item.id}_{number}{item.file.suffix}"
    shutil.copyfile(item.file, target)
    return _Brought(target, f"{RECORDINGS}/{target.name}", True)


def _equal(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _proposal(state: State, project: Project, turn: Turn, item: Item, file: _Brought, at: int) -> Proposal:
    lock = state.lock()
    document = state.story()
    before = give_ids(document, lock.ids)
    after = edit(before, _edits(state, before, turn, item, file, at, set(lock.ids)))
    ids = tuple(sorted({*all_ids(before.script), *all_ids(after.script)} - set(lock.ids)))
    after = replace(after, path=document.path)
    anchor = describe(before.script, at)
    new_lock = replace(lock, ids=tuple(sorted({*lock.ids, *ids})))
    return Proposal(
        request=turn.request or f"put {item.id} {turn.where} {turn.phrase}",
        before=document,
        document=after,
        patch=Patch(f"{item.id} {turn.where} {anchor}"),
        changes=compare(before.script, after.script),
        forecast=rebuild(document, after, lock, new_lock, state.render_options),
        by="chat",
        ids=ids,
        sha256=digest(project.script.read_bytes()),
    )  # fmt: skip


def _edits(
    state: State, before: Document, turn: Turn, item: Item, file: _Brought, at: int, used: set[str]
) -> list[Edit]:
    """The input, where it is not declared yet; a step for each treatment; the clip."""
    script = before.script
    taken = {*used, *all_ids(script)}
    edits: list[Edit] = []
    declared = next((each.id for each in script.inputs if each.file == file.name), None)
    source = declared or _free(item.id, taken)
    if declared is None:
        edits.append(_appended("inputs", len(script.inputs), {"id": source, "file": file.name}))
    steps = 0
    for step in turn.steps:
        operation = state.operations.operations.get(str(step["op"]))
        if operation is None:
            raise ScriptError([Problem("", f"no installed engine does {step['op']}.")])
        if operation.output is not Kind.AUDIO or not operation.inputs:
            continue  # what listens makes no sound to be placed
        name = _free(f"{item.id}_{operation.name}", taken)
        params = {key: value for key, value in step.items() if key not in ("op", "id", operation.inputs[0].name)}
        fed: Any = [source] if operation.inputs[0].many else source
        step_data = {"id": name, "op": operation.name, operation.inputs[0].name: fed, **params}
        edits.append(_appended("steps", len(script.steps) + steps, step_data))
        source, steps = name, steps + 1
    clip = _clip(turn.where, source, str(script.cues[at].id), _free("clip1", taken))
    edits.append(Insert(f"cues[{at if turn.where == 'before' else at + 1}]", clip))
    return edits


def _clip(where: str, source: str, anchor: str, name: str) -> Mapping[str, Any]:
    clip: dict[str, Any] = {"type": "clip", "id": name, "source": source}
    if where == "under":
        clip |= {"layer": "background", "start": {"with": anchor}, "until": anchor}
    return clip


def _appended(section: str, count: int, value: Mapping[str, Any]) -> Edit:
    return Insert(f"{section}[{count}]", dict(value)) if count else Set(section, [dict(value)])


def _free(wanted: str, taken: set[str]) -> str:
    base = wanted[:28]
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return name
