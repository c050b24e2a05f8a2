"""Splitting what is spoken into pieces that an engine says in one breath."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from soundwright.tools.tts.text_normalise import SpokenWord

_ENDS = (".", "!", "?", "…")
_CLAUSES = (r"(?<=[;:—…])\s+", r"(?<=,)\s+", r"\s+(?=(?:ænd|and|bˌʌt|bʌt|ɔɹ|ɔː)\s)", r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Phonemes said in one go, and the seconds of silence that follow them before the next piece."""

    phonemes: str
    pause_s: float


def sentences(words: Iterable[SpokenWord]) -> list[str]:
    """Sentences in order, each as spoken text. An abbreviation's point ends none, as it was read away before."""
    found: list[str] = []
    current: list[str] = []
    for word in words:
        if not word.spoken:
            continue
        if current and _ends(current[-1]) and not word.spoken[:1].islower():
            found.append(" ".join(current))
            current = []
        current.append(word.spoken)
    return [*found, " ".join(current)] if current else found


def pieces(
    texts: Iterable[str], to_phonemes: Callable[[str], str], *, target: int = 180, limit: int = 400
) -> list[Piece]:
    """Sentences as phonemes, short neighbours said together up to ``target`` symbols, none longer than ``limit``."""
    found: list[Piece] = []
    for text in texts:
        spoken = to_phonemes(text)
        if not spoken:
            continue
        for part in _within(spoken, limit):
            if found and _ends(found[-1].phonemes) and len(found[-1].phonemes) + len(part) < target:
                part = f"{found.pop().phonemes} {part}"  # noqa: PLW2901  the joined piece takes its place
            found.append(Piece(part, _pause_after(part)))
    return found


def _within(text: str, limit: int) -> Iterator[str]:
    """``text`` cut at clauses, else at commas, else between words, so that no part is longer than ``limit``."""
    if len(text) <= limit:
        yield text
        return
    for pattern in _CLAUSES:
        cuts = [match for match in re.finditer(pattern, text) if match.start() > 0 and match.end() < len(text)]
        if cuts:
            middle = min(cuts, key=lambda match: abs(match.start() - len(text) / 2))
            if max(middle.start(), len(text) - middle.end()) < 0.9 * len(text) or pattern == _CLAUSES[-1]:
                yield from _within(text[: middle.start()], limit)
                yield from _within(text[middle.end() :], limit)
                return
    yield text[:limit]
    yield from _within(text[limit:], limit)


def _ends(text: str) -> bool:
    return text.endswith(_ENDS)


def _pause_after(text: str) -> float:
    if text.endswith(("…", "—")):
        return 0.45
    if _ends(text):
        return 0.35
    return 0.2 if text.endswith((",", ";", ":")) else 0.06
