"""Plain requests about how a cue sounds: louder, slower, longer, to the left, faded, on the telephone, another take."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from soundwright.orchestrator.revision.asking import SECONDS, Unclear, cues_of, id_of, seconds_of, tidy, voice_of
from soundwright.orchestrator.revision.patch import ChangeCue, ChangeMaster, EditOp, SwitchEffect
from soundwright.scripts_compiler.script import (
    ClipCue,
    Cue,
    MusicCue,
    PauseCue,
    SceneCue,
    Script,
    SoundCue,
    SpeechCue,
)  # fmt: skip

_STEP_DB, _SLIGHT_DB, _MUCH_DB = 3.0, 1.5, 6.0
_FASTER, _SLOWER = 1.15, 0.85
_LONGER, _SHORTER = 1.5, 0.67
_HOW = (
    r"(?:(?P<slight>a (?:little|bit|touch|tad)(?: bit)?|slightly|somewhat)\s+|(?P<much>much|a lot|far|way"
    r"|significantly)\s+|(?:even\s+)?)"
)
_BY = r"(?:\s+by\s+(?P<db>\d{1,2}(?:\.\d{1,2})?)\s*db)?"
_LEVELS = (
    re.compile(
        r"^(?:make\s+)?(?P<what>.+?)\s+(?P<db>\d{1,2}(?:\.\d{1,2})?)\s*db\s+(?P<way>louder|softer|quieter|lower)$",
        re.I,
    ),
    re.compile(
        rf"^(?:make|turn|bring|let|get)\s+(?P<what>.+?)\s+(?:be\s+)?{_HOW}(?P<way>louder|softer|quieter|lower"
        rf"|fainter|stronger){_BY}$",
        re.I,
    ),
    re.compile(rf"^(?:turn|bring)\s+(?P<way>up|down)\s+(?P<what>.+?)\s*{_HOW}?{_BY}$", re.I),
    re.compile(
        rf"^(?:turn|bring)\s+(?P<what>.+?)\s+(?:{_HOW}\s*)?(?P<way>up|down)(?:\s+(?P<slight2>a (?:little|bit)))?{_BY}$",
        re.I,
    ),
    re.compile(rf"^(?P<way>raise|lower|boost|reduce|soften)\s+(?P<what>.+?){_BY}$", re.I),
    re.compile(rf"^(?P<way>louder|softer|quieter)(?:\s+for)?\s+(?P<what>.+?){_BY}$", re.I),
    re.compile(
        rf"^(?P<what>.+?)\s+(?:should be|is too (?=quiet|soft|loud)|needs to be|must be)\s*{_HOW}"
        rf"(?P<way>louder|softer|quieter|quiet|soft|loud){_BY}$",
        re.I,
    ),
)
_UP = frozenset(["louder", "stronger", "up", "raise", "boost", "quiet", "soft"])
_MUTE = re.compile(r"^(?:mute|silence)\s+(?P<what>.+)$", re.IGNORECASE)
_ALL = re.compile(
    r"^(?:it|everything|the whole (?:thing|mix|story|programme)|the (?:mix|programme|master)|all of it)$", re.IGNORECASE
)
_SPEEDS = (
    re.compile(
        rf"^(?:make|let)\s+(?P<what>.+?)\s+(?:speak|talk|be|sound|say it)?\s*{_HOW}(?P<way>slower|faster|quicker)$",
        re.I,
    ),
    re.compile(r"^(?P<way>slower|faster|quicker)\s+(?:for\s+)?(?P<what>.+)$", re.I),
    re.compile(
        rf"^(?P<what>.+?)\s+(?:should|must|needs to)\s+(?:speak|talk|be)\s+{_HOW}(?P<way>slower|faster|quicker)$", re.I
    ),
    re.compile(r"^(?P<way>slow|speed)\s+(?:down\s+|up\s+)?(?P<what>.+?)(?:\s+(?:down|up))?$", re.I),
)
_LENGTHS = (
    re.compile(
        rf"^(?:make|let|set|change)\s+(?P<what>.+?)\s+(?:to\s+|last\s+|be\s+|take\s+)?{SECONDS}(?:\s+long)?$", re.I
    ),
    re.compile(rf"^(?P<what>.+?)\s+should\s+(?:last|be|take)\s+{SECONDS}(?:\s+long)?$", re.I),
)
_LONGER_RE = re.compile(
    rf"^(?:make|let)\s+(?P<what>.+?)\s+(?:last\s+)?(?:(?P<n>\d+(?:\.\d+)?)\s*(?:s|seconds?)\s+)?{_HOW}"
    rf"(?P<way>longer|shorter)$",
    re.I,
)
_PAN = re.compile(
    r"^(?:pan|move|put|shift)\s+(?P<what>.+?)\s+(?P<far>far |hard |slightly |a (?:bit|little) )?(?:on "
    r"|to )?(?:the )?(?:far )?(?P<way>left|right|cent(?:re|er)|middle)$",
    re.I,
)
_FADE = re.compile(
    rf"^(?:fade\s+(?P<what>.+?)\s+(?P<way>in|out)|fade\s+(?P<way2>in|out)\s+(?P<what2>.+?))(?:\s+(?:over"
    rf"|in|within|for)\s+{SECONDS})?$",
    re.I,
)
_EFFECTS = {
    "telephone": "telephone", "phone": "telephone", "radio": "radio",
    "walkie talkie": "radio", "walkie-talkie": "radio",
    "muffled": "muffled", "behind a wall": "muffled", "behind a door": "muffled", "through a wall": "muffled",
    "through the door": "muffled", "through a door": "muffled", "through the wall": "muffled", "echo": "echo",
}  # fmt: skip
_EFFECT_WORDS = "|".join(sorted(map(re.escape, _EFFECTS), key=len, reverse=True))
_EFFECT = (
    re.compile(
        rf"^(?:put|make|let)\s+(?P<what>.+?)\s+(?:sound\s+|be\s+|speak\s+)?(?:as\s+|like\s+)?(?:if\s+)?"
        rf"(?:on\s+|over\s+|through\s+|from\s+|via\s+)?(?:an?\s+|the\s+)?(?P<effect>{_EFFECT_WORDS})$",
        re.I,
    ),
    re.compile(
        rf"^(?:add|put|give)\s+(?:an?\s+|the\s+|some\s+)?(?P<effect>{_EFFECT_WORDS})(?:\s+effect)?\s+(?:to|on"
        rf"|over)\s+(?P<what>.+)$",
        re.I,
    ),
    re.compile(
        rf"^(?P<off>remove|drop|take)\s+(?:an?\s+|the\s+)?(?P<effect>{_EFFECT_WORDS})(?:\s+effect)?\s+(?:from"
        rf"|off)\s+(?P<what>.+)$",
        re.I,
    ),
)
_TAKE = re.compile(
    r"^(?:(?:make|give me|try|use|do|record)\s+)?(?:another|a (?:new|different)|one more)\s+(?:take"
    r"|version|try)\s+(?:of|for)\s+(?P<what>.+)$",
    re.I,
)
_MANNER = re.compile(r"^(?:make|let|have)\s+(?P<what>.+?)\s+sound\s+(?:more\s+)?(?P<how>[\w ,'-]{2,80})$", re.I)
_WHISPER = re.compile(r"^(?:let|make|have)\s+(?P<who>\S.*?)\s+(?P<way>whisper|shout)(?:\s+(?P<what>.+))?$", re.I)


def level(script: Script, clause: str) -> list[EditOp] | None:
    """make the rain louder by 3 dB"""
    muted = _MUTE.match(clause)
    if muted is not None:
        return _written(script, muted["what"], lambda cue: {"gain": -60}, _sounds)
    match = next((found for pattern in _LEVELS if (found := pattern.match(clause))), None)
    if match is None:
        return None
    change = _decibels(match.groupdict()) * (1 if match["way"].lower() in _UP else -1)
    if _ALL.match(match["what"]):
        return [ChangeMaster(set={"loudness": _bounded(script.master.loudness + change, -40, -5)})]
    return _written(script, match["what"], lambda cue: {"gain": _added(getattr(cue, "gain", 0.0), change)}, _sounds)


def _decibels(found: Mapping[str, Any]) -> float:
    if found.get("db"):
        return float(found["db"])
    if found.get("much"):
        return _MUCH_DB
    return _SLIGHT_DB if found.get("slight") or found.get("slight2") else _STEP_DB


def _added(gain: float | list[float], change: float) -> float | list[float]:
    if isinstance(gain, list):
        return [_bounded(each + change, -60, 20) for each in gain]
    return _bounded(gain + change, -60, 20)


def speed(script: Script, clause: str) -> list[EditOp] | None:
    """make Ben slower"""
    match = next((found for pattern in _SPEEDS if (found := pattern.match(clause))), None)
    if match is None:
        return None
    given = match.groupdict()
    step = (_FASTER if match["way"].lower() in ("faster", "quicker", "speed") else _SLOWER) - 1
    step *= 0.5 if given.get("slight") else 2 if given.get("much") else 1
    return _written(
        script, match["what"], lambda cue: {"speed": _bounded(getattr(cue, "speed", 1.0) * (1 + step), 0.5, 2)}, _speaks
    )


def length(script: Script, clause: str) -> list[EditOp] | None:
    """make the pause 3 s"""
    match = next((found for pattern in _LENGTHS if (found := pattern.match(clause))), None)
    if match is not None:
        seconds = seconds_of(match)
        return _written(script, match["what"], lambda cue: {"length": seconds}, _lasts)
    match = _LONGER_RE.match(clause)
    if match is None:
        return None
    longer = match["way"].lower() == "longer"
    more = float(match["n"]) if match["n"] else None

    def other(cue: Cue) -> dict[str, Any]:
        now = getattr(cue, "length", None)
        if now is None:
            raise Unclear(f"{id_of(cue)} has no length of its own. How many seconds is it to last?")
        sum_ = now + (more if longer else -more) if more is not None else now * (_LONGER if longer else _SHORTER)
        return {"length": tidy(max(0.1, sum_))}

    return _written(script, match["what"], other, _lasts)


def pan(script: Script, clause: str) -> list[EditOp] | None:
    """pan the rain left"""
    match = _PAN.match(clause)
    if match is None:
        return None
    far = (match["far"] or "").strip().lower()
    amount = 1.0 if far in ("far", "hard") else 0.25 if far else 0.5
    way = match["way"].lower()
    value = 0 if way.startswith(("c", "m")) else -amount if way == "left" else amount
    return _written(script, match["what"], lambda cue: {"pan": value}, _sounds)


def fade(script: Script, clause: str) -> list[EditOp] | None:
    """fade the music out over 3 s"""
    match = _FADE.match(clause)
    if match is None:
        return None
    seconds = seconds_of(match) if match["n"] else 2.0
    field = f"fade_{(match['way'] or match['way2']).lower()}"
    return _written(script, match["what"] or match["what2"], lambda cue: {field: min(120.0, seconds)}, _sounds)


def effect(script: Script, clause: str) -> list[EditOp] | None:
    """put Ann on the telephone"""
    match = next((found for pattern in _EFFECT if (found := pattern.match(clause))), None)
    if match is None:
        return None
    name, on = _EFFECTS[match["effect"].lower()], "off" not in match.groupdict()
    voice = voice_of(script, match["what"])
    if voice is not None:
        return [SwitchEffect(voice=voice, effect=name, on=on)]
    return [SwitchEffect(id=id_of(cue), effect=name, on=on) for cue in _fitting(script, match["what"], _sounds)]


def take(script: Script, clause: str) -> list[EditOp] | None:
    """another take of the thunder"""
    match = _TAKE.match(clause)
    if match is None:
        return None
    return _written(script, match["what"], lambda cue: {"take": getattr(cue, "take", 0) + 1}, _is_made)


def manner(script: Script, clause: str) -> list[EditOp] | None:
    """let Ann whisper her last line; make Ann's last line sound angry"""
    match = _WHISPER.match(clause)
    if match is not None:
        quiet = match["way"].lower() == "whisper"
        values = {"emotion": "whispering" if quiet else "shouting", "gain": -6 if quiet else 4}
        return _written(script, _whose(match["who"], match["what"]), lambda cue: values, _speaks)
    match = _MANNER.match(clause)
    return None if match is None else _written(script, match["what"], lambda cue: {"emotion": match["how"]}, _speaks)


