"""Placement against a second reading of the rules: recursion over the text of the rules, without any graph."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.placement import Measured, own_length, place, placement_problems
from soundwright.scripts_compiler.script import Script

Cue = dict[str, Any]
TEXT = "alpha beta gamma delta"
WORDS = tuple((w, 0.1 + i * 0.5, 0.5 + i * 0.5) for i, w in enumerate(TEXT.split()))
STEP = st.integers(0, 40).map(lambda n: n / 4)
SIGNED = st.integers(-12, 12).map(lambda n: n / 4)
TRACKS = st.sampled_from([None, None, "x", "y"])


class Circle(Exception):
    """The rules ask for a moment that needs itself."""


class Oracle:
    """Starts and ends by the rules as they are written; ``lengths`` in seconds by index."""

    def __init__(self, cues: list[Cue], lengths: dict[int, float], duration: float | None) -> None:
        self.cues, self.lengths, self.duration = cues, lengths, duration
        self.index = {c["id"]: i for i, c in enumerate(cues)}
        self.known: dict[tuple[str, int], float] = {}
        self.asked: set[tuple[str, int]] = set()

    def get(self, what: str, i: int) -> float:
        key = (what, i)
        if key in self.known:
            return self.known[key]
        if key in self.asked:
            raise Circle
        self.asked.add(key)
        self.known[key] = round(getattr(self, what)(i), 9)
        return self.known[key]

    def bed(self, i: int) -> bool:
        return bool(self.cues[i].get("layer") == "background")

    def holds(self, i: int) -> bool:
        cue = self.cues[i]
        if cue["type"] in ("scene", "pause", "speech"):
            return True
        return not self.bed(i) and not (set(cue.get("start", {})) & {"with", "after", "on_word", "at"})

    def place(self, i: int) -> tuple[float, int]:
        """Rule 2, and which cue it is."""
        track, best = self.cues[i].get("track"), (0.0, -1)
        for k in range(i):
            if not self.holds(k) or (track is not None and self.cues[k].get("track") not in (None, track)):
                continue
            moment = self.get("start" if self.cues[k]["type"] == "scene" else "end", k)
            best = max(best, (moment, k))
        return best

    def point(self, i: int, point: Cue) -> float:
        at = float(point.get("offset", 0.0))
        if "with" in point:
            at += self.get("start", self.index[point["with"]])
        elif "after" in point:
            at += self.get("end", self.index[point["after"]])
        elif "on_word" in point:
            of = self.index[point["of"]]
            at += self.get("start", of) + min({w[0]: w[1] for w in WORDS}[point["on_word"]], self.lengths[of])
        elif "at" in point:
            at += point["at"]
        else:
            at += self.place(i)[0]
        return max(0.0, at)

    def start(self, i: int) -> float:
        cue = self.cues[i]
        if "start" in cue:
            return self.point(i, cue["start"])
        at, last = self.place(i)
        gap = cue["type"] == "speech" and last >= 0 and self.cues[last]["type"] == "speech"
        return at + (0.3 if gap else 0.0)

    def end(self, i: int) -> float:
        cue = self.cues[i]
        if cue["type"] == "scene":
            later = [k for k in range(i + 1, len(self.cues)) if self.cues[k]["type"] == "scene"]
            return self.get("start", later[0]) if later else self.get("programme", -1)
        start = self.get("start", i)
        if not self.bed(i):
            return start + (cue["length"] if "length" in cue else self.lengths[i])
        return max(start, self.get("stop", i))

    def stop(self, i: int) -> float:
        cue, until = self.cues[i], self.cues[i].get("until")
        if "length" in cue:
            return self.get("start", i) + float(cue["length"])
        if isinstance(until, dict):
            return self.point(i, until)
        if until == "end":
            return self.get("programme", -1)
        if until is not None:
            return self.get("end", self.index[until])
        scenes = [k for k in range(i) if self.cues[k]["type"] == "scene"]
        return self.get("end", scenes[-1]) if scenes else self.get("programme", -1)

    def programme(self, _: int) -> float:
        ends = [self.get("end", i) for i, c in enumerate(self.cues) if c["type"] != "scene" and not self.bed(i)]
        return max(ends) if ends else self.duration or 0.0


@st.composite
def points(draw: st.DrawFn, names: list[str], speeches: list[str]) -> Cue:
    kind = draw(st.sampled_from(["with", "after", "at", "offset", *(["on_word"] if speeches else [])]))
    offset = {"offset": draw(SIGNED)} if kind == "offset" or draw(st.booleans()) else {}
    if kind == "offset":
        return offset
    if kind == "at":
        return {"at": draw(STEP), **offset}
    if kind == "on_word":
        return {"on_word": draw(st.sampled_from(TEXT.split())), "of": draw(st.sampled_from(speeches)), **offset}
    return {kind: draw(st.sampled_from(names)), **offset}


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    kinds = draw(
        st.lists(st.sampled_from(["scene", "speech", "speech", "sound", "pause", "bed"]), min_size=1, max_size=9)
    )
    names = [f"c{i}" for i in range(len(kinds))]
    speeches = [n for n, k in zip(names, kinds, strict=True) if k == "speech"]
    cues: list[Cue] = []
    for name, kind in zip(names, kinds, strict=True):
        cue: Cue = {"id": name, "type": "sound" if kind == "bed" else kind}
        if kind == "speech":
            cue |= {"voice": "A", "text": TEXT}
        if kind in ("sound", "bed"):
            cue["description"] = "x"
        if kind == "pause" or (kind == "sound" and draw(st.booleans())):
            cue["length"] = draw(STEP) if kind == "pause" else draw(STEP) + 0.25
        if kind == "bed":
            cue["layer"] = "background"
            how = draw(st.integers(0, 4))
            if how == 0:
                cue["length"] = draw(STEP) + 0.25
            elif how == 1:
                cue["until"] = draw(points(names, speeches))
            elif how in (2, 3):
                cue["until"] = draw(st.sampled_from([*names, "end"]))
        elif kind != "scene" and (track := draw(TRACKS)):
            cue["track"] = track
        if kind not in ("scene", "pause") and draw(st.integers(0, 2)) == 0:
            cue["start"] = draw(points(names, speeches))
        cues.append(cue)
    return cues


def made(cues: list[Cue], **top: Any) -> Script:
    return Script.model_validate({"version": 1, "voices": [{"name": "A", "description": "a"}], "cues": cues, **top})


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(cue_lists(), st.lists(STEP, min_size=9, max_size=9))
def test_placement_agrees_with_the_rules_read_literally(cues: list[Cue], some: list[float]) -> None:
    script = made(cues, duration=7.5)
    lengths = {i: some[i] for i in range(len(cues)) if own_length(script, i)}
    oracle = Oracle(cues, lengths, 7.5)
    try:
        wanted = [(oracle.get("start", i), oracle.get("end", i)) for i in range(len(cues))]
        end = oracle.get("programme", -1)
    except Circle:
        assert any("circle" in p.found for p in placement_problems(script))
        return
    assert not placement_problems(script)
    assume(end > 0)
    got = place(script, {i: Measured(s, WORDS) for i, s in lengths.items()})
    assert [(p.start_s, p.end_s) for p in got.cues] == wanted
    assert got.duration_s == end
    assert all(p.start_s >= 0 and p.end_s >= p.start_s for p in got.cues)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=8), st.integers(0, 8), STEP)
def test_a_pause_moves_what_is_listed_after_it_and_nothing_else(lengths: list[float], at: int, pause: float) -> None:
    cues: list[Cue] = [
        {"id": f"c{i}", "type": "sound", "description": "x", "length": s + 0.25} for i, s in enumerate(lengths)
    ]
    at = min(at, len(cues))
    before = {c["id"]: p.start_s for c, p in zip(cues, place(made(cues), {}).cues, strict=True)}
    more = [*cues[:at], {"type": "pause", "length": pause, "id": "pause"}, *cues[at:]]
    after = {c["id"]: p.start_s for c, p in zip(more, place(made(more), {}).cues, strict=True)}
    for i, cue in enumerate(cues):
        assert after[cue["id"]] == before[cue["id"]] + (pause if i >= at else 0)


def test_a_circle_is_an_error_of_place_too() -> None:
    script = made([{"id": "a", "type": "sound", "description": "x", "length": 1, "start": {"with": "a"}}])
    with pytest.raises(ScriptError, match="circle"):
        place(script, {})
