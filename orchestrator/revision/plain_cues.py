"""Plain requests that add, remove, move or rewrite cues."""

from __future__ import annotations

import re
from typing import Any

from soundwright.orchestrator.revision.asking import (
    QUOTE,
    SECONDS,
    Unclear,
    cue_of,
    cues_of,
    id_of,
    quote_of,
    seconds_of,
    voice_of,
)
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.orchestrator.revision.patch import AddCue, ChangeCue, EditOp, Fields, MoveCue, RemoveCue, RemoveVoice
from soundwright.orchestrator.revision.references import resolve, scenes_of
from soundwright.scripts_compiler.script import Cue, MusicCue, SceneCue, Script, SoundCue, SpeechCue
from soundwright.scripts_compiler.wording import quoted

_OVERLAP_S = 0.5
_SIDE = r"(?P<side>after|before|behind|in front of|following)"
_WHERE = rf"(?:,?\s+(?:{_SIDE}\s+(?P<other>.+?)|(?:at|to)\s+the\s+(?:very\s+)?(?P<edge>end|beginning|start)))"
_REMOVE = re.compile(r"^(?:remove|delete|drop|cut(?: out)?|take out|get rid of|lose)\s+(?P<what>.+)$", re.I)
_MOVE = re.compile(
    rf"^(?:move|put|place)\s+(?P<what>.+?)\s+(?:to\s+)?(?:right\s+)?(?:{_SIDE}\s+(?P<other>.+)|(?:to\s+"
    rf"|at\s+)?(?:the\s+)?(?:very\s+)?(?P<edge>beginning|start|end))$",
    re.I,
)
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
_SAY = re.compile(
    rf"^(?:change|rewrite|rephrase|set|make|replace|let)\s+(?P<what>.+?)\s+(?:to|with|into|say|read|be"
    rf"|by)\s*(?:say\s*)?[:,]?\s*{QUOTE}(?:\s+instead)?$",
    re.I,
)
_SHOULD = re.compile(rf"^(?P<what>.+?)\s+(?:should|must|ought to)\s+(?:say|read|be)\s*[:,]?\s*{QUOTE}$", re.I)
_WORDS = re.compile(
    r"^(?:replace|change)\s+(?:the (?:words?|text)\s+)?[\"“](?P<old>[^\"”]{1,500})[\"”]\s+(?:with|to|by"
    r"|into)\s+[\"“](?P<new>[^\"”]{1,1000})[\"”]"
    r"(?:\s+in\s+(?P<what>.+))?$",
    re.I,
)
_OTHER = re.compile(
    r"^(?:change|replace|swap|turn)\s+(?P<what>.+?)\s+(?:to|with|into|by|for)\s+(?:the sound of\s+)?"
    r"(?:an?\s+|some\s+)?(?P<new>[^\"“”]{2,300})$",
    re.I,
)
_INTERRUPT = (
    re.compile(
        r"^(?:let|have|make)\s+(?P<who>.+?)\s+(?:interrupt|cut off|talk over|break in on)\s+(?P<whom>.+?)"
        r"(?:\s+(?:in|at|with|after)\s+(?P<what>.+))?$",
        re.I,
    ),
    re.compile(r"^(?P<who>.+?)\s+(?:should\s+interrupt|interrupts|cuts off|talks over)\s+(?P<whom>.+)$", re.I),
)
_SOUND = re.compile(
    rf"^(?:add|insert|put(?: in)?|play)\s+(?P<kind>the sound of\s+|a sound(?: of|:)\s+|sounds? of\s+)?(?P<what>.+?)"
    rf"(?:\s+(?P<bed>in|as|to) (?:the )?background(?: noise)?(?:\s+(?:of|to|in)\s+(?P<scene>.+))?|\s+"
    rf"(?P<under>under|during|with|while)\s+(?P<with>.+)|{_WHERE})$",
    re.I,
)
_ARTICLE = re.compile(r"^(?:an?|some|the)\s+", re.IGNORECASE)
_MUSIC = re.compile(r"\b(?:music|melody|tune|song|strings|piano|guitar|orchestra|fanfare|jingle)\b", re.IGNORECASE)


def _place(script: Script, match: re.Match[str]) -> dict[str, str]:
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


def _moved(cue: str, where: dict[str, str]) -> EditOp:
    return MoveCue(id=cue, after=where.get("after"), before=where.get("before"))


def remove(script: Script, clause: str) -> list[EditOp] | None:
    """remove the second knock"""
    match = _REMOVE.match(clause)
    if match is None or (re.search(r"\b(?:from|off)\b", match["what"]) and not resolve(script, match["what"]).cues):
        return None
    voice = voice_of(script, match["what"])
    indices = cues_of(script, match["what"])
    owners = scenes_of(script)
    chosen: dict[int, None] = {}
    for index in indices:
        inside = (
            [n for n, of in enumerate(owners) if of == index] if isinstance(script.cues[index], SceneCue) else [index]
        )
        chosen.update(dict.fromkeys(inside))
    edits: list[EditOp] = [RemoveCue(id=id_of(script.cues[index])) for index in chosen]
    return [*edits, RemoveVoice(name=voice)] if voice is not None else edits


def move(script: Script, clause: str) -> list[EditOp] | None:
    """move the knock after Ann's first line"""
    match = _MOVE.match(clause)
    if match is None:
        return None
    cue = id_of(script.cues[cue_of(script, match["what"])])
    return [_moved(cue, _place(script, match))]


