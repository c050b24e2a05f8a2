"""The twelve timing rules of SCRIPT.md section 4, one by one."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.placement import Measured, Placements, own_length, place, placement_problems
from soundwright.scripts_compiler.script import Script
from tests.effort import steps

Cue = dict[str, Any]
VOICES = [{"name": "A", "description": "a"}, {"name": "B", "description": "b"}]


def script(*cues: Cue, **top: Any) -> Script:
    return Script.model_validate({"version": 1, "voices": VOICES, "cues": list(cues), **top})


def say(text: str = "one two three four", voice: str = "A", **more: Any) -> Cue:
    return {"type": "speech", "voice": voice, "text": text, **more}


def sound(**more: Any) -> Cue:
    return {"type": "sound", "description": "thud", **more}


def bed(**more: Any) -> Cue:
    return {"type": "sound", "description": "rain", "layer": "background", **more}


def placed(made: Script, lengths: dict[int, float] | float = 2.0, **words: Any) -> Placements:
    measured = {}
    for i in range(len(made.cues)):
        if own_length(made, i):
            length = lengths if isinstance(lengths, float) else lengths.get(i, 2.0)
            measured[i] = Measured(length, words.get(f"w{i}"))
    return place(made, measured)


def starts(placements: Placements) -> list[float]:
    return [p.start_s for p in placements.cues]


def test_speeches_follow_each_other_with_a_gap_and_nothing_else_has_one() -> None:
    made = script(say(), say(voice="B"), sound(length=1), say(), {"type": "pause", "length": 1}, say())
    assert starts(placed(made)) == [0, 2.3, 4.3, 5.3, 7.3, 8.3]


def test_a_written_start_without_anchor_has_no_gap() -> None:
    made = script(say(), say(start={"offset": 0.5}), say(start={"offset": -0.25}))
    assert starts(placed(made)) == [0, 2.5, 4.25]


def test_a_pause_of_no_length_after_a_speech_takes_the_gap_away() -> None:
    made = script(say(), {"type": "pause", "length": 0}, say())
    assert starts(placed(made)) == [0, 2, 2]


def test_on_a_tie_the_cue_listed_last_decides_on_the_gap() -> None:
    after = script(sound(length=2), say(start={"at": 0}), say())
    before = script(say(), sound(length=2, start={"offset": -2}), say())
    assert starts(placed(after))[2] == 2.3
    assert starts(placed(before))[2] == 2.0


def test_anchored_sounds_never_hold_but_anchored_speeches_do() -> None:
    made = script(
        say(id="a"), sound(length=60, start={"with": "a"}), say(), say(start={"after": "a", "offset": 10}), say()
    )
    assert starts(placed(made)) == [0, 0, 2.3, 12.0, 14.3]


def test_beds_never_hold() -> None:
    made = script(bed(), say(), bed(until="end"), say())
    assert starts(placed(made)) == [0, 0, 2, 2.3]


def test_a_track_waits_for_itself_and_for_what_has_no_track() -> None:
    made = script(
        say(), say(track="x", voice="B"), sound(length=10, track="y"), say(track="x", voice="B"),
        sound(length=1, track="y"), say(),
    )  # fmt: skip
    assert starts(placed(made)) == [0, 2.3, 2, 4.6, 12, 13]


def test_a_cue_without_track_waits_for_every_track_and_a_scene_too() -> None:
    made = script(
        sound(length=9, track="x"), say(track="y"), {"type": "scene", "id": "s"}, say(track="y"), say(track="x")
    )
    assert starts(placed(made)) == [0, 0, 9, 9, 9]


def test_points_start_end_word_at_and_offset() -> None:
    made = script(
        say(id="a"), say(id="b", voice="B"),
        sound(length=1, start={"with": "b", "offset": 0.5}), sound(length=1, start={"after": "a", "offset": -0.5}),
        sound(length=1, start={"at": 7.5}), sound(length=1, start={"on_word": "three", "of": "a", "offset": 0.1}),
    )  # fmt: skip
    words = (("one", 0.0, 0.4), ("two", 0.5, 0.9), ("three", 1.2, 1.5), ("four", 1.6, 2.0))
    assert starts(placed(made, w0=words))[2:] == [2.8, 1.5, 7.5, 1.3]


def test_a_start_before_the_programme_becomes_zero_with_a_warning() -> None:
    got = placed(script(say(id="a"), sound(length=1, start={"with": "a", "offset": -3})))
    assert got[1].start_s == 0
    assert [(w.place, w.warning) for w in got.warnings] == [("cues[1].start", True)]


def test_ends_speech_as_spoken_generated_as_written_or_at_most_ten_seconds_clips_as_cut() -> None:
    made = script(
        say(), sound(length=3), sound(take=1), sound(take=2), {"type": "music", "description": "m", "length": 4},
        {"type": "clip", "source": "in", "from": 2, "to": 5.5}, {"type": "clip", "source": "in"},
        inputs=[{"id": "in", "file": "a.wav"}],
    )  # fmt: skip
    got = placed(made, {0: 1.25, 2: 7.0, 3: 33.0, 5: 3.5, 6: 8.0})
    assert [p.end_s - p.start_s for p in got.cues] == [1.25, 3, 7, 10, 4, 3.5, 8]


def test_a_scene_lasts_until_the_next_and_the_last_to_the_programmes_end() -> None:
    made = script(
        {"type": "scene", "id": "s"}, say(), {"type": "scene", "id": "t"}, say(), sound(length=9, start={"with": "s"})
    )
    got = placed(made)
    assert [(got[i].start_s, got[i].end_s) for i in (0, 2)] == [(0, 2), (2, 9)]
    assert got[3].start_s == 2


def test_a_bed_lasts_for_its_scene_or_without_scenes_for_the_programme() -> None:
    got = placed(script(bed(), {"type": "scene", "id": "s"}, bed(take=1), say(), {"type": "scene", "id": "t"}, say()))
    assert [(got[i].start_s, got[i].end_s) for i in (0, 2)] == [(0, 4), (0, 2)]


def test_until_names_a_cue_a_scene_the_end_or_a_point() -> None:
    made = script(
        {"type": "scene", "id": "s"}, bed(until="a"), bed(take=1, until="t"), bed(take=2, until="end"),
        bed(take=3, until={"with": "b", "offset": -0.5}), bed(take=4, until={"offset": 1}), bed(take=5, length=1.5),
        say(id="a"), {"type": "scene", "id": "t"}, say(id="b"), {"type": "scene", "id": "u"}, say(),
    )  # fmt: skip
    assert [p.end_s for p in placed(made).cues][1:7] == [2, 4, 6, 1.5, 1, 1.5]


def test_a_clip_in_the_background_may_run_out() -> None:
    made = script(
        say(), {"type": "clip", "id": "c", "source": "in", "layer": "background", "start": {"at": 0}},
        say(start={"after": "c"}), inputs=[{"id": "in", "file": "a.wav"}],
    )  # fmt: skip
    with pytest.raises(ScriptError, match="circle"):
        placed(made)
    free = script(
        say(), {"type": "clip", "source": "in", "layer": "background", "start": {"at": 0.5}},
        inputs=[{"id": "in", "file": "a.wav"}],
    )  # fmt: skip
    assert placed(free, {0: 5.0, 1: 3.0})[1].end_s == 3.5


def test_a_bed_that_stops_before_it_starts_is_left_out_with_a_warning() -> None:
    got = placed(script(say(id="a"), say(), bed(id="b", until="a"), sound(length=1, start={"after": "b"})))
    assert got[2].left_out
    assert got[3].start_s == got[2].start_s == 4.3
    assert "left out" in str(got.warnings[0])


def test_the_programme_ends_with_the_last_foreground_cue_holding_or_not() -> None:
    assert placed(script(say(id="a"), sound(length=30, start={"with": "a"}), bed(length=99))).duration_s == 30
    assert placed(script(say(), {"type": "pause", "length": 3})).duration_s == 5
    assert placed(script(bed(), duration=20)).duration_s == 20


def test_without_foreground_or_duration_there_is_no_end() -> None:
    assert [p.place for p in placement_problems(script(bed()))] == ["duration"]


def test_a_programme_of_nothing_and_one_of_days_are_refused() -> None:
    with pytest.raises(ScriptError, match="0 seconds"):
        placed(script({"type": "pause", "length": 0}))
    with pytest.raises(ScriptError, match="24 h"):
        placed(script(say(start={"at": 86400})))
    assert placement_problems(script(sound(length=3600, start={"at": 86000})))


def test_a_budget_is_reported_and_cuts_nothing() -> None:
    got = placed(script(say(), duration=1))
    assert got.duration_s == 2
    assert got.warnings[0].place == "duration"


def test_a_circle_prints_its_chain() -> None:
    made = script(say(id="a", start={"after": "b"}), say(id="b"), sound(id="c", start={"with": "c"}))
    messages = [str(p) for p in placement_problems(made)]
    assert len(messages) == 2
    assert messages[0].startswith(
        "cues[0].start: times go in a circle: the start of cues[0] (a) needs the end of cues[1] (b), which needs "
        "the start of cues[1] (b), which needs the end of cues[0] (a), which needs the start of cues[0] (a)."
    )
    assert "the start of cues[2] (c) needs the start of cues[2] (c)" in messages[1]


def test_foreground_that_waits_for_the_programmes_end_is_a_circle() -> None:
    made = script({"type": "scene", "id": "s"}, say(), sound(length=1, start={"after": "s"}))
    assert "the end of the programme" in str(placement_problems(made)[0])


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"on_word": "thrice", "of": "a"}, "cues[1].start: 'thrice' is not in the words of a. Did you mean 'three'?"),
        ({"on_word": "hree", "of": "a"}, "is not in the words"),
        ({"on_word": "two", "of": "a", "nth": 2}, "occurs only once"),
        ({"on_word": "!", "of": "a"}, "is not in the words"),
        ({"on_word": "ha", "of": "v"}, "A vocal has no words"),
    ],
)
def test_a_word_that_is_not_there_is_an_error_before_anything_is_made(point: dict[str, Any], message: str) -> None:
    made = script(
        say(id="a"), sound(length=1, start=point), {"type": "speech", "id": "v", "voice": "A", "vocal": "laugh"}
    )
    assert message in " ".join(map(str, placement_problems(made)))


def test_words_without_times_are_estimated_with_a_warning() -> None:
    got = placed(script(say("abcd efgh ijkl mnop", id="a"), sound(length=1, start={"on_word": "IJKL", "of": "a"})), 4.0)
    assert got[1].start_s == 2.0
    assert "estimated" in str(got.warnings[0])


def test_equal_sounds_and_voices_on_top_of_themselves_draw_warnings() -> None:
    made = script(
        sound(length=3, id="a"), sound(length=3, start={"with": "a", "offset": 1}),
        sound(length=3, take=1, start={"with": "a"}), say(), say(start={"offset": -1}), say(voice="B"),
    )  # fmt: skip
    places = [w.place for w in placed(made).warnings]
    assert places == ["cues[1]", "cues[4]"]


def test_the_work_of_placing_grows_as_the_script_does() -> None:
    def long(scenes: int) -> Script:
        cues: list[Cue] = []
        for i in range(scenes):
            cues += [
                {"type": "scene", "id": f"s{i}"}, bed(take=i), say(id=f"a{i}"), say(voice="B", track="t"),
                sound(length=1, take=i, start={"on_word": "three", "of": f"a{i}"}),
            ]  # fmt: skip
        return script(*cues)

    few, many = (steps(partial(placed, long(scenes))) for scenes in (100, 300))
    assert many < 3.05 * few
    assert many < 5 * 300 * 5_000  # bench/speed.py says what that is in seconds
