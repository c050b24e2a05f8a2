"""A transcript from lines of known times: their words share the time by their letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soundwright.tools.assets import Transcript, Word
from soundwright.tools.mono import clipped

Line = tuple[str, float, float]
"""Text, start and end in seconds."""


def transcript(lines: Sequence[Line], length_s: float, language: str) -> Transcript:
    """The lines' texts, and their words with times that are estimated within each line."""
    spoken = [(text.strip(), start_s, end_s) for text, start_s, end_s in lines if text.strip()]
    words: list[Word] = []
    for text, start_s, end_s in spoken:
        written = text.split()
        ends = np.cumsum([len(word) + 1 for word in written])
        for word, before, after in zip(written, [0, *ends[:-1]], ends, strict=True):
            begin = max(start_s + (end_s - start_s) * before / ends[-1], words[-1].end_s if words else 0.0)
            words.append(Word(word, *clipped(begin, start_s + (end_s - start_s) * after / ends[-1], length_s)))
    return Transcript(" ".join(text for text, _, _ in spoken), language, tuple(words))
