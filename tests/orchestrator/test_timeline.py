from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.timeline import Sound, Timeline, build_timeline
from soundwright.scripts_compiler.script import Script
from soundwright.tools.assets import Word

Cue = dict[str, Any]


def made(*cues: Cue, sounds: dict[int, float | Sound], **top: Any) -> Timeline:
    script = Script.model_validate({
        "version": 1, "voices": [{"name": "A", "description": "a", "pan": 0.5}, {"name": "B", "description": "b"}],
        "inputs": [{"id": "rec", "file": "rec.wav"}], "cues": list(cues), **top,
    })  # fmt: skip
    return build_timeline(script, {i: s if isinstance(s, Sound) else sound(s) for i, s in sounds.items()})


def sound(seconds: float, tail_s: float = 0.0, **more: Any) -> Sound:
    return Sound(Path("x.wav"), 1000, 1, round((seconds + tail_s) * 1000), round(tail_s * 1000), **more)


def say(**more: Any) -> Cue:
    return {"type": "speech", "voice": "A", "text": "one two", **more}


def fx(**more: Any) -> Cue:
    return {"type": "sound", "description": "x", **more}


def bed(**more: Any) -> Cue:
    return fx(layer="background", start={"at": 0}, **more)


def test_sound_that_is_longer_is_cut_with_a_short_fade() -> None:
    clip = made(fx(length=2, fade_out=0), sounds={0: sound(5, 1)}).clips[0]
    assert (clip.play_s, clip.fade_out_at_s, clip.fade_out_s) == (2, 1.99, 0.01)


def test_sound_that_is_shorter_leaves_silence_and_fades_at_its_own_end() -> None:
    timeline = made(fx(length=5, fade_out=1), sounds={0: 3.0})
    assert (timeline.clips[0].play_s, timeline.clips[0].fade_out_at_s, timeline.duration_s) == (3, 2, 5)


def test_a_tail_rings_on_unless_a_fade_out_is_written() -> None:
    ringing = made(fx(), sounds={0: sound(2, 1.5)}).clips[0]
    assert (ringing.end_s, ringing.play_s, ringing.fade_out_at_s) == (2, 3.5, 3.49)
    faded = made(fx(fade_out=0.5), sounds={0: sound(2, 1.5)}).clips[0]
    assert (faded.play_s, faded.fade_out_at_s) == (2, 1.5)


def test_a_bed_fades_out_after_its_stop() -> None:
    clip = made(say(), bed(fade_out=3), sounds={0: 4.0, 1: 30.0}).clips[1]
    assert (clip.end_s, clip.play_s, clip.fade_out_at_s, clip.ramp_s, clip.loop) == (4, 7, 4, 4, True)


def test_a_crossfade_is_a_bed_that_stops_where_another_starts() -> None:
    a, b = made(
        say(), bed(until={"at": 2}, fade_out=1.5), fx(take=1, layer="background", start={"at": 2}, fade_in=1.5), say(),
        sounds={0: 2.0, 1: 30.0, 2: 30.0, 3: 2.0},
    ).clips[1:3]  # fmt: skip
    assert (a.start_s + a.fade_out_at_s, a.fade_out_s) == (b.start_s, b.fade_in_s)


def test_a_clip_that_runs_out_fades_within_its_last_part() -> None:
    cue = {"type": "clip", "source": "rec", "layer": "background", "start": {"at": 0}, "fade_out": 2}
    clip = made(say(), cue, sounds={0: 20.0, 1: 9.0}).clips[1]
    assert (clip.end_s, clip.play_s, clip.fade_out_at_s, clip.loop) == (9, 9, 7, False)
    longer = made(say(), cue, sounds={0: 20.0, 1: 60.0}).clips[1]
    assert (longer.end_s, longer.play_s, longer.fade_out_at_s) == (20, 22, 20)


def test_a_bed_ends_with_the_programme_and_one_after_it_is_left_out() -> None:
    timeline = made(
        say(),
        bed(length=60),
        fx(take=1, layer="background", start={"at": 7}, length=3),
        sounds={0: 5.0, 1: 30.0, 2: 30.0},
    )
    assert [(c.index, c.end_s) for c in timeline.clips] == [(0, 5), (1, 5)]
    assert "left out" in str(timeline.warnings[0])


def test_defaults_come_from_voice_scene_and_layer() -> None:
    speech, rain = made(
        {"type": "scene", "id": "s", "space": "church"},
        say(),
        {**bed(), "start": {"with": "s"}},
        sounds={1: 2.0, 2: 30.0},
    ).clips
    assert (speech.pan, speech.space, speech.loudness_lufs, speech.duck_db) == ((0.5,), "church", -18, 0)
    assert (rain.space, rain.loudness_lufs, rain.duck_db, rain.fade_in_s) == ("none", -32, 3, 1)


def test_only_foreground_speech_and_recordings_duck() -> None:
    timeline = made(
        say(), fx(length=2), {"type": "clip", "source": "rec", "from": 1, "to": 3},
        {"type": "clip", "source": "rec", "layer": "background", "start": {"at": 0}}, bed(),
        sounds={0: 1.0, 1: 2.0, 2: 2.0, 3: 9.0, 4: 30.0},
    )  # fmt: skip
    assert timeline.ducked == ((0, 1), (3, 5))


def test_words_are_moved_to_the_programmes_clock() -> None:
    words = (Word("one", 0.25, 0.5), Word("two", 0.75, 1.0))
    timeline = made({"type": "pause", "length": 2}, say(), sounds={1: sound(1.0, words=words)})
    assert timeline.lines[0].words == (Word("one", 2.25, 2.5), Word("two", 2.75, 3.0))


def test_scenes_and_json() -> None:
    timeline = made({"type": "scene", "id": "s", "title": "T"}, say(), sounds={1: 2.0})
    assert (timeline.scenes[0].id, timeline.scenes[0].end_s) == ("s", 2)
    data = json.loads(json.dumps(timeline.to_json()))
    assert data["clips"][0]["stem"] == "speech"
    assert "x.wav" not in json.dumps(data)


def test_a_missing_sound_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        made(say(), fx(), sounds={0: 1.0})
