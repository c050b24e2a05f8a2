"""Numbers as people write them in a request: ``12``, ``twelve``, ``two and a half``, ``a dozen``."""

from __future__ import annotations

import re

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {
    name: 10 * n
    for n, name in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
WORDS = {name: n for n, name in enumerate(_SMALL)} | _TENS
_UNITS = "|".join(_SMALL[1:10])
_WORDS = rf"(?:(?:{'|'.join(_TENS)})[ -](?:{_UNITS})|{'|'.join(sorted(WORDS, key=len, reverse=True))})"
NUMBER = (
    rf"(?:\d{{1,5}}(?:\.\d{{1,2}})?|{_WORDS}(?: and a half)?|half an?|(?:a )?dozen|(?:a )?couple of|(?:a )?single|an?)"
)
_FIXED = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "dozen": 12.0, "couple of": 2.0, "single": 1.0}


def number(text: str) -> float | None:
    """The value of what ``NUMBER`` matched; None for other text."""
    words = " ".join(text.lower().replace("-", " ").split())
    if re.fullmatch(r"\d{1,5}(\.\d{1,2})?", words):
        return float(words)
    if words in _FIXED:
        return _FIXED[words]
    if words.startswith("a ") and words[2:] in _FIXED:
        return _FIXED[words[2:]]
    half = 0.5 if words.endswith(" and a half") else 0.0
    parts = words.removesuffix(" and a half").split()
    if not parts or len(parts) > 2 or any(part not in WORDS for part in parts):
        return None
    return float(sum(WORDS[part] for part in parts)) + half
