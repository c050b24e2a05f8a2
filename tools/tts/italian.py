"""Italian text as it is spoken, and its sounds in Kokoro's alphabet: spelling says nearly all but the figures."""

from __future__ import annotations

import re

from soundwright.tools.tts.word_lists import words

_VOWELS = frozenset("aeiouàèéìíòóùú")
_ACCENTED = {"à": "a", "è": "ɛ", "é": "e", "ì": "i", "í": "i", "ò": "ɔ", "ó": "o", "ù": "u", "ú": "u"}
_WEAK_WORDS = frozenset(
    words(
        "a al alla ai agli alle che con da dal dalla de dei del della di e ed i il in la le lo gli mi ma ne nel "
        "nella non o per se si su sul sulla ti un una uno vi ci"
    )
)
_EARLY = frozenset(
    words(
        "tavola isola musica povero povera camera numero subito ultimo ultima anima lettera zucchero albero "
        "macchina favola parlano vivono dicono possono devono vengono tengono mettono leggono scrivono piccolo "
        "piccola giovane ordine semplice difficile facile popolo angelo essere vivere scrivere leggere mettere "
        "prendere chiedere rispondere sabato domenica attimo buonissimo bellissimo secolo pericolo spettacolo "
        "cantano erano fossero oceano nuvola nuvole isole lampada musica pubblico tecnica medico telefono"
    )
)
_PLAIN = {"b": "b", "d": "d", "f": "f", "j": "j", "k": "k", "l": "l", "m": "m", "n": "n", "p": "p", "r": "r", "t": "t",
          "v": "v", "w": "w", "x": "ks", "y": "i"}  # fmt: skip
_MARKS = re.compile(r"([^\w]+)$")
_UNITS = words(
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove"
)
_TENS = words("venti trenta quaranta cinquanta sessanta settanta ottanta novanta")


def italian(text: str) -> str:
    """Phonemes of Italian ``text``; its punctuation stays. Letters that Italian does not have are left out."""
    said = []
    plain = text.lower().replace("’", "'").replace("'", "' ")
    for word in re.sub(r"\d+", lambda found: number(int(found[0])), plain).split():
        mark = _MARKS.search(word)
        elided = word.endswith("'")
        sounds = _word(re.sub(r"[^a-zàèéìíòóùú]", "", word), elided=elided)
        ending = "".join(sign for sign in (mark[0] if mark else "") if sign in ".,!?;:—…")
        if sounds or ending:
            said.append(sounds + ending + ("" if elided else " "))
    return "".join(said).strip()


def number(value: int) -> str:
    """A whole number in words, up to 999,999; longer ones digit by digit."""
    if value > 999_999:
        return " ".join(_UNITS[int(digit)] for digit in str(value))
    thousands, rest = divmod(value, 1000)
    if thousands:
        lead = "mille" if thousands == 1 else f"{_below_thousand(thousands)}mila"
        return f"{lead} {_below_thousand(rest)}" if rest else lead
    return _below_thousand(rest)


def _below_thousand(value: int) -> str:
    if value < 20:
        return _UNITS[value]
    if value < 100:
        ten, unit = divmod(value, 10)
        stem = _TENS[ten - 2]
        if unit in {1, 8}:
            return stem[:-1] + _UNITS[unit]
        return f"{stem} {_UNITS[unit]}" if unit else stem
    hundred, rest = divmod(value, 100)
    lead = "cento" if hundred == 1 else f"{_UNITS[hundred]}cento"
    return f"{lead} {_below_thousand(rest)}" if rest else lead


def _word(word: str, *, elided: bool = False) -> str:
    if elided and word == "c":
        return "ʧ"
    sounds: list[str] = []
    nuclei: list[int] = []
    accent, at = -1, 0
    while at < len(word):
        letter = word[at]
        if letter in _VOWELS:
            glide = _glide(word, at)
            if not glide:
                nuclei.append(len(sounds))
                accent = len(nuclei) - 1 if letter in _ACCENTED else accent
            sounds.append(glide or _ACCENTED.get(letter, letter))
            at += 1
        else:
            sound, used = _consonant(word, at)
            sounds.append(sound)
            at += used
    if nuclei and word not in _WEAK_WORDS and not elided:
        place = nuclei[accent if accent >= 0 else _stressed(word, len(nuclei))]
        sounds[place] = "ˈ" + sounds[place]
    return "".join(sounds)


def _stressed(word: str, count: int) -> int:
    """The syllable with the stress where none is written: the last but one, in some words the one before."""
    early = word in _EARLY or (count > 3 and word.endswith(("abile", "ibile", "issimo", "issima", "evole")))
    return max(0, count - (3 if early else 2))


def _glide(word: str, at: int) -> str:
    letter, after = word[at], word[at + 1 : at + 2]
    before = word[at - 1 : at] if at else ""
    if letter == "i" and after and after in _VOWELS and after != "i":
        if at + 2 == len(word) and before in _VOWELS:
            return "j"
        last = at + 2 == len(word) and len([v for v in word if v in _VOWELS]) == 2
        return "" if last and before not in {"c", "g"} else "j"
    third = word[at + 2 : at + 3]
    if letter == "u" and after == "i" and third and third in _VOWELS:
        return ""
    if letter == "u" and after and after in _VOWELS and before in {"q", "g", "", "s", "f", "n", "c", "t", "b"}:
        return "w"
    if letter in "iu" and before and before in "aeoàèéòó" and (not after or after not in _VOWELS):
        return "" if at + 1 == len(word) and len(word) <= 3 else ("ɪ" if letter == "i" else "ʊ")
    return ""


def _consonant(word: str, at: int) -> tuple[str, int]:
    """The sound of the consonant at a place, and how many letters it takes; a doubled one is long."""
    letter, after = word[at], word[at + 1 : at + 2]
    if after == letter and letter not in "hq":
        sound, used = _consonant(word, at + 1)
        return sound[0] + "ː" + sound[1:], used + 1
    if letter in "cg":
        return _velar(word, at)
    if letter == "s":
        return _hissing(word, at)
    if letter == "z":
        return ("ʣ" if at == 0 else "ʦ"), 1
    if letter == "q":
        return "k", 1
    return _PLAIN.get(letter, ""), 1


def _velar(word: str, at: int) -> tuple[str, int]:
    letter, after, third = word[at], word[at + 1 : at + 2], word[at + 2 : at + 3]
    if letter == "g" and after == "n":
        return "ɲ", 2
    if letter == "g" and after == "l" and third == "i":
        return "ʎ", 3 if word[at + 3 : at + 4] and word[at + 3] in _VOWELS else 2
    if after == "h":
        return ("k" if letter == "c" else "ɡ"), 2
    if after and after in "eièéì":
        mute = after == "i" and bool(third) and third in "aouàòù"
        return ("ʧ" if letter == "c" else "ʤ"), 2 if mute else 1
    return ("k" if letter == "c" else "ɡ"), 1


def _hissing(word: str, at: int) -> tuple[str, int]:
    after, third = word[at + 1 : at + 2], word[at + 2 : at + 3]
    if after == "c" and third and third in "eièéì":
        mute = third == "i" and word[at + 3 : at + 4] and word[at + 3] in "aouàòù"
        return "ʃ", 3 if mute else 2
    between = at > 0 and word[at - 1] in _VOWELS and bool(after) and after in _VOWELS
    return ("z" if between or (after and after in "bdgvmnlr") else "s"), 1
