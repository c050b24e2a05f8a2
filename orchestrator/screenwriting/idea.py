"""Reads an idea in a few words: what was asked for (length, voices, no speech), where, in which mood, what is heard."""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re
from dataclasses import dataclass

from soundwright.orchestrator.screenwriting.moods import NEUTRAL, Mood, mood_of
from soundwright.orchestrator.screenwriting.settings import Setting, named_ambiences, named_events, setting_of
from soundwright.scripts_compiler.importers.common import one_line, sentences, speakable
from soundwright.scripts_compiler.importers.durations import find_length
from soundwright.scripts_compiler.importers.speakers import clean_name

USUAL_LENGTH_S = 50.0
MIN_LENGTH_S, MAX_LENGTH_S = 8.0, 600.0
_NO_SPEECH = re.compile(
    r"\b(?:(?:no|without(?: any)?|with no|zero) (?:speech|words?|voices?|dialogue|talking|narrat(?:or|ion)|people|spoken \w{1,10})|wordless|speechless|"
    r"instrumental|nobody (?:speaks|talks)|(?:only|just) (?:sounds?|ambience|music)|sounds? only|ambience only)\b", re.IGNORECASE)  # fmt: skip
_NO_MUSIC = re.compile(
    r"\b(?:no|without(?: any)?|with no) (?:[\w ]{1,20}? (?:or|and) )?music\b|\bno speech(?:,| and| or)? (?:no )?music\b",
    re.IGNORECASE,
)
_ONLY_MUSIC = re.compile(r"\b(?:only|just) music\b|\bmusic only\b", re.IGNORECASE)
_VOICES = re.compile(r"\b(?P<count>one|two|three|four|five|six|seven|eight|a single|[1-9])\s+(?:different |distinct |clear )?"
                     r"(?:voices?|speakers?|characters?|actors?|people)\b", re.IGNORECASE)  # fmt: skip
