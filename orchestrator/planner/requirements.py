"""What a request asks for that code can check: lengths, counts, languages, silence, words to be said as they stand.

Read from the words of the request with patterns that rather miss a demand than invent one: what they miss the language
model still reads, what they invent would refuse good scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from soundwright.orchestrator.planner.numbers import NUMBER, number

MAX_CHARACTERS = 16
MAX_READ_CHARS = 20_000
Range = tuple[int, int | None]

LANGUAGES = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "italian": "it",
    "japanese": "ja", "korean": "ko", "mandarin": "zh", "norwegian": "no", "polish": "pl", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "spanish": "es", "swedish": "sv", "turkish": "tr", "ukrainian": "uk",
}  # fmt: skip
_PRODUCTIONS = (
    "scene", "story", "play", "drama", "serial", "series", "lecture", "piece", "show", "podcast", "news", "comedy",
    "episode", "debate", "soundscape", "sketch", "ambience", "dialogue", "conversation", "interview", "programme",
    "program", "broadcast", "advert", "advertisement", "jingle", "trailer", "monologue", "production", "bulletin",
    "report", "audiobook", "fable", "tale", "clip", "spot", "recording", "thriller", "mystery", "introduction",
    "bedtime", "radio", "audio", "argument",
)  # fmt: skip
_UNIT = r"(?P<unit>s|secs?|seconds?|mins?|minutes?|h|hours?)"
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_N = rf"(?P<n>{NUMBER})"
_DURATIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_N}[- ]{_UNIT}[- ](?:long )?(?:\w+[- ]){{0,3}}?(?:{'|'.join(_PRODUCTIONS)})\b",
        rf"\b{_N}[- ]?{_UNIT} long\b",
        rf"\b(?:length|duration|runtime|running time)(?: of|:| is)? (?:about |around )?{_N} ?{_UNIT}\b",
        rf"\b(?:lasting|lasts?|no (?:longer|more) than|at most|within) (?:about |around |exactly )?{_N} ?{_UNIT}\b",
        rf"^\W*(?:(?:please |write |make |give |produce |create |me |us |a |an |about |exactly |in )*?){_N} ?{_UNIT} "
        r"(?:of|on|about|with|in|for|long)\b",
        rf"^\W*in {_N} ?{_UNIT}\b",
        rf"\bin (?:about |around |exactly )?{_N} ?{_UNIT}(?=:| with\b)",
        rf"^\W*{_N} ?{_UNIT}\s*[:,.;]",
    )
)
_BOUND = r"(?:(?P<bound>exactly|only|just|at most|up to|no more than|at least|between)\s+)?"
_COUNT = rf"{_BOUND}{_N}(?:\s*(?:to|or|and|-|–)\s*(?P<m>{NUMBER}))?"
_KIND = r"(?:\s+|-)(?:\w+\s+){0,2}?"
_LINES = re.compile(rf"\b{_COUNT}{_KIND}(?:lines|line)\b(?! up| of (?:sight|people|cars))", re.IGNORECASE)
_PEOPLE = re.compile(
    rf"\b{_COUNT}(?:\s+(?!hundred|thousand|million|billion)\w+)?\s+"
    r"(?:characters?|voices?|speakers?|actors?|people|persons?|children|friends|participants)\b",
    re.IGNORECASE,
)
_SCENES = re.compile(rf"\b{_COUNT}(?:\s+\w+)?\s+scenes\b", re.IGNORECASE)
_NO_SPEECH = re.compile(
    r"\b(?:no|without(?: any)?|zero) (?:spoken )?(?:speech|dialogue|dialog|words|talking|voices|speaking)\b"
    r"(?! impediment)"
    r"|\b(?:nobody|no one|no-one) (?:speaks|talks|says anything)\b|\bwordless\b",
    re.IGNORECASE,
)
_NO_MUSIC = re.compile(r"\b(?:no|without(?: any)?) music\b", re.IGNORECASE)
_QUOTES = re.compile(
    r"\"([^\"\n]{1,500})\"|“([^”\n]{1,500})”|„([^“”\n]{1,500})[“”]|«([^»\n]{1,500})»|「([^」\n]{1,500})」"
)
_SAID = re.compile(
    r"\b(?:says?|saying|said|asks?|lines?|words?|verbatim|exactly|whispers?|shouts?|answers?|ends? with|begins? with"
    r"|reads?|speaks?|announces?|repl(?:y|ies))\W*(?:\w+\W+){0,3}$", re.IGNORECASE,
)  # fmt: skip
_TITLED = re.compile(r"\b(?:titled?|called|named|entitled|play|song|book|word)\W*$", re.IGNORECASE)
_VERBATIM = re.compile(
    r"\bverbatim|\bexactly(?: this| these| as| the (?:words|line)| one (?:\w+ )?line|:)|\bword for word|\bexact words"
    r"|\bas (?:it is|they are) written|\bonly line",
    re.IGNORECASE,
)
_NAMES = "|".join(LANGUAGES)
_IN_LANGUAGE = re.compile(
    rf"\b(?:in|into|speaks?|speaking|spoken in|talks?|talking|says? in|language:?)\s+(?P<first>{_NAMES})"
    rf"(?:(?:\s*,\s*|\s*,?\s+(?:and|then)\s+(?:in\s+)?)(?P<more>(?:{_NAMES})(?:(?:\s*,\s*|\s*,?\s+and\s+)(?:{_NAMES}))*))?\b"
    rf"(?!\s+(?:accents?|restaurants?|caf|bars?|cities|city|towns?|villages?|kitchens?|house|history|style))"
    rf"|\b(?P<adjective>{_NAMES})[- ](?:speaking|language|lines?|dialogue)\b", re.IGNORECASE,
)  # fmt: skip
_OWN = re.compile(
    r"\b(?:own|native|mother|respective|different) (?:languages?|tongues?)\b|\bbilingual\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that must be spoken as they stand; ``whole``: as a line of their own."""

    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Requirements:
    """What was asked for; None, False or empty where nothing was. Ranges have no upper bound where that is None."""

    duration_s: float | None = None
    lines: Range | None = None
    characters: Range | None = None
    scenes: Range | None = None
    languages: tuple[str, ...] = ()
    no_speech: bool = False
    no_music: bool = False
    quotations: tuple[Quotation, ...] = ()


