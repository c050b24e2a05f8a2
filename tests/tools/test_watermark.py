"""A mark that is not heard, is read back after rough handling, and is not found where there is none."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from soundwright.tools.analysis.fidelity import rms, segmental_snr_db, snr_db
from soundwright.tools.assets import Audio, Samples, Scores, Speech
from soundwright.tools.provenance.mark import MarkTool

RunOne = Callable[..., Any]


@pytest.fixture(scope="module")
def sounds(spoken: Audio, chords: Callable[[int, int], Samples]) -> dict[str, Audio]:
    """Speech (twice its sentence), chords with a little noise, and noise, about 8 s each."""
    said = Audio(np.concatenate([spoken.samples, spoken.samples], axis=1), spoken.rate)
    frames = 8 * 48000
    noise = np.random.default_rng(4).standard_normal((2, frames)).astype(np.float32) * np.float32(0.05)
    music = np.asarray(np.repeat(chords(frames, 48000), 2, 0) * 0.3 + noise / 10, np.float32)
    return {"speech": said, "music": Audio(music, 48000), "noise": Audio(noise, 48000)}


def marked(audio: Audio, run_one: RunOne, message: str = "beef") -> Audio:
    made = run_one(MarkTool(), "watermark", audio, message=message)
    assert isinstance(made, Audio)
    return made


def reading(audio: Audio, run_one: RunOne) -> dict[str, float]:
    scores = run_one(MarkTool(), "read_watermark", audio)
    assert isinstance(scores, Scores)
    return dict(scores.scores)


def coded(audio: Audio, container: str, coding: str) -> Audio:
    file = io.BytesIO()
    soundfile.write(file, audio.samples.T, audio.rate, format=container, subtype=coding)
    file.seek(0)
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    return Audio(np.ascontiguousarray(samples.T), rate)


HANDLED: dict[str, Callable[[Audio], Audio]] = {
    "as it is": lambda a: a,
    "mp3": lambda a: coded(a, "MP3", "MPEG_LAYER_III"),
    "ogg": lambda a: coded(a, "OGG", "VORBIS"),
    "quieter": lambda a: Audio(a.samples * np.float32(0.5), a.rate),
    "louder, clipped": lambda a: Audio(np.clip(a.samples * np.float32(2 / np.abs(a.samples).max()), -1, 1), a.rate),
    "at 16 kHz": lambda a: Audio(soxr.resample(a.samples.T, a.rate, 16000).T.astype(np.float32).copy(), 16000),
    "cropped": lambda a: Audio(a.samples[:, a.rate + 371 : -a.rate].copy(), a.rate),
    "one channel": lambda a: Audio(a.samples[:1], a.rate),
    "noisy": lambda a: Audio(
        a.samples
        + np.random.default_rng(8).standard_normal(a.samples.shape).astype(np.float32)
        * np.float32(rms(a.samples) * 0.05),
        a.rate,
    ),
}


@pytest.mark.parametrize("name", ["speech", "music", "noise"])
def test_the_mark_lies_far_below_and_survives(name: str, sounds: dict[str, Audio], run_one: RunOne) -> None:
    audio = sounds[name]
    made = marked(audio, run_one)
    assert snr_db(audio.samples, made.samples) > 20
    assert segmental_snr_db(audio.samples, made.samples) > 20
    for handling, handle in HANDLED.items():
        found = reading(handle(made), run_one)
        assert (handling, found["detected"], found["message"]) == (handling, 1.0, float(0xBEEF))


@pytest.mark.parametrize("name", ["speech", "music", "noise"])
def test_nothing_is_found_where_there_is_nothing(name: str, sounds: dict[str, Audio], run_one: RunOne) -> None:
    found = reading(sounds[name], run_one)
    assert (found["detected"], found["message"]) == (0.0, -1.0)


@pytest.mark.parametrize("message", ["0000", "ffff", "8001"])
def test_each_message_is_read_as_it_was_written(message: str, sounds: dict[str, Audio], run_one: RunOne) -> None:
    assert reading(marked(sounds["noise"], run_one, message), run_one)["message"] == float(int(message, 16))


def test_a_marked_part_among_others_is_found(sounds: dict[str, Audio], run_one: RunOne) -> None:
    noise = sounds["noise"]
    other = np.random.default_rng(5).standard_normal((2, 20 * 48000)).astype(np.float32) * np.float32(0.05)
    whole = Audio(np.concatenate([other, marked(noise, run_one).samples], axis=1), 48000)
    assert reading(whole, run_one)["message"] == float(0xBEEF)


def test_silence_and_very_short_sounds_stay_sound(run_one: RunOne) -> None:
    for frames in (1, 100, 24000):
        silence = Audio(np.zeros((1, frames), np.float32), 24000)
        assert np.array_equal(marked(silence, run_one).samples, silence.samples)
        assert reading(silence, run_one)["detected"] == 0.0


def test_words_stay_where_they_are(sounds: dict[str, Audio], run_one: RunOne) -> None:
    said = Speech(sounds["speech"].samples, sounds["speech"].rate, tail=5, text="hush", language="en")
    made = marked(said, run_one)
    assert isinstance(made, Speech)
    assert (made.text, made.tail, made.frames) == ("hush", 5, said.frames)
