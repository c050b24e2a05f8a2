"""Phonemes of the G2P's alphabet as those of the CMU dictionary, which the acoustic model knows."""

from __future__ import annotations

_PHONES = {
    "A": "EY", "I": "AY", "O": "OW", "Q": "OW", "W": "AW", "Y": "OY", "ᵊ": "AH", "æ": "AE", "a": "AE",
    "ɑ": "AA", "ɒ": "AA", "ɔ": "AO", "ə": "AH", "ɐ": "AH", "ɛ": "EH", "e": "EH", "ɜ": "ER", "ɪ": "IH",
    "i": "IY", "u": "UW", "ʊ": "UH", "ʌ": "AH", "ᵻ": "IH", "o": "AO", "b": "B", "d": "D", "f": "F", "h": "HH",
    "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "s": "S", "t": "T", "v": "V", "w": "W",
    "z": "Z", "ɡ": "G", "ŋ": "NG", "ɹ": "R", "ʃ": "SH", "ʒ": "ZH", "ð": "DH", "θ": "TH", "ʤ": "JH", "ʧ": "CH",
    "T": "T", "ɾ": "T", "ʔ": "T", "x": "K",
}  # fmt: skip


def arpabet(phonemes: str) -> list[str]:
    """Phones of the CMU dictionary without stress marks; what has no counterpart is left out."""
    phones: list[str] = []
    for symbol in phonemes:
        phone = _PHONES.get(symbol)
        if phone == "R" and phones[-1:] == ["ER"]:
            continue  # ER holds its R
        if phone:
            phones.append(phone)
    return phones
