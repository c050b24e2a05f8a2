"""How one written word is read aloud in English, given its neighbours: rules as functions, the first that fits wins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from soundwright.tools.tts import abbreviations as known
from soundwright.tools.tts.numbers import cardinal, decimal, digits, ordinal, plural, year


@dataclass(frozen=True, slots=True)
class Around:
    """The words before and after, without their marks; ``last``: a sentence may end here; ``british`` forms."""

    before: str = ""
    after: str = ""
    last: bool = False
    british: bool = False


Rule = Callable[[str, Around], "str | None"]

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_MONTH = re.compile("|".join([*known.MONTH_NAMES, *(f"{m}\\.?" for m in known.MONTHS)]) + r"\Z", re.I)
_ROMAN = re.compile(r"(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_STUTTER = re.compile(r"^(?:([A-Za-z])-)+(?=\1)", re.I)
_STRETCHED = re.compile(r"([A-Za-z])\1{2,}")
_SOUNDS = {
    "hm": "hmm", "hmm": "hmm", "mm": "mmm", "mmm": "mmm", "sh": "shush", "shh": "shush", "ssh": "shush",
    "brr": "burr", "grr": "grrr", "psst": "pst", "tsk": "tisk", "ugh": "ugh", "argh": "ahrg", "ahh": "ah", "ohh": "oh",
    "ooh": "ooh", "noo": "no", "soo": "so", "yess": "yes", "goo": "go", "aah": "ah", "whoaa": "whoa", "heyy": "hey",
    "pleasee": "please", "helloo": "hello", "waitt": "wait", "stopp": "stop", "ahhh": "ah", "okk": "okay", "ok": "okay",
}  # fmt: skip


def read_core(core: str, around: Around) -> str:
    """What is said for ``core``, a word without the marks around it: words joined by spaces, or nothing."""
    if not core:
        return ""
    for rule in _RULES:
        said = rule(core, around)
        if said is not None:
            return said
    return _plain(core, around)


def drops_point(core: str, said: str, around: Around) -> bool:
    """Whether a point after ``core`` is part of the abbreviation, and no sentence ends there."""
    lowered = core.lower()
    if len(core) == 1 and core.isupper() and core != "I":
        return around.after[:1].isupper()  # an initial
    if said.lower() == lowered or said == "":
        return False
    if lowered in known.BEFORE_NUMBERS or lowered in known.MONTHS:
        return around.after[:1].isdigit() or not around.last
    if said == known.TITLES.get(lowered) or lowered in {"vs", "approx"}:
        return bool(around.after)
    named = lowered in known.PLACES or lowered in known.GENERAL or lowered in known.UNITS or lowered in known.DAYS
    return named and not around.last


def _web(core: str, around: Around) -> str | None:
    del around
    address = re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", core)
    url = re.fullmatch(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|gov|edu|co\.uk)(?:/\S*)?", core)
    if not address and not url:
        return None
    text = re.sub(r"^https?://(?:www\.)?", "", core).split("?")[0].rstrip("/")
    signs = {".": " dot ", "@": " at ", "/": " slash ", "-": " dash ", "_": " underscore ", "#": " hash ", ":": " "}
    parts = re.split(r"([^A-Za-z]|\d+)", text)
    return " ".join("".join(signs.get(p, f" {digits(p)} " if p.isdecimal() else p) for p in parts).split())


def _clock(core: str, around: Around) -> str | None:
    match = re.fullmatch(r"(\d{1,2})(?:[:.](\d\d)(?::(\d\d))?)?\s*([ap]\.?m\.?)?", core, re.I)
    half_follows = re.match(r"[ap]\.?m\b", around.after, re.I)
    if not match or not (match[2] or match[4]) or int(match[1]) > 24 or int(match[2] or 0) > 59:
        return None
    if "." in core[:3] and not (match[4] or half_follows):
        return None  # a decimal number
    hour, minute, half = int(match[1]), match[2], (match[4] or "").lower()
    said = [cardinal(hour)]
    if minute and minute != "00":
        said.append(f"oh {cardinal(int(minute))}" if minute[0] == "0" else cardinal(int(minute)))
    elif minute and not half and not re.match(r"[ap]\.?m|o'clock", around.after, re.I):
        said.append("o'clock" if 1 <= hour <= 12 else "hundred hours" if hour else "hours")
    if match[3] and match[3] != "00":
        said.append(f"and {cardinal(int(match[3]))} seconds")
    return " ".join([*said, *([f"{half[0].upper()}.M."] if half else [])])


def _date(core: str, around: Around) -> str | None:
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", core)
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)", core)
    if iso:
        return _spoken_date(int(iso[3]), int(iso[2]), int(iso[1]), around.british)
    if slashed:
        first, second = int(slashed[1]), int(slashed[2])
        day, month = (first, second) if (around.british and second <= 12) or first > 12 else (second, first)
        count = int(slashed[3])
        return _spoken_date(day, month, count + 2000 if count < 100 else count, around.british)
    return None


def _spoken_date(day: int, month: int, number: int, british: bool) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    name = known.MONTH_NAMES[month - 1]
    head = f"the {ordinal(day)} of {name}" if british else f"{name} {ordinal(day)}"
    return f"{head}, {year(number)}"


def _day_of_month(core: str, around: Around) -> str | None:
    if not re.fullmatch(r"[1-9]|[12]\d|3[01]", core):
        return None
    after_is_month = bool(_MONTH.match(around.after)) and around.after[:1].isupper()
    if _MONTH.match(around.before) and around.before[:1].isupper() and not after_is_month:
        return ordinal(int(core))
    if after_is_month:
        return f"{'' if around.before.lower() == 'the' else 'the '}{ordinal(int(core))} of"
    return None


def _money(core: str, around: Around) -> str | None:
    match = re.fullmatch(rf"(-?)(?:US|A|C)?([$£€¥₹])({_NUMBER})(k|m|bn|b|tn)?", core, re.I)
    if not match:
        return None
    one, many, cent, cents = known.MONEY[match[2]]
    minus, amount, scale = "minus " if match[1] else "", match[3].replace(",", ""), (match[4] or "").lower()
    if around.after.lower() in known.SCALE_WORDS:
        return minus + decimal(amount)  # the unit follows the scale word: see _scale_of_money
    if scale:
        return f"{minus}{decimal(amount)} {known.SCALES[scale]} {many}"
    whole, _, fraction = amount.partition(".")
    if fraction and len(fraction) != 2:
        return f"{minus}{decimal(amount)} {many}"
    said = f"{cardinal(int(whole or 0))} {one if int(whole or 0) == 1 else many}" if int(whole or 0) else ""
    if fraction and int(fraction):
        small = f"{cardinal(int(fraction))} {cent if int(fraction) == 1 else cents}"
        said = f"{said} and {small}" if said else small
    return minus + (said or f"zero {many}")


def _scale_of_money(core: str, around: Around) -> str | None:
    sign = around.before.lstrip("-")[:1]
    if core.lower() in known.SCALE_WORDS and sign in known.MONEY:
        return f"{core} {known.MONEY[sign][1]}"
    return None


def _numbered(core: str, around: Around) -> str | None:
    """Ordinals, decades, fractions, signs, ranges, telephone numbers, quantities with a unit."""
    if match := re.fullmatch(r"([\d,]+)(?:st|nd|rd|th)", core, re.I):
        return ordinal(int(match[1].replace(",", "")))
    if match := re.fullmatch(r"'?(\d{2,4})'?s", core):
        return plural(year(int(match[1])))
    if match := re.fullmatch(r"(?:(\d+)[- ])?(\d{1,2})/(\d{1,3})", core):
        return _fraction(match[1], int(match[2]), int(match[3]))
    return _written_figure(core) or _quantity(core, around)


def _written_figure(core: str) -> str | None:
    """Heights, versions, vulgar fractions, #1, telephone numbers."""
    if match := re.fullmatch(r"(\d)'(\d{1,2})\"?", core):
        return f"{cardinal(int(match[1]))} foot {cardinal(int(match[2]))}"
    if match := re.fullmatch(r"v?(\d+(?:\.\d+){2,})|v(\d+(?:\.\d+)?)", core, re.I):
        return ("version " if core[0] in "vV" else "") + " point ".join(
            cardinal(int(part)) for part in (match[1] or match[2]).split(".")
        )
    if match := re.fullmatch(r"(\d+)?([½¼¾⅓⅔])", core):
        return f"{cardinal(int(match[1]))} and {_half(match[2])}" if match[1] else known.SYMBOLS[match[2]]
    if match := re.fullmatch(r"#(\d+)", core):
        return f"number {cardinal(int(match[1]))}"
    if re.fullmatch(r"\+?\d{0,3}[-.]?\(?\d{3}\)?[-.]\d{3}[-.]\d{4}|\d{3}-\d{4}|\d{7,}", core) and "," not in core:
        return ", ".join(digits(group) for group in re.findall(r"\d+", core))
    return None


