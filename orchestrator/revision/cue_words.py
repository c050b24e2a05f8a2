"""A cue in words: how a question names it, and by which words people may call it."""

from __future__ import annotations

import re

from soundwright.orchestrator.revision.phrase import fold, stem, stems
from soundwright.scripts_compiler.script import ClipCue, Cue, MusicCue, SceneCue, Script, SoundCue, SpeechCue
from soundwright.scripts_compiler.wording import quoted, short

_SHOWN_CHARS = 40


def describe(script: Script, index: int) -> str:
    """A cue in a few words, as a question would name it: ``knock (sound "three knocks")``."""
    cue = script.cues[index]
    name = cue.id or f"cues[{index}]"
    match cue:
        case SpeechCue():
            said = cue.text if isinstance(cue.text, str) else cue.vocal or "a text of a step"
            return f"{name} ({cue.voice}: {quoted(short(said, _SHOWN_CHARS))})"
        case SoundCue() | MusicCue():
            return f"{name} ({cue.type} {quoted(short(cue.description, _SHOWN_CHARS))})"
        case SceneCue():
            return f"{name} (scene {quoted(short(cue.title, _SHOWN_CHARS))})" if cue.title else f"{name} (scene)"
        case ClipCue():
            return f"{name} (clip of {cue.source})"
    return f"{name} (pause of {cue.length:g} s)"


def holds(cue: Cue, quote: str) -> bool:
    """Whether a cue's text, description or title holds these words, marks aside."""
    text = getattr(cue, "text", None) if isinstance(cue, SpeechCue) else getattr(cue, "description", None)
    text = cue.title if isinstance(cue, SceneCue) else text
    return isinstance(text, str) and _bare(quote) in _bare(text)


def _bare(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def named_stems(cue: Cue) -> set[str]:
    """The stems by which a cue may be called."""
    name = cue.id or ""
    named = stems(re.sub(r"(?<=[a-z])(?=[A-Z])|\d+", " ", name)) | {stem(fold(name))}
    match cue:
        case SoundCue() | MusicCue():
            return named | stems(cue.description)
        case SceneCue():
            return named | stems(cue.title)
        case ClipCue():
            return named | stems(cue.source)
        case SpeechCue(vocal=vocal, emotion=emotion):
            return named | stems(f"{vocal or ''} {emotion}")
    return named


def said_stems(cue: Cue) -> set[str]:
    """The stems of the words that a cue speaks."""
    return stems(cue.text) if isinstance(cue, SpeechCue) and isinstance(cue.text, str) else set()
