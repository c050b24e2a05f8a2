"""Which recording of a library fits a description best: by words (BM25), or by meaning (MiniLM)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.library.index import Entry, Library
from soundwright.tools.tagging.matching import stems

_K1, _B = 1.2, 0.75


class Embedder(Protocol):
    """Gives texts vectors (texts, width) of length one."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors."""


@dataclass(frozen=True, slots=True)
class Match:
    """``score`` orders; ``fit`` from 0 to 1 says how much of the description the recording's words cover."""

    entry: Entry
    score: float
    fit: float


def by_words(library: Library, description: str) -> list[Match]:
    """Recordings that share a word with the description, best first (Robertson and Zaragoza, BM25, 2009)."""
    wanted = list(dict.fromkeys(stems(description)))
    documents = [Counter(stems(entry.words)) for entry in library.entries]
    mean = sum(sum(one.values()) for one in documents) / len(documents) or 1.0
    rarity = {word: _rarity(word, documents) for word in wanted}
    weight = sum(rarity.values()) or 1.0
    matches = []
    for entry, words in zip(library.entries, documents, strict=True):
        shared = [word for word in wanted if words[word]]
        if shared:
            long = _K1 * (1 - _B + _B * sum(words.values()) / mean)
            score = sum(rarity[word] * words[word] * (_K1 + 1) / (words[word] + long) for word in shared)
            matches.append(Match(entry, score, sum(rarity[word] for word in shared) / weight))
    return sorted(matches, key=lambda match: (-match.score, match.entry.path))


def by_meaning(library: Library, description: str, embedder: Embedder, known: NDArray[np.float32]) -> list[Match]:
    """All recordings by the cosine of what is said of them (``known``, one row each) and the description."""
    cosines = known @ embedder.embed([description])[0]
    order = sorted(range(len(cosines)), key=lambda row: (-float(cosines[row]), library.entries[row].path))
    return [Match(library.entries[row], float(cosines[row]), max(0.0, float(cosines[row]))) for row in order]


def _rarity(word: str, documents: Sequence[Counter[str]]) -> float:
    holding = sum(1 for words in documents if words[word])
    return math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