def _quantity(core: str, around: Around) -> str | None:
    if match := re.fullmatch(rf"({_NUMBER})-({_NUMBER})(\D*)", core):
        first = _figure(match[1], around)
        return f"{first} to {_quantity(match[2] + match[3], around) or match[2]}"
    match = re.fullmatch(rf"(-?)({_NUMBER})[-]?(\D*)", core)
    if not match:
        return None
    minus, amount, unit = "minus " if match[1] else "", match[2], match[3].lower()
    if not unit:
        return minus + _figure(amount, around)
    if unit in known.UNITS:
        return f"{minus}{decimal(amount)} {_unit(unit, amount, around)}"
    if unit in known.SCALES:
        return f"{minus}{decimal(amount)} {known.SCALES[unit]}"
    return f"{minus}{decimal(amount)} {read_core(match[3], Around(last=around.last, british=around.british))}"


def _unit_word(core: str, around: Around) -> str | None:
    """A unit that stands by itself after a number: "5 km"."""
    unit = core.rstrip(".").lower()
    plain = core.rstrip(".") in {"I", "in", "m", "s", "h", "w", "v", "g", "l", "M", "S", "W", "V", "G", "L", "ms", "MS"}
    if unit in known.UNITS and re.fullmatch(_NUMBER, around.before) and (not plain or core in {"m", "g", "l"}):
        return _unit(unit, around.before, around)
    return None


