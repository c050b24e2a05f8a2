from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundwright.scripts_compiler.words import count_matches, nearest_words, word_start_s

TEXT = "“You came, then. Through that—storm? You DIDN'T have to,” said Ann-Marie."


@pytest.mark.parametrize(
    ("phrase", "count"),
    [
        ("you", 2), ("YOU", 2), ("Came then", 1), ("through", 1), ("that storm", 1), ("didn’t", 1), ("didnt", 1),
        ("marie", 1), ("Ann-Marie", 1), ("the", 0), ("throug", 0), ("?!", 0), ("", 0), ("came through", 0),
    ],
)  # fmt: skip
def test_whole_words_match_whatever_their_case_and_punctuation(phrase: str, count: int) -> None:
    assert count_matches(TEXT, phrase) == count


@pytest.mark.parametrize(
    ("text", "phrase", "count"),
    [
        ("我们走吧，我们走", "我们", 2),
        ("हिन्दी भाषा", "हिन्दी", 1),
        ("ｆｕｌｌ width", "full", 1),
        ("STRASSE", "straße", 1),
        ("サンタの声", "声", 1),
    ],
)
def test_other_scripts_have_words_too(text: str, phrase: str, count: int) -> None:
    assert count_matches(text, phrase) == count


def test_times_come_from_the_words_as_written() -> None:
    tokens = TEXT.split()
    timed = [(t, float(i), i + 0.8) for i, t in enumerate(tokens)]
    assert word_start_s(TEXT, "you", 1, 20, timed) == (0.0, False)
    assert word_start_s(TEXT, "you", 2, 20, timed) == (5.0, False)
    assert word_start_s(TEXT, "through", 1, 20, timed) == (3.0, False)
    storm = word_start_s(TEXT, "storm", 1, 20, timed)
    assert storm is not None
    assert storm[0] == pytest.approx(4 + 0.8 * 4 / 9)
    assert word_start_s(TEXT, "you", 3, 20, timed) is None


def test_words_that_an_aligner_gave_otherwise_are_found_by_their_neighbours() -> None:
    timed = [("you", 0.0, 0.2), ("came", 0.3, 0.5), ("then", 0.6, 0.8), ("through", 1.0, 1.2), ("that", 1.3, 1.5)]
    assert word_start_s("You came, then. Through that!", "through", 1, 2, timed) == (1.0, False)
    assert word_start_s("Well: you came, then. Through that!", "through", 1, 2, timed) == (1.0, False)


def test_a_word_that_the_aligner_missed_is_estimated() -> None:
    assert word_start_s("aaaa bbbb cccc dddd", "cccc", 1, 8, [("zzz", 0, 1), ("yyy", 1, 2)]) == (4.0, True)


def test_times_never_leave_the_speech() -> None:
    assert word_start_s("one two", "two", 1, 1.0, [("one", 0, 1), ("two", 5, 6)]) == (1.0, False)


def test_nearest_words_help() -> None:
    assert nearest_words("the harbour master", "harbor") == ["harbour"]


@given(st.text(max_size=60), st.text(max_size=10), st.integers(1, 3))
def test_any_text_is_only_text(text: str, phrase: str, nth: int) -> None:
    found = word_start_s(text, phrase, nth, 3.0, [(t, 0.5, 1.0) for t in text.split()])
    assert (found is not None) == (count_matches(text, phrase) >= nth)
    assert found is None or 0 <= found[0] <= 3
