"""How many tokens a text has, estimated without the tokenizer of any model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

# Pieces as byte-pair tokenizers cut a text first: words, runs of digits, runs of marks, blank space. What they then do
# to a piece depends on the model; the rates below lie near the counts of o200k_base and cl100k_base (docs/llm.md).
_PIECES = re.compile(r"[A-Za-z]+|\d+|\n+|[^\S\n]{2,}|[!-/:-@\[-`{-~]+|[^\x00-\x7f]|[\x00-\x1f\x7f]", re.ASCII)
_LETTERS_PER_TOKEN = 7.0
_DIGITS_PER_TOKEN = 3.0
_MARKS_PER_TOKEN = 3.5
_PER_MESSAGE = 4


def estimate_tokens(text: str) -> int:
    """Tokens of ``text``, usually within a fifth of what a model of today counts."""
    return math.ceil(sum(_tokens(match[0]) for match in _PIECES.finditer(text)))


def estimate_messages(texts: Iterable[str]) -> int:
    """Tokens of a conversation: its texts, and the marks that a chat template puts around each."""
    return sum(estimate_tokens(text) + _PER_MESSAGE for text in texts)


def _tokens(piece: str) -> float:
    first = piece[0]
    if first > "\x7f":
        return _of_other_scripts(first)
    if first.isalpha():
        return max(1.0, len(piece) / _LETTERS_PER_TOKEN)
    if first.isdigit():
        return math.ceil(len(piece) / _DIGITS_PER_TOKEN)
    return 1.0 if first.isspace() else math.ceil(len(piece) / _MARKS_PER_TOKEN)


def _of_other_scripts(character: str) -> float:
    if "\u00c0" <= character <= "\u024f":
        return 0.6  # accented letters break a Latin word apart
    return 0.4 if "\u0370" <= character <= "\u07ff" else 1.0
