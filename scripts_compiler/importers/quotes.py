"""Finds what is spoken in a paragraph: quotation marks of several languages, and dialogue dashes."""

from __future__ import annotations

import re
from dataclasses import dataclass

# opening mark -> marks that close it; the same mark may open in one language and close in another
_PAIRS = {"“": "”“", "„": "“”‟", "«": "»", "»": "«", "‟": "”", "「": "」", "『": "』", "〈": "〉", '"': '"'}
_SINGLE_PAIRS = {"‘": "’", "‚": "‘’", "‹": "›", "›": "‹"}
_DASH = re.compile(r"^\s*[—–―-]{1,2}\s+(?=\S)|^\s*[—―](?=\S)")
_DASH_TAG = re.compile(r"\s[—–―]\s?|,?\s[—–]{1,2}\s?")
_INVERTED = re.compile(
    r"[,!?…]\s*(?=(?:dit|demanda|répondit|cria|murmura|s['’]écria|répliqua|ajouta|souffla|chuchota|fit)(?:-t)?-?\s?(?:il|elle|on|ils|elles|[A-ZÉÈ])"
    r"|(?:dijo|preguntó|respondió|gritó|susurró|murmuró|exclamó)\b)")  # fmt: skip
_STRAIGHT_SINGLE = re.compile(
    r"(?:^|(?<=[\s(—–]))'(?=[^\W\d_])(?P<said>[^'\n]{1,2000}(?:'(?=[^\W\d_])[^'\n]{0,2000}){0,40}?(?<=[,.!?…—–-]))'(?=[\s.,;:!?)]|$)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a paragraph: narration, or what somebody says (without its marks)."""

    text: str
    spoken: bool


def split_paragraph(paragraph: str, single: bool = False) -> tuple[list[Span], bool]:
    """(pieces in order, whether a quotation was left open). ``single`` reads ' and ‘ as marks of speech."""
    if _DASH.match(paragraph) and not any(mark in paragraph for mark in '“„«"'):
        return _dashed(paragraph), False
    if single and "‘" not in paragraph and "‚" not in paragraph and "'" in paragraph:
        return _straight_single(paragraph), False
    pairs = _PAIRS | _SINGLE_PAIRS if single else _PAIRS
    spans: list[Span] = []
    at = start = 0
    while at < len(paragraph):
        closing = pairs.get(paragraph[at])
        if closing is None:
            at += 1
            continue
        end = _closing(paragraph, at, closing)
        if end < 0:
            _add(spans, paragraph[start:at], False)
            _add(spans, paragraph[at + 1 :], True)
            return spans, True
        _add(spans, paragraph[start:at], False)
        _add(spans, paragraph[at + 1 : end], True)
        at = start = end + 1
    _add(spans, paragraph[start:], False)
    return spans, False


def _closing(text: str, opening: int, marks: str) -> int:
    """Where the quotation opened at ``opening`` ends; an apostrophe inside a word does not close one."""
    nested = 0
    for at in range(opening + 1, len(text)):
        char = text[at]
        if char in marks:
            if char == "’" and text[at - 1].isalnum() and text[at + 1 : at + 2].isalnum():
                continue
            if nested == 0:
                return at
            nested -= 1
        elif char == text[opening] and char not in "»«›‹":
            nested += 1
    return -1


def _add(spans: list[Span], text: str, spoken: bool) -> None:
    if text.strip():
        spans.append(Span(text.strip(), spoken))


def _straight_single(paragraph: str) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for match in _STRAIGHT_SINGLE.finditer(paragraph):
        _add(spans, paragraph[at : match.start()], False)
        _add(spans, match["said"], True)
        at = match.end()
    _add(spans, paragraph[at:], False)
    return spans


def _dashed(paragraph: str) -> list[Span]:
    """``— Bonjour, dit-il. — Entrez.``: speech up to the next dash or the verb of saying, and back."""
    match = _DASH.match(paragraph)
    rest = paragraph[match.end() if match else 0 :]
    spans: list[Span] = []
    spoken = True
    for piece in _DASH_TAG.split(rest):
        inverted = _INVERTED.search(piece) if spoken else None
        if inverted:
            _add(spans, piece[: inverted.start() + 1], True)
            _add(spans, piece[inverted.end() :], False)
            continue
        _add(spans, piece, spoken)
        spoken = not spoken
    return spans
