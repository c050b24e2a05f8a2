"""Finding words in a written text and their times in its speech (timing rule 7).

A word is a run of letters, digits and marks; an apostrophe inside it is dropped, other punctuation separates. In
writing without spaces (Chinese, Japanese, Thai, ...) each character counts as a word, so that phrases match there too.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

TimedWord = tuple[str, float, float]
"""(text, start in seconds, end in seconds) from the start of its audio."""

_APOSTROPHES = "'’ʼ＇"
_NO_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class _Word:
    """``norm`` compares; ``start`` is the index of its first character, ``token`` that of its run between spaces."""

    norm: str
    start: int
    token: int


def count_matches(text: str, phrase: str) -> int:
    """How often ``phrase`` occurs in ``text`` as whole words, case and punctuation ignored."""
    return len(_matches(_words(text), phrase))


def nearest_words(text: str, phrase: str) -> list[str]:
    """Words of ``text`` that look like ``phrase``, best first, for messages."""
    return difflib.get_close_matches(
        " ".join(w.norm for w in _words(phrase)), sorted({w.norm for w in _words(text)}), n=3, cutoff=0.6
    )


def word_start_s(
    text: str, phrase: str, nth: int, length_s: float, timed: Sequence[TimedWord] | None
) -> tuple[float, bool] | None:
    """When the first word of the ``nth`` match begins, in seconds, and whether that is only an estimate.

    None: there are not so many matches. Without ``timed`` (or where it does not know the word) the place among the
    characters of the text, as a share of the length, stands in.
    """
    words = _words(text)
    found = _matches(words, phrase)
    if len(found) < nth:
        return None
    position = found[nth - 1]
    heard = _heard_s(text, words, position, timed) if timed else None
    if heard is not None:
        return min(max(heard, 0.0), length_s), False
    return _share(words, words[position].start) * length_s, True


def _heard_s(text: str, words: Sequence[_Word], position: int, timed: Sequence[TimedWord]) -> float | None:
    tokens = text.split()
    if len(tokens) == len(timed):
        word = words[position]
        return _within(timed[word.token], word.start - _token_start(text, word.token))
    starts, norms = _flat(timed)
    if norms == [w.norm for w in words]:
        return starts[position]
    matcher = difflib.SequenceMatcher(None, [w.norm for w in words], norms, autojunk=False)
    for block in matcher.get_matching_blocks():
        if block.a <= position < block.a + block.size:
            return starts[block.b + position - block.a]
    return None


def _flat(timed: Sequence[TimedWord]) -> tuple[list[float], list[str]]:
    starts: list[float] = []
    norms: list[str] = []
    for item in timed:
        for word in _words(item[0]):
            starts.append(_within(item, word.start))
            norms.append(word.norm)
    return starts, norms


def _within(item: TimedWord, offset: int) -> float:
    """When the character at ``offset`` of a timed run begins: what precedes a first word (a quote) takes no time."""
    words = _words(item[0])
    return item[1] + _share(words, offset) * (item[2] - item[1])


def _share(words: Sequence[_Word], start: int) -> float:
    """The share of all letters that come before the character at ``start``."""
    total = sum(len(w.norm) for w in words)
    return sum(len(w.norm) for w in words if w.start < start) / total if total else 0.0


def _token_start(text: str, index: int) -> int:
    position = 0
    for number, token in enumerate(text.split()):
        position = text.index(token, position)
        if number == index:
            return position
        position += len(token)
    return 0


def _matches(words: Sequence[_Word], phrase: str) -> list[int]:
    wanted = [w.norm for w in _words(phrase)]
    norms = [w.norm for w in words]
    if not wanted:
        return []
    return [i for i in range(len(norms) - len(wanted) + 1) if norms[i : i + len(wanted)] == wanted]


def _words(text: str) -> list[_Word]:
    ends, position = [], 0
    for token in text.split():
        position = text.index(token, position) + len(token)
        ends.append(position)
    return [
        _Word(_norm(m[0], text[m.start() : m.end()]), m.start(), bisect_right(ends, m.start())) for m in _runs(text)
    ]


def _runs(text: str) -> Iterator[re.Match[str]]:
    """Words as matches over the classes of the characters: one that stands alone, or a run with apostrophes inside."""
    return re.finditer("am*|[wm]+(?:q[wm]+)*", "".join(map(_class, text)))


def _norm(classes: str, raw: str) -> str:
    kept = "".join(char for char, kind in zip(raw, classes, strict=True) if kind != "q")
    return unicodedata.normalize("NFKC", kept).casefold()


@lru_cache(maxsize=4096)
def _class(char: str) -> str:
    """a: a word alone, w: part of a word, m: a mark on what precedes it, q: an apostrophe, dash: anything else."""
    if char in _APOSTROPHES:
        return "q"
    category = unicodedata.category(char)[0]
    if category == "M":
        return "m"
    if category not in "LN":
        return "-"
    return "a" if any(low <= ord(char) <= high for low, high in _NO_SPACES) else "w"
