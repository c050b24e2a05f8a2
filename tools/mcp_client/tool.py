"""A tool of another MCP server as one of ours."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from soundwright.scripts_compiler.operations import Catalogue
from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Audio, Image, Text, Transcript
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.mcp_client.declaration import Mapped, Sent
from soundwright.tools.mcp_client.session import Session, session
from soundwright.tools.mcp_client.taking import Taker


class McpTool:
    """Does one operation by calling one tool of a server, as the user mapped it."""

    def __init__(self, mapped: Mapped, catalogue: Catalogue, *, offline: bool = False) -> None:
        self._mapped, self._operation, self._offline = mapped, catalogue[mapped.operation], offline
        self.spec = spec_of(mapped)

    def identity(self) -> Mapping[str, str]:
        """What the server says that it is: part of every asset's key. Starts the server.

        Raises:
            ToolMissing: it cannot be reached, or has no such tool.
        """
        return {"mcp": f"{self._session().identity}, {self._mapped.tool}"}

    def load(self, place: Place) -> None:
        """Start the server, if it does not run yet.

        Raises:
            ToolMissing: it cannot be reached, or has no such tool.
        """
        del place
        self._session()

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """One call for each request."""
        return each(batch, context, partial(self._call, context=context))

    def close(self) -> None:
        """Nothing: the server ends with this process, as other tools may use it."""

    def _session(self) -> Session:
        found = session(self._mapped.server, offline=self._offline)
        if self._mapped.tool not in found.tools:
            there = ", ".join(found.tools) or "none"
            raise ToolMissing(
                f"the MCP server {self._mapped.server.name} has no tool {self._mapped.tool!r}; it has {there}. "
                "Mend its mapping in config.toml."
            )
        return found

    def _call(self, request: Request, context: Context) -> Asset:
        made: list[Path] = []
        found = self._session()
        try:
            arguments = {**self._mapped.arguments, **self._given(request), **self._fed(request, context, made)}
            result = found.call(self._mapped.tool, arguments, context.cancelled, context.progress)
            taker = Taker(self._mapped, context.scratch, partial(found.read, cancelled=context.cancelled))
            kind = self._operation.output_for({port: asset.kind for port, asset in request.inputs.items()})
            return taker.asset(result, kind, request.params)
        finally:
            for path in made:
                path.unlink(missing_ok=True)

    def _given(self, request: Request) -> dict[str, Any]:
        """Parameters under their names; what was left open is left out."""
        pairs = ((theirs, request.params.get(ours)) for ours, theirs in self._mapped.parameters.items())
        return {theirs: value for theirs, value in pairs if value is not None}

    def _fed(self, request: Request, context: Context, made: list[Path]) -> dict[str, str]:
        fed = {}
        for port, (form, theirs) in self._mapped.inputs.items():
            asset = request.inputs.get(port)
            if asset is None:
                continue
            if isinstance(asset, Text | Transcript):
                fed[theirs] = asset.text
                continue
            path = _written(asset, context.scratch / f"{uuid.uuid4().hex}")
            made.append(path)
            fed[theirs] = _sent(path, form)
        return fed


def spec_of(mapped: Mapped) -> ToolSpec:
    """What is known of a mapped tool without asking its server."""
    where = mapped.server.url or mapped.server.command[0]
    return ToolSpec(
        name=mapped.name,
        version="mcp",
        operations=(mapped.operation,),
        licence_code=mapped.licence or "not declared",
        licence_weights=mapped.licence or "not declared",
        commercial_ok=mapped.commercial,
        languages=mapped.languages,
        extra="mcp",
        modules=("mcp",),
        honours=tuple(sorted({*mapped.parameters, *mapped.inputs})),
        take_varies=("seed",) if "seed" in mapped.parameters else (),
        determinism="none",
        rank=mapped.rank,
        speed=1.0,
        timeout_s=mapped.server.timeout_s,
        home="mcp",
        proven="none",
        proven_note="a server of the user's",
        help=mapped.help or f"{mapped.tool} of the MCP server {mapped.server.name} ({where}).",
    )


def _sent(path: Path, form: Sent) -> str:
    """A file as the server wants it."""
    if form == "base64":
        return base64.b64encode(path.read_bytes()).decode()
    return path.as_uri() if form == "uri" else str(path)


def _written(asset: Asset, stem: Path) -> Path:
    if isinstance(asset, Audio):
        return audio_files.write(stem.with_suffix(".wav"), asset, coding="PCM_24").resolve()
    if isinstance(asset, Image):
        stem.write_bytes(asset.data)
        return stem.resolve()
    raise ToolError(f"{asset.kind.value} cannot be sent to an MCP server", addressee="developer")
