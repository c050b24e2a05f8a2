from __future__ import annotations

from soundwright.orchestrator.subtitles import LONGEST_CHARS, captions, to_srt, to_vtt
from soundwright.orchestrator.timeline import Line, Timeline
from soundwright.tools.assets import Word

LONG = (
    "It was a bright cold day in April, and the clocks were striking thirteen. He went in quickly, though not "
    "quickly enough to keep a swirl of dust from entering along with him."
)


def made(*lines: Line) -> Timeline:
    return Timeline((), 100.0, lines)


def test_srt_has_numbers_times_and_speakers() -> None:
    text = to_srt(
        made(Line(0, "cues[0]", "Ann", "Let me in!", 1.0, 2.5), Line(1, "cues[1]", "Old  Man", "No.", 3661.25, 3663))
    )
    assert text == (
        "1\n00:00:01,000 --> 00:00:02,500\nAnn: Let me in!\n\n2\n01:01:01,250 --> 01:01:03,000\nOld Man: No.\n\n"
    )


def test_vtt_escapes_what_would_be_markup() -> None:
    text = to_vtt(made(Line(0, "cues[0]", "A<b>", "x < y & z", 0, 1)))
    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v A&lt;b&gt;>x &lt; y &amp; z\n\n"


def test_long_lines_are_cut_at_sentences_and_follow_the_word_times() -> None:
    words = LONG.split()
    timed = tuple(Word(w, 10 + i * 0.5, 10.4 + i * 0.5) for i, w in enumerate(words))
    shown = captions(made(Line(0, "cues[0]", "N", LONG, 10.0, 10 + len(words) * 0.5, timed)))
    assert " ".join(c.text for c in shown) == LONG
    assert shown[0].text.endswith("thirteen.")
    assert shown[1].start_s == timed[shown[0].text.count(" ") + 1].start_s
    assert all(len(c.text) <= LONGEST_CHARS for c in shown)
    assert [c.end_s for c in shown[:-1]] == [c.start_s for c in shown[1:]]


def test_without_word_times_parts_share_the_line_in_proportion() -> None:
    shown = captions(made(Line(0, "cues[0]", "N", LONG, 0.0, 10.0)))
    assert shown[1].start_s == 10.0 * (len(shown[0].text) + 1) / (len(LONG) + 1)


def test_vocals_are_not_shown() -> None:
    assert to_srt(made(Line(0, "cues[0]", "N", "", 0.0, 1.0))) == ""


def test_a_word_longer_than_a_caption_stays_whole() -> None:
    assert [c.text for c in captions(made(Line(0, "c", "N", "a" * 200 + " b", 0.0, 1.0)))] == ["a" * 200, "b"]