def _unit(unit: str, amount: str, around: Around) -> str:
    """The name of a unit for an amount."""
    one, many = known.UNITS[unit]
    name = one if amount == "1" else many
    return name.replace("meter", "metre").replace("liter", "litre") if around.british else name


def _figure(amount: str, around: Around) -> str:
    """A bare number: a year where four digits without a comma look like one."""
    dated = around.before.lower() in {"in", "since", "year", "until", "till", "from", "by", "of", "before", "after"}
    if re.fullmatch(r"(?:1[1-9]|20)\d\d", amount) or (dated and re.fullmatch(r"10[1-9]\d", amount)):
        return year(int(amount))
    return decimal(amount)


def _fraction(whole: str | None, top: int, bottom: int) -> str:
    if whole is None and (top >= bottom or bottom < 2 or (bottom > 10 and bottom not in {16, 32, 64, 100})):
        return f"{cardinal(top)} {cardinal(bottom)}"  # 24/7, 9/11
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal(bottom)
    if top != 1:
        name = "halves" if bottom == 2 else f"{name}s"
    said = f"{cardinal(top)} {name}"
    return f"{cardinal(int(whole))} and {said}" if whole else said


def _half(sign: str) -> str:
    return known.SYMBOLS[sign].replace("one half", "a half").replace("one ", "a ")


def _roman(core: str, around: Around) -> str | None:
    if not core or not _ROMAN.match(core):
        return None
    before = around.before.lower()
    if before in known.NUMBERED:
        return cardinal(_roman_value(core))
    if before in known.KINGS and (len(core) > 1 or core in "VX"):
        return f"the {ordinal(_roman_value(core))}"
    return None


def _roman_value(text: str) -> int:
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    total = 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        value = values[letter]
        total += -value if following and values[following] > value else value
    return total


def _dated_abbreviation(core: str, around: Around) -> str | None:
    """Abbreviations that a number or a date beside them makes certain: "No. 5", "Jan. 3", "Mon. March"."""
    key = core.rstrip(".").lower()
    numeric = around.after[:1].isdigit()
    if key in known.BEFORE_NUMBERS and numeric and (key != "no" or core[0].isupper()) and key != "c":
        return known.BEFORE_NUMBERS[key]
    if key in known.MONTHS and core[:1].isupper() and (numeric or around.before[:1].isdigit()):
        return known.MONTHS[key]
    if key in known.DAYS and core[:1].isupper() and core != "Fri" and around.after[:1].isupper():
        return known.DAYS[key]
    return None


