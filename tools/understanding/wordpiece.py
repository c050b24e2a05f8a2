"""BERT's uncased tokenizer: words and marks, then the longest pieces that the vocabulary has (Wu et al., 2016)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_LONGEST = 100


def tokens(text: str, vocabulary: Mapping[str, int], limit: int = 256) -> list[int]:
    """Ids between ``[CLS]`` and ``[SEP]``, at most ``limit`` of them."""
    ids = [piece for word in _words(text) for piece in _pieces(word, vocabulary)]
    return [vocabulary["[CLS]"], *ids[: limit - 2], vocabulary["[SEP]"]]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    without_accents = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return re.findall(r"[^\W_]+|[^\w\s]|_", without_accents)


def _pieces(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    found: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else f"##{word[start:end]}"
            if piece in vocabulary:
                found.append(vocabulary[piece])
                start = end
                break
        else:
            return [vocabulary["[UNK]"]]
    return found if len(word) <= _LONGEST else [vocabulary["[UNK]"]]
