"""What is still sound in data of the wrong shape, so that the rest is checked in the same go.

Broken fields are taken out, and entries that cannot be without them make room for stand-ins of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.reading import Path, parse_path
from soundwright.scripts_compiler.script import ID_PATTERN, RESERVED_ID, Script
from soundwright.scripts_compiler.shape import validate
from soundwright.scripts_compiler.wording import Plain, quoted

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LISTS = ("voices", "pronounce", "inputs", "steps", "cues", "tools")
_STAND_IN: dict[str, dict[str, Any]] = {
    "scene": {}, "speech": {"voice": "?", "vocal": "hum"}, "sound": {"description": "?"},
    "music": {"description": "?", "length": 1}, "clip": {"source": "?"}, "pause": {"length": 0},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Salvaged:
    """``script`` without the broken parts (None: nothing is left), and ``rules`` that the sound fields break.

    ``gone`` are the paths that were taken out or replaced, ``unnamed`` the quoted names that went with them.
    """

    script: Script | None
    rules: tuple[Problem, ...]
    gone: frozenset[Path]
    unnamed: frozenset[str]

    def blames(self, problem: Problem) -> bool:
        """Whether a problem of ``script`` is one of the data too, not of what was taken out."""
        path = parse_path(problem.place)
        taken = any(path[:end] in self.gone for end in range(1, len(path) + 1))
        return not (problem.warning or taken or self.unnamed.intersection(_QUOTED.findall(problem.found)))


def salvage(data: dict[str, Any], broken: Iterable[Path]) -> Salvaged:
    """What is left of ``data`` without the ``broken`` paths."""
    gone = {_unit(path) for path in broken if path}
    unnamed = {quoted(name) for path in gone for name in _names_lost(data, path)}
    rest = _without(data, gone)
    script, problems = validate(rest)
    fields: dict[Path, list[str]] = {}
    for path in gone:
        fields.setdefault(path[:-1], []).append(str(path[-1]))
    rules = tuple(p for p in problems if _breaks_a_rule(p) and not _mentions(p, fields))
    if script is None:
        worse = {_entry(path) for p in problems if (path := parse_path(p.place))}
        unnamed |= {quoted(name) for path in worse if path not in gone for name in _names_lost(data, path)}
        gone |= worse
        script, _ = validate(_without(rest, worse))
    return Salvaged(script, rules, frozenset(gone), frozenset(unnamed))


def _unit(path: Path) -> Path:
    """The smallest part that can be taken out: a field of an entry, an entry, a field of ``master``, a section."""
    return path[:3] if path[0] in _LISTS else path[:2]


def _entry(path: Path) -> Path:
    return path[:2] if path and path[0] in _LISTS else path[:1]


def _breaks_a_rule(problem: Problem) -> bool:
    """Rules join several fields, so they stand at an entry or a point; what is missing was taken out by us."""
    return " is missing." not in problem.found and "found " not in problem.found


def _mentions(problem: Problem, gone: Mapping[Path, list[str]]) -> bool:
    """Whether a rule speaks of a field that was taken out: then it may not be broken at all."""
    fields = gone.get(parse_path(problem.place), [])
    return any(re.search(rf"\b{re.escape(field)}\b", problem.found) for field in fields)


def _names_lost(data: dict[str, Any], path: Path) -> Iterator[str]:
    """Names that others may refer to although they are not well-formed, or stand where none are expected."""
    entries = data.get(str(path[0]))
    if path[0] not in _LISTS or not isinstance(entries, list):
        return
    index = path[1] if len(path) > 1 else None
    for entry in entries if index is None else entries[index : index + 1] if isinstance(index, int) else []:
        for field in ("id", "name"):
            lost = path[2:] == (field,) or (len(path) < 3 and not _sound_name(entry, field))
            if lost and isinstance(entry, dict) and isinstance(name := entry.get(field), str):
                yield name


def _without(data: dict[str, Any], gone: Iterable[Path]) -> dict[str, Any]:
    """A copy without these paths; whole entries of lists become stand-ins."""
    copy = {name: list(part) if isinstance(part, list) else part for name, part in data.items()}
    for path in sorted(gone, key=len, reverse=True):
        section = str(path[0])
        inner: Plain = copy.get(section)
        if len(path) == 1 or not isinstance(inner, dict | list):
            copy.pop(section, None)
        elif isinstance(inner, dict):
            copy[section] = {name: value for name, value in inner.items() if name != path[1]}
        elif isinstance(path[1], int) and path[1] < len(inner):
            inner[path[1]] = _without_field(section, inner[path[1]], path[2:])
    known = {name: part for name, part in copy.items() if name in Script.model_fields}
    return {"cues": [{"type": "pause", "length": 0}], **known, "version": 1}


def _without_field(section: str, entry: object, field: Path) -> dict[str, Any]:
    if field and isinstance(entry, dict):
        return {name: value for name, value in entry.items() if name != field[0]}
    return _stand_in(section, entry)


def _stand_in(section: str, entry: object) -> dict[str, Any]:
    named = {field: entry[field] for field in ("id", "name") if _sound_name(entry, field)}
    match section:
        case "voices":
            return {"name": "?", **named, "description": "?"}
        case "pronounce":
            return {"word": "?", "say": "?"}
        case "tools":
            return {"op": "?", "tool": "?"}
        case "inputs":
            return {"id": "unknown", **named, "file": "?"}
        case "steps":
            return {"id": "unknown", **named, "op": "?"}
    named.pop("name", None)
    kind = entry.get("type") if isinstance(entry, dict) else None
    known = kind if isinstance(kind, str) and kind in _STAND_IN else "speech"
    return {"type": known, **({"id": "unknown"} if known == "scene" else {}), **named, **_STAND_IN[known]}


def _sound_name(entry: object, field: str) -> TypeGuard[dict[str, Any]]:
    name = entry.get(field) if isinstance(entry, dict) else None
    if field == "name":
        return isinstance(name, str) and 1 <= len(name) <= 64
    return isinstance(name, str) and name != RESERVED_ID and re.match(ID_PATTERN, name) is not None