def pause(script: Script, clause: str) -> list[EditOp] | None:
    """add a pause of 2 s after the knock"""
    match = next((found for pattern in _PAUSES if (found := pattern.match(clause))), None)
    if match is None:
        return None
    given = match.groupdict()
    seconds = seconds_of(match) if given.get("n") else {"long": 3}.get(str(given.get("size")).lower(), 1)
    return [_added({"type": "pause", "length": seconds}, _place(script, match))]


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
    where = _place(script, match)
    return [_added({"type": "speech", "voice": voice, "text": quote_of(match)}, where)]


def text(script: Script, clause: str) -> list[EditOp] | None:
    """change Ann's line 2 to "..."; replace "boat" with "ship"; change the rain to a storm"""
    match = _WORDS.match(clause)
    if match is not None:
        return _replaced(script, match)
    match = _SAY.match(clause) or _SHOULD.match(clause)
    if match is not None:
        cue = script.cues[cue_of(script, match["what"])]
        return [_rewritten(cue, quote_of(match))]
    match = _OTHER.match(clause)
    if match is None:
        return None
    found = resolve(script, match["what"])
    cues = [script.cues[index] for index in found.cues if isinstance(script.cues[index], SoundCue | MusicCue)]
    if len(cues) != 1:
        return None
    return [_rewritten(cues[0], match["new"].strip())]


def _rewritten(cue: Cue, words: str) -> EditOp:
    match cue:
        case SpeechCue():
            return ChangeCue(id=id_of(cue), set={"text": words})
        case SoundCue() | MusicCue():
            return ChangeCue(id=id_of(cue), set={"description": words})
        case SceneCue():
            return ChangeCue(id=id_of(cue), set={"title": words})
    raise Unclear(f"{id_of(cue)} is a {cue.type} and has no words. What is meant?")


def _replaced(script: Script, match: re.Match[str]) -> list[EditOp]:
    """Words within the lines that hold them; a whole line where they are all of it."""
    old, new = match["old"].strip(), match["new"].strip()
    within = set(cues_of(script, match["what"])) if match["what"] else set(range(len(script.cues)))
    edits: list[EditOp] = []
    for index in sorted(within):
        cue = script.cues[index]
        if isinstance(cue, SpeechCue) and isinstance(cue.text, str):
            words = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, cue.text)
            if words != cue.text:
                edits.append(ChangeCue(id=id_of(cue), set={"text": words}))
    if not edits:
        raise Unclear(f"No line holds the words {quoted(old)}. Which line is meant?")
    return edits


def interrupt(script: Script, clause: str) -> list[EditOp] | None:
    """let Ann interrupt Ben"""
    match = next((found for pattern in _INTERRUPT if (found := pattern.match(clause))), None)
    if match is None:
        return None
    who = voice_of(script, match["who"])
    if who is None:
        cue = script.cues[cue_of(script, match["who"])]
        return [_earlier(cue)]
    whom = _whom(script, match["whom"], who)
    pairs = [n for n in _after_others(script) if _voice(script, n) == who and _before(script, n) in whom]
    if "what" in match.groupdict() and match["what"]:
        chosen = set(cues_of(script, match["what"]))
        pairs = [n for n in pairs if n in chosen]
    if len(pairs) != 1:
        named = ", ".join(describe(script, n) for n in pairs[:5])
        hint = f"{who} answers {' or '.join(whom)} in several lines: {named}. Which is to interrupt?" if pairs else ""
        raise Unclear(
            hint or f"{who} has no line right behind one of {' or '.join(whom) or match['whom']}. Which line is meant?"
        )
    return [_earlier(script.cues[pairs[0]])]


def _whom(script: Script, phrase: str, who: str) -> list[str]:
    name = voice_of(script, phrase)
    if name is not None:
        return [name]
    gender = {"him": "male", "her": "female"}.get(phrase.strip().lower())
    others = [voice for voice in script.voices if voice.name != who]
    return [voice.name for voice in others if gender is None or voice.gender in (gender, None)]


def _after_others(script: Script) -> list[int]:
    """Speeches right behind a speech of somebody else."""
    return [
        n for n in range(len(script.cues)) if _voice(script, n) and _before(script, n) not in (None, _voice(script, n))
    ]  # fmt: skip


def _voice(script: Script, index: int) -> str | None:
    cue = script.cues[index]
    return cue.voice if isinstance(cue, SpeechCue) and cue.text is not None else None


def _before(script: Script, index: int) -> str | None:
    """Who spoke last before a cue in its scene."""
    for n in range(index - 1, -1, -1):
        if isinstance(script.cues[n], SceneCue):
            return None
        if _voice(script, n) is not None:
            return _voice(script, n)
    return None


def _earlier(cue: Cue) -> EditOp:
    if not isinstance(cue, SpeechCue):
        raise Unclear(f"{id_of(cue)} is a {cue.type}: only a line can interrupt. Which line is meant?")
    start: dict[str, Any] = cue.start.model_dump(by_alias=True, exclude_none=True) if cue.start is not None else {}
    start["offset"] = round(max(-600.0, start.get("offset", 0.0) - _OVERLAP_S), 3)
    return ChangeCue(id=id_of(cue), set={"start": start})


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
    return [_added(cue, _place(script, match))]


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
