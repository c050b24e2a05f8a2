"""Putting a server together."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundwright.orchestrator.mcp_server.places import Places
from soundwright.orchestrator.mcp_server.resources import DEFAULT_LIMIT, Library
from soundwright.orchestrator.mcp_server.studio import Settings, Studio
from soundwright.orchestrator.mcp_server.toolset import toolset
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.tools.errors import ToolMissing

if TYPE_CHECKING:
    from mcp.server import Server

    from soundwright.orchestrator.mcp_server.server import Desk


def open_server(
    out: Path,
    allow: Sequence[Path] = (),
    settings: Settings | None = None,
    *,
    only: Collection[str] = (),
    max_read: int = DEFAULT_LIMIT,
) -> tuple[Server[Any], Desk]:
    """A server with everything that this installation can do, and the desk behind it.

    Raises:
        ToolMissing: the SDK is not installed.
        ScriptError: a folder is none, or ``only`` names no tool.
    """
    if importlib.util.find_spec("mcp") is None:
        raise ToolMissing("The MCP SDK is not installed. Run: pip install 'soundwright[mcp]'")
    absent = [folder for folder in allow if not folder.expanduser().is_dir()]
    if absent:
        raise ScriptError([Problem("--allow", f"{folder} is not a folder.", "Check the path.") for folder in absent])
    from soundwright import __version__  # noqa: PLC0415
    from soundwright.orchestrator.mcp_server.server import Desk, make_server  # noqa: PLC0415  imports the SDK

    chosen = settings or Settings()
    workshop = Workshop.open(offline=chosen.offline)
    places = Places(out, workshop.cache, tuple(allow))
    studio = Studio(workshop, places, chosen)
    library = Library(places, workshop.catalogue(), max_read)
    desk = Desk(toolset(studio, only), library)
    return make_server(desk, __version__), desk
