"""Commands for projects: new, and later edit, undo, redo, history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soundwright.orchestrator.cli.edge import cancellation, emit, guarded, say, warn
from soundwright.orchestrator.cli.stories import Inputs, Json, Llm, MaxCost, Rounds


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("new")(new)


@guarded
def new(
    name: Annotated[Path, typer.Argument(help="The folder to make.", show_default=False)],
    source: Annotated[
        str | None, typer.Option("--from", help="An idea in words, or a file: script, screenplay, prose.")
    ] = None,
    llm: Llm = None,
    rounds: Rounds = 3,
    max_cost: MaxCost = None,
    inputs: Inputs = None,
    as_json: Json = False,
) -> None:
    """Make a project: a folder with a script, its lock, its history and its renders."""
    from soundwright.orchestrator import new_project, planning  # noqa: PLC0415

    options = planning.PlanOptions(llm, rounds, max_cost, tuple(inputs or ()))
    with cancellation() as cancel:
        project, document = new_project.create(name, source, options, on_note=say, cancelled=cancel.is_set)
    warn(document.warnings)
    facts = {"folder": str(name), "script": str(project.script), "cues": len(document.script.cues)}
    emit(facts, as_json=as_json, text=f"{name}: {project.script.name} with {len(document.script.cues)} cues")
