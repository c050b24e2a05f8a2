"""The deterministic screenwriter: a script from an instruction, without a language model.

Screenplays, prose and WavJourney lists go to their importers. A bare idea becomes an audible scene: ambiences, events
and music that fit its place and mood. It invents no dialogue: spoken are only the idea's own words, and lines that it
quotes. The same instruction always gives the same script.
"""

# ruff: noqa: E501 - messages stay in one piece
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soundwright.orchestrator.screenwriting.idea import MAX_LENGTH_S, MIN_LENGTH_S, Idea, read_idea
from soundwright.orchestrator.screenwriting.scene import Plan, build, seconds_spoken
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.importers import detect, import_text
from soundwright.scripts_compiler.importers.common import (
    MAX_TITLE_CHARS,
    Report,
    build_script,
    check_language,
    check_size,
    clean_text,
    one_line,
    shorten,
    speakable,
)
from soundwright.scripts_compiler.importers.detect import quoted_lines
from soundwright.scripts_compiler.importers.screenplay_lines import colon_speech
from soundwright.scripts_compiler.importers.voices import gender_of
from soundwright.scripts_compiler.script import Script

MAX_IDEA_WORDS = 120
KnownSounds = Callable[[str], bool] | Sequence[str]
_TAGGED = re.compile(
    r"[\"”“»],?\s+(?:\w+\s){0,3}?(?:said|asked|replied|whispered|cried|shouted|answered|sagte|fragte|rief|dit|demanda)\b"
    r"|\b(?:said|asked|replied|whispered|cried|shouted|answered|sagte|fragte|rief|dit),?\s*[\"„“«]",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:seconds?|minutes?|mins?|secs?|voices|no speech|no music|without speech|without music|make me|make a|write a|create a|"
    r"ambien(?:t|ce)|soundscape|sound effects)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A script, and what its reader should know: how the instruction was read, what could not be done."""

    script: Script
    notes: tuple[Problem, ...]
    kind: str = "idea"


def write(
    instruction: str, *, known_sounds: KnownSounds | None = None, duration: float | None = None, language: str = "en"
) -> Written:
    """A script from a screenplay, prose, a WavJourney list, or an idea in a few words.

    ``known_sounds`` says which sound descriptions can be made (a test, or names of which one must occur in them); without
    it the built-in effects are asked. ``duration`` is in seconds and overrules the length that an idea names.

    Raises:
        ScriptError: the instruction says nothing, or the text it holds cannot be imported.
    """
    check_size(instruction, "instruction")
    check_language(language)
    if duration is not None and not MIN_LENGTH_S <= duration <= MAX_LENGTH_S:
        raise ScriptError([Problem("duration", f"{duration:g} s is outside {MIN_LENGTH_S:g} to {MAX_LENGTH_S:g} s.")])
    text = clean_text(instruction)
    if not speakable(text):
        raise ScriptError(
            [Problem("", "the instruction says nothing.", "Describe a scene: a place, a mood, what is heard.")]
        )
    known = _as_test(known_sounds)
    kind = "idea" if _is_idea(text) else detect(text, "instruction")
    if kind != "idea":
        imported = import_text(text, kind, language=language, known_sounds=known)
        return Written(imported.script, (_read_as(kind), *imported.notes), kind)
    return _from_idea(read_idea(text, duration), known, language)


def _is_idea(text: str) -> bool:
    """A short text without the form of a script, and without people who are told to speak in a story."""
    lines = [line for line in text.split("\n") if line.strip()]
    words = len(text[:4000].split())
    if words > MAX_IDEA_WORDS or (len(lines) > 1 and detect(text) != "prose"):
        return False
    if text.lstrip()[:1] == "[" or "audio_type" in text:
        return detect(text) == "prose"
    if _ORDERS.search(text):
        return True
    spoken = colon_speech(text) if len(lines) == 1 else None
    if spoken is not None and gender_of(spoken[0]) is not None:
        return False
    return not (_TAGGED.search(text) or quoted_lines(text) > 1 or (words > 60 and len(lines) > 2))


def _from_idea(idea: Idea, known: Callable[[str], bool], language: str) -> Written:
    plan = build(idea, known)
    data = {
        "version": 1,
        "title": shorten(one_line(idea.title), MAX_TITLE_CHARS),
        "language": language,
        "duration": idea.length_s,
        "voices": plan.voices,
        "cues": plan.cues,
    }
    report = Report()
    _tell(report, idea, plan)
    return Written(build_script(data, report, "instruction"), tuple(report.notes))


def _tell(report: Report, idea: Idea, plan: Plan) -> None:
    """Say plainly how the idea was read and what it does not get."""
    setting = idea.setting.name if idea.setting else "none named, so a plain one"
    mood = idea.mood.name if idea.mood_named else "none named, so a neutral one"
    report.note("idea", f"read as a scene of {idea.length_s:g} s; setting: {setting}; mood: {mood}.")
    spoken = [voice["name"] for voice in plan.voices]
    if idea.speech:
        report.note("idea", "no dialogue was invented: the writer without a language model speaks only the words you give.",
                    "Write lines (NAME: words), quote them in the idea, or set up a language model.")  # fmt: skip
    if idea.voices is not None and idea.speech and len(spoken) != idea.voices:
        report.note("idea", f"{idea.voices} voices were asked for; the words given need {len(spoken)}.",
                    "Give each voice a line: NAME: words.")  # fmt: skip
    if idea.quotes and not idea.speech:
        report.note("idea", "lines are quoted, but no speech was asked for; they are not spoken.")
    if plan.left_out:
        report.note("idea", f"no known sound for: {', '.join(dict.fromkeys(plan.left_out))}; left out.")
    needed = sum(seconds_spoken(str(cue["text"])) for cue in plan.cues if cue["type"] == "speech")
    if needed > idea.length_s * 0.8:
        report.note(
            "idea", f"the words need about {needed:.0f} s, so the scene may last longer than {idea.length_s:g} s."
        )


def _read_as(kind: str) -> Problem:
    return Problem("", f"read as {kind.replace('_', ' ')}.", warning=True)


def _as_test(known: KnownSounds | None) -> Callable[[str], bool]:
    if known is None:
        return _built_in
    if callable(known):
        return known
    names = [name.casefold() for name in known]
    return lambda description: any(name in description.casefold() for name in names)


def _built_in(description: str) -> bool:
    """Whether the built-in effects know a sound of this description."""
    from soundwright.tools.errors import ToolError  # noqa: PLC0415 - the synthesiser loads only for ideas
    from soundwright.tools.sfx.parse import parse  # noqa: PLC0415

    try:
        return bool(parse(description))
    except ToolError:
        return False
