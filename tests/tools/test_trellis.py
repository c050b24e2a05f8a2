"""The search for letters in time, on likelihoods that were made for it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from soundwright.tools.alignment.trellis import align
from soundwright.tools.alignment.wav2vec2 import timed


def heard(letters: str, sure: float = 0.9) -> NDArray[np.float32]:
    """Logarithms of likelihoods for a letter in each frame: ``.`` is the blank, 0; ``a`` is 1, ``b`` is 2, ..."""
    classes = 5
    rows = np.full((len(letters), classes), (1 - sure) / (classes - 1))
    for frame, letter in enumerate(letters):
        rows[frame, 0 if letter == "." else ord(letter) - 96] = sure
    return np.asarray(np.log(rows), np.float32)


@pytest.mark.parametrize("sure", [0.9, 0.5])
def test_letters_are_found_where_they_are(sure: float) -> None:
    assert align(heard("..aa..bbb.c.", sure), [1, 2, 3], 0) == [(2, 4), (6, 9), (10, 11)]


def test_equal_letters_are_parted_by_a_blank() -> None:
    assert align(heard("aa.aa"), [1, 1], 0) == [(0, 2), (3, 5)]
    assert align(heard("aa"), [1, 1], 0) is None
    assert align(heard("a.a"), [1, 1], 0) == [(0, 1), (2, 3)]


def test_what_does_not_fit_is_not_found() -> None:
    assert align(heard("ab"), [1, 2, 3], 0) is None
    assert align(heard("ab"), [], 0) is None


def test_words_without_letters_have_no_times() -> None:
    assert timed(heard("aab.cc"), [[1], [], [2, 3]], 0) == [(0, 2), None, (2, 6)]


def test_the_path_is_the_likeliest_of_all() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        logits = rng.normal(size=(6, 4))
        log_probs = (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32)
        spans = align(log_probs, [1, 2], 0)
        assert spans is not None
        frames = np.zeros(6, int)
        for token, (first, end) in zip([1, 2], spans, strict=True):
            frames[first:end] = token
        found = float(log_probs[np.arange(6), frames].sum())
        best = max(
            float(log_probs[np.arange(6), path].sum())
            for path in np.ndindex(*[3] * 6)
            if [t for t, before in zip(path, (0, *path), strict=False) if t not in (0, before)] == [1, 2]
        )
        assert found == pytest.approx(best, abs=1e-4)
