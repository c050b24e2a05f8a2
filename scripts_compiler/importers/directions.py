"""What stands in brackets: sounds, music, beds that begin and stop, pauses, vocal sounds, ways of speaking."""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from soundwright.scripts_compiler.importers.audible import is_ambient, usual_length_s
from soundwright.scripts_compiler.importers.common import MAX_DESCRIPTION_CHARS, one_line, shorten
from soundwright.scripts_compiler.importers.durations import take_length

BEAT_S = 1.0
PAUSE_S = 1.5
MUSIC_S = 8.0
Act = Literal["sound", "music", "bed", "music_bed", "stop", "pause"]

_LABEL = re.compile(
    r"\s*(sound effects?|sound|sfx|fx|effects?|s\.f\.x\.|music|score|song|ambien(?:ce|t)|ambiance|atmosphere|amb|atmos|background|bed|geräusch|musik|"
    r"bruit|musique)\s*(?:cue)?\s*[:：\-–—]\s*", re.IGNORECASE)  # fmt: skip
_BEGIN = re.compile(r"[\s,:;-]*\b(?:begins?|starts?|starting|beginning|fad(?:es?|ing) (?:in|up)|comes? (?:in|up)|under(?:neath)?|continues?|in the background|"
                    r"throughout|plays? (?:on|under))\b[\s.]*(?:to (?:play|fall))?[\s.]*$", re.IGNORECASE)  # fmt: skip
_BEGIN_FIRST = re.compile(r"^(?:begin|start|fade in|cue|bring up)\b[\s:,]*", re.IGNORECASE)
_STOP = re.compile(r"[\s,:;-]*\b(?:stops?|ends?|ceases?|fad(?:es?|ing) (?:out|away|down)|dies (?:down|away)|cuts? out|goes silent|out|over|off)\b[\s.]*$",
                   re.IGNORECASE)  # fmt: skip
_STOP_FIRST = re.compile(r"^(?:end|stop|fade out|cut)\b[\s:,]*(?:of\b)?\s*", re.IGNORECASE)
_PAUSE = re.compile(r"(?:a |an |the |long |short |another |brief |awkward |dramatic |pregnant )*(?P<what>beat|pause|silence|moment|break|stille|silencio)s?\b",
                    re.IGNORECASE)  # fmt: skip
_VOCALS = {
    "laugh": "laughs? laughing laughed laughter giggles? giggling cackles? cackling lacht rit", "chuckle": "chuckles? chuckling snickers?",
    "sigh": "sighs? sighing sighed seufzt soupire", "gasp": "gasps? gasping gasped", "breath": "breathes? breathing breath inhales? exhales? panting pants",
    "sob": "sobs? sobbing cries crying weeps? weeping", "cough": "coughs? coughing", "scream": "screams? screaming shrieks? shrieking",
    "groan": "groans? groaning moans? moaning", "hum": "hums? humming",
}  # fmt: skip
_VOCAL = {name: re.compile(rf"(?:{'|'.join(words.split())})", re.IGNORECASE) for name, words in _VOCALS.items()}
_FILLERS = {"softly", "loudly", "a", "deep", "deeply", "takes", "he", "she", "they", "heavily", "quietly", "nervously", "bitterly", "with", "again",
            "long", "little", "in", "out", "to", "himself", "herself", "small", "short", "gives", "lets"}  # fmt: skip
_WAYS = re.compile(
    r"^(?:(?:\w{2,20}ly|\w{2,20}ing|\w{2,20}ed|beat|still|re:|sotto voce|aside|loud|soft|low|angry|sad|happy|cold|hushed|weary|afraid|calm|urgent|warm|"
    r"flat|dry|curt|nervous|excited|cheerful|stern|proud|hoarse|breathless)\b|(?:to|into|with a|in a|in an|off|very|almost|half|barely|suddenly)\b)", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cueing:
    """A direction as it will be heard; ``description`` names the bed where the act is ``stop``."""

    act: Act
    description: str
    length_s: float | None = None


def read_bracket(text: str) -> Cueing | None:  # noqa: PLR0911 - one return a kind of direction
    """What a bracket asks for; None where it says nothing."""
    text = one_line(text).strip(" .")[: MAX_DESCRIPTION_CHARS * 2]
    if not text:
        return None
    if (pause := read_pause(text)) is not None:
        return Cueing("pause", "", pause)
    label = _LABEL.match(text)
    kind = label[1].lower() if label else ""
    rest = text[label.end() :] if label else text
    musical = kind in ("music", "score", "song", "musik", "musique") or (not kind and _is_music(rest))
    stop = _STOP.search(rest) or _STOP_FIRST.search(rest)
    if stop and (stop.end() - stop.start() < len(rest) or label):
        named = (rest[: stop.start()] + rest[stop.end() :]).strip(" ,:;-.")
        return Cueing("stop", named or ("music" if musical else ""))
    begins = _BEGIN.search(rest) or _BEGIN_FIRST.search(rest)
    if begins and begins.end() - begins.start() < len(rest):
        rest = rest[: begins.start()] + rest[begins.end() :]
    else:
        begins = None
    described, length_s = take_length(rest)
    described = shorten(described.strip(" ,:;-."), MAX_DESCRIPTION_CHARS)
    if not any(c.isalnum() for c in described):
        described = "gentle music" if musical else ""
    if not described:
        return None
    if musical:
        return Cueing("music_bed", described) if begins else Cueing("music", described, length_s or MUSIC_S)
    lasting = bool(begins) or kind.startswith(("amb", "atmos", "background", "bed"))
    if lasting or (length_s is None and usual_length_s(described) is None and is_ambient(described)):
        return Cueing("bed", described)
    return Cueing("sound", described, length_s or usual_length_s(described))


def _is_music(text: str) -> bool:
    return (
        re.search(
            r"\b(?:music|song|melody|tune|fanfare|orchestra\w{0,2}|jingle|theme|waltz|lullaby|soundtrack|Musik|musique)\b",
            text[:500],
            re.IGNORECASE,
        )
        is not None
    )


def read_pause(text: str) -> float | None:
    """Seconds of a pause: ``beat``, ``long pause``, ``pause 2s``; None where the text is none."""
    match = _PAUSE.match(text)
    if not match:
        return None
    rest, length_s = take_length(text[match.end() :])
    if any(c.isalnum() for c in rest):
        return None
    longer = 2.0 if "long" in text[: match.end()].lower() else 1.0
    return length_s or longer * (BEAT_S if match["what"].lower() == "beat" else PAUSE_S)


def read_vocal(text: str) -> str | None:
    """The vocal sound that a parenthetical is, such as ``laughs``; None for ways of speaking (``laughing at him``)."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words or len(words) > 4:
        return None
    for name, pattern in _VOCAL.items():
        if any(pattern.fullmatch(w) for w in words) and all(pattern.fullmatch(w) or w in _FILLERS for w in words):
            return name
    return None


def is_way_of_speaking(text: str) -> bool:
    """Whether words in parentheses within a line direct the actor, rather than being spoken."""
    return len(text) <= 80 and _WAYS.match(text.strip()) is not None
