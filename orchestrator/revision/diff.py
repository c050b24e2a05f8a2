"""What differs between two scripts, cue by cue: for people before they consent, and for the history."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.script import Master, Script, Voice
from soundwright.scripts_compiler.shape import CUE_MODELS
from soundwright.scripts_compiler.wording import short

Kind = Literal["added", "removed", "moved", "changed"]
Fields = Mapping[str, Any]
MARKS: Mapping[Kind, str] = {"added": "+", "removed": "-", "moved": ">", "changed": "~"}
MAX_VALUE_CHARS = 160
_SECTIONS = (
    ("voices", "voice", "name"),
    ("inputs", "input", "id"),
    ("steps", "step", "id"),
    ("pronounce", "word", "word"),
    ("tools", "pin", "op"),
)
_TOP = ("title", "language", "duration", "seed")


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs. ``before`` and ``after`` hold the fields that do, with what they were and are.

    ``part`` is cue, voice, step, input, word, pin, master or script; ``where`` the cue before it, where that matters.
    """

    kind: Kind
    part: str
    name: str
    before: Fields
    after: Fields
    about: str = ""
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind, "part": self.part, "name": self.name, "about": self.about, "where": self.where,
            "before": dict(self.before), "after": dict(self.after),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The change for people: a line, and one for each field that is another."""
        where = f" ({self.where})" if self.where else ""
        named = f"{self.part} {self.name}".strip() if self.part != "cue" else self.name
        about = f" {self.about}" if self.about else ""
        yield f"{MARKS[self.kind]} {named}{about}{where}"
        if self.kind == "changed":
            for field in dict.fromkeys((*self.before, *self.after)):
                before, after = (_value(self, fields, field) for fields in (self.before, self.after))
                yield f"    {field}: {before} -> {after}"


def compare(before: Script, after: Script, moved: Collection[str] = ()) -> tuple[Change, ...]:
    """Everything that differs, in the order of the new script. Cues are the same where their ids are.

    ``moved`` are ids of cues that are known to have been moved, where the order alone could be told otherwise.
    """
    old, new = documents.plain(before), documents.plain(after)
    changes: list[Change] = []
    for section, part, key in _SECTIONS:
        changes += _named_parts(part, key, old.get(section, []), new.get(section, []))
    changes += _fields("script", "", _only(old, _TOP), _only(new, _TOP))
    changes += _fields("master", "", old.get("master", {}), new.get("master", {}))
    renamed = {
        str(c.before["name"]): c.after["name"]
        for c in changes
        if c.part == "voice" and "name" in c.before and "name" in c.after
    }
    return (*changes, *_cues(_with_names(old["cues"], renamed), new["cues"], moved))


def to_text(changes: Sequence[Change]) -> str:
    """The changes for people."""
    return "\n".join(line for change in changes for line in change.lines())


def about(cue: Fields) -> str:
    """A cue in a few words: its type, and what is heard."""
    said = cue.get("text", cue.get("vocal", cue.get("description", cue.get("source", cue.get("title", "")))))
    said = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    who = f"{cue['voice']}: " if "voice" in cue else f"{cue.get('type', '')} "
    shown = json.dumps(short(said, 80), ensure_ascii=False) if said else f"{_tidy(cue.get('length', ''))} s"
    return f"{who}{shown}".strip()


def _with_names(cues: Sequence[Fields], renamed: Mapping[str, Any]) -> list[Fields]:
    """The cues as if voices had had their new names before: that is told once, not for each line."""
    return [{**cue, "voice": renamed[cue["voice"]]} if cue.get("voice") in renamed else cue for cue in cues]


def _cues(old: Sequence[Fields], new: Sequence[Fields], known: Collection[str]) -> Iterator[Change]:
    names, others = _names(old, new)
    was, now = dict(zip(names, old, strict=True)), dict(zip(others, new, strict=True))
    for name, cue in was.items():
        if name not in now:
            yield Change("removed", "cue", name, cue, {}, about(cue))
    moved = _moved([name for name in was if name in now], [name for name in now if name in was], known)
    previous = ""
    for name, cue in now.items():
        where = f"after {previous}" if previous else "at the beginning"
        if name not in was:
            yield Change("added", "cue", name, {}, cue, about(cue), where)
        elif name in moved:
            yield Change("moved", "cue", name, {}, {}, about(cue), where)
        if name in was:
            yield from _fields("cue", name, _nameless(was[name]), _nameless(cue), about(was[name]))
        previous = name


def _names(old: Sequence[Fields], new: Sequence[Fields]) -> tuple[list[str], list[str]]:
    """A name for each cue of both scripts. A cue without an id has that of the one that it became, or was."""
    names = [str(cue["id"]) if "id" in cue else "" for cue in old]
    others = [str(cue["id"]) if "id" in cue else "" for cue in new]
    if not all((*names, *others)):
        for at, there in _pairs(old, new):
            name = names[at] or others[there] or f"cues[{there}]"
            taken = (not names[at] and name in names) or (not others[there] and name in others)
            if not taken and (not names[at] or not others[there]):
                names[at], others[there] = names[at] or name, others[there] or name
    return (
        [name or f"cues[{n}] before" for n, name in enumerate(names)],
        [name or f"cues[{n}]" for n, name in enumerate(others)],
    )


def _pairs(old: Sequence[Fields], new: Sequence[Fields]) -> Iterator[tuple[int, int]]:
    """Cues that are equal but for their ids, in order; then those of one type where one stretch replaces another."""
    matcher = SequenceMatcher(None, [_key(cue) for cue in old], [_key(cue) for cue in new], autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        pairs = zip(range(first, last), range(start, end), strict=False)
        yield from (pair for pair in pairs if kind == "equal" or old[pair[0]]["type"] == new[pair[1]]["type"])


def _key(cue: Fields) -> str:
    return json.dumps(_nameless(cue), sort_keys=True)


def _nameless(cue: Fields) -> dict[str, Any]:
    return {name: value for name, value in cue.items() if name != "id"}


def _moved(before: Sequence[str], after: Sequence[str], known: Collection[str]) -> set[str]:
    """The fewest that must have been moved: those known, or all but a longest run that kept its order."""
    if [n for n in before if n not in known] == [n for n in after if n not in known]:
        return {name for name in known if name in after} if list(before) != list(after) else set()
    rank = {name: n for n, name in enumerate(before)}
    tails: list[int] = []
    last: list[int] = []
    previous = [-1] * len(after)
    for index, name in enumerate(after):
        at = bisect_left(tails, rank[name])
        if at == len(tails):
            tails.append(rank[name])
            last.append(index)
        else:
            tails[at], last[at] = rank[name], index
        previous[index] = last[at - 1] if at else -1
    kept, index = set[str](), last[-1] if last else -1
    while index >= 0:
        kept.add(after[index])
        index = previous[index]
    return {name for name in after if name not in kept}


def _named_parts(part: str, key: str, old: Sequence[Fields], new: Sequence[Fields]) -> Iterator[Change]:
    was, now = ({str(each[key]): each for each in listed} for listed in (old, new))
    renamed = _renamed(key, old, new)
    for name, each in now.items():
        origin = name if name in was else renamed.get(name)
        if origin is None:
            yield Change("added", part, name, {}, each, str(each.get("description", each.get("op", ""))))
        else:
            yield from _fields(part, origin, was[origin], each)
    for name, each in was.items():
        if name not in now and name not in renamed.values():
            yield Change("removed", part, name, each, {}, str(each.get("description", each.get("op", ""))))


def _renamed(key: str, old: Sequence[Fields], new: Sequence[Fields]) -> dict[str, str]:
    """Old names by new ones: a part of another name that is the same else, or that stands where a name is gone."""
    gone = [each for each in old if each[key] not in {other[key] for other in new}]
    found: dict[str, str] = {}
    for index, each in enumerate(new):
        if each[key] in {other[key] for other in old}:
            continue
        same = next((other for other in gone if {**other, key: ""} == {**each, key: ""}), None)
        there = old[index] if len(old) == len(new) and old[index] in gone else None
        origin = same or there
        if origin is not None:
            found[str(each[key])] = str(origin[key])
            gone.remove(origin)
    return found


def _fields(part: str, name: str, old: Fields, new: Fields, what: str = "") -> Iterator[Change]:
    names = [field for field in dict.fromkeys((*old, *new)) if old.get(field) != new.get(field)]
    if names:
        yield Change("changed", part, name, _only(old, names), _only(new, names), what)


def _only(fields: Fields, names: Sequence[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def _value(change: Change, fields: Fields, name: str) -> str:
    """A value for people; the default where the field is not written."""
    if name in fields:
        return short(_json(fields[name]), MAX_VALUE_CHARS)
    known = (model.model_fields[name].default for model in _MODELS[change.part] if name in model.model_fields)
    default = next(known, None)
    return "(default)" if default in (None, "", PydanticUndefined) else _json(default)


def _json(value: Any) -> str:  # noqa: ANN401
    return json.dumps(_tidy(value), ensure_ascii=False, default=str)


def _tidy(value: Any) -> Any:  # noqa: ANN401  any plain value
    """Whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    return {name: _tidy(each) for name, each in value.items()} if isinstance(value, dict) else value


_MODELS: Mapping[str, Sequence[type[BaseModel]]] = {
    "cue": tuple(CUE_MODELS.values()), "voice": (Voice,), "master": (Master,), "script": (Script,), "input": (),
    "step": (), "word": (),
}  # fmt: skip
