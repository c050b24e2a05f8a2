"""Commands for programs that work with Soundwright: ``soundwright mcp``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from soundwright.orchestrator.cli.edge import guarded, say
from soundwright.orchestrator.cli.stories import Device, Fallback, Pins, pins_of


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("mcp")(mcp)


@guarded
def mcp(
    allow: Annotated[
        list[Path] | None, typer.Option("--allow", help="A folder that clients may read files of; may be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder that results go to.")] = Path("~/Soundwright"),
    http: Annotated[bool, typer.Option("--http", help="Serve HTTP on this machine, not standard input.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --http; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="With --http: another address; needs a token.")] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option("--name", help="With --host: a name that clients call this server by.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Offer this tool alone; may be repeated.")] = None,
    llm: Annotated[str | None, typer.Option("--llm", help="The language model that writes, as for `make`.")] = None,
    max_cost: Annotated[float | None, typer.Option("--max-cost", help="US dollars that one script may cost.")] = None,
    commercial: Annotated[
        bool, typer.Option("--commercial", help="Only engines and weights that allow commercial use.")
    ] = False,
    tool: Pins = None,
    device: Device = None,
    fallback: Fallback = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, max=256, help="Workers; by default one per core.")] = None,
    max_read: Annotated[int, typer.Option("--max-read", min=1, help="Megabytes that are sent of one result.")] = 32,
) -> None:
    """Offer operations and productions to agents, as an MCP server. Needs: pip install 'soundwright[mcp]'."""
    from soundwright.orchestrator.mcp_server import opening, serving  # noqa: PLC0415
    from soundwright.orchestrator.mcp_server.studio import Settings  # noqa: PLC0415

    token = os.environ.get(serving.TOKEN, "")
    if http:
        serving.check_address(host, name or (), token)
    settings = Settings(llm, max_cost, commercial, offline, jobs, pins_of(tool), device, fallback)
    server, desk = opening.open_server(out, allow or (), settings, only=only or (), max_read=max_read * 1_000_000)
    if not http:
        serving.over_stdio(server)
        desk.settle(serving.SETTLE_S)
        return
    bound = serving.listen(host, port)
    if not serving.is_loopback(host):
        say(f"warning: {host} can be reached by others; whoever has the token can read the allowed folders")
    say(f"serving at http://{host}:{bound.getsockname()[1]}{serving.PATH}")
    serving.over_http(server, bound, host=host, names=name or (), token=token)
    desk.settle(serving.SETTLE_S)
