"""The signal-processing operations on real arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.analysis.loudness import LoudnessTool, integrated_loudness, true_peak_db
from soundwright.tools.assets import Asset, Audio, Samples, Scores, Speech, Word
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.signal.reverb import impulse_response
from soundwright.tools.signal.rooms import SPACES
from soundwright.tools.signal.tool import HANDLERS, SignalTool

RATE = 48000
CATALOGUE = builtin()


def do(op: str, *sounds: Audio, seed: int = 1, impulse: Audio | None = None, **params: Any) -> Audio:
    result = attempt(op, *sounds, seed=seed, impulse=impulse, **params)
    assert isinstance(result, Audio), result
    return result


def attempt(op: str, *sounds: Audio, seed: int = 1, impulse: Audio | None = None, **params: Any) -> Asset | ToolError:
    names = ["audio"] if not CATALOGUE[op].inputs[0].many else [f"audio.{n}" for n in range(len(sounds))]
    inputs: dict[str, Asset] = dict(zip(names, sounds, strict=True))
    if impulse is not None:
        inputs["impulse"] = impulse
    request = Request(op, CATALOGUE[op].resolve(params), inputs, seed)
    ((_, result),) = SignalTool().run([request], Context())
    return result


def span(start: float, end: float | None = None) -> dict[str, Any]:
    return {"from": start, "to": end}


def tone(hz: float, seconds: float = 1.0, level: float = 0.25, rate: int = RATE, channels: int = 1) -> Audio:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return Audio(np.repeat(wave[None].astype(np.float32), channels, axis=0), rate)


def noise(seconds: float = 1.0, level: float = 0.1, seed: int = 5, rate: int = RATE) -> Audio:
    wave = np.random.default_rng(seed).standard_normal((1, round(seconds * rate))) * level
    return Audio(wave.astype(np.float32), rate)


def speech(body: Audio, *words: tuple[str, float, float], tail: int = 0) -> Speech:
    return Speech(
        body.samples, body.rate, tail, " ".join(w[0] for w in words), "en", tuple(Word(*word) for word in words)
    )


def level_db(samples: Samples) -> float:
    return 10 * math.log10(float(np.mean(np.square(samples, dtype=np.float64))) + 1e-20)


def change_db(op: str, hz: float, **params: Any) -> float:
    before = tone(hz)
    after = do(op, before, **params)
    half = before.frames // 2
    return level_db(after.samples[:, half:]) - level_db(before.samples[:, half:])


def frequency(samples: Samples, rate: int = RATE) -> float:
    middle = samples[0, samples.shape[1] // 4 : -samples.shape[1] // 4].astype(np.float64)
    power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 8 * len(middle)))
    return float(np.argmax(power) * rate / (8 * len(middle)))


def test_every_operation_of_the_tool_is_in_the_catalogue_and_the_other_way_round() -> None:
    from soundwright.scripts_compiler.catalogue import signal  # noqa: PLC0415

    assert {operation.name for operation in signal.OPERATIONS} == set(HANDLERS)


@pytest.mark.parametrize("name", [n for n, o in CATALOGUE.items() if o.effect and n in HANDLERS])
def test_every_effect_works_bare(name: str) -> None:
    given_sound = noise(0.5)
    result = do(name, given_sound)
    assert np.isfinite(result.samples).all()
    assert result.rate == RATE
    assert level_db(result.samples) > -40


def test_gain_is_in_decibels_and_ends_in_silence() -> None:
    assert change_db("gain", 1000, gain=-6.0) == pytest.approx(-6, abs=0.001)
    assert not do("gain", noise(), gain=-60.0).samples.any()


def test_fades_have_equal_power_and_end_at_the_body() -> None:
    flat = Audio(np.ones((1, RATE + 500), np.float32), RATE, tail=500)
    faded = do("fade", flat, fade_in=0.5, fade_out=0.25)
    assert (faded.frames, faded.tail) == (RATE, 0)
    rise = faded.samples[0, : RATE // 2].astype(np.float64)
    np.testing.assert_allclose(rise**2 + rise[::-1] ** 2, 1, atol=1e-5)
    assert faded.samples[0, -1] < 0.001


def test_fades_longer_than_the_sound_meet_in_the_middle() -> None:
    faded = do("fade", Audio(np.ones((1, 1000), np.float32), RATE), fade_in=3.0, fade_out=3.0)
    assert faded.samples[0].argmax() in (499, 500)


@pytest.mark.parametrize("position", [-1.0, -0.3, 0.0, 0.8, 1.0])
def test_pan_keeps_the_power(position: float) -> None:
    sound = noise()
    panned = do("pan", sound, pan=position).samples
    assert panned.shape[0] == 2
    assert np.square(panned).sum() == pytest.approx(np.square(sound.samples).sum(), rel=1e-4)
    assert np.sign(np.square(panned[1]).sum() - np.square(panned[0]).sum()) == np.sign(position)


def test_pan_of_a_stereo_sound_in_the_middle_changes_nothing() -> None:
    sound = tone(440, channels=2)
    panned = do("pan", sound)
    assert panned.rate == sound.rate
    np.testing.assert_allclose(panned.samples, sound.samples, rtol=1e-6)


def test_slice_takes_exact_frames_and_moves_words() -> None:
    body = noise(3.0)
    cut = do("slice", speech(body, ("one", 0.2, 0.6), ("two", 1.2, 1.5), ("three", 2.5, 2.9)), **span(1.0, 2.0))
    assert isinstance(cut, Speech)
    np.testing.assert_array_equal(cut.samples, body.samples[:, RATE : 2 * RATE])
    assert cut.text == "two"
    assert cut.words is not None
    assert cut.words[0].start_s == pytest.approx(0.2)


def test_slice_into_a_tail_counts_it_as_tail() -> None:
    sound = Audio(noise(2.0).samples, RATE, tail=RATE)
    assert do("slice", sound, **span(0.5)).tail == RATE
    assert do("slice", sound, **span(0.5, 1.25)).tail == RATE // 4
    assert do("slice", sound, **span(1.5)).tail == RATE // 2


@pytest.mark.parametrize("bounds", [span(5.0), span(0.5, 0.5), span(0.8, 0.2)])
def test_slice_of_nothing_is_an_error(bounds: dict[str, Any]) -> None:
    assert isinstance(attempt("slice", noise(), **bounds), ToolError)


def test_trim_silence_cuts_at_the_first_and_last_frame_that_reach_the_threshold() -> None:
    samples = np.full((2, 1000), 1e-4, np.float32)
    samples[0, 300], samples[1, 400], samples[1, 699] = 0.01, 1.0, -0.004
    sound = Audio(samples, RATE)
    assert do("trim_silence", sound).frames == 400
    assert do("trim_silence", sound, tail=False).frames == 700
    assert do("trim_silence", sound, attack=True).frames == 300
    assert do("trim_silence", sound, threshold=45.0).frames == 101
    assert do("trim_silence", sound, threshold=30.0).frames == 1


def test_trim_silence_leaves_silence_alone() -> None:
    assert do("trim_silence", Audio(np.zeros((1, 500), np.float32), RATE)).frames == 500


def test_trim_silence_shifts_words() -> None:
    samples = np.zeros((1, RATE), np.float32)
    samples[0, RATE // 4 : RATE // 2] = 0.5
    cut = do("trim_silence", speech(Audio(samples, RATE), ("hey", 0.25, 0.5)))
    assert isinstance(cut, Speech)
    assert cut.words == (Word("hey", 0.0, 0.25),)


def test_concat_has_gaps_and_lets_tails_ring_over_what_follows() -> None:
    one = Audio(np.full((1, 150), 0.5, np.float32), 1000, tail=50)
    two = Audio(np.full((2, 100), 0.25, np.float32), 1000)
    joined = do("concat", one, two, gap=0.02)
    assert joined.samples.shape == (2, 220)
    np.testing.assert_allclose(joined.samples[0, [0, 110, 130, 160]], [0.5, 0.5, 0.75, 0.25])
    assert do("concat", two, one).tail == 50


def test_concat_crossfades_at_constant_power() -> None:
    joined = do("concat", noise(seed=1), noise(seed=2), crossfade=0.5)
    assert joined.frames == RATE * 3 // 2
    blocks = [level_db(joined.samples[:, n : n + RATE // 10]) for n in range(0, joined.frames, RATE // 10)]
    assert max(blocks) - min(blocks) < 1.0


def test_concat_brings_all_to_the_highest_rate() -> None:
    joined = do("concat", tone(440, rate=16000), tone(440))
    assert (joined.rate, joined.frames) == (RATE, 2 * RATE)
    assert frequency(joined.samples[:, :RATE]) == pytest.approx(440, abs=1)


def test_repeat_repeats_words() -> None:
    twice = do("repeat", speech(noise(0.5), ("ho", 0.1, 0.3)), times=3, gap=0.5)
    assert isinstance(twice, Speech)
    assert twice.frames == RATE * 5 // 2
    assert twice.words is not None
    assert [word.start_s for word in twice.words] == pytest.approx([0.1, 1.1, 2.1])


def test_mix_adds_with_gains_and_offsets() -> None:
    mixed = do("mix", tone(440), tone(1000, 0.5), gains=[0.0, -20.0], offsets=[0.0, 0.75])
    assert mixed.frames == RATE * 5 // 4
    np.testing.assert_allclose(
        mixed.samples[0, -RATE // 4 :], tone(1000, 0.5).samples[0, -RATE // 4 :] * 0.1, atol=1e-6
    )


def test_mix_with_more_gains_than_sounds_is_an_error() -> None:
    assert isinstance(attempt("mix", tone(440), gains=[0.0, 1.0]), ToolError)


def test_reverse_is_its_own_inverse_and_drops_word_times() -> None:
    sound = speech(noise(), ("word", 0.1, 0.5))
    back = do("reverse", sound)
    assert isinstance(back, Speech)
    assert back.words is None
    np.testing.assert_array_equal(do("reverse", back).samples, sound.samples)


@pytest.mark.parametrize("slope", [12, 24, 48])
def test_low_pass_has_the_slope_it_claims(slope: int) -> None:
    assert change_db("low_pass", 250, cutoff=1000.0, slope=slope) == pytest.approx(0, abs=0.1)
    assert change_db("low_pass", 1000, cutoff=1000.0, slope=slope) == pytest.approx(-3, abs=0.1)
    # Two octaves up, where even the bilinear transform steepens it only little.
    assert change_db("low_pass", 4000, cutoff=1000.0, slope=slope) == pytest.approx(-2 * slope, abs=2.5)


def test_high_and_band_pass_cut_what_lies_outside() -> None:
    assert change_db("high_pass", 50, cutoff=400.0) < -60
    assert change_db("high_pass", 4000, cutoff=400.0) == pytest.approx(0, abs=0.1)
    assert change_db("band_pass", 1000) == pytest.approx(0, abs=0.2)
    assert change_db("band_pass", 60) < -40
    assert change_db("band_pass", 15000) < -40
    assert isinstance(attempt("band_pass", tone(100), low=900.0, high=200.0), ToolError)


def test_filters_beyond_the_rate_pass_all_or_nothing() -> None:
    low = tone(1000, rate=8000)
    np.testing.assert_array_equal(do("low_pass", low, cutoff=9000.0).samples, low.samples)
    assert not do("high_pass", low, cutoff=9000.0).samples.any()


@pytest.mark.parametrize(
    ("shape", "expected"), [("bell", (0, 9, 0)), ("low_shelf", (9, 4.5, 0)), ("high_shelf", (0, 4.5, 9))]
)
def test_equaliser_bands_have_their_gain(shape: str, expected: tuple[float, float, float]) -> None:
    bands = [{"shape": shape, "frequency": 1000.0, "gain": 9.0, "q": 1.0}]
    got = [change_db("equalise", hz, bands=bands) for hz in (40, 1000, 16000)]
    assert got == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize(("level", "ratio"), [(0.5, 4.0), (1.0, 4.0), (1.0, 2.0)])
def test_compressor_follows_its_ratio(level: float, ratio: float) -> None:
    sound = tone(1000, level=level)
    after = do("compress", sound, threshold=-20.0, ratio=ratio, knee=0.0)
    over = 20 * math.log10(level) + 20
    got = 20 * math.log10(float(np.abs(after.samples[:, RATE // 2 :]).max()))
    assert got == pytest.approx(-20 + over / ratio, abs=0.5)


def test_compressor_leaves_soft_sound_alone() -> None:
    soft = tone(1000, level=0.02)
    compressed = do("compress", soft)
    assert compressed.frames == soft.frames
    np.testing.assert_allclose(compressed.samples, soft.samples, rtol=1e-5)


def test_limiter_holds_true_peaks_and_leaves_the_rest() -> None:
    loud = noise(level=0.5)
    held = do("limit", loud, ceiling=-6.0)
    assert true_peak_db(held.samples, RATE) <= -6.0
    assert level_db(held.samples) > level_db(loud.samples) - 12
    soft = tone(1000, level=0.1)
    np.testing.assert_array_equal(do("limit", soft).samples, soft.samples)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_normalise_reaches_its_loudness(rate: int) -> None:
    result = do("normalise", tone(997, 2.0, level=0.01, rate=rate), loudness=-23.0)
    assert integrated_loudness(result.samples, rate) == pytest.approx(-23, abs=0.1)


def test_normalise_leaves_silence_alone() -> None:
    silent = Audio(np.zeros((2, RATE), np.float32), RATE)
    normalised = do("normalise", silent)
    assert normalised.frames == silent.frames
    np.testing.assert_array_equal(normalised.samples, silent.samples)


@pytest.mark.parametrize("space", SPACES)
def test_spaces_ring_at_their_level_for_their_time(space: str) -> None:
    room, response = SPACES[space], impulse_response(space, RATE)
    assert response.shape[0] == 2
    power = np.abs(np.fft.rfft(response, axis=1)) ** 2
    hz = np.fft.rfftfreq(response.shape[1], 1 / RATE)
    wet_db = 10 * math.log10(float(power[:, (hz >= 200) & (hz <= 4000)].mean()))
    assert wet_db == pytest.approx(room.wet_db, abs=0.1)
    energy = np.asarray(np.cumsum(np.square(response[:, ::-1]).sum(axis=0)))[::-1]
    fall = 10 * np.log10(energy / energy.max() + 1e-12)
    t30 = 2 * (np.argmax(fall < -35) - np.argmax(fall < -5)) / RATE
    assert room.decay_s * 0.6 < t30 < room.decay_s * 1.2
    assert abs(float(np.asarray(np.corrcoef(response))[0, 1])) < 0.7


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_a_space_sounds_alike_at_every_rate(rate: int) -> None:
    def gain_db(at: int) -> float:
        response = impulse_response("room", at)
        power = np.abs(np.fft.rfft(response, axis=1)) ** 2
        hz = np.fft.rfftfreq(response.shape[1], 1 / at)
        return 10 * math.log10(float(power[:, (hz > 200) & (hz < 3000)].mean()))

    assert gain_db(rate) == pytest.approx(gain_db(RATE), abs=0.2)


def test_reverb_keeps_the_dry_sound_and_counts_its_ringing_as_tail() -> None:
    sound = speech(noise(0.5), ("hi", 0.1, 0.3), tail=100)
    wet = do("reverb", sound, space="church")
    assert isinstance(wet, Speech)
    assert wet.length_s == pytest.approx(sound.length_s)
    assert wet.words == sound.words
    assert wet.samples.shape[0] == 2
    assert wet.tail > 3 * RATE
    dry = do("reverb", sound, wet=-60.0).samples[:, : sound.frames]
    np.testing.assert_allclose(dry[0], sound.samples[0], atol=1e-3)


def test_reverb_takes_a_given_response() -> None:
    click = np.zeros((1, 101), np.float32)
    click[0, 100] = 0.5
    sound = noise(0.1)
    wet = do("reverb", sound, impulse=Audio(click, RATE))
    assert wet.tail == 100
    np.testing.assert_allclose(wet.samples[0, -100:], sound.samples[0, -100:] * 0.5, atol=1e-6)


def test_echoes_come_at_their_delay_and_die_away() -> None:
    click = np.zeros((1, 100), np.float32)
    click[0, 0] = 1
    echoed = do("echo", Audio(click, 1000), delay=0.25, feedback=0.5, wet=-6.0)
    peaks = np.nonzero(echoed.samples[0] > 1e-4)[0]
    assert peaks.tolist()[:4] == [0, 250, 500, 750]
    np.testing.assert_allclose(echoed.samples[0, [250, 500, 750]], 10**-0.3 * np.array([1, 0.5, 0.25]), rtol=1e-5)
    assert echoed.length_s == pytest.approx(0.1)


def test_echo_without_feedback_comes_once() -> None:
    assert do("echo", noise(0.1), delay=0.2, feedback=0.0).frames == round(0.3 * RATE)


@pytest.mark.parametrize("op", ["telephone", "radio"])
def test_narrow_band_effects_drop_lows_and_highs(op: str) -> None:
    result = do(op, noise(2.0)).samples[0]
    power = np.abs(np.fft.rfft(result)) ** 2
    hz = np.fft.rfftfreq(len(result), 1 / RATE)
    middle = power[(hz > 800) & (hz < 2500)].mean()
    assert power[hz < 80].mean() < middle / 100
    assert power[hz > 9000].mean() < middle / 100


def test_muffled_is_duller_the_more_it_is() -> None:
    bright = [level_db(do("muffled", noise(), amount=a).samples) for a in (0.0, 0.5, 1.0)]
    assert bright[0] > bright[1] > bright[2]


def test_a_wall_takes_twelve_decibels_an_octave() -> None:
    heard = [level_db(do("muffled", tone(hz), amount=0.5).samples) for hz in (250, 2000, 4000)]  # it begins at 1 kHz
    assert heard[0] == pytest.approx(level_db(tone(250).samples), abs=0.2)
    assert heard[1] - heard[2] == pytest.approx(12, abs=0.6)


@pytest.mark.parametrize("semitones", [-12.0, -4.0, 3.0, 7.0])
def test_pitch_moves_the_tone_and_keeps_the_length(semitones: float) -> None:
    moved = do("pitch", tone(330), semitones=semitones)
    assert moved.frames == RATE
    assert frequency(moved.samples) == pytest.approx(330 * 2 ** (semitones / 12), rel=0.003)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2.0])
def test_stretch_changes_the_length_and_keeps_the_tone(factor: float) -> None:
    long = do("stretch", speech(tone(220, 2.0), ("la", 0.5, 1.0)), factor=factor)
    assert long.frames == round(2 * RATE * factor)
    assert frequency(long.samples) == pytest.approx(220, rel=0.003)
    middle = long.samples[:, long.frames // 4 : -long.frames // 4]
    assert level_db(middle) == pytest.approx(level_db(tone(220).samples), abs=0.5)
    assert isinstance(long, Speech)
    assert long.words is not None
    assert long.words[0].start_s == pytest.approx(0.5 * factor)


def test_stretch_puts_events_where_they_belong() -> None:
    samples = np.zeros((1, 2 * RATE), np.float32)
    samples[0, RATE : RATE + 2400] = noise(0.05).samples[0]
    for factor in (0.6, 1.7):
        long = do("stretch", Audio(samples, RATE), factor=factor).samples[0]
        centre = float(np.average(np.arange(len(long)), weights=np.square(long)))
        assert centre / RATE == pytest.approx(1.025 * factor, abs=0.03)


def test_speed_changes_length_pitch_words_and_tail() -> None:
    sound = Speech(tone(440, 2.0).samples, RATE, RATE // 2, "la", "en", (Word("la", 0.5, 1.0),))
    fast = do("speed", sound, factor=2.0)
    assert (fast.frames, fast.tail) == (RATE, RATE // 4)
    assert frequency(fast.samples) == pytest.approx(880, rel=0.003)
    assert isinstance(fast, Speech)
    assert fast.words == (Word("la", 0.25, 0.5),)


@pytest.mark.parametrize(("colour", "slope"), [("white", 0), ("pink", -3), ("brown", -6)])
def test_noise_has_its_distance_and_colour(colour: str, slope: float) -> None:
    sound = tone(1000, 4.0)
    added = do("add_noise", sound, snr=12.0, colour=colour).samples - sound.samples
    assert level_db(sound.samples) - level_db(added) == pytest.approx(12, abs=0.01)
    power = np.abs(np.fft.rfft(added[0])) ** 2
    hz = np.fft.rfftfreq(added.shape[1], 1 / RATE)
    octaves = [10 * math.log10(power[(hz >= f) & (hz < 2 * f)].mean()) for f in (250, 500, 1000, 2000, 4000)]
    assert np.polyfit(range(5), octaves, 1)[0] == pytest.approx(slope, abs=0.3)


def test_noise_follows_the_seed() -> None:
    one, again, other = (do("add_noise", tone(440), seed=s).samples for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_resample_keeps_pitch_and_time() -> None:
    low = do("resample", speech(tone(1000), ("beep", 0.2, 0.4)), rate=16000)
    assert isinstance(low, Speech)
    assert (low.rate, low.frames) == (16000, 16000)
    assert frequency(low.samples, 16000) == pytest.approx(1000, abs=1)
    assert low.words == (Word("beep", 0.2, 0.4),)


def test_distortion_adds_odd_harmonics_at_the_same_level() -> None:
    sound = tone(1000)
    driven = do("distort", sound, drive=24.0)
    assert level_db(driven.samples) == pytest.approx(level_db(sound.samples), abs=0.1)
    power = np.abs(np.fft.rfft(driven.samples[0])) ** 2
    assert power[3000] > power[1000] / 300
    assert power[2000] < power[1000] / 1e6


def test_tremolo_swings_down_to_its_depth() -> None:
    swung = do("tremolo", Audio(np.ones((1, RATE), np.float32), RATE), rate=4.0, depth=0.6).samples[0]
    assert (swung.min(), swung.max()) == pytest.approx((0.4, 1.0), abs=1e-4)
    assert np.count_nonzero(np.diff(np.sign(np.diff(swung)))) in (7, 8)


def test_loudness_tool_reads_a_calibrated_tone() -> None:
    request = Request("measure_loudness", {}, {"audio": tone(997, 3.0, level=0.1, channels=2)})
    ((_, result),) = LoudnessTool().run([request], Context())
    assert isinstance(result, Scores)
    assert result.scores["integrated_lufs"] == pytest.approx(-20, abs=0.1)
    assert result.scores["true_peak_dbtp"] == pytest.approx(-20, abs=0.1)


SINGLE = sorted(set(HANDLERS) - {"concat", "mix"})


@settings(max_examples=120, deadline=None)
@given(
    op=st.sampled_from(SINGLE),
    frames=st.one_of(st.integers(0, 40), st.sampled_from([479, 4801])),
    channels=st.integers(1, 2),
    rate=st.sampled_from([4000, 8000, 44100, 48000]),
    tail=st.integers(0, 10),
    level=st.sampled_from([0.0, 1e-6, 0.3, 4.0]),
)
def test_any_shape_of_sound_comes_out_well_formed(
    op: str, frames: int, channels: int, rate: int, tail: int, level: float
) -> None:
    samples = np.random.default_rng(frames).standard_normal((channels, frames)).astype(np.float32) * np.float32(level)
    sound = Speech(samples, rate, min(tail, frames), "a", "en", (Word("a", 0.0, frames / rate),))
    before = samples.copy()
    result = do(op, sound)
    assert isinstance(result, Speech)
    assert np.isfinite(result.samples).all()
    assert 0 <= result.tail <= result.frames
    np.testing.assert_array_equal(sound.samples, before)
    if op not in ("repeat", "trim_silence", "fade", "resample", "reverse"):
        assert result.length_s == pytest.approx(sound.length_s, abs=1.5 / rate)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 300), min_size=1, max_size=5),
    gap=st.sampled_from([0.0, 0.01]),
    crossfade=st.sampled_from([0.0, 0.05]),
)
def test_joined_sounds_add_up(lengths: list[int], gap: float, crossfade: float) -> None:
    sounds = [Audio(np.ones((1, n), np.float32), 1000) for n in lengths]
    joined = do("concat", *sounds, gap=gap, crossfade=crossfade)
    assert joined.frames <= sum(lengths) + 10 * len(lengths)
    if not crossfade:
        assert joined.length_s == pytest.approx(sum(lengths) / 1000 + gap * (len(lengths) - 1))
    assert do("mix", *sounds).frames == max(lengths)
