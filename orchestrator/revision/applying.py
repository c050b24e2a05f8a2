"""Applies a patch to a document: ids, comments and whatever it does not name stay; all faults are told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from soundwright.orchestrator.revision import parts
from soundwright.orchestrator.revision import patch as ops
from soundwright.orchestrator.revision.desk import Desk
from soundwright.orchestrator.revision.faults import dangling, told_by_id
from soundwright.orchestrator.revision.patch import SOURCE, EditOp, Patch, known_fields
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.edits import edit, named
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.script import Script


@dataclass(frozen=True, slots=True)
class Applied:
    """``before`` is the old script with an id for every cue, ``document`` the new document.

    ``renamed`` gives the new name of each renamed voice; ``recast`` are the voices described anew.
    """

    before: Script
    document: Document
    renamed: Mapping[str, str] = field(default_factory=dict)
    recast: tuple[str, ...] = ()


def apply(document: Document, patch: Patch, used: Iterable[str] = (), *, catalogue: Catalogue | None = None) -> Applied:
    """The document after all edits of a patch. ``used`` are ids that were given once; none is given again.

    Raises:
        ScriptError: an edit names what is not there, or the script would not be sound; places are those of the patch
            and ids of cues.
    """
    given = frozenset(used)
    before, ids = named(document.script, given)
    desk = Desk(before, given)
    for number, op in enumerate(patch.edits):
        desk.number = number
        _do(desk, op)
    problems = [*desk.problems, *dangling(desk)]
    if not desk.edits and not problems:
        problems = [Problem("edits", "nothing would change: all of this is so already.", "Drop the edit, or ask.")]
    try:
        documents.from_data(desk.data, SOURCE, catalogue=catalogue)
    except ScriptError as error:
        problems = told_by_id(error.problems, desk, problems)
    if problems:
        raise ScriptError(problems, SOURCE)
    after = edit(document, [*ids, *desk.edits], catalogue=catalogue)
    return Applied(before, replace(after, path=document.path), dict(desk.renamed), tuple(desk.recast))


def _do(desk: Desk, op: EditOp) -> None:
    match op:
        case ops.AddCue():
            desk.add(op)
        case ops.RemoveCue():
            desk.remove(op)
        case ops.MoveCue():
            desk.move(op)
        case ops.ChangeCue():
            desk.change(op)
        case ops.AddVoice() | ops.ChangeVoice() | ops.RemoveVoice():
            parts.voice(desk, op)
        case ops.SwitchEffect():
            parts.effect(desk, op)
        case ops.Pronounce():
            parts.pronounce(desk, op)
        case ops.AddStep() | ops.RemoveStep():
            parts.step(desk, op)
        case ops.ChangeScript():
            desk.assign("", desk.top, op, known_fields(op), ("script", ""))
        case ops.ChangeMaster():
            desk.assign("master", desk.master, op, known_fields(op), ("master", ""))
