"""English number words."""

from __future__ import annotations

import re

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = (
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1100, 2100


def cardinal(number: int) -> str:
    """``1250`` -> "one thousand two hundred fifty". Beyond 10^15 the digits are read one by one."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number >= 10**15:
        return digits(str(number))
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            return f"{cardinal(number // scale)} {name}" + (f" {cardinal(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{_ONES[number // 100]} hundred" + (f" {cardinal(rest)}" if rest else "")
    if number >= 20:
        return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")
    return _ONES[number]


def ordinal(number: int) -> str:
    """``21`` -> "twenty first"."""
    head, _, last = cardinal(number).rpartition(" ")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return f"{head} {last}".strip()


def year(number: int) -> str:
    """``1984`` -> "nineteen eighty four", ``2005`` -> "two thousand five", ``1900`` -> "nineteen hundred"."""
    if not _FIRST_YEAR <= number < _LAST_YEAR or 2000 <= number < 2010:
        return cardinal(number)
    century, rest = divmod(number, 100)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def plural(words: str) -> str:
    """The plural of the last word: "nineteen eighty" -> "nineteen eighties"."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "x")) else f"{words}s"


def digits(text: str) -> str:
    """Each digit by itself: "007" -> "zero zero seven"."""
    return " ".join(_ONES[int(digit)] for digit in text if digit.isdecimal())


def decimal(text: str) -> str:
    """A number as written, with thousands commas and a decimal point: "1,250.5" -> "... point five"."""
    whole, _, fraction = text.replace(",", "").partition(".")
    spoken = digits(whole) if re.match(r"0\d", whole) else cardinal(int(whole or 0))
    return f"{spoken} point {digits(fraction)}" if fraction else spoken
