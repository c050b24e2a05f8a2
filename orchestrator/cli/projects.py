"""Commands for projects and their history: new, edit, undo, redo, history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soundwright.orchestrator.cli.edge import cancellation, emit, guarded, say, warn
from soundwright.orchestrator.cli.stories import Allow, Inputs, Json, Llm, MaxCost, Pins, Rounds, options_of

if TYPE_CHECKING:
    from soundwright.orchestrator.pipeline import RenderOptions
    from soundwright.orchestrator.project import Project
    from soundwright.orchestrator.revision.diff import Change
    from soundwright.orchestrator.revision.revise import Proposal
    from soundwright.orchestrator.revision.steps import Step

NOTHING_CHANGED = 2
_COLOURS = {"added": "green", "removed": "red", "moved": "yellow", "changed": "cyan"}
Target = Annotated[Path, typer.Argument(help="A project's folder, or a script.", show_default=False)]
Here = Annotated[str, typer.Argument(help="A project's folder, or a script; by default this folder.")]
Count = Annotated[int | None, typer.Argument(min=1, help="How many steps; by default one.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for name, command in (("new", new), ("edit", edit), ("undo", undo), ("redo", redo), ("history", history)):
        app.command(name)(command)


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


@guarded
def edit(
    target: Target,
    request: Annotated[str, typer.Argument(help="What is to be changed, in words.")] = "",
    llm: Llm = None,
    rounds: Rounds = 3,
    max_cost: MaxCost = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do it without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and stop.")] = False,
    patch: Annotated[str | None, typer.Option(help="A file with a patch (- reads it from the input).")] = None,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Print what a language model would be sent, and send nothing.")
    ] = False,
    allow: Allow = None,
    tool: Pins = None,
    as_json: Json = False,
) -> None:
    """Change a script in words: shows what would change and what is made again, and asks before it is done."""
    from soundwright.orchestrator.project import Project  # noqa: PLC0415
    from soundwright.orchestrator.revision import revise, steps  # noqa: PLC0415

    project = Project.at(target)
    if show_prompt:
        typer.echo(revise.shown_prompt(project, request))
        return
    options = options_of(allow, tool)
    if patch is not None:
        proposal = revise.propose_patch(project, _patch(patch), request, options=options)
    else:
        proposal = _ask(project, request, llm, rounds, max_cost, options)
    _show(proposal, as_json=as_json)
    step = None
    if not proposal.question and not dry_run and _agreed(yes=yes, as_json=as_json):
        step = steps.accept(project, proposal)
        _told(step)
    if as_json:
        emit({**proposal.to_json(), "entry": None if step is None else step.entry.number}, as_json=True, text="")
    if step is None and not (dry_run and not proposal.question):
        raise typer.Exit(NOTHING_CHANGED)


@guarded
def undo(target: Here = ".", count: Count = None, as_json: Json = False) -> None:
    """Take back the last step; a change made by hand since then is a step too."""
    from soundwright.orchestrator.revision import steps  # noqa: PLC0415

    _walk(steps.undo, target, count, as_json=as_json)


@guarded
def redo(target: Here = ".", count: Count = None, as_json: Json = False) -> None:
    """Do again what was undone last."""
    from soundwright.orchestrator.revision import steps  # noqa: PLC0415

    _walk(steps.redo, target, count, as_json=as_json)


@guarded
def history(
    target: Here = ".",
    number: Annotated[int | None, typer.Argument(min=1, help="Show this step.")] = None,
    as_json: Json = False,
) -> None:
    """List the steps of a script, or show one."""
    from soundwright.orchestrator import reports  # noqa: PLC0415
    from soundwright.orchestrator.project import Project  # noqa: PLC0415
    from soundwright.orchestrator.revision import steps  # noqa: PLC0415

    place, chosen = _numbered(target, number)
    project = Project.at(place)
    if chosen is not None:
        shown = steps.show(project, chosen)
        emit(
            shown,
            as_json=as_json,
            text=f"{reports.sheet({n: v for n, v in shown.items() if n != 'diff'})}\n{shown['diff']}",
        )
        return
    found = [entry.to_json() for entry in steps.entries(project)]
    rows = [
        {
            "step": e["number"],
            "kind": e["kind"] + (f" {e['of']}" if e["of"] else ""),
            "time": e["time"],
            "by": e["by"] or "-",
            "what": e["summary"],
        }
        for e in found
    ]
    emit(found, as_json=as_json, text=reports.table(rows) if rows else "no steps yet")


def _ask(
    project: Project, request: str, llm: str | None, rounds: int, max_cost: float | None, options: RenderOptions
) -> Proposal:
    from soundwright.orchestrator.llm.choose import configured_name, open_model  # noqa: PLC0415
    from soundwright.orchestrator.revision import revise  # noqa: PLC0415

    settings = project.settings()
    name = llm or settings.llm or configured_name()
    model = open_model(name) if name else None
    budget = settings.max_cost if max_cost is None else max_cost
    with cancellation() as cancel:
        proposal = revise.propose(
            project, request, model, rounds=rounds, max_cost_usd=budget, options=options, cancelled=cancel.is_set
        )
    if proposal.rounds:
        used, answers = proposal.usage, f"{proposal.rounds} answer{'' if proposal.rounds == 1 else 's'}"
        money = "" if used.cost_usd is None else f", ${used.cost_usd:.4f}"
        say(f"{proposal.by}: {answers}, {used.input_tokens:,} tokens in, {used.output_tokens:,} out{money}")
    return proposal


def _patch(name: str) -> Any:  # noqa: ANN401  whatever stands there
    """The JSON of a file, or of the standard input; an answer around it does no harm."""
    from soundwright.orchestrator import planning  # noqa: PLC0415
    from soundwright.orchestrator.llm.extract import extract_json  # noqa: PLC0415

    text = sys.stdin.read(planning.MAX_SOURCE_BYTES) if name == "-" else planning.read_text(Path(name))
    return extract_json(text)


def _show(proposal: Proposal, *, as_json: bool) -> None:
    if as_json:
        return
    if proposal.question:
        say(proposal.question)
        return
    if proposal.summary:
        say(proposal.summary)
    _print(proposal.changes)
    if proposal.forecast is not None:
        say(str(proposal.forecast))


def _print(changes: Sequence[Change]) -> None:
    """In colours on a terminal, plain in a pipe."""
    coloured = sys.stdout.isatty()
    for change in changes:
        head, *fields = change.lines()
        typer.secho(head, fg=_COLOURS[change.kind] if coloured else None, bold=coloured)
        for line in fields:
            typer.echo(line)


def _agreed(*, yes: bool, as_json: bool) -> bool:
    if yes:
        return True
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        say("nothing was changed: there is nobody to ask. Add --yes to do it, or --dry-run to see it only.")
        return False
    if typer.confirm("Do it?", default=True, err=True):
        return True
    say("nothing was changed")
    return False


def _told(step: Step) -> None:
    for note in step.notes:
        say(note)
    say(f"done: step {step.entry.number}; `soundwright undo` takes it back")


def _walk(walk: Callable[[Path, int], list[Step]], target: str, count: int | None, *, as_json: bool) -> None:
    place, number = _numbered(target, count)
    done = walk(place, number or 1)
    for step in done:
        for note in step.notes:
            say(note)
        if not as_json:
            typer.echo(f"{step.entry.kind} of step {step.entry.of}: {step.entry.summary or step.entry.request}")
            if step.diff:
                typer.echo(step.diff)
    if as_json:
        emit(
            [{**step.entry.to_json(), "diff": step.diff, "notes": list(step.notes)} for step in done],
            as_json=True,
            text="",
        )


def _numbered(target: str, number: int | None) -> tuple[Path, int | None]:
    """``undo 2`` means two steps here, unless something is called 2."""
    path = Path(target)
    if number is None and target.isascii() and target.isdigit() and not path.exists():
        return Path(), max(1, int(target))
    return path, number
