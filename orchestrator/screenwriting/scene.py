"""Builds an audible scene from an idea: ambiences, events on the bars of the music, an opening and a close.

Everything is placed by bars of the mood's tempo, so that sounds fall where music expects them. Spoken are only the
idea's own words and the lines that it quotes.
"""

# ruff: noqa: E501 - cues read better a line each
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from soundwright.orchestrator.screenwriting.idea import Idea
from soundwright.orchestrator.screenwriting.settings import Event
from soundwright.scripts_compiler.importers.common import NARRATOR, NARRATOR_DESCRIPTION, Ids, split_speech
from soundwright.scripts_compiler.importers.voices import gender_of, voice_for

Cue = dict[str, object]
WORDS_PER_SECOND = 2.3
SPEECH_MARGIN_S = 1.0
# two ambiences together stay 15 LU below speech: power sum of -28 and -33 LUFS, less 9 dB of ducking
BED_LUFS = (-28.0, -33.0)
BED_DUCK_DB = 9.0
EVENT_GAIN_DB = -1.0
GAP_S = 0.8
LATE = 0.4  # what an idea names after this share of its text comes up later in the scene
_BY_DAY = re.compile(r"bird|woodpecker|rooster|hawk|crow\b|chicken|children")
FALLBACK_BEDS = ("wind", "room tone")


@dataclass(slots=True)
class Plan:
    """Cues of a scene while it is built; ``busy`` are the spans, in seconds, in which somebody speaks or a sound lies."""

    idea: Idea
    known: Callable[[str], bool]
    cues: list[Cue] = field(default_factory=list)
    voices: list[dict[str, object]] = field(default_factory=list)
    busy: list[tuple[float, float]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)

    @property
    def bar_s(self) -> float:
        """Seconds of a bar in four."""
        return 240.0 / self.idea.mood.bpm


def build(idea: Idea, known: Callable[[str], bool]) -> Plan:
    """A plan whose cues last exactly as long as the idea wants."""
    plan = Plan(idea, known)
    title = idea.title
    space: Cue = {"space": idea.setting.space} if idea.setting and idea.setting.space != "none" else {}
    plan.cues.append({"type": "scene", "id": plan.ids.new(title, "scene"), "title": title} | space)
    if not idea.music:  # nothing else would hold the programme open up to its end
        plan.cues.append({"type": "pause", "track": "clock", "length": idea.length_s})
    intro_s, outro_s = _frame(plan)
    if not idea.only_music:
        _beds(plan)
    _music(plan, intro_s, outro_s)
    _speech(plan, intro_s, outro_s)
    if not idea.only_music:
        _events(plan, intro_s, outro_s)
    return plan


def _frame(plan: Plan) -> tuple[float, float]:
    """Lengths of opening and close in seconds: whole bars, about a seventh of the programme each."""
    if not plan.idea.music:
        return min(2.0, plan.idea.length_s / 8), min(2.0, plan.idea.length_s / 8)
    bars = max(1, round(plan.idea.length_s / 7 / plan.bar_s))
    intro_s = min(bars * plan.bar_s, plan.idea.length_s / 3, 16.0)
    return round(intro_s, 3), round(min(intro_s + plan.bar_s, plan.idea.length_s / 3), 3)


def _beds(plan: Plan) -> None:
    """The main ambience from the start; weather named late in an idea comes up late, and goes where it passes."""
    wanted = [(share if share > LATE else 0.0, what) for share, what in plan.idea.ambiences]
    named = {what for _, what in wanted}
    own = [
        (0.0, what)
        for what in (plan.idea.setting.beds if plan.idea.setting else ())
        if _fits_hour(plan, what) and what not in named
    ]
    if (
        plan.idea.night
        and plan.idea.setting
        and plan.idea.setting.space == "outdoors"
        and not own
        and "crickets" not in named
    ):
        own = [(0.0, "night")]
    if any(what == "storm" for what in named) and plan.idea.setting and "storm" in plan.idea.setting.beds[0]:
        wanted = [w for w in wanted if w[1] != "storm"]
    chosen = _known(plan, [*own[:1], *wanted, *own[1:]])[:3]
    if not chosen:
        chosen = [(0.0, what) for what in FALLBACK_BEDS if plan.known(what)][:1]
    passing = " pass" in plan.idea.text.lower() or " fade" in plan.idea.text.lower()
    for k, (share, what) in enumerate(chosen):
        _bed(plan, what, share * plan.idea.length_s, BED_LUFS[min(k, 1)], rises=share > 0, passes=share > 0 and passing)


