"""The command line: arguments only. Commands import what they need themselves, so that ``--help`` answers at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from soundwright.orchestrator.cli import agents, chat, homes, projects, provenance, single, stories, toolbox
from soundwright.orchestrator.cli.edge import leave_others_behind

app = typer.Typer(
    name="soundwright",
    help="Turn a script, a screenplay or an idea into a finished audio drama.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 2 wrong input, 3 a tool failed, 4 a tool or model is missing, 130 cancelled.",
)
stories.register(app)
projects.register(app)
single.register(app)
chat.register(app)
toolbox.register(app)
homes.register(app)
agents.register(app)
provenance.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        import soundwright  # noqa: PLC0415  only when asked for

        typer.echo(soundwright.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    library: Annotated[
        Path | None, typer.Option("--library", help="A folder of your own sounds, to be used where they fit.")
    ] = None,
) -> None:
    del version
    if library is not None:
        os.environ["SOUNDWRIGHT_LIBRARY"] = str(library)


def main() -> None:
    """Entry point of the ``soundwright`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SystemExit as end:
        leave_others_behind(end.code)
        raise
