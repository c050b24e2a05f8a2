"""Alignment of long recordings by stretches: by a search that knows the answer, and by PocketSphinx."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from soundwright.tools.alignment.grammar import token_places, transitions
from soundwright.tools.alignment.pocketsphinx import PocketsphinxTool, _Segment
from soundwright.tools.alignment.stretches import (
    HEARD_S,
    LEAST_FIT,
    MARGIN_S,
    WHOLE_S,
    Found,
    Recording,
    Stretch,
    align,
    cut_long,
)
from soundwright.tools.assets import Audio, Speech, Word
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled
from soundwright.tools.tts.hibari import HibariTool

WORD_S, PAUSE_S = 0.4, 0.6
SENTENCE = 8
BAD = -2.5


def spoken(count: int, silence_after: int = -1, silence_s: float = 60.0) -> list[Found]:
    """Sentences of eight words, a pause after each; a long one after one of them."""
    at, words = 0.5, list[Found]()
    for number in range(count):
        for _ in range(SENTENCE):
            words.append(Found(len(words), at, at + WORD_S))
            at += WORD_S
        at += silence_s if number == silence_after else PAUSE_S
    return words


class Oracle:
    """Hears the words that lie in a stretch, the one that its end cuts squeezed, as a real search would.

    ``extra``: from when to when something is said that the text does not hold. What is searched for there, or after
    it in the same stretch, is found at once and fits badly.
    """

    def __init__(self, truth: Sequence[Found], extra: tuple[float, float] = (-1.0, -1.0)) -> None:
        self.truth, self.extra = truth, extra
        self.asked: list[Stretch] = []

    def __call__(self, stretch: Stretch) -> list[Found]:
        self.asked.append(stretch)
        offered = range(stretch.first, stretch.first + sum(stretch.sentences))
        begin_s, end_s = self.extra
        astray = stretch.start_s < end_s and begin_s < stretch.end_s
        inside = [w for w in self.truth if w.token in offered and stretch.start_s <= w.start_s < stretch.end_s]
        if not astray:
            return [replace(w, end_s=min(w.end_s, stretch.end_s)) for w in inside]
        good = [w for w in inside if w.end_s <= begin_s]
        at = max(begin_s, stretch.start_s)
        wrong = [token for token in offered if not good or token > good[-1].token][: round((stretch.end_s - at) / 0.3)]
        return good + [Found(token, at + 0.3 * k, at + 0.3 * (k + 1), BAD) for k, token in enumerate(wrong)]


def pauses(start_s: float, end_s: float) -> Iterator[float]:
    yield from np.arange(start_s + 0.2, end_s, 0.3).tolist()


def aligned(truth: Sequence[Found], sentences: Sequence[int], oracle: Oracle, context: Context | None = None,
            length: float = 0.0) -> list[Found]:  # fmt: skip
    recording = Recording(length or length_s(truth), sentences, oracle, pauses)
    return align(recording, context or Context())


def length_s(words: Sequence[Found]) -> float:
    return words[-1].end_s + 0.5


def test_every_word_of_twenty_minutes_is_found_where_it_is() -> None:
    truth = spoken(320)
    oracle = Oracle(truth)
    assert aligned(truth, [SENTENCE] * 320, oracle) == truth
    assert len(oracle.asked) < 1.1 * length_s(truth) / (HEARD_S / 2)
    assert max(sum(stretch.sentences) for stretch in oracle.asked) < 600
    assert [stretch.last for stretch in oracle.asked] == [False] * (len(oracle.asked) - 1) + [True]


def test_cuts_lie_in_pauses_and_well_before_the_end_of_what_was_heard() -> None:
    truth = spoken(40)
    oracle = Oracle(truth)
    aligned(truth, [SENTENCE] * 40, oracle)
    for before, after in pairwise(oracle.asked):
        assert before.end_s - after.start_s >= MARGIN_S
        assert not any(word.start_s < after.start_s < word.end_s for word in truth)
        assert after.first % SENTENCE == 0


@pytest.mark.parametrize("silence_after", [0, 7, 12])
def test_minutes_of_silence_are_passed_over(silence_after: int) -> None:
    truth = spoken(30, silence_after, 150.0)
    assert aligned(truth, [SENTENCE] * 30, Oracle(truth)) == truth


def test_after_an_hour_of_silence_no_more_text_is_offered_than_a_search_can_take() -> None:
    truth = spoken(400, 0, 3600.0)
    oracle = Oracle(truth)
    assert aligned(truth, [SENTENCE] * 400, oracle) == truth
    assert max(sum(stretch.sentences) for stretch in oracle.asked) == 2000


@pytest.mark.parametrize("number", [0, 9, 29, 59])
def test_a_sentence_that_the_text_lacks_costs_no_other(number: int) -> None:
    whole = spoken(60)
    lacking = [word for word in whole if word.token // SENTENCE != number]
    truth = [replace(word, token=k) for k, word in enumerate(lacking)]
    first, last = whole[number * SENTENCE], whole[number * SENTENCE + SENTENCE - 1]
    oracle = Oracle(truth, extra=(first.start_s, last.end_s))
    assert aligned(truth, [SENTENCE] * 59, oracle, length=length_s(whole)) == truth


def test_text_of_another_recording_is_given_up_half_way() -> None:
    truth = spoken(320)
    oracle = Oracle(truth, extra=(0.0, length_s(truth)))
    assert aligned(truth, [SENTENCE] * 320, oracle) == []
    assert max(stretch.start_s for stretch in oracle.asked) < 0.6 * length_s(truth)


def test_text_that_is_never_said_ends_with_the_recording() -> None:
    truth = spoken(30)
    assert aligned(truth, [SENTENCE] * 500, Oracle(truth)) == truth


def test_a_cancel_is_heeded_between_stretches() -> None:
    truth = spoken(100)
    oracle = Oracle(truth)
    with pytest.raises(Cancelled):
        aligned(truth, [SENTENCE] * 100, oracle, Context(cancelled=lambda: len(oracle.asked) == 2))
    assert len(oracle.asked) == 2


def test_text_without_points_is_parted_so_that_parts_can_be_passed_over() -> None:
    assert list(cut_long([3, 25, 60])) == [3, 25, 20, 20, 20]
    assert sum(cut_long([1000])) == 1000


def test_the_grammar_leads_around_sentences_and_out_of_a_stretch_after_any_word() -> None:
    tokens = ["come", "in", "sit", "down"]
    ways = list(transitions(tokens, Stretch(0, 40, 0, (2, 2), last=False)))
    assert [way[:2] for way in ways if len(way) == 4] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert {way[:2] for way in ways if way[2] < 1} == {(0, 2), (2, 4), (0, 4)}
    assert {way[0] for way in ways if way[1] == 5} == {0, 1, 2, 3, 4}
    whole = transitions(tokens, Stretch(0, 40, 0, (2, 2), last=True))
    assert [way[0] for way in whole if way[1] == 5 and way[2] == 1] == [4]


def test_words_are_told_apart_by_the_sentences_that_they_stand_in() -> None:
    tokens = ["i", "did", "i", "did", "not", "i", "went"]
    stretch = Stretch(0, 40, 0, (2, 3, 2), last=False)
    assert token_places(tokens, tokens, stretch) == [0, 1, 2, 3, 4, 5, 6]
    assert token_places(["i", "did", "not", "i", "went"], tokens, stretch) == [2, 3, 4, 5, 6]
    assert token_places(["i", "did", "i", "went"], tokens, stretch) == [0, 1, 5, 6]
    assert token_places(["i", "did", "not", "i"], tokens, stretch) == [2, 3, 4, 5]
    assert token_places(["i", "not"], tokens, stretch) is None
    assert token_places(["went"], tokens, stretch) is None


def test_words_that_many_sentences_share_are_placed_at_once() -> None:
    tokens = ["na"] * 48 + ["hey"]
    stretch = Stretch(0, 40, 0, (*[1] * 40, 9), last=False)
    heard = ["na"] * 12 + ["hey"]
    assert token_places(heard, tokens, stretch) == [0, 1, 2, 3, *range(40, 49)]
    assert token_places([*heard, "na"], tokens, stretch) is None
    assert token_places(["na"] * 200, ["na"] * 2000, Stretch(0, 40, 0, (1,) * 2000, last=False)) == [*range(200)]
    assert token_places([*["na"] * 200, "hey"], ["na"] * 500, Stretch(0, 40, 0, (1,) * 500, last=False)) is None


def test_a_long_word_fits_badly_where_its_likelihood_is_too_small_for_a_number() -> None:
    stretch = Stretch(0, 40, 0, (1,), last=False)
    assert _Segment("a", 0, 399, 0.0).found(stretch, 0).fit < LEAST_FIT
    assert _Segment("a", 0, 399, 1e-250).found(stretch, 0).fit > LEAST_FIT


LINES = (
    "The old captain found a broken lantern near the frozen river.",
    "My sister wrote three long letters before anyone else was awake.",
    "Nobody had told the truth, so the doctor opened the garden gate.",
    "A quiet child counted the empty boxes until the candles went out.",
)
EXTRA = "Seven yellow bicycles were sold behind the railway station."


@pytest.fixture(scope="module")
def said() -> dict[str, Speech]:
    """Each line by itself."""
    pytest.importorskip("hibari", reason="the extra 'local' is not installed")
    tool = HibariTool()
    tool.load(Place())
    made = dict(tool.run([Request("speak", {"text": line}) for line in (*LINES, EXTRA)], Context()))
    return {line: speech for line, speech in zip((*LINES, EXTRA), made.values(), strict=True)
            if isinstance(speech, Speech)}  # fmt: skip


def found_words(parts: Sequence[Audio], text: str) -> tuple[Word, ...] | None:
    tool = PocketsphinxTool()
    tool.load(Place())
    whole = Audio(np.concatenate([part.samples for part in parts], axis=1), parts[0].rate)
    ((_, made),) = tool.run([Request("align", {"text": text}, {"audio": whole})], Context())
    assert isinstance(made, Speech), made
    return made.words


def off_s(words: Sequence[Word] | None, lines: Sequence[str], parts: Sequence[tuple[str, Audio]]) -> list[float]:
    """How far each word of ``lines``, which stand in the recording, lies from where it lies in its line alone."""
    assert words is not None
    truth, at_s = dict[str, list[float]](), 0.0
    for name, audio in parts:
        if name in lines:
            alone = found_words([audio], name)
            assert alone is not None
            truth[name] = [at_s + word.start_s for word in alone]
        at_s += audio.length_s
    starts = [start for line in lines for start in truth[line]]
    return [abs(word.start_s - start) for word, start in zip(words, starts, strict=True)]


def test_a_sentence_that_the_text_lacks_is_passed_over(said: dict[str, Speech]) -> None:
    parts = [(name, said[name]) for name in (LINES[0], LINES[1], EXTRA, LINES[2], LINES[3])]
    words = found_words([audio for _, audio in parts], " ".join(LINES))
    assert max(off_s(words, LINES, parts)) < 0.1


def test_a_sentence_that_is_not_said_has_no_length(said: dict[str, Speech]) -> None:
    parts = [(name, said[name]) for name in LINES]
    words = found_words([audio for _, audio in parts], " ".join((*LINES[:2], EXTRA, *LINES[2:])))
    assert words is not None
    first = sum(len(line.split()) for line in LINES[:2])
    last = first + len(EXTRA.split())
    assert all(word.start_s == word.end_s == words[first - 1].end_s for word in words[first:last])
    assert max(off_s(words[:first] + words[last:], LINES, parts)) < 0.1


def test_text_of_other_speech_gives_no_times(said: dict[str, Speech]) -> None:
    assert found_words([said[line] for line in LINES[:2]], f"{EXTRA} {LINES[3]}") is None


def test_a_long_recording_with_a_minute_of_silence_is_aligned_as_its_lines_are(said: dict[str, Speech]) -> None:
    silence = Audio(np.zeros((1, round(WHOLE_S) * said[EXTRA].rate), np.float32), said[EXTRA].rate)
    parts: list[tuple[str, Audio]] = [(name, said[name]) for name in LINES]
    parts.insert(2, ("", silence))
    words = found_words([audio for _, audio in parts], " ".join(LINES))
    assert max(off_s(words, LINES, parts)) < 0.1