def _fits_hour(plan: Plan, what: str) -> bool:
    return not (plan.idea.night and _BY_DAY.search(what))


def _bed(plan: Plan, what: str, at_s: float, loudness: float, *, rises: bool, passes: bool) -> None:
    cue: Cue = {"type": "sound", "layer": "background", "description": what, "start": {"at": round(at_s, 3)},
                "loudness": loudness, "duck": BED_DUCK_DB, "fade_in": 2.0, "fade_out": 2.0}  # fmt: skip
    if rises:
        cue |= {"loudness": BED_LUFS[0], "gain": [-18.0, 0.0, -18.0] if passes else [-18.0, 0.0, 0.0]}
    plan.cues.append(cue)


def _known(plan: Plan, wanted: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Those that can be made; the others are remembered for the notes."""
    plan.left_out += [what for _, what in wanted if not plan.known(what)]
    return [(share, what) for share, what in dict.fromkeys(wanted) if plan.known(what)]


def _music(plan: Plan, intro_s: float, outro_s: float) -> None:
    if not plan.idea.music:
        return
    length_s = plan.idea.length_s
    music = plan.idea.mood.music
    plan.cues.append({"type": "music", "id": plan.ids.new("opening"), "description": music, "length": intro_s + plan.bar_s / 2,
                      "start": {"at": 0.0}, "fade_in": 1.0, "fade_out": min(3.0, intro_s / 2)})  # fmt: skip
    if length_s > 25:
        plan.cues.append({"type": "music", "layer": "background", "description": f"{music}, sparse and soft",
                          "start": {"at": intro_s}, "until": {"at": round(length_s - outro_s, 3)}, "loudness": -27.0,
                          "duck": BED_DUCK_DB, "fade_in": 3.0, "fade_out": 3.0})  # fmt: skip
    plan.cues.append({"type": "music", "id": plan.ids.new("close"), "description": music, "take": 1, "length": outro_s,
                      "start": {"at": round(length_s - outro_s, 3)}, "fade_in": 0.5, "fade_out": min(4.0, outro_s / 2)})  # fmt: skip


def _speech(plan: Plan, intro_s: float, outro_s: float) -> None:
    """The idea's own words, spread over the scene; then the lines it quotes."""
    if not plan.idea.speech:
        return
    told = plan.idea.words if plan.idea.voices is None or len(plan.idea.quotes) < plan.idea.voices else ()
    lines = [(NARRATOR, text) for text in told] + [(voice, text) for voice, text in _quoted(plan)]
    lines = [(voice, piece) for voice, text in lines for piece in split_speech(text)]
    start_s, stop_s = intro_s, plan.idea.length_s - outro_s
    lengths = [seconds_spoken(text) for _, text in lines]
    free = max(0.0, (stop_s - start_s) - sum(lengths))
    gap_s = min(free / max(len(lines), 1), 4 * plan.bar_s)
    at_s = start_s
    start: Cue = {"at": round(at_s, 3)}
    for (voice, text), spoken_s in zip(lines, lengths, strict=True):
        _voice(plan, voice)
        cue: Cue = {"type": "speech", "voice": voice, "text": text, "track": "voices", "start": start}
        if voice == NARRATOR:
            cue["space"] = "none"  # the storyteller is not in the scene
        plan.cues.append(cue)
        plan.busy.append((at_s, at_s + spoken_s + SPEECH_MARGIN_S))
        # later lines follow the real end of the one before, so that a slow voice never talks over itself
        at_s += spoken_s + max(gap_s, SPEECH_MARGIN_S)
        start = {"offset": round(max(gap_s, SPEECH_MARGIN_S), 3)}


def _quoted(plan: Plan) -> list[tuple[str, str]]:
    """Quoted lines with their voices in turn: as many as the idea asks for, else two."""
    count = max(1, plan.idea.voices or 2)
    ordinals = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
    names = [f"{ordinal} Voice" for ordinal in ordinals]
    return [(who or names[k % min(count, len(names))], text) for k, (who, text) in enumerate(plan.idea.quotes)]


def _voice(plan: Plan, name: str) -> None:
    if any(voice["name"] == name for voice in plan.voices):
        return
    if name == NARRATOR:
        plan.voices.append({"name": name, "description": NARRATOR_DESCRIPTION})
        return
    if not name.endswith(" Voice"):
        plan.voices.append(voice_for(name))
        return
    gender = gender_of(name) or ("female" if len(plan.voices) % 2 else "male")
    kind = "woman" if gender == "female" else "man"
    plan.voices.append({"name": name, "description": f"clear and natural {kind}", "gender": gender, "age": "adult"})


def _events(plan: Plan, intro_s: float, outro_s: float) -> None:
    """Events on bar lines that nobody speaks over: those the idea names at their place in it, then the setting's."""
    first_s = intro_s * 0.5 if plan.idea.music else intro_s
    last_s = plan.idea.length_s - (outro_s * 0.5 if plan.idea.music else 0.5)
    wanted: list[tuple[float | None, Event]] = [(share, (what, s)) for share, what, s in plan.idea.events]
    wanted += [
        (share + 0.1, ("distant thunder", 5.0))
        for share, what in plan.idea.ambiences
        if what == "storm" and share > LATE
    ]
    accent = plan.idea.mood.accent
    named = {event[0] for _, event in wanted}
    wanted += [
        (None, e)
        for e in (plan.idea.setting.events if plan.idea.setting else ())
        if e[0] not in named and _fits_hour(plan, e[0])
    ]
    wanted += [(0.85, accent)] if accent and accent[0] not in named else []
    density = max(1, int((last_s - first_s) / 7))
    kept = [w for w in wanted if plan.known(w[1][0])]
    plan.left_out += [event[0] for share, event in wanted if share is not None and not plan.known(event[0])]
    kept = sorted(kept, key=lambda w: w[0] is None)[: max(density, 1)]
    order = sorted(enumerate(kept), key=lambda k: k[1][0] if k[1][0] is not None else (k[0] + 0.5) / max(len(kept), 1))
    for k, (_, (share, event)) in enumerate(order):
        wish_s = first_s + (share if share is not None else (k + 0.5) / len(order)) * (last_s - first_s)
        _place(plan, event, wish_s, first_s, last_s, pan=(-0.4, 0.35, 0.0, 0.5)[k % 4])


def _place(plan: Plan, event: Event, wish_s: float, first_s: float, last_s: float, pan: float) -> None:
    """Put an event on the free bar line nearest to where it is wanted; without one it is left out."""
    what, length_s = event
    bars = range(int((last_s - first_s) / plan.bar_s) + 1)
    starts = sorted((first_s + bar * plan.bar_s for bar in bars), key=lambda at_s: (abs(at_s - wish_s), at_s))
    for at_s in starts:
        free = all(at_s + length_s + GAP_S <= start or at_s >= stop for start, stop in plan.busy)
        if free and at_s + length_s <= last_s:
            plan.cues.append({"type": "sound", "description": what, "length": length_s, "start": {"at": round(at_s, 3)},
                              "gain": EVENT_GAIN_DB, "pan": pan})  # fmt: skip
            plan.busy.append((at_s, at_s + length_s))
            return


def seconds_spoken(text: str) -> float:
    """About how long a text takes to say, in seconds."""
    return 0.6 + len(text.split()) / WORDS_PER_SECOND
