"""A mirror of a script's lists: the edits of a patch are done on it one after another, and noted as edits by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from soundwright.orchestrator.revision import patch as ops
from soundwright.orchestrator.revision.patch import Fields, known_fields
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.edits import Edit, FreshIds, Insert, Move, Remove, Set
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.script import Script
from soundwright.scripts_compiler.wording import near, quoted

_EXCLUDES = {"text": ("vocal",), "vocal": ("text",), "length": ("until",), "until": ("length",)}
_INDEX = re.compile(r"(?:cues?)?\s*[\[#]?\s*(\d{1,4})\s*\]?")


class Desk:
    """``edits`` are by place in the order they must be done; ``owner`` tells which edit of the patch touched what."""

    def __init__(self, script: Script, used: Iterable[str]) -> None:
        data = self._whole = documents.plain(script)
        self.cues: list[Fields] = [dict(cue) for cue in data["cues"]]
        self.voices: list[Fields] = [dict(voice) for voice in data.get("voices", ())]
        self.steps: list[Fields] = [dict(step) for step in data.get("steps", ())]
        self.pronounce: list[Fields] = [dict(entry) for entry in data.get("pronounce", ())]
        self.top: Fields = {name: data[name] for name in ops.SCRIPT_FIELDS if name in data}
        self.master: Fields = dict(data.get("master", {}))
        self.edits: list[Edit] = []
        self.problems: list[Problem] = []
        self.owner: dict[tuple[str, str], tuple[int, str]] = {}
        self.removed: dict[str, int] = {}
        self.removed_voices: dict[str, int] = {}
        self.renamed: dict[str, str] = {}
        self.recast: list[str] = []
        self._fresh = FreshIds(script, used)
        self._last_added: dict[str, str] = {}
        self.number = 0

    @property
    def data(self) -> Fields:
        """Plain data of the script as it is now."""
        lists = {"voices": self.voices, "pronounce": self.pronounce, "steps": self.steps, "master": self.master}
        kept = {name: value for name, value in self._whole.items() if name not in ops.SCRIPT_FIELDS}
        return kept | self.top | {name: part for name, part in lists.items() if part} | {"cues": self.cues}

    # --- cues -----------------------------------------------------------------------------------------------------

    def add(self, op: ops.AddCue) -> None:
        """A new cue."""
        at = self._target(op.after, op.before)
        named = self.has_free_id(op.id, "id")
        fixed = [name for name in op.set if name in ("type", "id")]
        for name in fixed:
            self.wrong(f"set.{name}", "stands beside set, not in it.", f"Write it as {name} of the edit.")
        if at is None or fixed or not named:
            return
        cue = {"type": op.type, "id": op.id or self._fresh_id(op.type), **op.set}
        name = str(cue["id"])
        if op.after is not None:
            self._last_added[op.after] = name
        self.cues.insert(at, cue)
        self.own("cue", name, "set")
        self.edits.append(Insert(f"cues[{at}]", cue))

    def _fresh_id(self, cue_type: str) -> str:
        try:
            return self._fresh(cue_type)
        except KeyError:  # no such type: the check of the script says so
            return self._fresh("pause")

    def has_free_id(self, name: object, where: str) -> bool:
        """Whether a new cue or step has no id, or one that was never given, which it is given now."""
        if not isinstance(name, str) or name not in self._fresh.taken:
            if isinstance(name, str):
                self._fresh.taken.add(name)
            return True
        there = any(part.get("id") == name for part in (*self.cues, *self.steps))
        found = f"the id {quoted(name)} {'is taken' if there else 'was used before'}."
        return self.wrong(where, found, "Leave it null, or choose one that was never used.")

    def remove(self, op: ops.RemoveCue) -> None:
        """A cue less."""
        at = self.cue(op.id, "id")
        if at is not None:
            del self.cues[at]
            self.removed[op.id] = self.number
            self.edits.append(Remove(f"cues[{at}]"))

    def move(self, op: ops.MoveCue) -> None:
        """A cue elsewhere."""
        at = self.cue(op.id, "id")
        if at is None:
            return
        if op.after is None and op.before is None:
            self.wrong("after", "neither after nor before is given.", "Say behind or in front of which cue.")
        elif op.id in (op.after, op.before):
            self.wrong("after" if op.after else "before", "the cue would stand beside itself.", "Name another cue.")
        elif (to := self._target(op.after, op.before)) is not None:
            to -= to > at
            if to != at:
                self.cues.insert(to, self.cues.pop(at))
                self.own("cue", op.id, "")
                self.edits.append(Move(f"cues[{at}]", to))

    def change(self, op: ops.ChangeCue) -> None:
        """Fields of a cue."""
        at = self.cue(op.id, "id")
        if at is not None:
            known = known_fields(op, str(self.cues[at].get("type")))
            self.assign(f"cues[{at}]", self.cues[at], op, known, ("cue", op.id))

    def _target(self, after: str | None, before: str | None) -> int | None:
        """Where in the list; cues added behind one cue keep their order."""
        if after is not None and before is not None:
            self.wrong("before", "after is given too.", "Give one of them.")
            return None
        if before is not None:
            return self.cue(before, "before")
        if after is None:
            return len(self.cues)
        at = self.cue(after, "after")
        if at is None:
            return None
        last = self._index(self._last_added.get(after, after))
        return (at if last is None else max(at, last)) + 1

    def _index(self, name: str) -> int | None:
        return next((n for n, cue in enumerate(self.cues) if cue.get("id") == name), None)

    def cue(self, name: str, where: str) -> int | None:
        """The index of the cue with an id; None, with a problem noted at ``where``, if there is none."""
        at = self._index(name)
        if at is not None:
            return at
        if name in self.removed:
            self.wrong(where, f"{quoted(name)} was removed by edits[{self.removed[name]}].", "Name another cue.")
            return None
        ids = [str(cue["id"]) for cue in self.cues if "id" in cue]
        match = _INDEX.fullmatch(name)
        if match is not None and int(match[1]) < len(self.cues):
            remedy = f"cues[{match[1]}] has the id {quoted(str(self.cues[int(match[1])].get('id')))}."
            self.wrong(where, f"{quoted(name)} is a number, cues are named by their ids.", remedy)
        else:
            self.wrong(where, f"no cue is called {quoted(name)}.", near(name, ids) or "Name an id that is shown.")
        return None

    # --- fields ---------------------------------------------------------------------------------------------------

    def assign(
        self, place: str, part: Fields, op: ops.ChangeCue | ops.ChangeVoice | ops.ChangeScript | ops.ChangeMaster,
        known: Sequence[str], owned: tuple[str, str],
    ) -> list[str]:  # fmt: skip
        """Write and clear fields of a part; the names of those that changed."""
        clear = [] if isinstance(op, ops.ChangeMaster) else list(op.clear)
        unknown = [name for name in (*op.set, *clear) if name not in known]
        for name in unknown:
            remedy = near(name, known) or f"There are {', '.join(known)}."
            self.wrong("set", f"{quoted(name)} is no field that can be set here.", remedy)
        if unknown:
            return []
        clear += [
            other for name in op.set for other in _EXCLUDES.get(name, ()) if other in part and other not in op.set
        ]
        changed = [name for name, value in op.set.items() if part.get(name) != value]
        gone = [name for name in dict.fromkeys(clear) if name in part and name not in op.set]
        if place == "master" and not part and changed:
            self.edits.append(Set("master", dict(op.set)))
        else:
            dot = f"{place}." if place else ""
            self.edits += [Remove(f"{dot}{name}") for name in gone]
            self.edits += [Set(f"{dot}{name}", op.set[name]) for name in changed]
        part.update({name: op.set[name] for name in changed})
        for name in gone:
            del part[name]
        self.own(*owned, "set")
        return [*changed, *gone]

    def append(self, section: str, mirror: list[Fields]) -> None:
        """Write the last entry of a mirrored list, or the list where there was none."""
        if len(mirror) == 1:
            self.edits.append(Set(section, [mirror[0]]))
        else:
            self.edits.append(Insert(f"{section}[{len(mirror) - 1}]", mirror[-1]))

    def own(self, kind: str, name: str, where: str) -> None:
        """Note that the present edit touches this part, by its field ``where``."""
        self.owner[kind, name] = (self.number, where)

    def wrong(self, where: str, found: str, remedy: str) -> bool:
        """Note what is wrong with the present edit; False."""
        self.problems.append(Problem(f"edits[{self.number}].{where}", found, remedy))
        return False
