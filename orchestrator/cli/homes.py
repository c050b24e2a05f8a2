"""Commands for homes of engines: their environments."""

from __future__ import annotations

from typing import Annotated

import typer

from soundwright.orchestrator.cli.edge import emit, guarded, say
from soundwright.orchestrator.cli.toolbox import Json

Names = Annotated[list[str], typer.Argument(help="Tools, or `all`.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(
        help="Environments of engines whose requirements clash with others.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("list")(environments_list)
    group.command("make")(environments_make)
    group.command("remove")(environments_remove)
    app.add_typer(group, name="environments")


@guarded
def environments_list(as_json: Json = False) -> None:
    """List the tools that have an environment of their own, and whether it is made."""
    from soundwright.orchestrator import environment_reports, reports  # noqa: PLC0415

    rows = environment_reports.rows(packages=as_json)
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def environments_make(names: Names) -> None:
    """Make environments now instead of on first use."""
    from soundwright.orchestrator import environment_reports  # noqa: PLC0415

    for name in environment_reports.make(names, say):
        say(f"{name}: ready")


@guarded
def environments_remove(names: Names) -> None:
    """Remove environments; `all` removes those of tools that are gone too."""
    from soundwright.orchestrator import environment_reports  # noqa: PLC0415

    for line in environment_reports.remove(names):
        say(line)
