"""What clients can read: results by their address, files of the output folder, and the script's schema."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from soundwright.orchestrator import asset_text, saving
from soundwright.orchestrator.mcp_server.answers import Link, mime_type
from soundwright.orchestrator.mcp_server.places import ASSETS, SCHEME, Places
from soundwright.scripts_compiler import schema as schemas
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.tools.assets import Asset, Audio, Stems

SCHEMA = f"{SCHEME}://schema/script"
DEFAULT_LIMIT = 32 << 20
_TEXTUAL = ("text/", "application/json", "application/yaml", "application/x-subrip")


@dataclass(frozen=True, slots=True)
class Content:
    """What was read: ``data`` and whether it is text."""

    uri: str
    mime_type: str
    data: bytes

    @property
    def is_text(self) -> bool:
        """Whether it is sent as text."""
        return self.mime_type.startswith(_TEXTUAL)


@dataclass(frozen=True)
class Library:
    """Reads for clients, at most ``limit`` bytes at once: larger things are for programs that open the file."""

    places: Places
    catalogue: Catalogue
    limit: int = DEFAULT_LIMIT

    def standing(self) -> tuple[Link, ...]:
        """What can be read in every server."""
        return (Link(SCHEMA, "script-schema", "application/json", "The JSON Schema of scripts, for render and check"),)

    def read(self, uri: str) -> Content:
        """What lies at an address.

        Raises:
            ScriptError: nothing that may be read, or too much.
        """
        if uri == SCHEMA:
            return Content(uri, "application/json", json.dumps(schemas.json_schema(self.catalogue)).encode())
        return self._asset(uri) if uri.startswith(ASSETS) else self._file(uri)

    def _file(self, uri: str) -> Content:
        path = self.places.file(uri)
        self._fits(uri, path.stat().st_size, path)
        return Content(uri, mime_type(path), path.read_bytes())

    def _asset(self, uri: str) -> Content:
        stored, stem = self.places.asset(uri)
        asset: Asset = stored.load()
        if isinstance(asset, Stems) and stem in asset.stems:
            asset = asset.stems[stem]
        if isinstance(asset, Audio):
            self._fits(uri, asset.samples.nbytes, stored.path)
            return Content(uri, "audio/flac", _encoded(asset))
        return Content(uri, "application/json", json.dumps(asset_text.to_json(asset), ensure_ascii=False).encode())

    def _fits(self, uri: str, size: int, path: Path | None) -> None:
        if size > self.limit:
            found = f"{uri} has {size / 1e6:.0f} MB, more than the {self.limit / 1e6:.0f} MB that are sent at once."
            raise ScriptError([Problem("", found, f"Open the file itself: {path}." if path else "")])


def _encoded(audio: Audio) -> bytes:
    with tempfile.TemporaryDirectory(prefix="soundwright-") as scratch:
        return saving.save(audio, Path(scratch) / "sound.flac").files[0].read_bytes()
