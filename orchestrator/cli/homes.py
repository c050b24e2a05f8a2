"""Commands for homes of engines: their environments, and serving our own over HTTP."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from soundwright.orchestrator.cli.edge import cancellation, emit, guarded, say
from soundwright.orchestrator.cli.toolbox import Json, Offline

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
    app.command("serve")(serve)


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


@guarded
def serve(
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 8765,
    host: Annotated[str, typer.Option(help="An address of this machine.")] = "127.0.0.1",
    jobs: Annotated[int, typer.Option(help="Requests worked on at the same time.", min=1, max=64)] = 1,
    offline: Offline = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Do not print requests.")] = False,
) -> None:
    """Serve the installed engines to OpenAI clients: /v1/audio/speech, /transcriptions, /voices, /v1/models."""
    from soundwright.orchestrator.serving.server import serving  # noqa: PLC0415
    from soundwright.orchestrator.serving.sounds import Engines  # noqa: PLC0415
    from soundwright.orchestrator.workshop import Workshop  # noqa: PLC0415

    engines = Engines(Workshop.open(offline=offline), jobs)
    told = (lambda text: None) if quiet else say
    with serving(engines, host, port, key=os.environ.get("SOUNDWRIGHT_SERVE_KEY", ""), said=told) as address:
        typer.echo(address)
        with cancellation() as cancel:
            cancel.wait()
