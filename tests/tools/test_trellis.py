"""The search for letters in time, on likelihoods that were made for it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from soundwright.tools.alignment import trellis
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


# --- long sound: the bounded search finds what the full one finds --------------------------------------------------


def in_full(log_probs: NDArray[np.float32], tokens: list[int], blank: int) -> list[tuple[int, int]] | None:
    """Every state of every frame, as the textbook has it."""
    states = np.full(2 * len(tokens) + 1, blank)
    states[1::2] = tokens
    if not tokens or len(log_probs) < len(tokens) + sum(a == b for a, b in pairwise(tokens)):
        return None
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    best, back = np.full(len(states), -np.inf), np.zeros((len(log_probs), len(states)), np.int8)
    best[:2] = log_probs[0, states[:2]]
    for frame in range(1, len(log_probs)):
        ways = np.full((3, len(states)), -np.inf)
        ways[0], ways[1, 1:], ways[2, 2:] = best, best[:-1], np.where(skips[2:], best[:-2], -np.inf)
        back[frame], best = ways.argmax(axis=0), ways.max(axis=0) + log_probs[frame, states]
    track = [len(states) - 1 if best[-1] > best[-2] else len(states) - 2]
    for frame in range(len(log_probs) - 1, 0, -1):
        track.append(track[-1] - int(back[frame, track[-1]]))
    way = np.array(track[::-1])
    odd = range(1, len(states), 2)
    return [(int(np.searchsorted(way, s)), int(np.searchsorted(way, s, "right"))) for s in odd]


def likelihoods(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)


@given(
    st.integers(1, 60), st.lists(st.integers(1, 3), max_size=25), st.sampled_from([0.0, 0.5, 3.0]), st.booleans(),
    st.sampled_from([1, 2, 16]), st.sampled_from([2, 1024]), st.sampled_from([(0.5, 2.0), (0.5,), (200.0, 1600.0)]),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_any_small_search_is_the_full_one(
    frames: int, tokens: list[int], sure: float, rounded: bool, narrow: int, stretch: int, beams: tuple[float, ...],
    seed: int,
) -> None:  # fmt: skip
    logits = np.random.default_rng(seed).normal(size=(frames, 4)) * sure
    log_probs = likelihoods(np.round(logits) if rounded else logits)  # rounded: with ties
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trellis, "_NARROW", narrow)
        patch.setattr(trellis, "_STRETCH", stretch)
        patch.setattr(trellis, "BEAMS", beams)
        assert align(log_probs, tokens, 0) == in_full(log_probs, tokens, 0)


def said(minutes: float, wrong: float, seed: int = 0) -> tuple[NDArray[np.float32], list[int], list[int]]:
    """What a network hears of 13 letters a second, of which it mistakes some; the letters, and where each begins."""
    dice = np.random.default_rng(seed)
    frames, classes = round(minutes * 60 * 50), 32
    logits = dice.normal(size=(frames, classes))
    starts = np.cumsum(dice.integers(2, 6, frames // 4) + 50 * (dice.random(frames // 4) < 0.01))
    starts = starts[starts < frames - 5]
    letters = dice.integers(1, classes, len(starts))
    heard = np.where(dice.random(len(starts)) < wrong, dice.integers(1, classes, len(starts)), letters)
    loudest = np.zeros(frames, int)
    loudest[starts] = heard
    logits[np.arange(frames), loudest] += dice.normal(9, 2, frames)
    return likelihoods(logits), letters.tolist(), starts.tolist()


@pytest.mark.parametrize("wrong", [0.0, 0.2])
def test_two_minutes_are_found_as_by_the_full_search(wrong: float) -> None:
    log_probs, letters, starts = said(2, wrong)
    found = align(log_probs, letters, 0)
    assert found == in_full(log_probs, letters, 0)
    assert found is not None
    off = np.abs(np.array([first for first, _ in found]) - starts)
    assert np.mean(off <= 1) > (0.99 if wrong == 0 else 0.9)


def test_text_that_is_not_said_and_sound_without_text_are_found_as_by_the_full_search() -> None:
    log_probs, letters, starts = said(0.5, 0.02)
    middle, end = len(letters) // 2, starts[-1]
    for tokens in (letters[:middle], letters[middle:], letters[:100] + letters[200:], [1, 2] * 100 + letters):
        assert align(log_probs[:end], tokens, 0) == in_full(log_probs[:end], tokens, 0)


def test_five_minutes_look_at_few_states_and_heed_a_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    log_probs, letters, starts = said(5, 0.03)
    looked = 0
    step = trellis._Column.step

    def counted(column: trellis._Column, frame: int) -> None:
        nonlocal looked
        step(column, frame)
        looked += column.high - column.low

    monkeypatch.setattr(trellis._Column, "step", counted)
    found = align(log_probs, letters, 0)
    assert found is not None
    assert np.mean(np.abs(np.array([first for first, _ in found]) - starts) <= 1) > 0.97
    assert looked < 0.3 * len(log_probs) * len(letters)

    def cancel() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        align(log_probs, letters, 0, cancel)
