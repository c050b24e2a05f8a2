from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import soxr

from soundwright.orchestrator.mix.meter import loudness_lufs
from soundwright.orchestrator.mix.render import SEGMENT, Renderer
from soundwright.orchestrator.timeline import Timeline
from soundwright.tools.assets import Samples

HALF = np.sqrt(0.5)


def level_db(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples))) + 1e-12))


def test_a_clip_lies_at_its_sample_and_nowhere_else(studio: Any) -> None:
    samples = studio.noise(1.0)
    mix = studio.render(studio.clip(studio.keep("a", samples), 3.25))
    np.testing.assert_allclose(mix[:, 156000:204000], np.repeat(samples, 2, axis=0) * HALF, atol=1e-7)
    assert not mix[:, :156000].any()
    assert mix.shape == (2, 204000)


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 32000, 44100, 96000])
@pytest.mark.parametrize("seconds", [1.0, 33.0])
def test_every_rate_is_resampled_well_whether_read_whole_or_streamed(studio: Any, rate: int, seconds: float) -> None:
    mix = studio.render(studio.clip(studio.keep("a", studio.tone(1000, seconds, rate), rate)))
    wanted = studio.tone(1000, seconds) * HALF
    error = mix[0, 4800:-4800] - wanted[0, 4800 : mix.shape[1] - 4800]
    assert level_db(error) - level_db(wanted) < -95


def test_a_streamed_recording_is_the_one_resampled_at_once(studio: Any) -> None:
    samples = studio.noise(40.0, 44100, channels=2)
    mix = studio.render(studio.clip(studio.keep("a", samples, 44100)))
    whole = soxr.resample(samples.T, 44100, 48000, quality="HQ").T
    assert mix.shape == (2, 40 * 48000)
    np.testing.assert_allclose(mix, whole[:, : mix.shape[1]], atol=1e-6)


def test_stereo_keeps_its_level_in_the_middle_and_mono_its_loudness_everywhere(studio: Any) -> None:
    stereo = studio.noise(2.0, channels=2)
    np.testing.assert_allclose(studio.render(studio.clip(studio.keep("s", stereo))), stereo, atol=1e-6)
    mono = studio.noise(2.0)
    for pan in (-1.0, -0.3, 0.0, 0.8, 1.0):
        mix = studio.render(studio.clip(studio.keep("m", mono), pan=(pan,)))
        assert loudness_lufs(mix.T, 48000) == pytest.approx(loudness_lufs(mono.T, 48000), abs=0.01)
        assert (mix[1] ** 2).sum() >= (mix[0] ** 2).sum() if pan > 0 else True


def test_a_pan_ramp_wanders_from_side_to_side(studio: Any) -> None:
    mix = studio.render(studio.clip(studio.keep("m", studio.noise(4.0)), pan=(-1.0, 1.0)))
    left, right = (mix**2).reshape(2, 4, -1).sum(axis=2)
    assert list(np.argsort(left)) == [3, 2, 1, 0]
    assert list(np.argsort(right)) == [0, 1, 2, 3]


def test_a_gain_ramp_is_linear_in_db_and_sixty_below_is_silence(studio: Any) -> None:
    ones = np.ones((1, 96000), np.float32)
    mix = studio.render(studio.clip(studio.keep("m", ones), gain_db=(0.0, -20.0, -60.0)), channels=1)
    at = 20 * np.log10(np.maximum(mix[0, [0, 24000, 48000, 72000]], 1e-9))
    np.testing.assert_allclose(at, [0, -10, -20, -40], atol=0.01)
    assert not studio.render(studio.clip(studio.keep("m", ones), gain_db=(-60.0,)), channels=1).any()


def test_fades_are_equal_power(studio: Any) -> None:
    ones = studio.keep("m", np.ones((1, 96000), np.float32))
    out = studio.render(studio.clip(ones, fade_out_at_s=1.0, fade_out_s=1.0), channels=1)[0]
    into = studio.render(studio.clip(ones, fade_in_s=1.0), channels=1)[0]
    np.testing.assert_allclose(out[48000:] ** 2 + into[:48000] ** 2, 1, atol=1e-6)
    assert out[47999] == into[48000] == 1


def test_loudness_is_met_before_gain_and_fades(studio: Any) -> None:
    sound = studio.keep("m", studio.voice(4.0), 24000)
    mix = studio.render(studio.clip(sound, loudness_lufs=-23.0, gain_db=(4.0,)))
    assert loudness_lufs(mix.T, 48000) == pytest.approx(-19.0, abs=0.05)


def test_a_tail_does_not_count_to_loudness(studio: Any) -> None:
    samples = np.concatenate([studio.noise(1.0), studio.noise(9.0, seed=1) * 1e-3], axis=1)
    with_tail = studio.render(studio.clip(studio.keep("a", samples, tail=9 * 48000), loudness_lufs=-20.0))
    alone = studio.render(studio.clip(studio.keep("b", samples[:, :48000]), loudness_lufs=-20.0))
    np.testing.assert_allclose(with_tail[:, :48000], alone, atol=1e-6)
    assert loudness_lufs(alone.T, 48000) == pytest.approx(-20, abs=0.05)


