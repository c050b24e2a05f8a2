"""An engine for the host which runs a tool of a package in a worker: the one file here that the host loads with us."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from soundwright.tools.base import Context, Networked, Place, Tool
from soundwright.tools.entries import tool_of
from soundwright.tools.errors import ToolDefect, ToolError
from soundwright.tools.worker.values import OFFLINE, plain_asset, request_of


class Engine:
    """Speaks plain values to the host, and requests and assets to the tool ``place["target"]`` (``module:name``)."""

    def __init__(self) -> None:
        self.tool: Tool

    def load(self, place: dict[str, Any]) -> None:
        """Make and load the tool."""
        self.tool = made(place["target"])
        weights = {name: Path(path) for name, path in place["weights"].items()}
        self.tool.load(Place(place["device"], place["dtype"], weights, place["threads"]))

    def run(self, requests: Sequence[dict[str, Any]], context: Any) -> Iterator[tuple[int, dict[str, Any]]]:  # noqa: ANN401  the host's, which we do not import
        """Run the tool; what it gives is checked on our side of the pipe."""
        ours = Context(
            Path(context.scratch), context.progress, context.cancelled, lambda chunk: context.emit(plain_asset(chunk))
        )
        for index, result in self.tool.run([request_of(request) for request in requests], ours):
            yield index, _plain(result)

    def close(self) -> None:
        """Free what the tool holds."""
        self.tool.close()


def made(target: str) -> Tool:
    """A new tool of an entry point's ``module:name``, which knows whether it may ask the network."""
    module, _, name = target.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    tool = tool_of(found)
    if isinstance(tool, Networked):
        tool.offline_only = bool(os.environ.get(OFFLINE))
    return tool


def _plain(result: Any) -> dict[str, Any]:  # noqa: ANN401  whatever the tool gave
    if not isinstance(result, ToolError):
        try:
            return plain_asset(result)
        except ToolDefect as defect:
            result = defect
    return {"error": str(result), "addressee": result.addressee}
