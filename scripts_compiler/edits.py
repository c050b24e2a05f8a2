"""Edits that keep comments: set, insert, remove, move by place; ids for all cues, never used again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from soundwright.scripts_compiler.document import Document, dump_json, loads
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.reading import parse_path
from soundwright.scripts_compiler.script import Script
from soundwright.scripts_compiler.wording import Plain, shown

_PREFIX = {"scene": "scene", "speech": "line", "sound": "sound", "music": "music", "clip": "clip", "pause": "pause"}


@dataclass(frozen=True, slots=True)
class Set:
    """Write ``value`` at ``place`` (``cues[3].gain``), a field that is there or a new one."""

    place: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Insert:
    """Put ``value`` before the entry at ``place`` (``cues[3]``); one past the last appends."""

    place: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Remove:
    """Take away the field or entry at ``place``."""

    place: str


@dataclass(frozen=True, slots=True)
class Move:
    """Take the entry at ``place`` (``cues[3]``) out of its list and put it back as number ``to`` of what is left."""

    place: str
    to: int


Edit = Set | Insert | Remove | Move


def edit(document: Document, edits: Sequence[Edit], *, catalogue: Catalogue | None = None) -> Document:
    """A new document with all ``edits``, one after another, checked; the old one stays as it was.

    Comments and the order of fields stay; a line that is not touched keeps its words, though long entries may be laid
    out anew.

    Raises:
        ScriptError: a place is not there, or the script would not be sound.
    """
    from soundwright.scripts_compiler import comments  # noqa: PLC0415  slow to import, and rarely needed

    tree = document.tree
    for change in edits:
        value = change.value if isinstance(change, Set | Insert) else None
        _apply(tree, change, value if document.is_json else comments.one_line(value))
    text = dump_json(tree) if document.is_json else comments.text_of(tree)
    source = "script" if document.path is None else str(document.path)
    return replace(loads(text, source, catalogue=catalogue), path=document.path)


def give_ids(document: Document, used: Iterable[str] = (), *, catalogue: Catalogue | None = None) -> Document:
    """The document with an id for every cue. ``used`` are ids that were given once: none of them is given again.

    Raises:
        ScriptError: the script would not be sound.
    """
    _, edits = named(document.script, used)
    return edit(document, edits, catalogue=catalogue) if edits else document


def named(script: Script, used: Iterable[str] = ()) -> tuple[Script, list[Set]]:
    """The script with an id for every cue, and the edits that write these ids into its document."""
    fresh = FreshIds(script, used)
    ids = {index: fresh(cue.type) for index, cue in enumerate(script.cues) if cue.id is None}
    cues = [c.model_copy(update={"id": ids[n]}) if n in ids else c for n, c in enumerate(script.cues)]
    return script.model_copy(update={"cues": cues}), [Set(f"cues[{n}].id", name) for n, name in ids.items()]


class FreshIds:
    """Gives ids that no part of ``script`` has and that are not in ``used``: ``line1``, ``sound4``, ..."""

    def __init__(self, script: Script, used: Iterable[str] = ()) -> None:
        self.taken = {*used, *all_ids(script)}
        self._count: dict[str, int] = {}

    def __call__(self, cue_type: str) -> str:
        """A new id for a cue of this type."""
        prefix = _PREFIX[cue_type]
        number = self._count.get(prefix, 0) + 1
        while f"{prefix}{number}" in self.taken:
            number += 1
        self._count[prefix] = number
        self.taken.add(f"{prefix}{number}")
        return f"{prefix}{number}"


def all_ids(script: Script) -> Iterator[str]:
    """The ids of inputs, steps and cues."""
    for part in (*script.inputs, *script.steps, *script.cues):
        if part.id is not None:
            yield part.id


def _apply(tree: Plain, change: Edit, value: Plain) -> None:
    path = parse_path(change.place)
    if not path:
        raise _no_place(change.place, "the whole script")
    owner = tree
    for part in path[:-1]:
        if not _has(owner, part):
            raise _no_place(change.place, shown(owner))
        owner = owner[part]
    last = path[-1]
    if isinstance(change, Insert):
        if not (isinstance(owner, list) and isinstance(last, int) and last <= len(owner)):
            raise _no_place(change.place, shown(owner))
        owner.insert(last, value)
    elif isinstance(change, Set):
        if not (_has(owner, last) or (isinstance(owner, dict) and isinstance(last, str))):
            raise _no_place(change.place, shown(owner))
        _set(owner, last, value)
    elif isinstance(change, Move):
        if not (isinstance(owner, list) and isinstance(last, int) and max(last, change.to) < len(owner)):
            raise _no_place(change.place, shown(owner))
        _shift(owner, last, max(0, change.to))
    elif _has(owner, last):
        del owner[last]
    else:
        raise _no_place(change.place, shown(owner))


def _shift(owner: Plain, place: int, to: int) -> None:
    """Move an entry with the comment behind it."""
    comments = owner.ca.items if hasattr(owner, "ca") else {}
    behind = comments.get(place)
    owner.insert(to, owner.pop(place))
    if behind is not None:
        comments[to] = behind


def _set(owner: Plain, name: str | int, value: Plain) -> None:
    if name == "id" and isinstance(owner, dict) and "id" not in owner and hasattr(owner, "insert"):
        owner.insert(1 if "type" in owner else 0, "id", value)  # where a writer would put it
    else:
        owner[name] = value


def _has(owner: object, part: str | int) -> bool:
    if isinstance(owner, dict):
        return part in owner
    return isinstance(owner, list) and isinstance(part, int) and part < len(owner)


def _no_place(place: str, found: str) -> ScriptError:
    return ScriptError([Problem(place, f"there is no such place in {found}.", "Name a field or entry of the script.")])