def test_short_clips_are_measured_with_silence_after_them(studio: Any) -> None:
    short, padded = studio.noise(0.1), np.pad(studio.noise(0.1), ((0, 0), (0, 48000 * 3 // 10)))
    mix = studio.render(studio.clip(studio.keep("a", short), loudness_lufs=-20.0))
    assert loudness_lufs(np.pad(mix, ((0, 0), (0, 14400))).T, 48000) == pytest.approx(-20, abs=0.01)
    assert loudness_lufs(short.T, 48000) == pytest.approx(loudness_lufs(padded.T, 48000), abs=1e-6)


@pytest.mark.parametrize(("level", "gain_db", "warns"), [(0.0, 0.0, True), (1e-3, 30.0, True), (0.1, 6.0, False)])
def test_silence_gets_no_gain_and_whispers_at_most_thirty_db(
    studio: Any, level: float, gain_db: float, warns: bool
) -> None:
    samples = studio.tone(1000, 1.0, level=level)
    measured = loudness_lufs(samples.T, 48000)
    target = measured + gain_db if not warns else -18.0
    timeline = Timeline((studio.clip(studio.keep("a", samples), loudness_lufs=target),), 1.0)
    renderer = Renderer(timeline, 48000, 1)
    mix = np.concatenate([s["sound"] for s in renderer.segments()], axis=1)
    np.testing.assert_allclose(mix, samples * 10 ** (gain_db / 20), atol=1e-5)
    assert bool(renderer.warnings) == warns


def test_a_seamless_bed_repeats_without_a_join_at_any_rate(studio: Any) -> None:
    for rate in (48000, 44100, 24000):
        base = studio.keep(f"b{rate}", studio.tone(441, 2.0, rate), rate, seamless=True)
        mix = studio.render(studio.clip(base, play_s=9.0, loop=True), channels=1)
        np.testing.assert_allclose(mix[0, 4800:-4800], studio.tone(441, 9.0)[0, 4800:-4800], atol=2e-4)
        assert level_db(mix) == pytest.approx(level_db(studio.tone(441, 9.0)), abs=0.1)


def test_another_bed_repeats_with_an_even_crossfade(studio: Any) -> None:
    base = studio.keep("b", studio.noise(6.0, channels=2))
    mix = studio.render(studio.clip(base, play_s=60.0, loop=True))
    powers = (mix**2).mean(axis=0)[: 59 * 48000].reshape(-1, 12000).mean(axis=1)
    assert 10 * np.log10(powers.max() / powers.min()) < 0.5


def test_what_an_effect_lets_ring_goes_into_the_next_turn(studio: Any) -> None:
    body = np.zeros((1, 48000), np.float32)
    body[0, 47000] = 0.5
    ringing = np.zeros((1, 2400), np.float32)
    ringing[0, 1000] = 0.25
    base = studio.keep("b", np.concatenate([body, ringing], axis=1), tail=2400, seamless=True)
    mix = studio.render(studio.clip(base, play_s=2.5, loop=True), channels=1)
    assert list(np.nonzero(mix[0])[0]) == [47000, 49000, 95000, 97000]


def test_beds_sink_before_speech_and_rise_after_it(studio: Any) -> None:
    made = studio.script(
        {"type": "pause", "length": 3},
        {"type": "music", "description": "m", "layer": "background", "start": {"at": 0}, "duck": 12, "fade_in": 0},
        studio.say(), {"type": "pause", "length": 3},
    )  # fmt: skip
    timeline = studio.timeline(made, {1: studio.tone(440, 12, channels=2), 2: np.zeros((1, 48000), np.float32)})
    bed = studio.render(replace(timeline, clips=timeline.clips[:1]))
    step = 4800
    levels = [level_db(bed[:, at : at + step]) for at in range(0, 6 * 48000, step)]
    flat = levels[0]
    assert levels[26] == pytest.approx(flat, abs=0.01)
    assert levels[28] == pytest.approx(flat - 6, abs=0.5)
    assert levels[30:40] == pytest.approx([flat - 12] * 10, abs=0.01)
    assert levels[44] == pytest.approx(flat - 6, abs=1.0)
    assert levels[49] == pytest.approx(flat, abs=0.01)


def test_a_space_rings_on_after_its_cue_and_after_the_programme(studio: Any) -> None:
    made = studio.script(studio.say(space="hall"))
    mix = studio.render(studio.timeline(made, {0: (studio.voice(2.0), 24000)}))
    assert mix.shape[1] > 3 * 48000
    after = [level_db(mix[:, at : at + 9600]) for at in range(2 * 48000, mix.shape[1] - 9600, 9600)]
    assert after[0] > -60
    assert after == sorted(after, reverse=True)


def test_one_reverb_serves_all_cues_of_a_space(studio: Any) -> None:
    one, two = studio.keep("a", studio.voice(1.0), 24000), studio.keep("b", studio.voice(1.5, seed=3), 24000)
    clips = [studio.clip(one, 0.5, space="room"), studio.clip(two, 1.1, space="room", index=1)]
    together = studio.render(*clips)
    apart = [studio.render(c) for c in clips]
    total = np.zeros_like(together)
    for part in apart:
        total[:, : part.shape[1]] += part[:, : total.shape[1]]
    np.testing.assert_allclose(together, total, atol=1e-6)
    assert all(level_db(part) > -60 for part in apart)


def test_effect_tails_end_ten_seconds_after_the_programme(studio: Any) -> None:
    sound = studio.keep("a", studio.noise(30.0), tail=29 * 48000)
    timeline = studio.timeline(studio.script({"type": "sound", "description": "x"}), {0: sound})
    assert timeline.duration_s == 1.0
    assert studio.render(timeline).shape[1] == 11 * 48000


def test_a_written_fade_out_is_never_shortened(studio: Any) -> None:
    made = studio.script(
        studio.say(), {"type": "sound", "description": "x", "layer": "background", "start": {"at": 0}, "fade_out": 25}
    )
    timeline = studio.timeline(made, {0: studio.noise(1.0), 1: studio.noise(5.0, seed=1)})
    assert studio.render(timeline).shape[1] == 26 * 48000


@pytest.mark.parametrize("jobs", [2, 7])
def test_any_number_of_workers_gives_the_same_bits(studio: Any, jobs: int) -> None:
    clips = [
        studio.clip(studio.keep(f"c{i}", studio.noise(1 + i * 2.7, 44100 if i % 2 else 24000, 1 + i % 2, seed=i),
                                44100 if i % 2 else 24000),
                    i * 1.3, index=i, loudness_lufs=-20.0, pan=(0.1 * i,), space=("none", "room", "hall")[i % 3])
        for i in range(14)
    ]  # fmt: skip
    alone = studio.render(*clips)
    assert level_db(alone) > -40
    np.testing.assert_array_equal(alone, studio.render(*clips, jobs=jobs))


def test_a_changed_line_of_the_same_length_changes_nothing_two_seconds_away(studio: Any) -> None:
    cues = [studio.say(voice="AB"[i % 2], space="room" if i % 3 else "none") for i in range(20)]
    made = studio.script({"type": "music", "description": "m", "layer": "background"}, *cues)
    sounds: dict[int, Any] = {i + 1: (studio.voice(1.5 + 0.1 * i, seed=i), 24000) for i in range(20)}
    sounds[0] = studio.keep("bed", studio.noise(8.0, 44100, 2, seed=99), 44100)
    before = studio.timeline(made, sounds)
    mixed = studio.render(before)
    after = studio.timeline(made, {**sounds, 11: (studio.voice(1.5 + 0.1 * 10, 200, seed=77), 24000)})
    changed = studio.render(after)
    line = before.clips[11]
    low, high = round((line.start_s - 2) * 48000), round((line.end_s + 2) * 48000)
    np.testing.assert_array_equal(mixed[:, :low], changed[:, :low])
    np.testing.assert_array_equal(mixed[:, high:], changed[:, high:])
    assert (mixed[:, low:high] != changed[:, low:high]).any()


def test_stems_sum_to_the_mix(studio: Any) -> None:
    kinds = ("speech", "music", "sound", "clip")
    clips = [studio.clip(studio.keep(k, studio.noise(3.0, seed=i)), i * 1.5, kind=k, index=i, space="hall")
             for i, k in enumerate(kinds)]  # fmt: skip
    renderer = Renderer(Timeline(tuple(clips), 8.0), 48000, 2)
    segments = list(renderer.segments())
    assert list(segments[0]) == ["speech", "music", "sound"]
    assert renderer.frames > SEGMENT
    total = np.concatenate([sum(s.values()) for s in segments], axis=1)
    np.testing.assert_array_equal(total, studio.render(*clips)[:, : total.shape[1]])


def test_more_than_two_channels_become_one(studio: Any) -> None:
    six = studio.noise(1.0, channels=6)
    mix = studio.render(studio.clip(studio.keep("six", six)))
    np.testing.assert_allclose(mix[0], six.mean(axis=0) * HALF, atol=1e-6)
    np.testing.assert_array_equal(mix[0], mix[1])
    assert level_db(mix) > -40


@pytest.mark.parametrize(("channels", "programme"), [(1, 2), (2, 2), (2, 1)])
def test_a_loudness_known_beforehand_gives_the_same_mix(studio: Any, channels: int, programme: int) -> None:
    samples = studio.noise(1.0, channels=channels)
    samples[-1] *= 0.3
    sound = studio.keep("noise", samples)
    known = replace(sound, loudness_lufs=loudness_lufs(samples.T, 48000))
    measured, told = (studio.render(studio.clip(s, loudness_lufs=-23.0), channels=programme) for s in (sound, known))
    assert level_db(measured) > -40
    np.testing.assert_array_equal(measured, told)
