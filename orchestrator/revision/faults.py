"""What is wrong with a script after a patch, told by the patch's edits and the ids of cues instead of by places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from soundwright.orchestrator.revision.desk import Desk
from soundwright.orchestrator.revision.patch import Fields
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.wording import quoted

_PLACE = re.compile(r"^(?P<section>cues|voices|steps|pronounce)\[(?P<index>\d{1,5})\]\.?(?P<rest>.*)$")
_CUE = re.compile(r"\bcues\[(\d{1,5})\](?: \(\w+\))?")
_SECTION = {"cues": "cue", "voices": "voice", "steps": "step", "pronounce": "pronounce"}
_NAME = {"cues": "id", "voices": "name", "steps": "id", "pronounce": "word"}


def dangling(desk: Desk) -> list[Problem]:
    """Cues that are placed by a cue which was removed, and lines of voices which were."""
    problems = []
    for name, number in desk.removed.items():
        users = [str(cue.get("id")) for cue in desk.cues if name in set(_named(cue))]
        users += [str(step.get("id")) for step in desk.steps if name in {str(v).split(".")[0] for v in step.values()}]
        if users:
            found = f"{quoted(name)} cannot go: {_listed(users)} {_verb(users)} it."
            problems.append(
                Problem(f"edits[{number}].id", found, "Change their start, until or source, or remove them too.")
            )
    for name, number in desk.removed_voices.items():
        lines = [str(cue.get("id")) for cue in desk.cues if cue.get("voice") == name]
        if lines and all(voice.get("name") != name for voice in desk.voices):
            found = f"{quoted(name)} still speaks {_listed(lines)}."
            problems.append(Problem(f"edits[{number}].name", found, "Remove these lines, or give them another voice."))
    return problems


def told_by_id(problems: Iterable[Problem], desk: Desk, known: Sequence[Problem]) -> list[Problem]:
    """The problems of a script with the places of the patch; what ``known`` says already is left out."""
    said = [*known]
    for problem in problems:
        told = _told(problem, desk)
        if not (known and _repeats(problem, desk)):
            said.append(told)
    return said or [_told(problem, desk) for problem in problems]


def _repeats(problem: Problem, desk: Desk) -> bool:
    return any(quoted(name) in problem.found for name in (*desk.removed, *desk.removed_voices))


def _told(problem: Problem, desk: Desk) -> Problem:
    place, found, remedy = _place(problem.place, desk), _by_id(problem.found, desk), _by_id(problem.remedy, desk)
    return replace(problem, place=place, found=found, remedy=remedy, line=None)


def _place(place: str, desk: Desk) -> str:
    match = _PLACE.match(place)
    if match is None:
        kind = ("master", "") if place.startswith("master") else ("script", "")
        number, where = desk.owner.get(kind, (-1, ""))
        rest = place.removeprefix("master").lstrip(".")
        return f"edits[{number}].{where}.{rest}" if number >= 0 and rest else place
    section = match["section"]
    name = _name(desk, section, int(match["index"]))
    number, where = desk.owner.get((_SECTION[section], name), (-1, ""))
    if number < 0:
        return f"{_SECTION[section]} {name}" + (f": {match['rest']}" if match["rest"] else "")
    return ".".join(part for part in (f"edits[{number}]", where, match["rest"]) if part) + f" ({name})"


def _name(desk: Desk, section: str, index: int) -> str:
    listed: list[Fields] = getattr(desk, section)
    return str(listed[index].get(_NAME[section], "")) if index < len(listed) else ""


def _by_id(text: str, desk: Desk) -> str:
    return _CUE.sub(lambda match: _name(desk, "cues", int(match[1])) or match[0], text)


def _named(cue: Fields) -> Iterator[str]:
    for field in ("start", "until"):
        point = cue.get(field)
        if isinstance(point, str):
            yield point
        elif isinstance(point, dict):
            yield from (str(point[name]) for name in ("with", "after", "of") if name in point)
    if isinstance(cue.get("source"), str):
        yield cue["source"].split(".")[0]
    if isinstance(cue.get("text"), dict):
        yield str(cue["text"].get("from"))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _verb(names: Sequence[str]) -> str:
    return "names" if len(names) == 1 else "name"
