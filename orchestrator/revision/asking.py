"""From a phrase to cues or a question: what the patterns for plain requests have in common."""

from __future__ import annotations

import re

from soundwright.orchestrator.planner.numbers import NUMBER, number
from soundwright.orchestrator.revision.phrase import fold
from soundwright.orchestrator.revision.references import resolve
from soundwright.scripts_compiler.script import Cue, Script, SpeechCue

QUOTE = (
    r"(?:\"(?P<quote>[^\"]{1,2000})\"|“(?P<quote2>[^”]{1,2000})”|«(?P<quote3>[^»]{1,2000})»|「"
    r"(?P<quote4>[^」]{1,2000})」)"
)
SECONDS = rf"(?P<n>{NUMBER})\s*-?(?:s|secs?|seconds?)\b"


class Unclear(Exception):
    """The request must be asked about; the text is the question."""


def quote_of(match: re.Match[str]) -> str:
    """The quoted text that ``QUOTE`` found."""
    return next(match[name] for name in ("quote", "quote2", "quote3", "quote4") if match[name] is not None).strip()


def seconds_of(match: re.Match[str]) -> float:
    """The seconds that ``SECONDS`` found."""
    return tidy(number(match["n"]) or 1.0)


def tidy(value: float) -> float:
    """Rounded, and without a point where it is whole, as a person would write it."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def cues_of(script: Script, phrase: str) -> list[int]:
    """The cues that a phrase means; a voice's name means all its lines.

    Raises:
        Unclear: none, or several of which one is meant.
    """
    voice = voice_of(script, phrase)
    if voice is not None:
        return [n for n, cue in enumerate(script.cues) if isinstance(cue, SpeechCue) and cue.voice == voice]
    found = resolve(script, phrase)
    if not found.cues:
        raise Unclear(found.reason)
    if found.ambiguous:
        raise Unclear(f"{found.reason} Which one? Name it by its id, or say all of them.")
    return list(found.cues)


def cue_of(script: Script, phrase: str) -> int:
    """The one cue that a phrase means.

    Raises:
        Unclear: none, or several.
    """
    found = resolve(script, phrase)
    if found.one is None:
        raise Unclear(f"{found.reason} Which one? Name it by its id." if found.cues else found.reason)
    return found.one


def voice_of(script: Script, phrase: str) -> str | None:
    """The voice whose name a phrase is, and nothing else."""
    bare = re.sub(r"^(?:the )?(?:voice of |voice |character )?", "", fold(phrase)).strip()
    return next((voice.name for voice in script.voices if fold(voice.name) in (bare, fold(phrase))), None)


def id_of(cue: Cue) -> str:
    """The id that every cue has when a request is read."""
    return str(cue.id)
