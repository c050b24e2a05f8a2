"""The moments of a script (starts, ends) and what each depends on, before any length is known.

Rules 1, 2, 8, 9 and 12 of SCRIPT.md section 4 decide the edges. The latest end among earlier cues is a chain of
moments, one more for each cue that holds, so a script of n cues has about 4 n moments and edges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from soundwright.scripts_compiler.script import (
    RESERVED_ID,
    BedableCue,
    ClipCue,
    Cue,
    PauseCue,
    Point,
    SceneCue,
    Script,
    SpeechCue,
    is_bed,
)


class Rule(Enum):
    """How the time of a moment follows from those it needs."""

    ZERO = "the programme's start"
    LATEST = "the latest of what it needs; on a tie the cue listed last"
    START = "anchor, plus word time, plus offset, plus gap; not before 0"
    POINT = "anchor, plus word time, plus offset; not before 0 (an until)"
    END = "start plus length"
    STOP = "until, or the end of the recording, not before the start"
    SAME = "the moment it needs"
    FIXED = "a written duration"


@dataclass(frozen=True, slots=True)
class Moment:
    """``cue`` is the index it belongs to (-1: none), ``needs`` holds numbers of moments, ``point`` is as written."""

    rule: Rule
    needs: tuple[int, ...] = ()
    cue: int = -1
    point: Point | None = None


@dataclass(slots=True)
class Moments:
    """All moments of a script by number; those of a cue by its index in ``start``, ``end`` and (beds) ``stop``."""

    script: Script
    all: list[Moment] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    stop: dict[int, int] = field(default_factory=dict)
    programme: int = -1
    by_id: dict[str, int] = field(default_factory=dict)

    def add(self, rule: Rule, needs: tuple[int, ...] = (), cue: int = -1, point: Point | None = None) -> int:
        """Append a moment and give its number."""
        self.all.append(Moment(rule, needs, cue, point))
        return len(self.all) - 1

    def put(self, number: int, rule: Rule, needs: tuple[int, ...], cue: int = -1, point: Point | None = None) -> None:
        """Fill a moment whose number was handed out before."""
        self.all[number] = Moment(rule, needs, cue, point)

    def name(self, number: int) -> str:
        """How messages call a moment; empty for those that only gather others."""
        moment = self.all[number]
        if number == self.programme:
            return "the end of the programme"
        if moment.cue < 0:
            return ""
        cue = self.script.cues[moment.cue]
        called = f"cues[{moment.cue}]" if cue.id is None else f"cues[{moment.cue}] ({cue.id})"
        if number == self.start[moment.cue]:
            return f"the start of {called}"
        return f"the end of {called}" if number == self.end[moment.cue] else f"the stop of {called}"


def moments(script: Script) -> Moments:
    """The moments of a script. Anchors that name no cue are left out: ``check`` reports them."""
    built = Moments(script)
    count = len(script.cues)
    built.by_id = {cue.id: i for i, cue in enumerate(script.cues) if cue.id is not None}
    zero = built.add(Rule.ZERO)
    built.start = [built.add(Rule.ZERO, cue=i) for i in range(count)]
    built.end = [built.add(Rule.ZERO, cue=i) for i in range(count)]
    built.programme = _programme(built)
    places = _automatic_places(built, zero)
    scene_ends = _scene_ends(built)
    for i, cue in enumerate(script.cues):
        _fill(built, i, cue, places[i], scene_ends[i])
    return built


def holds(cue: Cue) -> bool:
    """Rule 1: scenes, pauses and speeches, and what is in the foreground and names no anchor."""
    if isinstance(cue, SceneCue | PauseCue | SpeechCue):
        return True
    return not is_bed(cue) and (cue.start is None or not cue.start.anchored)


def _programme(built: Moments) -> int:
    """Rule 12."""
    script = built.script
    ends = [built.end[i] for i, cue in enumerate(script.cues) if not isinstance(cue, SceneCue) and not is_bed(cue)]
    return built.add(Rule.LATEST, tuple(ends)) if ends else built.add(Rule.FIXED)


def _automatic_places(built: Moments, zero: int) -> list[tuple[int, ...]]:
    """Rule 2: for each cue the moments whose latest is its place."""
    everything, untracked = zero, zero
    tracks: dict[str, int] = {}
    places: list[tuple[int, ...]] = []
    for i, cue in enumerate(built.script.cues):
        track = None if isinstance(cue, SceneCue) else cue.track
        places.append((everything,) if track is None else (untracked, tracks.get(track, zero)))
        if not holds(cue):
            continue
        # A scene holds the moment at which it starts: it has no length of its own.
        end = built.start[i] if isinstance(cue, SceneCue) else built.end[i]
        everything = built.add(Rule.LATEST, (everything, end))
        if track is None:
            untracked = built.add(Rule.LATEST, (untracked, end))
        else:
            tracks[track] = built.add(Rule.LATEST, (tracks.get(track, zero), end))
    return places


def _scene_ends(built: Moments) -> list[int]:
    """Rule 8: for each cue the end of the scene it is listed in; the programme's where there is none."""
    ends = [built.programme] * len(built.script.cues)
    next_scene, first = built.programme, len(ends)
    for i in range(len(ends) - 1, -1, -1):
        ends[i] = next_scene
        if isinstance(built.script.cues[i], SceneCue):
            next_scene, first = built.start[i], i
    ends[:first] = [built.programme] * first
    return ends


def _fill(built: Moments, i: int, cue: Cue, place: tuple[int, ...], scene_end: int) -> None:
    automatic = place[0] if len(place) == 1 else built.add(Rule.LATEST, place)
    point = None if isinstance(cue, SceneCue | PauseCue) else cue.start
    built.put(built.start[i], Rule.START, (_anchor(built, point, automatic),), i, point)
    if isinstance(cue, SceneCue):
        built.put(built.end[i], Rule.SAME, (scene_end,), i)
    elif isinstance(cue, PauseCue | SpeechCue) or cue.layer == "foreground":
        built.put(built.end[i], Rule.END, (built.start[i],), i)
    else:
        built.stop[i] = _bed_stop(built, i, cue, automatic, scene_end)
        built.put(built.end[i], Rule.STOP, (built.start[i], built.stop[i]), i)


def _bed_stop(built: Moments, i: int, cue: BedableCue, automatic: int, scene_end: int) -> int:
    """Rule 9."""
    if not isinstance(cue, ClipCue) and cue.length is not None:
        return built.add(Rule.END, (built.start[i],), i)
    if isinstance(cue.until, Point):
        return built.add(Rule.POINT, (_anchor(built, cue.until, automatic),), i, cue.until)
    if cue.until is None:
        return built.add(Rule.SAME, (scene_end,), i)
    if cue.until == RESERVED_ID:
        return built.add(Rule.SAME, (built.programme,), i)
    named = built.by_id.get(cue.until)
    return built.add(Rule.SAME, (0 if named is None else built.end[named],), i)


def _anchor(built: Moments, point: Point | None, automatic: int) -> int:
    if point is None or not point.anchored:
        return automatic
    if point.at is not None:
        return 0
    name = point.with_ or point.after or point.of
    if name not in built.by_id:
        return 0
    index = built.by_id[name]
    return built.end[index] if point.after is not None else built.start[index]
