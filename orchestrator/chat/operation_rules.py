"""Requests for operations in plain English, without a language model: which operation, with what parameters."""

# ruff: noqa: E501  a pattern stays on one line
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from soundwright.orchestrator.planner.numbers import NUMBER, number
from soundwright.orchestrator.planner.requirements import LANGUAGES

Call = tuple[str, dict[str, Any]]
Words = Mapping[str, str]  # what the groups of a pattern found; ``all`` is the whole of it
Reader = Callable[[Words], dict[str, Any]]
_SPACES = {
    "church": "church",
    "cathedral": "church",
    "hall": "hall",
    "cave": "cave",
    "tunnel": "tunnel",
    "room": "room",
    "car": "car",
}
_SPACE = "|".join(_SPACES)
_LANGUAGE = "|".join(LANGUAGES)
_DB, _DB2 = (rf"(?:.{{0,20}}?\bby (?P<{n}>{NUMBER})\s*db)?" for n in ("n", "n2"))
_SEMI, _SEMI2 = (rf"(?:.{{0,20}}?\b(?P<{n}>{NUMBER})\s*semitones?)?" for n in ("n", "n2"))
_LENGTH = re.compile(
    rf",?\s*(?:for |lasting |of )?(?P<n>{NUMBER})\s*-?(?P<unit>s|secs?|seconds?|minutes?|min)\b(?:\s+(?:long|of)\b)?",
    re.IGNORECASE,
)


def _nothing(words: Words) -> dict[str, Any]:
    del words
    return {}


def _amount(words: Words, usual: float) -> float:
    return float(number(words["n"]) or usual) if "n" in words else usual


def _louder(words: Words) -> dict[str, Any]:
    return {"gain": min(_amount(words, 6.0), 40.0)}


def _softer(words: Words) -> dict[str, Any]:
    return {"gain": -min(_amount(words, 6.0), 60.0)}


def _pitch(words: Words) -> dict[str, Any]:
    lower = re.search(r"down|lower|deeper", words["all"], re.I) is not None
    return {"semitones": (-1 if lower else 1) * min(_amount(words, 3.0), 24.0)}


def _stretch(words: Words) -> dict[str, Any]:
    share = min(_amount(words, 20.0) / 100, 0.75)
    slower = re.search(r"slow", words["all"], re.I) is not None
    return {"factor": round(1 / (1 - share) if slower else 1 / (1 + share), 3)}


def _slice(words: Words) -> dict[str, Any]:
    return {"from": float(number(words["n"]) or 0.0), "to": float(number(words["m"]) or 0.0)}


def _space(words: Words) -> dict[str, Any]:
    return {"space": _SPACES[words["space"].lower()] if "space" in words else "hall"}


def _described(words: Words) -> dict[str, Any]:
    return {"description": words["what"].strip(" .!?")[:500]}


def _sound(words: Words) -> dict[str, Any]:
    what, length = _without_length(words["what"])
    return {"description": what} | ({} if length is None else {"length": length})


def _music(words: Words) -> dict[str, Any]:
    what, length = _without_length(words["what"])
    return {"description": what or "calm music", "length": length or 20.0}


def _spoken(words: Words) -> dict[str, Any]:
    return {"text": words["text"]} | ({"voice": words["voice"].strip(" .!")} if "voice" in words else {})