def _abbreviation(core: str, around: Around) -> str | None:
    key = core.rstrip(".").lower()
    capital, named = core[:1].isupper(), around.after[:1].isupper()
    if key in {"st", "dr", "mt", "ft"}:
        return _saint_or_street(key, core, around)
    if key in known.TITLES and capital and named and key not in {"fr", "det"}:
        return known.TITLES[key]
    if key in known.PLACES and capital and around.before[:1].isupper():
        return known.PLACES[key]
    if key in {"eg", "ie", "est", "hon", "inc", "corp", "sr", "jr"} and not capital and "." not in core:
        return None
    return known.GENERAL.get(key)


def _saint_or_street(key: str, core: str, around: Around) -> str | None:
    if not core[:1].isupper():
        return None
    if key in known.PLACES and around.before[:1].isupper() and not (key == "dr" and around.after[:1].isupper()):
        return known.PLACES[key]
    return known.TITLES[key] if around.after[:1].isupper() or key == "dr" else None


def _letters(core: str, around: Around) -> str | None:
    """Initials with points: "U.S." and "J.R.R."."""
    del around
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]?\.?", core) and len(core) > 2:
        return "".join(letter.upper() + "." for letter in core if letter.isalpha())
    return None


def _compound(core: str, around: Around) -> str | None:
    """Figures and words joined by hyphens: "1st-class", "6-year-old", "mid-1990s"."""
    pieces = core.split("-")
    if len(pieces) < 2 or not all(pieces) or not re.search(r"\d", core):
        return None
    if not any(piece.isalpha() and piece.lower() not in known.UNITS for piece in pieces):
        return None
    return " ".join(read_core(piece, Around(british=around.british)) for piece in pieces)


def _meridiem(core: str, around: Around) -> str | None:
    if re.fullmatch(r"[ap]\.?m\.?", core, re.I) and (around.before[-1:].isdigit() or "." in core):
        return f"{core[0].upper()}.M."
    return None


def _joined(core: str, around: Around) -> str | None:
    """Words joined by dashes, slashes and other marks are read one after the other."""
    if re.fullmatch(r"(?:[A-Za-z]+'?)+(?:-(?:[A-Za-z]+'?)+)+", core):
        return None  # an ordinary compound
    core = _STUTTER.sub("", core)
    if re.search(r"--|—|\.\.", core):
        pieces = [piece for piece in re.split(r"(--+|—+|\.\.+)", core) if piece]
        return _read_pieces(pieces, around)
    if re.search(r"[^\w'-]|_|\d-|-\d", core) and len(core) > 1:
        return _read_pieces([p for p in re.split(r"([^\w']|_)", core) if p], around)
    return None


def _read_pieces(pieces: list[str], around: Around) -> str:
    said = ""
    for index, piece in enumerate(pieces):
        if re.fullmatch(r"--+|—+", piece):
            said += "—" if said else ""
        elif re.fullmatch(r"\.\.+", piece):
            said += "…" if said else ""
        elif piece == "/" and said:
            said += "" if said.endswith("and") or not said[-1].isalpha() else " or"
        elif piece in ",;:!?" and said:
            said += piece
        elif piece not in "-_.,;:!?'\"()[]{}*~":
            last = around.last and index == len(pieces) - 1
            said += " " + read_core(piece, Around(last=last, british=around.british))
    return " ".join(said.split())


def _plain(core: str, around: Around) -> str:
    del around
    if core.lower() in known.SYMBOLS:
        return known.SYMBOLS[core.lower()]
    word = _STUTTER.sub("", core).strip("-_*")
    runs = re.findall(r"[^\W\d_]+|\d+", word)
    if len(runs) > 1 and any(run.isdecimal() for run in runs):
        return " ".join("by" if run == "x" else read_core(run, Around()) for run in runs)
    word = _settled(word)
    kept = [letter for letter in word if letter in "'-" or unicodedata.category(letter)[0] in "LM"]
    return "".join(kept).strip("-") if any(letter.isalpha() for letter in kept) else ""


def _settled(word: str) -> str:
    """A stretched word in its usual length: "Nooooo" -> "No"; sounds such as "Shhh" by a word that sounds so."""
    if not _STRETCHED.search(word) and word.lower() not in _SOUNDS:
        return word
    short = _STRETCHED.sub(r"\1\1", word)
    return _SOUNDS.get(word.lower(), _SOUNDS.get(short.lower(), short))


_RULES: tuple[Rule, ...] = (
    _web, _clock, _date, _day_of_month, _meridiem, _money, _scale_of_money, _compound, _numbered, _unit_word, _roman,
    _dated_abbreviation, _abbreviation, _letters, _joined,
)  # fmt: skip
