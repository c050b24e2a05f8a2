"""English text as it is spoken: numbers, dates, money, abbreviations, symbols and odd punctuation become words.

Every written word (what stands between white space) keeps its place, so that spoken words can be timed and shown as
they were written. The result holds plain words and the punctuation that shapes a voice, and is the same for every
engine; it changes nothing when it is read again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from soundwright.tools.tts.abbreviations import ACRONYMS, STRESSED
from soundwright.tools.tts.readings import Around, drops_point, read_core

_CHARACTERS = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "–": "-", "‐": "-", "‑": "-", "−": "-", "―": "—", "⸺": "—", "⸻": "—", "…": "...", "\u00ad": "", "\u200b": "",
    "\ufeff": "", "\u200d": "", "\u2060": "", "！": "!", "？": "?", "，": ",", "。": ".", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
_TRANSLATION = str.maketrans(_CHARACTERS)
_SPOKEN_MARKS = ".,!?;:—…"
_OPENING = "\"'([{<*_~#¿¡-—."
_CLOSING = "\"')]}>*_~.,!?;:—-…"
_SHOUTED = re.compile(r"[A-Z][A-Z']+")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """``written`` as it stands in the text; ``spoken`` words with closing punctuation, empty where nothing is said."""

    written: str
    spoken: str


def normalise(text: str, pronounce: Iterable[tuple[str, str]] = (), *, british: bool = False) -> tuple[SpokenWord, ...]:
    """The written words of ``text`` (split at white space) with what is spoken for each.

    ``pronounce`` holds (word, say) pairs, honoured for whole words in any case; a word of several words matches a run.
    """
    written = text.split()
    cleaned = [unicodedata.normalize("NFC", word).translate(_TRANSLATION) for word in written]
    parts = [_parted(word) for word in cleaned]
    says = _pronounced([core for _, core, _ in parts], pronounce)
    shouting = _shouted_words([core for _, core, _ in parts])
    spoken = []
    for index, (_, core, _) in enumerate(parts):
        around = Around(_core_at(parts, index - 1), _core_at(parts, index + 1), _is_last(parts, index), british)
        words = says.get(index)
        if words is None:
            words = read_core(core.lower() if index in shouting else core, around)
        spoken.append(_with_marks(words, parts[index], around, first=index == 0))
    return tuple(SpokenWord(word, say) for word, say in zip(written, spoken, strict=True))


def normalise_plain(text: str, pronounce: Iterable[tuple[str, str]] = ()) -> tuple[SpokenWord, ...]:
    """Words of any language for an engine that reads figures by itself: signs that no one speaks are left out."""
    written = text.split()
    cleaned = [unicodedata.normalize("NFC", word).translate(_TRANSLATION) for word in written]
    parts = [_parted(word) for word in cleaned]
    says = _pronounced([core for _, core, _ in parts], pronounce)
    spoken = []
    for index, (_, core, tail) in enumerate(parts):
        words = says.get(index, "".join(c for c in core if c not in "<>[]{}*_~\\|" and unicodedata.category(c) != "So"))
        spoken.append(words + (_mark(tail) if words else ""))
    return tuple(SpokenWord(word, say) for word, say in zip(written, spoken, strict=True))


def spoken_text(words: Iterable[SpokenWord]) -> str:
    """The words as one line for an engine."""
    return " ".join(word.spoken for word in words if word.spoken)


def _parted(word: str) -> tuple[str, str, str]:
    """A word as (opening marks, core, closing marks)."""
    start = 0
    while start < len(word) and word[start] in _OPENING and not _starts_number(word, start):
        start += 1
    end = len(word)
    while end > start and word[end - 1] in _CLOSING:
        end -= 1
    if word[end : end + 1] == "." and re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word[start:end]):
        end += 1  # the last point of "U.S." and "p.m." is its own
    if word[start - 1 : start] == "'" and re.fullmatch(r"(?:\d\ds|tis|twas|em|til|cause)", word[start:end], re.I):
        start -= 1  # an apostrophe that stands for letters
    return word[:start], word[start:end], word[end:]


def _starts_number(word: str, at: int) -> bool:
    """A minus, a decimal point or the sign of a number like #1: part of the number."""
    return word[at] in "-.#" and word[at + 1 : at + 2].isdigit()