# What works on a sound; several may be asked for in one sentence, and are done in the order in which they are said.
TREATING: tuple[tuple[str, str, Reader], ...] = (
    (
        r"\btranscri(?:be|pt\w*)\b|\bwrite down what\b|\bwhat (?:is|was|does|did|do) .{0,40}\b(?:says?|said|saying)\b|\bsubtitles?\b",
        "transcribe",
        _nothing,
    ),
    (
        rf"\btranslate\b.*?\b(?:in)?to (?P<to>{_LANGUAGE})\b",
        "translate_audio",
        lambda words: {"to": LANGUAGES[words["to"].lower()]},
    ),
    (
        r"\b(?:clean|denoise|de-noise|enhance)\b|\b(?:remove|reduce|take out|get rid of) (?:the |all )?(?:background )?noise\b",
        "enhance",
        _nothing,
    ),
    (r"\b(?:restore|repair)\b", "restore", _nothing),
    (
        r"\b(?:isolate|extract|get|keep only) (?:the )?(?:vocals?|singing)\b|\bvocals? only\b",
        "separate",
        lambda _: {"stems": 2},
    ),
    (r"\bseparate (?:the )?(?:speakers|people|voices)\b", "separate_speakers", _nothing),
    (r"\bseparate\b|\binto stems?\b", "separate", _nothing),
    (r"\bhow loud\b|\bloudness\b|\blufs\b", "measure_loudness", _nothing),
    (r"\bwho (?:speaks|talks|is speaking)\b.*\bwhen\b|\bdiari[sz]e\b", "diarize", _nothing),
    (
        r"\bwhere (?:is|does|do) (?:somebody|someone|anybody|they|speech|people)\b|\b(?:find|detect) (?:the )?speech\b",
        "detect_speech",
        _nothing,
    ),
    (r"\bwhat (?:emotion|mood|feeling)\b", "recognize_emotion", _nothing),
    (
        r"\b(?:is there|detect|where is) (?:a |an |the )?(?P<what>[\w ]{3,40}?) in\b",
        "detect",
        lambda words: {"descriptions": [words["what"].strip()]},
    ),
    (r"\bwhat (?:can|do) (?:i|you|we) hear\b|\btag\b", "tag", _nothing),
    (r"\bdescribe\b|\bwhat is (?:this|it)\b", "caption", _nothing),
    (r"\b(?:tempo|bpm)\b|\bwhat key\b", "analyse_music", _nothing),
    (r"\b(?:notes of|to midi|as midi)\b", "transcribe_notes", _nothing),
    (r"\bhow (?:good|clean|natural) is\b|\brate\b", "score_speech", _nothing),
    (
        r"\b(?:take out|remove) (?!(?:the |all )*(?:background )?noise)(?:the )?(?P<what>[\w ]{3,60}?) from\b",
        "remove",
        _described,
    ),
    (
        rf"\b(?:cut|keep|slice)\b.*?\b(?:from )?(?P<n>{NUMBER})\s*(?:s|sec\w*)?\s*(?:to|until|-)\s*(?P<m>{NUMBER})\b",
        "slice",
        _slice,
    ),
    (r"\btrim\b|\bcut (?:off )?the silence\b", "trim_silence", _nothing),
    (rf"\blouder\b{_DB}|\b(?:raise|turn up|boost)\b{_DB2}", "gain", _louder),
    (rf"\b(?:quieter|softer)\b{_DB}|\bturn down\b{_DB2}", "gain", _softer),
    (rf"\bpitch\b.*?\b(?:up|down|higher|lower)\b{_SEMI}|\b(?:higher|lower|deeper)\b{_SEMI2}", "pitch", _pitch),
    (rf"\b(?:slow(?:er)?|fast(?:er)?)\b(?:.{{0,20}}?\b(?P<n>{NUMBER})\s*(?:%|percent))?", "stretch", _stretch),
    (r"\bnormali[sz]e\b", "normalise", _nothing),
    (r"\breversed?\b|\bbackwards?\b", "reverse", _nothing),
    (r"\bmono\b", "mono", _nothing),
    (r"\b(?:tele)?phone\b", "telephone", _nothing),
    (r"\bradio\b", "radio", _nothing),
    (r"\bmuffled?\b|\bthrough (?:a|the) wall\b", "muffled", _nothing),
    (r"\becho(?:es)?\b", "echo", _nothing),
    (rf"\breverb\b(?:.*?\b(?P<space>{_SPACE})\b)?|\b(?:in|into) (?:a|the) (?P<space2>{_SPACE})\b", "reverb", _space),
    (r"\bfade\b", "fade", lambda _: {"fade_in": 1.0, "fade_out": 1.0}),
    (r"\bbinaural\b|\bspatiali[sz]e\b", "spatialize", _nothing),
    (r"\b(?:join|concatenate|one after (?:the )?other)\b", "concat", _nothing),
    (r"\bmix\b", "mix", _nothing),
)
# What makes a sound of words.
_MAKE = r"^(?:please |can you |could you )?(?:make|generate|create|synthesi[sz]e|give me|i want|i need)\b"
MAKING: tuple[tuple[str, str, Reader], ...] = (
    (rf"{_MAKE}.{{0,20}}?\b(?:sounds?|noises?|sfx|ambience)(?: effects?)? of (?P<what>.+)", "generate_sound", _sound),
    (
        rf"(?:{_MAKE}|^compose\b)\s+(?:me )?(?:some |a piece of |a )?(?P<what>.{{0,200}}?\bmusic\b.*)",
        "generate_music",
        _music,
    ),
    (
        r"^(?:please )?(?:say|speak|read out|read aloud|read)\s*[:,]?\s*[\"“](?P<text>[^\"”]+)[\"”](?:,?\s*(?:in|with|as|like) (?P<voice>.+))?",
        "speak",
        _spoken,
    ),
)


def treatments(text: str) -> list[Call]:
    """Operations on a sound that a text asks for, in the order in which they are said."""
    found: list[tuple[int, Call]] = []
    for pattern, op, read in TREATING:
        match = re.search(pattern, text, re.I | re.S)
        if match is not None and all(op != known for _, (known, _) in found):
            found.append((match.start(), (op, read(_words(match)))))
    return [call for _, call in sorted(found, key=lambda pair: pair[0])]


def makings(text: str) -> Call | None:
    """The operation that makes the sound a text asks for."""
    for pattern, op, read in MAKING:
        match = re.search(pattern, text.strip(), re.I | re.S)
        if match is not None:
            return op, read(_words(match))
    return None


def _words(match: re.Match[str]) -> Words:
    found = {name.rstrip("2"): text for name, text in match.groupdict().items() if text is not None}
    return {**found, "all": match.group()}


def _without_length(text: str) -> tuple[str, float | None]:
    """What is left of a description without its length, and the length in seconds."""
    match = _LENGTH.search(text)
    if match is None:
        return text.strip(" .!?,")[:500], None
    seconds = float(number(match["n"]) or 10.0) * (60 if match["unit"].lower().startswith("min") else 1)
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return " ".join(rest.split()).strip(" .!?,")[:500], min(max(seconds, 0.1), 600.0)
