"""New stories: planned by a language model, built by the screenwriter, or read from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from soundwright.orchestrator import new_project, planning, screenwriter
from soundwright.orchestrator.chat import facts
from soundwright.orchestrator.chat.rendering import after_change
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.state import RESULTS, State
from soundwright.orchestrator.chat.telling import near_path
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.planner import planner
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.importers.common import Ids
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.script import Input

DEAR_USD = 0.05
"""A plan that costs more is asked about first."""


def make(state: State, turn: Turn) -> Reply:
    """A new story from an idea or a file, in a project of its own; a story that is there is left as it is."""
    path = Path(turn.request)
    if turn.by == "rules" and path.is_absolute() and path.is_file():
        return _settled(state, planning.plan(str(path)))
    if state.model is None:
        written = screenwriter.write(turn.request)
        made = planning.document_of(written.script)
        return _settled(state, replace(made, warnings=(*written.notes, *made.warnings)))
    job = _job(state, turn)
    expected = planner.forecast(job, state.model)
    if (expected.cost_usd or 0.0) > DEAR_USD and not state.options.yes:
        question = f"To write it takes {expected}. Go ahead?"
        state.pending = Pending(question, lambda _: _planned(state, job))
        return Reply(question, asks=True)
    return _planned(state, job)


def _job(state: State, turn: Turn) -> planner.Job:
    """The recordings that this turn names may be used by the story, and no others."""
    workshop = state.operations.workshop
    said = turn.request.split()
    named = [item for name, item in state.operations.workspace.items.items() if name in said]
    ids = Ids()
    sounds = [item for item in named if item.file is not None and item.kind is Kind.AUDIO]
    inputs = [Input(id=ids.new(item.id, "recording"), file=str(item.file)) for item in sounds]
    specs = [spec for spec in workshop.registry.specs.values() if workshop.registry.missing(spec) is None]
    return planner.make_job(turn.request, workshop.catalogue(), specs, inputs=inputs)


def _planned(state: State, job: planner.Job) -> Reply:
    session, told = state.session(), state.listener
    planned = planner.plan(
        job, session.model, max_cost_usd=session.max_cost_usd, on_text=told.piece, on_note=told.note,
        cancelled=state.cancel.is_set,
    )  # fmt: skip
    state.usage += planned.usage
    document = replace(planned.document, warnings=(*planned.notes, *planned.document.warnings))
    return _settled(state, document, by_model=True)


def _settled(state: State, document: Document, *, by_model: bool = False) -> Reply:
    """Put the document into a project, and render it."""
    folder = state.wanted if state.project is None and state.wanted is not None else _free_folder(state, document)
    allow = [path.parent for item in state.operations.workspace.items.values() for path in item.files]
    project = new_project.lay_out(folder, document, [*state.options.allow, *allow], keeping=[RESULTS])
    state.settle(project)
    if by_model:
        session = state.session()
        planning.cast_by(state.story(), session, on_note=state.listener.note)
        state.usage += session.usage
    told = [f"warning: {problem}" for problem in document.warnings]
    head = facts.answer(state.facts(), "summary", "")
    where = f"script: {near_path(project.script, state.folder)}"
    return after_change(state, [head, *told, where])


def _free_folder(state: State, document: Document) -> Path:
    number, name = 1, planning.slug(document.script)
    folder = state.folder / name
    while folder.exists():
        number += 1
        folder = state.folder / f"{name}-{number}"
    return folder