def _pronounced(cores: Sequence[str], pronounce: Iterable[tuple[str, str]]) -> dict[int, str]:
    """What is said at the indexes of ``cores`` that ``pronounce`` names; longer entries win."""
    said: dict[int, str] = {}
    lowered = [core.lower() for core in cores]
    for word, say in sorted(pronounce, key=lambda pair: -len(pair[0].split())):
        wanted = [_parted(part.translate(_TRANSLATION))[1].lower() for part in word.split()]
        for index in range(len(cores) - len(wanted) + 1):
            run = range(index, index + len(wanted))
            ending = _possessive(lowered[run[-1]], wanted[-1]) if wanted else None
            if ending is None or any(i in said for i in run) or lowered[index : run[-1]] != wanted[:-1]:
                continue
            said |= dict.fromkeys(run, "")
            said[index] = spoken_text(normalise(say)) + ending
    return said


def _possessive(found: str, wanted: str) -> str | None:
    """What ``found`` adds to ``wanted``: nothing or "'s"; None when it is another word."""
    if found == wanted:
        return ""
    return "'s" if found == f"{wanted}'s" else None


def _shouted_words(cores: Sequence[str]) -> set[int]:
    """Indexes of words in capitals that are stressed, not spelled: in runs of two and more, common or long."""
    capital = [bool(_SHOUTED.fullmatch(core)) for core in cores]
    single = [capital[i] or core in {"I", "A", "O"} for i, core in enumerate(cores)]
    shouted = set()
    for index, core in enumerate(cores):
        if not capital[index] or core in ACRONYMS:
            continue
        readable = any(letter in "AEIOUY" for letter in core)
        alone = core.lower() in STRESSED or len(core) >= 6
        if alone or (readable and _run(single, index) > 1):
            shouted.add(index)
    return shouted


def _run(flags: Sequence[bool], index: int) -> int:
    """How many neighbours in a row are flagged, with this one."""
    first = last = index
    while first > 0 and flags[first - 1]:
        first -= 1
    while last + 1 < len(flags) and flags[last + 1]:
        last += 1
    return last - first + 1


def _core_at(parts: Sequence[tuple[str, str, str]], index: int) -> str:
    return parts[index][1] if 0 <= index < len(parts) else ""


def _is_last(parts: Sequence[tuple[str, str, str]], index: int) -> bool:
    """Whether a sentence may end here: the text does, or the next word begins with a capital."""
    following = _core_at(parts, index + 1)
    return index + 1 >= len(parts) or following[:1].isupper()


def _with_marks(words: str, part: tuple[str, str, str], around: Around, *, first: bool) -> str:
    """The spoken words with the one closing mark that shapes the voice best."""
    head, core, tail = part
    if tail.startswith(".") and not tail.startswith("..") and drops_point(core, words, around):
        tail = tail[1:]
    mark = _mark(tail if core else head + tail)
    if not words:
        return mark if mark in {"—", "…"} and not first else ""
    if words.endswith(".M.") and mark in {"?", "!", ",", ";", ":"}:
        return words + mark
    return words if words[-1] in _SPOKEN_MARKS else words + mark


def _mark(raw: str) -> str:
    for mark in ("?", "!"):
        if mark in raw:
            return mark
    if "..." in raw or ".." in raw:
        return "…"
    if "—" in raw or "--" in raw or raw == "-":
        return "—"
    for mark in (".", ";", ":", ","):
        if mark in raw:
            return mark
    return "," if ")" in raw else ""
