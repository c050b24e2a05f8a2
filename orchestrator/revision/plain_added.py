"""Plain requests for something more: a pause, a line, a sound."""

from __future__ import annotations

import re
from typing import Any

from soundwright.orchestrator.revision.asking import (
    QUOTE,
    SECONDS,
    Unclear,
    cue_of,
    id_of,
    quote_of,
    seconds_of,
    voice_of,
)
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.orchestrator.revision.patch import AddCue, EditOp, Fields
from soundwright.orchestrator.revision.references import resolve
from soundwright.scripts_compiler.script import SceneCue, Script
from soundwright.scripts_compiler.wording import quoted

SIDE = r"(?P<side>after|before|behind|in front of|following)"
_WHERE = rf"(?:,?\s+(?:{SIDE}\s+(?P<other>.+?)|(?:at|to)\s+the\s+(?:very\s+)?(?P<edge>end|beginning|start)))"
_PAUSES = (
    re.compile(
        rf"^(?:add|insert|put|make)\s+(?:in\s+)?(?:a\s+)?(?:(?:pause|silence|break|gap)\s+of\s+{SECONDS})\s*{_WHERE}$",
        re.I,
    ),
    re.compile(
        rf"^(?:add|insert|put|make)\s+(?:in\s+)?(?:a\s+|an\s+)?{SECONDS}(?:\s+of)?\s+(?:pause|silence|break"
        rf"|gap)\s*{_WHERE}$",
        re.I,
    ),
    re.compile(
        rf"^(?:add|insert|put|make)\s+(?:in\s+)?(?:a\s+)?(?P<size>short|long|brief)?\s*(?:pause|silence|break"
        rf"|gap)\s*{_WHERE}$",
        re.I,
    ),
)
_LINES = (
    re.compile(
        rf"^(?:let|have|make)\s+(?P<who>.+?)\s+(?:say|answer|reply|ask|add|shout|whisper)\s*[:,]?\s*{QUOTE}{_WHERE}?$",
        re.I,
    ),
    re.compile(
        rf"^(?:add|insert|give)\s+(?:a\s+(?:new\s+)?)?line\s+(?:for|of|by|to)\s+(?P<who>.+?)(?:\s+saying"
        rf"|\s+that says|\s+who says)?\s*[:,]?\s*{QUOTE}{_WHERE}?$",
        re.I,
    ),
)
_SOUND = re.compile(
    rf"^(?:add|insert|put(?: in)?|play)\s+(?P<kind>the sound of\s+|a sound(?: of|:)\s+|sounds? of\s+)?(?P<what>.+?)"
    rf"(?:\s+(?P<bed>in|as|to) (?:the )?background(?: noise)?(?:\s+(?:of|to|in)\s+(?P<scene>.+))?|\s+"
    rf"(?P<under>under|during|with|while)\s+(?P<with>.+)|{_WHERE})$",
    re.I,
)
_ARTICLE = re.compile(r"^(?:an?|some|the)\s+", re.IGNORECASE)
_MUSIC = re.compile(r"\b(?:music|melody|tune|song|strings|piano|guitar|orchestra|fanfare|jingle)\b", re.IGNORECASE)


def place(script: Script, match: re.Match[str]) -> dict[str, str]:
    """Behind or in front of which cue."""
    if match["edge"]:
        at_end = match["edge"].lower() == "end"
        return {"after": id_of(script.cues[-1])} if at_end else {"before": id_of(script.cues[0])}
    if not match["side"]:
        return {}
    name = id_of(script.cues[cue_of(script, match["other"])])
    return {"before": name} if match["side"].lower() in ("before", "in front of") else {"after": name}


def _added(cue: Fields, where: dict[str, str]) -> EditOp:
    fields = {name: value for name, value in cue.items() if name != "type"}
    return AddCue(type=cue["type"], set=fields, after=where.get("after"), before=where.get("before"))


def pause(script: Script, clause: str) -> list[EditOp] | None:
    """add a pause of 2 s after the knock"""
    match = next((found for pattern in _PAUSES if (found := pattern.match(clause))), None)
    if match is None:
        return None
    given = match.groupdict()
    seconds = seconds_of(match) if given.get("n") else {"long": 3}.get(str(given.get("size")).lower(), 1)
    return [_added({"type": "pause", "length": seconds}, place(script, match))]


def line(script: Script, clause: str) -> list[EditOp] | None:
    """let Ann say "..." after the knock"""
    match = next((found for pattern in _LINES if (found := pattern.match(clause))), None)
    if match is None:
        return None
    voice = voice_of(script, match["who"])
    if voice is None:
        if resolve(script, match["who"]).cues:
            return None  # a line is meant: it gets another text
        names = ", ".join(each.name for each in script.voices) or "none"
        raise Unclear(f"No voice is called {quoted(match['who'])}; there are: {names}. Who is to say it?")
    where = place(script, match)
    return [_added({"type": "speech", "voice": voice, "text": quote_of(match)}, where)]


def sound(script: Script, clause: str) -> list[EditOp] | None:
    """add thunder after line3; add rain in the background of scene two; add a dog under Ann's last line"""
    match = _SOUND.match(clause)
    if match is None:
        return None
    words = _ARTICLE.sub("", match["what"].strip())
    cue: dict[str, Any] = {"type": "music" if _MUSIC.search(words) else "sound", "description": words}
    if match["bed"]:
        where = _in_scene(script, match["scene"])
        return [_added({**cue, "layer": "background"}, where)]
    cue |= {"length": 6} if cue["type"] == "music" else {}
    if match["under"]:
        other = id_of(script.cues[cue_of(script, match["with"])])
        return [_added({**cue, "start": {"with": other}}, {"after": other})]
    return [_added(cue, place(script, match))]


def _in_scene(script: Script, phrase: str | None) -> dict[str, str]:
    """Behind the heading of a scene, or before everything."""
    if phrase is None:
        scenes = [n for n, cue in enumerate(script.cues) if isinstance(cue, SceneCue)]
        if len(scenes) == 1:
            return {"after": id_of(script.cues[scenes[0]])}
        return {"before": id_of(script.cues[0])}
    index = cue_of(script, phrase)
    if not isinstance(script.cues[index], SceneCue):
        raise Unclear(f"{describe(script, index)} is no scene. Which scene is meant?")
    return {"after": id_of(script.cues[index])}