def read_requirements(instruction: str) -> Requirements:
    """The requirements that the words of ``instruction`` state."""
    text = instruction[:MAX_READ_CHARS]
    bare = _QUOTES.sub(" ", text)  # what is quoted is to be said, not to be obeyed
    silent = _NO_SPEECH.search(bare) is not None
    return Requirements(
        _duration(bare),
        None if silent else _range(_LINES, bare, most=500),
        None if silent else _range(_PEOPLE, bare, most=MAX_CHARACTERS),
        _range(_SCENES, bare, most=200),
        () if silent else _languages(bare),
        silent,
        _NO_MUSIC.search(bare) is not None,
        () if silent else tuple(_quotations(text)),
    )


def _duration(text: str) -> float | None:
    for pattern in _DURATIONS:
        for match in pattern.finditer(text):
            amount = number(match["n"])
            seconds = None if amount is None else amount * _SECONDS[match["unit"][0].lower()]
            if seconds is not None and 1 <= seconds <= 86400:
                return seconds
    return None


def _range(pattern: re.Pattern[str], text: str, *, most: int) -> Range | None:
    """The first count that is stated of all, not of each."""
    for match in pattern.finditer(text):
        around = text[max(0, match.start() - 25) : match.end() + 25].lower()
        each = pattern is _LINES and re.search(r"\beach\b|\bper\b|\bapiece\b|\bevery\b", around)
        if each or match["n"].lower() in {"a", "an"}:
            continue
        found = _bounds(match)
        if found is not None and found[0] <= most:
            return found
    return None


def _bounds(match: re.Match[str]) -> Range | None:
    low, high = number(match["n"]), number(match["m"]) if match["m"] else None
    if low is None or low != int(low) or low < 1:
        return None
    bound = (match["bound"] or "").lower()
    if high is not None:
        return int(min(low, high)), int(max(low, high))
    if bound in {"at most", "up to", "no more than"}:
        return 1, int(low)
    return int(low), None if bound == "at least" else int(low)


def _languages(text: str) -> tuple[str, ...]:
    named: list[str] = []
    for match in _IN_LANGUAGE.finditer(text):
        words = " ".join(filter(None, (match["first"], match["more"], match["adjective"])))
        named += re.findall(_NAMES, words.lower())
    if _OWN.search(text):
        named += re.findall(rf"\b(?:{_NAMES})\b", text.lower())
    return tuple(dict.fromkeys(LANGUAGES[name] for name in named))


def _quotations(text: str) -> Iterator[Quotation]:
    whole = _VERBATIM.search(_QUOTES.sub(" ", text)) is not None
    for match in _QUOTES.finditer(text):
        quoted = next(group for group in match.groups() if group is not None).strip()
        before = text[max(0, match.start() - 60) : match.start()]
        if quoted and not _TITLED.search(before) and (_SAID.search(before) or _is_sentence(quoted)):
            yield Quotation(quoted, whole)


def _is_sentence(text: str) -> bool:
    return text[-1] in ".!?…。！？" or len(text.split()) > 3
