"""Lyrics as syllables: what is written, and the sounds of each in the alphabet of the English voices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from soundwright.tools.errors import ToolError
from soundwright.tools.tts.g2p import phonemes
from soundwright.tools.tts.text_normalise import normalise

VOWELS = frozenset("ɑæʌɔəɛɜɪiʊuɒaeoᵊᵻAIOQWYʤ") - {"ʤ"}
_MARKS = frozenset("ˈˌ")
_LENGTH = "ː"
_CLUSTERS = (
    " pl pɹ bl bɹ tɹ dɹ kl kɹ ɡl ɡɹ fl fɹ θɹ ʃɹ sl sw st sp sk sm sn tw dw kw ɡw hj kj pj bj mj fj vj stɹ spɹ skɹ spl "
    "skw "
)


@dataclass(frozen=True, slots=True)
class Syllable:
    """``sounds`` of one syllable, with marks; ``stress`` 0 to 2; the ``word`` as written; whether it ends one."""

    sounds: str
    stress: int
    word: str
    ends_word: bool = False
    ends_line: bool = False


def syllables_of(lyrics: str) -> list[Syllable]:
    """The syllables of English lyrics, line by line; headings in brackets such as ``[chorus]`` are not sung.

    Raises:
        ToolError: there is nothing to sing.
        ImportError: ``hibari-tts`` is not installed.
    """
    found = [
        syllable
        for line in lyrics.replace("/", "\n").splitlines()
        if line.strip() and not line.strip().startswith("[")
        for syllable in _line(line)
    ]
    if not found:
        raise ToolError(f"There is nothing to sing in {lyrics[:60]!r}.")
    return found


def _line(line: str) -> list[Syllable]:
    words = [word for word in normalise(line) if any(letter.isalpha() for letter in word.spoken)]
    spoken = [s for word in words for s in _word(word.written, word.spoken)]
    return [*spoken[:-1], Syllable(spoken[-1].sounds, spoken[-1].stress, spoken[-1].word, True, True)] if spoken else []


def _word(written: str, spoken: str) -> Iterator[Syllable]:
    sounds = "".join(s for s in phonemes(spoken, british=False) if s.isalpha() or s in _MARKS or s == _LENGTH)
    parts = split_sounds(sounds)
    for number, part in enumerate(parts):
        stress = 2 if "ˈ" in part else 1 if "ˌ" in part else 0
        yield Syllable(part, stress, written, number == len(parts) - 1)


def split_sounds(sounds: str) -> list[str]:
    """The sounds of a word cut into syllables of one vowel, with as many consonants before it as English allows."""
    at = [index for index, sound in enumerate(sounds) if sound in VOWELS]
    cuts = [0]
    for first, second in itertools.pairwise(at):
        between = [i for i in range(first + 1, second) if sounds[i] not in _MARKS and sounds[i] != _LENGTH]
        cut = _onset(sounds, between) if between else second
        while cut > 0 and sounds[cut - 1] in _MARKS:
            cut -= 1
        cuts.append(cut)
    parts = [sounds[a:b] for a, b in zip(cuts, [*cuts[1:], len(sounds)], strict=True)]
    return [part for part in parts if part]


def _onset(sounds: str, between: list[int]) -> int:
    """Where the next syllable begins among the consonants ``between`` two vowels."""
    for start in range(len(between)):
        onset = "".join(sounds[i] for i in between[start:])
        if len(onset) == 1 and onset not in {"ŋ", "ʔ"}:
            return between[start]
        if f" {onset} " in _CLUSTERS:
            return between[start]
    return between[-1] + 1
