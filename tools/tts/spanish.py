"""Spanish text as it is spoken, and its sounds in Kokoro's alphabet (of Castile): spelling says all but the figures."""

from __future__ import annotations

import re

from soundwright.tools.tts.word_lists import words

_VOWELS = frozenset("aeiouáéíóúü")
_STRONG, _ACCENTED = frozenset("aeoáéóíú"), {"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u"}
_WEAK_WORDS = frozenset(
    words(
        "a al con de del e el en la las le les lo los me mi ni nos o os para pero por que se si su sus te tu u un una y"
    )
)
_PLAIN = {"b": "b", "d": "d", "f": "f", "k": "k", "l": "l", "m": "m", "n": "n", "p": "p", "s": "s", "t": "t", "v": "b",
          "w": "w", "ñ": "ɲ", "j": "x", "x": "ks", "z": "θ"}  # fmt: skip
_SOFT = {"b": "β", "v": "β", "d": "ð", "g": "ɣ"}
_MARKS = re.compile(r"([^\w]+)$")
_UNITS = words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis "
    "veintisiete veintiocho veintinueve"
)
_TENS = words("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_HUNDREDS = words(
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)


def spanish(text: str) -> str:
    """Phonemes of Spanish ``text``; its punctuation stays. Letters that Spanish does not have are left out."""
    said = []
    for word in re.sub(r"\d+", lambda found: number(int(found[0])), text.lower()).split():
        mark = _MARKS.search(word)
        sounds = _word(re.sub(r"[^a-záéíóúüñ]", "", word))
        ending = "".join(sign for sign in (mark[0] if mark else "") if sign in ".,!?;:—…")
        if sounds or ending:
            said.append(sounds + ending)
    return " ".join(said)


def number(value: int) -> str:
    """A whole number in words, up to 999,999; longer ones digit by digit."""
    if value > 999_999:
        return " ".join(_UNITS[int(digit)] for digit in str(value))
    thousands, rest = divmod(value, 1000)
    if thousands:
        lead = "mil" if thousands == 1 else f"{_below_thousand(thousands)} mil"
        return f"{lead} {_below_thousand(rest)}" if rest else lead
    return _below_thousand(rest)


def _below_thousand(value: int) -> str:
    if value < 30:
        return _UNITS[value]
    if value < 100:
        ten, unit = divmod(value, 10)
        return f"{_TENS[ten - 3]} y {_UNITS[unit]}" if unit else _TENS[ten - 3]
    hundred, rest = divmod(value, 100)
    if value == 100:
        return "cien"
    return f"{_HUNDREDS[hundred - 1]} {_below_thousand(rest)}" if rest else _HUNDREDS[hundred - 1]


def _word(word: str) -> str:
    if word == "y":
        return "i"
    sounds: list[str] = []
    nuclei: list[int] = []  # places in ``sounds`` of the vowels that carry a syllable
    accent = -1
    at = 0
    while at < len(word):
        letter = word[at]
        if letter in _VOWELS:
            glide = _glide(word, at)
            if not glide:
                nuclei.append(len(sounds))
                accent = len(nuclei) - 1 if letter in _ACCENTED else accent
            sounds.append(glide or _ACCENTED.get(letter, letter.replace("ü", "u")))
            at += 1
        else:
            sound, used = _consonant(word, at)
            sounds.append(sound)
            at += used
    if nuclei and word not in _WEAK_WORDS:
        last = len(nuclei) - 1
        by_rule = max(0, last - 1) if word[-1] in "aeiouns" else last
        place = nuclei[accent if accent >= 0 else by_rule]
        sounds[place] = "ˈ" + sounds[place]
    return "".join(sounds)


def _glide(word: str, at: int) -> str:
    """How a weak vowel beside another sounds; empty where it carries a syllable of its own."""
    letter = word[at]
    if letter not in "iuü":
        return ""
    after, before = word[at + 1 : at + 2], word[at - 1 : at] if at else ""
    if after and after in _VOWELS and (after in _STRONG or after != letter):
        return "j" if letter == "i" else "w"
    if before and before in _STRONG and before not in "íú":
        return "ɪ" if letter == "i" else "ʊ"
    return ""


def _consonant(word: str, at: int) -> tuple[str, int]:
    """The sound of the consonant at a place, and how many letters it takes."""
    letter, after = word[at], word[at + 1 : at + 2]
    between = at > 0 and word[at - 1] in _VOWELS and bool(after) and after in _VOWELS | {"r", "l"}
    if letter in "cqg":
        return _velar(word, at, between)
    if letter in "lr" and after == letter:
        return ("ʎ" if letter == "l" else "r"), 2
    if letter == "r":
        return ("r" if at == 0 or word[at - 1] in "nls" else "ɾ"), 1
    if letter == "y":
        return ("ʝ" if after and after in _VOWELS else "ɪ"), 1
    return (_SOFT[letter] if between and letter in _SOFT else _PLAIN.get(letter, "")), 1


def _velar(word: str, at: int, between: bool) -> tuple[str, int]:
    letter, after = word[at], word[at + 1 : at + 2]
    front = bool(after) and after in "eiéí"
    if letter == "c":
        return ("ʧ", 2) if after == "h" else ("θ" if front else "k", 1)
    if letter == "q":
        return "k", 2 if after == "u" else 1
    if front:
        return "x", 1
    silent = word[at + 1 : at + 3] in {"ue", "ui", "ué", "uí"}
    return ("ɣ" if between else "ɡ"), 2 if silent else 1
