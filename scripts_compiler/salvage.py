"""What is still sound in data of the wrong shape, so that names in it are checked in the same go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeGuard

from soundwright.scripts_compiler.reading import Path
from soundwright.scripts_compiler.script import ID_PATTERN, RESERVED_ID, Script
from soundwright.scripts_compiler.shape import validate

_LISTS = ("voices", "pronounce", "inputs", "steps", "cues")
_STAND_IN: dict[str, dict[str, Any]] = {
    "scene": {}, "speech": {"voice": "?", "vocal": "hum"}, "sound": {"description": "?"},
    "music": {"description": "?", "length": 1}, "clip": {"source": "?"}, "pause": {"length": 0},
}  # fmt: skip


def salvage(data: dict[str, Any], broken: Iterable[Path]) -> Script | None:
    """A script in which stand-ins of the same names take the place of broken entries; None where that is no use."""
    copy: dict[str, Any] = {**data, "version": 1}
    for path in broken:
        section, index = (str(path[0]), path[1]) if len(path) >= 2 else (str(path[0]) if path else "", None)
        entries = copy.get(section)
        if section in _LISTS and isinstance(entries, list) and isinstance(index, int) and index < len(entries):
            copy[section] = [*entries[:index], _stand_in(section, entries[index]), *entries[index + 1 :]]
        else:
            copy.pop(section, None)
    copy.setdefault("cues", [{"type": "pause", "length": 0}])
    return validate(copy)[0]


def _stand_in(section: str, entry: object) -> dict[str, Any]:
    named = {field: entry[field] for field in ("id", "name") if _sound_name(entry, field)}
    match section:
        case "voices":
            return {"name": "?", **named, "description": "?"}
        case "pronounce":
            return {"word": "?", "say": "?"}
        case "inputs":
            return {"id": "unknown", **named, "file": "?"}
        case "steps":
            return {"id": "unknown", **named, "op": "?"}
    kind = entry.get("type") if isinstance(entry, dict) else None
    known = kind if isinstance(kind, str) and kind in _STAND_IN else "speech"
    return {"type": known, **named, **_STAND_IN[known]}


def _sound_name(entry: object, field: str) -> TypeGuard[dict[str, Any]]:
    name = entry.get(field) if isinstance(entry, dict) else None
    if field == "name":
        return isinstance(name, str) and 1 <= len(name) <= 64
    return isinstance(name, str) and name != RESERVED_ID and re.match(ID_PATTERN, name) is not None
