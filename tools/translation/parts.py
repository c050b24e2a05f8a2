"""Sentences that are longer than a network reads or writes at once: in parts, so that nothing of them is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

_CUTS = (r"(?<=[;:—؛])\s+|(?<=[；：])", r"(?<=[,،])\s+|(?<=[，、])", r"\s+")  # clauses, phrases, words
_EDGE = 0.1  # a cut nearer to an end than this share of the text helps little
_SHORT = 40  # letters; what comes out too long of so few is a network that repeats itself


def parts(text: str, tokens: Callable[[str], int], most: int) -> list[str]:
    """``text`` in parts of at most ``most`` tokens, cut at clauses, else phrases, words, or letters."""
    if tokens(text) <= most or len(text) < 2:
        return [text]
    return [part for half in halves(text) for part in parts(half, tokens, most)]


def whole(text: str, translate: Callable[[str], tuple[str, bool]]) -> str:
    """The translation of all of ``text``: where ``translate`` could not finish one, those of its halves."""
    made, finished = translate(text)
    if finished or len(text) < _SHORT:
        return made
    return " ".join(whole(half, translate) for half in halves(text))


def halves(text: str) -> tuple[str, str]:
    """``text`` (two letters or more) cut where it hurts least, near its middle."""
    edge = _EDGE * len(text)
    for pattern in _CUTS:
        cuts = [cut for cut in re.finditer(pattern, text) if edge < cut.start() and cut.end() < len(text) - edge]
        if cuts:
            cut = min(cuts, key=lambda cut: abs(cut.start() - len(text) / 2))
            return text[: cut.start()].strip(), text[cut.end() :].strip()
    return text[: len(text) // 2], text[len(text) // 2 :]
