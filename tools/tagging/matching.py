"""Which labels of a recogniser a description means: by its words, with their endings taken off."""

from __future__ import annotations

import re
from collections.abc import Sequence

from soundwright.tools.sfx.words import IRREGULAR

_FILLERS = frozenset(
    {
        "a", "an", "the", "of", "in", "on", "at", "to", "and", "or", "with", "from", "by", "for", "some", "one", "is",
        "are", "being", "somebody", "someone", "person", "people", "sound", "sounds", "noise", "noises", "heard", "far",
        "away", "distant", "near", "nearby", "loud", "soft", "quiet",
    }
)  # fmt: skip
_ENDINGS = ("ings", "ing", "ers", "ies", "ed", "es", "er", "s", "e", "y")


def stems(text: str) -> tuple[str, ...]:
    """The words that carry meaning, each cut to its stem: ``Dogs barking`` gives ``dog``, ``bark``."""
    words = re.findall(r"[a-zà-ÿ]+", text.lower())
    return tuple(_stem(word) for word in words if word not in _FILLERS)


def matching(description: str, labels: Sequence[str]) -> list[str]:
    """The labels that share the most of the description's words; empty where none has any.

    A label counts for the share of its own words (a label may list several names, parted by commas) that are in the
    description, and of the description's words that are in it. Only labels close to the best are given.
    """
    wanted = set(stems(description))
    rated = [(max((_overlap(wanted, name) for name in label.split(",")), default=0.0), label) for label in labels]
    best = max((rate for rate, _ in rated), default=0.0)
    if best < _LEAST:
        return []
    return [label for rate, label in sorted(rated, key=lambda pair: -pair[0]) if rate >= best * 0.95]


_LEAST = 0.5


def _overlap(wanted: set[str], name: str) -> float:
    own = set(stems(name))
    both = len(wanted & own)
    return 2 * both / (len(wanted) + len(own)) if both else 0.0


def _stem(word: str) -> str:
    word = IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
