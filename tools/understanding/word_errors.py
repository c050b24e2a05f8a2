"""Word errors between what was written and what was heard: one normaliser for both, then the least edits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from soundwright.tools.assets import Scores
from soundwright.tools.tts.text_normalise import normalise, spoken_text

_SPELLINGS = (
    (r"our\b", "or"), (r"isation", "ization"), (r"is(e|ed|es|ing)\b", r"iz\1"), (r"\bgrey\b", "gray"),
    (r"(met|lit|cent|theat)re(s?)\b", r"\1er\2"), (r"ll(ed|ing)\b", r"l\1"), (r"\bok\b", "okay"),
    (r"\bmister\b", "mr"), (r"\bmissus\b", "mrs"), (r"ogue\b", "og"), (r"\b(p|a) m\b", r"\1m"),
)  # fmt: skip


def normal_words(text: str, language: str = "en") -> list[str]:
    """The words of a text as both sides are compared: small letters without marks.

    English is first made into spoken words (``3rd`` into ``third``), and British spellings into American ones. In
    languages that write without spaces every character counts as a word.
    """
    base = language.partition("-")[0].lower()
    if base == "en":
        text = spoken_text(normalise(text))
    plain = unicodedata.normalize("NFKC", text).lower().replace("-", " ").replace("’", "'")
    plain = " ".join(re.sub(r"[^\w' ]+|_", " ", plain).split())
    if base == "en":
        for pattern, spelling in _SPELLINGS:
            plain = re.sub(pattern, spelling, plain)
    if base in {"zh", "ja", "yue", "th", "lo", "my"}:
        return [character for character in plain if not character.isspace()]
    return [word.strip("'") for word in plain.split() if word.strip("'")]


def word_errors(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Least number of substitutions, insertions and deletions (Levenshtein distance over words)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
    return row[-1]


def word_scores(text: str, heard: str, language: str) -> Scores:
    """``word_error_rate`` (errors over the words of the text; above 1 where much was added), ``errors``, ``words``."""
    wanted = normal_words(text, language)
    errors = word_errors(wanted, normal_words(heard, language))
    return Scores(
        {
            "word_error_rate": round(errors / max(1, len(wanted)), 4),
            "errors": float(errors),
            "words": float(len(wanted)),
        }
    )
