"""Lengths in words and figures: ``8s``, ``two seconds``, ``half a minute``, ``1:30``."""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re

_NUMBERS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
            "eight": 8.0, "nine": 9.0, "ten": 10.0, "twelve": 12.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0,
            "forty": 40.0, "forty-five": 45.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0,
            "half a": 0.5, "a couple of": 2.0, "a few": 3.0}  # fmt: skip
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_LENGTH = re.compile(
    rf"(?<![\w.])(?:(?P<figure>[0-9]{{1,5}}(?:[.,][0-9]{{1,3}})?)|(?P<word>{_WORDS}))[\s-]?"
    r"(?P<unit>s|sec|secs|seconds?|min|mins|minutes?|hours?|Sekunden?|Minuten?|secondes?)\b(?P<half> and a half)?"
    r"(?:\s*(?:,|and)?\s*(?P<more>[0-9]{1,2}) ?(?:s|seconds?)\b)?", re.IGNORECASE)  # fmt: skip
_CLOCK = re.compile(r"(?<![\d:])([0-9]{1,2}):([0-5][0-9])(?![\d:])")


def find_length(text: str, clock: bool = False) -> tuple[float, int, int] | None:
    """(seconds, start, end) of the first length in the text; ``clock`` reads ``1:30`` too."""
    match = _LENGTH.search(text)
    if match:
        number = float(match["figure"].replace(",", ".")) if match["figure"] else _NUMBERS[match["word"].lower()]
        number += 0.5 if match["half"] else 0.0
        seconds = number * _UNITS[match["unit"][0].lower()] + float(match["more"] or 0)
        return seconds, match.start(), match.end()
    if clock and (timed := _CLOCK.search(text)):
        return 60.0 * int(timed[1]) + int(timed[2]), timed.start(), timed.end()
    return None


def take_length(text: str) -> tuple[str, float | None]:
    """The text without its first length, and that length in seconds (0.1 to 3600) if there is one."""
    found = find_length(text)
    if found is None:
        return text, None
    seconds, start, end = found
    rest = re.sub(r"(?:\bfor|\blasting|\bof|[,;(])\s*$", "", text[:start].rstrip()).rstrip(" ,;(") + text[end:]
    return rest.strip(" ,;()"), min(max(seconds, 0.1), 3600.0)
