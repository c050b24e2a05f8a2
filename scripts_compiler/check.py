"""The second of two checks: what a script says about itself and the catalogue. Names, kinds, circles, times.

Everything is reported at once. What depends on the installed tools (an emotion that no voice can do) is found later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from soundwright.scripts_compiler.check_operations import Operations
from soundwright.scripts_compiler.defaults import place_of
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.names import Names
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.placement import placement_problems
from soundwright.scripts_compiler.script import (
    RESERVED_ID,
    ClipCue,
    PauseCue,
    Point,
    SceneCue,
    Script,
    SpeechCue,
    TextFrom,
)  # fmt: skip
from soundwright.scripts_compiler.wording import near, quoted

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\{[^{}]*\}")


def check(script: Script, catalogue: Catalogue, *, placed: bool = True) -> list[Problem]:
    """All errors and warnings beyond the shape; ``placed=False`` leaves out what the timing rules say."""
    names = Names(script)
    operations = Operations(script, catalogue, names)
    problems = [*names.problems(), *_voices(script), *_pronounce(script), *operations.problems()]
    problems += _pins(script, catalogue)
    for index, cue in enumerate(script.cues):
        if isinstance(cue, SceneCue | PauseCue):
            continue
        if isinstance(cue, SpeechCue):
            problems += _speech(script, index, cue, operations)
        elif isinstance(cue, ClipCue):
            problems += operations.reference(cue.source, f"cues[{index}].source", (Kind.AUDIO,), cues=False)
        problems += _points(script, index, names)
    problems += _mono(script)
    return [*problems, *_times(script, problems)] if placed else problems


def _times(script: Script, problems: list[Problem]) -> Iterator[Problem]:
    """What the timing rules say, but for points that are wrong already."""
    said = {problem.place for problem in problems if not problem.warning}
    for problem in placement_problems(script):
        place = problem.place.split(" ", 1)[0]
        if not any(other == place or other.startswith(f"{place}.") for other in said):
            yield problem


def _voices(script: Script) -> Iterator[Problem]:
    first: dict[str, int] = {}
    spoken = {cue.voice for cue in script.cues if isinstance(cue, SpeechCue)}
    spoken |= {v for step in script.steps if isinstance(v := step.params.get("voice"), str)}
    for index, voice in enumerate(script.voices):
        if voice.name in first:
            found = f"the voice {quoted(voice.name)} is declared twice (first in voices[{first[voice.name]}])."
            yield Problem(f"voices[{index}].name", found, "Give each voice its own name.")
        elif voice.name not in spoken:
            found = f"the voice {quoted(voice.name)} says nothing."
            yield Problem(f"voices[{index}]", found, "Drop it, or give it a line.", warning=True)
        first.setdefault(voice.name, index)


def _pronounce(script: Script) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, entry in enumerate(script.pronounce):
        word = entry.word.casefold()
        if word in first:
            found = f"the word {quoted(entry.word)} is listed twice (first in pronounce[{first[word]}])."
            yield Problem(f"pronounce[{index}].word", found, "Keep one.")
        first.setdefault(word, index)


def _pins(script: Script, catalogue: Catalogue) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, pin in enumerate(script.tools):
        if pin.op not in catalogue:
            remedy = near(pin.op, catalogue) or "See `soundwright operations list`."
            yield Problem(f"tools[{index}].op", f"no operation is called {quoted(pin.op)}.", remedy)
        if pin.op in first:
            found = f"the operation {quoted(pin.op)} is pinned twice (first in tools[{first[pin.op]}])."
            yield Problem(f"tools[{index}].op", found, "Keep one.")
        first.setdefault(pin.op, index)


def _speech(script: Script, index: int, cue: SpeechCue, operations: Operations) -> Iterator[Problem]:
    if all(voice.name != cue.voice for voice in script.voices):
        remedy = near(cue.voice, (voice.name for voice in script.voices)) or "Declare it under voices."
        yield Problem(f"cues[{index}].voice", f"no voice is called {quoted(cue.voice)}.", remedy)
    if isinstance(cue.text, TextFrom):
        place = f"cues[{index}].text.from"
        yield from operations.reference(cue.text.from_, place, (Kind.TEXT, Kind.TRANSCRIPT), cues=False)
    elif cue.text is not None and not cue.text.strip():
        yield Problem(f"cues[{index}].text", "the text holds only blanks.", "Write words, or use a pause.")
    elif cue.text is not None and (match := _CONTROL.search(cue.text)) is not None:
        found = f"the text holds the control character U+{ord(match.group()):04X}."
        yield Problem(f"cues[{index}].text", found, "Delete it.")
    elif cue.text is not None and (match := _BRACKETS.search(cue.text)) is not None:
        found = f"{quoted(match.group())} will be spoken as it stands."
        remedy = "Say how in emotion, use vocal for a laugh or sigh, a sound cue for a noise."
        yield Problem(f"cues[{index}].text", found, remedy, warning=True)


def _points(script: Script, index: int, names: Names) -> Iterator[Problem]:
    cue = script.cues[index]
    if isinstance(cue, SceneCue | PauseCue):
        return
    if cue.start is not None:
        yield from _point(script, index, "start", cue.start, names)
    until = None if isinstance(cue, SpeechCue) else cue.until
    if isinstance(until, Point):
        yield from _point(script, index, "until", until, names)
    elif until is not None and until != RESERVED_ID:
        yield from names.cue_problems(until, f"cues[{index}].until", extra=(RESERVED_ID,))
        if until == cue.id:
            found = f"{place_of(script, index)} would stop where it stops itself."
            yield Problem(f"cues[{index}].until", found, "Name another cue, a scene, or end.")


def _point(script: Script, index: int, field: str, point: Point, names: Names) -> Iterator[Problem]:
    place = f"cues[{index}].{field}"
    for name, anchor in (("with", point.with_), ("after", point.after), ("of", point.of)):
        if anchor is None:
            continue
        missing = list(names.cue_problems(anchor, f"{place}.{name}"))
        yield from missing
        if missing:
            continue
        if anchor == script.cues[index].id and field == "start":
            yield Problem(f"{place}.{name}", f"{quoted(anchor)} is this cue itself.", "Name another cue.")
        elif name == "of" and not isinstance(script.cues[names.cues[anchor]], SpeechCue):
            found = f"{quoted(anchor)} is no speech but a {script.cues[names.cues[anchor]].type}."
            yield Problem(f"{place}.of", found, "on_word needs a speech; use with or after for other cues.")
        elif name == "of" and isinstance(spoken := script.cues[names.cues[anchor]], SpeechCue) and spoken.vocal:
            found = f"{quoted(anchor)} has no words: it is a {spoken.vocal}."
            yield Problem(f"{place}.of", found, "Use with or after.")


def _mono(script: Script) -> Iterator[Problem]:
    if script.master.channels != 1:
        return
    places = [f"voices[{i}]" for i, voice in enumerate(script.voices) if voice.pan]
    places += [place_of(script, i) for i, cue in enumerate(script.cues) if getattr(cue, "pan", None)]
    if places:
        found = f"the programme is mono, so pan does nothing ({places[0]})."
        yield Problem("master.channels", found, "Write channels: 2, or drop pan.", warning=True)