def _whose(who: str, what: str | None) -> str:
    """The lines of ``who``, or the one that ``what`` names as theirs."""
    if what is None:
        return who
    return re.sub(r"^(?:her|his|their|the)\s+", f"{who}'s ", what, flags=re.IGNORECASE)


Test = Callable[[Cue], bool]


def _written(script: Script, phrase: str, values: Callable[[Cue], dict[str, Any]], fits: Test) -> list[EditOp]:
    return [ChangeCue(id=id_of(cue), set=values(cue)) for cue in _fitting(script, phrase, fits)]


def _fitting(script: Script, phrase: str, fits: Test) -> list[Cue]:
    """The cues of a phrase that can be treated so; a scene means all that is in it.

    Raises:
        Unclear: there are none.
    """
    chosen: list[Cue] = []
    for index in cues_of(script, phrase):
        cue = script.cues[index]
        chosen += _of_scene(script, index) if isinstance(cue, SceneCue) else [cue]
    fitting = [cue for cue in chosen if fits(cue)]
    if not fitting:
        named = ", ".join(f"{id_of(cue)} is a {cue.type}" for cue in chosen[:3]) or "it is empty"
        raise Unclear(f"That cannot be done to {phrase}: {named}. What is meant?")
    return fitting


def _of_scene(script: Script, scene: int) -> list[Cue]:
    rest = script.cues[scene + 1 :]
    end = next((n for n, cue in enumerate(rest) if isinstance(cue, SceneCue)), len(rest))
    return list(rest[:end])


def _sounds(cue: Cue) -> bool:
    return isinstance(cue, SpeechCue | SoundCue | MusicCue | ClipCue)


def _speaks(cue: Cue) -> bool:
    return isinstance(cue, SpeechCue)


def _lasts(cue: Cue) -> bool:
    return isinstance(cue, SoundCue | MusicCue | PauseCue)


def _is_made(cue: Cue) -> bool:
    return isinstance(cue, SpeechCue | SoundCue | MusicCue)


def _bounded(value: float, low: float, high: float) -> float:
    return tidy(min(high, max(low, value)))