_NUMBERS = {"one": 1, "a single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_TITLE = re.compile(r"\b(?:called|titled|entitled|named)\s+[\"“'‘«„]?(?P<title>[^\"”“'’».,;\n]{2,80})", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:please\s+)?(?:(?:can|could|would) you\s+)?(?:please\s+)?(?:make|write|create|produce|give|tell|generate|build|compose|record|i(?:['’]d| would) like|"
    r"i want|let['’]?s (?:make|hear)|let me hear)\b(?:\s+(?:me|us|to hear))?\s*", re.IGNORECASE)  # fmt: skip
_TECHNICAL = re.compile(
    r"\b(?:voices?|speakers?|seconds?|minutes?|mins?|secs?|no (?:speech|music|words|dialogue|narrator|narration|voices)|without (?:any )?(?:speech|music|words|dialogue)|"
    r"stereo|mono|long|called|titled|background music|sound effects?|loud(?:ness)?|mp3|wav|[0-9]{1,3} ?s)\b", re.IGNORECASE)  # fmt: skip
_SAYS = re.compile(
    r"\b(?:says?|said|asks?|asked|shouts?|shouted|whispers?|whispered|cries|cried|answers?|answered|replies|replied)[,:]?$",
    re.IGNORECASE,
)
_SAYS_BEFORE = re.compile(r"\b(?P<who>(?:(?:an?|the)\s)?(?:[^\W\d_]{2,20}\s){1,2}?)(?:says?|said|asks?|asked|shouts?|shouted|whispers?|whispered|cries|cried|"
                          r"answers?|answered|replies|replied)[,:]?\s*$", re.IGNORECASE)  # fmt: skip
_NIGHT = re.compile(r"\b(?:night(?:time)?|midnight|moon(?:light|lit)?|after dark)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«](?P<said>[^\"“”„«»\n]{1,500})[\"”“»]")


@dataclass(frozen=True, slots=True)
class Idea:
    """What an idea asks for. ``words`` are its own sentences, without those that only give orders; ``events`` are
    (share of the text before them, description, seconds); ``quotes`` are (who, line): lines to be spoken as they are, ``who`` may be empty."""

    text: str
    length_s: float
    length_asked: bool
    speech: bool
    only_music: bool
    music: bool
    voices: int | None
    title: str
    words: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]
    setting: Setting | None
    mood: Mood
    mood_named: bool
    night: bool
    ambiences: tuple[tuple[float, str], ...]
    events: tuple[tuple[float, str, float], ...]


def read_idea(text: str, duration_s: float | None = None) -> Idea:
    """An idea in a few words; ``duration_s`` overrules the length it names."""
    text = one_line(text)
    asked = find_length(text, clock=True)
    length_s = duration_s if duration_s is not None else asked[0] if asked else USUAL_LENGTH_S
    titled = _TITLE.search(text)
    quotes = tuple(
        (_who_says(m, text), m["said"].strip())
        for m in _QUOTED.finditer(text)
        if speakable(m["said"]) and not _names_title(m, text)
    )
    open_text = _QUOTED.sub(lambda m: " " * len(m.group()), text)
    seen = _without_denied(open_text)
    only_music = _ONLY_MUSIC.search(open_text) is not None
    setting = setting_of(seen)
    mood = mood_of(seen)
    voices = _VOICES.search(text)
    return Idea(
        text=text,
        length_s=min(max(length_s, MIN_LENGTH_S), MAX_LENGTH_S),
        length_asked=duration_s is not None or asked is not None,
        speech=_NO_SPEECH.search(open_text) is None and not only_music,
        only_music=only_music,
        music=_NO_MUSIC.search(open_text) is None,
        voices=_count(voices["count"]) if voices else None,
        title=titled["title"].strip() if titled else _title(setting, seen),
        words=_own_words(text),
        quotes=quotes,
        setting=setting,
        mood=mood or NEUTRAL,
        mood_named=mood is not None,
        night=_NIGHT.search(seen) is not None,
        ambiences=tuple((at / len(text), what) for at, what in named_ambiences(seen)),
        events=tuple((at / len(text), what, length) for at, what, length in named_events(seen)),
    )


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBERS[text.lower()]


def _names_title(quote: re.Match[str], text: str) -> bool:
    return (
        re.search(
            r"(?:called|titled|entitled|named)\s*$", text[max(0, quote.start() - 12) : quote.start()], re.IGNORECASE
        )
        is not None
    )


def _without_denied(text: str) -> str:
    """The text with what it does not want blanked out, so that places in it stay."""
    return re.sub(r"\b(?:no|without|not|never)\b(?: any| a| the)? [\w'’-]{1,30}(?: (?:or|nor) [\w'’-]{1,30})?", lambda m: " " * len(m.group()), text,
                  flags=re.IGNORECASE)  # fmt: skip


def _title(setting: Setting | None, text: str) -> str:
    if setting is not None:
        return f"The {setting.name.title()}"
    words = re.sub(r"^\s*(?:an?|the)\s+", "", _REQUEST.sub("", text.strip()), flags=re.IGNORECASE)
    words = re.split(r"[.,:;!?]", words)[0].strip()
    return (words[:1].upper() + words[1:])[:60].strip() if speakable(words) else "Untitled"


def _without_length(clause: str) -> str:
    """``a two minute adventure`` as ``adventure``: how long and by how many is an order, not a part of the story."""
    clause = _VOICES.sub("", clause)
    found = find_length(clause)
    if found is None:
        return clause.strip()
    before = re.sub(r"(?:\b(?:an?|the|in|for|about|of|lasting)\s*)+$", "", clause[: found[1]], flags=re.IGNORECASE)
    return f"{before.strip()} {clause[found[2] :].strip()}".strip()


def _who_says(quote: re.Match[str], text: str) -> str:
    """The person that the words before a quotation name: ``A woman says "..."``."""
    match = _SAYS_BEFORE.search(text[max(0, quote.start() - 80) : quote.start()])
    return clean_name(match["who"])[:64] if match else ""


def _own_words(text: str) -> tuple[str, ...]:
    """The idea's sentences as they stand, each without the clauses that only give orders (length, voices, ...)."""
    spoken = []
    for sentence in sentences(_QUOTED.sub(" ", text)):
        clauses = re.split(
            r"\s*[,;]\s*|\s+[–—-]\s+|\s+with (?=(?:one|two|three|four|five|[1-9]) )",
            _REQUEST.sub("", sentence).rstrip(" .!?"),
        )
        kept = [c for c in map(_without_length, clauses) if speakable(c) and not _TECHNICAL.search(c)]
        if kept and not _SAYS.search(" ".join(kept)):
            line = ", ".join(kept)
            spoken.append(f"{line[:1].upper()}{line[1:]}.")
    return tuple(spoken)
