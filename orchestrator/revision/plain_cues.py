"""Plain requests that remove, move or rewrite cues."""

from __future__ import annotations

import re
from typing import Any

from soundwright.orchestrator.revision.asking import (
    QUOTE,
    Unclear,
    cue_of,
    cues_of,
    id_of,
    quote_of,
    voice_of,
)
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.orchestrator.revision.patch import ChangeCue, EditOp, MoveCue, RemoveCue, RemoveVoice
from soundwright.orchestrator.revision.plain_added import SIDE, place
from soundwright.orchestrator.revision.references import resolve, scenes_of
from soundwright.scripts_compiler.script import Cue, MusicCue, SceneCue, Script, SoundCue, SpeechCue
from soundwright.scripts_compiler.wording import quoted

_OVERLAP_S = 0.5
_REMOVE = re.compile(r"^(?:remove|delete|drop|cut(?: out)?|take out|get rid of|lose)\s+(?P<what>.+)$", re.I)
_MOVE = re.compile(
    rf"^(?:move|put|place)\s+(?P<what>.+?)\s+(?:to\s+)?(?:right\s+)?(?:{SIDE}\s+(?P<other>.+)|(?:to\s+"
    rf"|at\s+)?(?:the\s+)?(?:very\s+)?(?P<edge>beginning|start|end))$",
    re.I,
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
    return [_moved(cue, place(script, match))]


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
