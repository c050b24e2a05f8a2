"""What a call gives: plain values, a sentence, and links to what was made instead of its bytes."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soundwright.orchestrator import asset_text, saving
from soundwright.orchestrator.mcp_server.places import ASSETS
from soundwright.orchestrator.perform import Performed
from soundwright.orchestrator.stored import StoredAsset
from soundwright.scripts_compiler.kinds import Kind

_TYPES = {
    ".flac": "audio/flac", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".opus": "audio/ogg",
    ".mid": "audio/midi", ".srt": "application/x-subrip", ".vtt": "text/vtt", ".json": "application/json",
    ".yaml": "application/yaml", ".yml": "application/yaml", ".lock": "application/json",
}  # fmt: skip
_MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Link:
    """Something that can be read at ``uri``; ``size`` in bytes, where known."""

    uri: str
    name: str
    mime_type: str
    title: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a call: ``data`` for programs, ``text`` for people and language models, ``links`` to what it made.

    ``failed``: an error in the words that a user of the command line gets.
    """

    text: str
    data: dict[str, Any] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    failed: bool = False


def mime_type(path: Path) -> str:
    """The media type of a file by its ending."""
    return _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def file_link(path: Path, title: str = "") -> Link:
    """A link to a file of the output folder."""
    return Link(path.resolve().as_uri(), path.name, mime_type(path), title, path.stat().st_size)


def asset_links(stored: StoredAsset, name: str) -> tuple[Link, ...]:
    """Links to a result in the cache: one, or one for each stem."""
    address = f"{ASSETS}{stored.key}"
    if stored.kind is Kind.STEMS:
        stems = [str(each["name"]) for each in stored.value["stems"]]
        return tuple(Link(f"{address}/{stem}", f"{name} ({stem})", "audio/flac") for stem in stems)
    return (Link(address, name, "audio/flac" if stored.rate else _readable_type(stored.kind)),)


def of_operation(op: str, done: Performed, stored: StoredAsset | None, files: Iterable[Path]) -> Answer:
    """The answer to one operation: a file where one was asked for, else the address of the result."""
    written = list(files)
    said = f"{op}: {_short(asset_text.to_text(done.asset))}"
    data: dict[str, Any] = {
        "operation": op,
        "kind": done.asset.kind.value,
        "asset": f"{ASSETS}{done.key}",
        "result": _bounded(asset_text.to_json(done.asset)),
        "tool": done.tool,
        "licence": {"code": done.licence_code, "weights": done.licence_weights},
        "reused": done.reused,
        "files": [str(path) for path in written],
        "warnings": [str(problem) for problem in done.warnings],
    }
    if stored is not None and stored.loudness_lufs is not None:
        data["loudness_lufs"] = round(stored.loudness_lufs, 1)
    links: tuple[Link, ...] = tuple(file_link(path) for path in written)
    if not links and stored is not None and done.asset.kind not in saving.READABLE:
        links = asset_links(stored, op)
    return Answer(said, data, links)


def _readable_type(kind: Kind) -> str:
    return "audio/midi" if kind is Kind.NOTES else "application/json"


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    """Long lists (word times of an hour, say) are cut: the whole is read from the result's address."""
    made = dict(value)
    for name, items in value.items():
        if isinstance(items, list | tuple) and len(items) > _MOST_ITEMS:
            made[name], made["cut"] = list(items[:_MOST_ITEMS]), f"{name}: {_MOST_ITEMS} of {len(items)}"
    return made


def _short(text: str, most: int = 4000) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
