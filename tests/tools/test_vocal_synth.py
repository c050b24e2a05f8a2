from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from soundwright.scripts_compiler.catalogue.generate import Vocal
from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.breath import breath
from soundwright.tools.tts.vocal_synth import _RECIPES, VocalSynthTool

RATE = 24000


@pytest.fixture(scope="module")
def tool() -> VocalSynthTool:
    pytest.importorskip("onnxruntime", reason="the extra 'local' is not installed")
    store = ModelStore()
    store.pull("kokoro-82m")
    made = VocalSynthTool()
    made.load(Place(weights=store.paths(made.spec.models)))
    return made


def _made(tool: VocalSynthTool, *batch: dict[str, str | int]) -> list[object]:
    return [result for _, result in tool.run([Request("vocalise", one) for one in batch], Context())]


def test_there_is_a_recipe_for_every_vocal() -> None:
    assert set(_RECIPES) == set(get_args(Vocal))


def test_sounds_are_sound_repeat_exactly_and_differ_by_voice_and_take(tool: VocalSynthTool) -> None:
    gasp: dict[str, str | int] = {"vocal": "gasp", "gender": "male"}
    one, same, other, woman = _made(tool, gasp, gasp, gasp | {"take": 1}, gasp | {"gender": "female"})
    assert isinstance(one, Audio)
    assert isinstance(same, Audio)
    assert isinstance(other, Audio)
    assert isinstance(woman, Audio)
    assert np.array_equal(one.samples, same.samples)
    assert not np.array_equal(one.samples, other.samples)
    assert not np.array_equal(one.samples, woman.samples)
    assert 0.2 < one.length_s < 1
    assert np.abs(one.samples).max() == pytest.approx(0.5, abs=0.01)


def test_a_sigh_is_voice_and_breath(tool: VocalSynthTool) -> None:
    (sigh,) = _made(tool, {"vocal": "sigh", "preset": "bm_lewis"})
    assert isinstance(sigh, Audio)
    assert 0.8 < sigh.length_s < 4


def test_an_unknown_vocal_is_refused(tool: VocalSynthTool) -> None:
    (result,) = _made(tool, {"vocal": "yodel"})
    assert isinstance(result, ToolError)
    assert "laugh" in str(result)


def test_breath_follows_its_points_and_its_tract() -> None:
    def centre_hz(tract: float) -> float:
        sound = breath([(0.0, 0.0), (0.2, 1.0), (0.4, 0.0)], [900 * tract], RATE, np.random.default_rng(1))
        spectrum = np.abs(np.fft.rfft(sound)) ** 2
        return float((np.fft.rfftfreq(len(sound), 1 / RATE) * spectrum).sum() / spectrum.sum())

    sound = breath([(0.0, 0.0), (0.2, 1.0), (0.4, 0.0)], [900.0], RATE, np.random.default_rng(1))
    assert len(sound) == round(0.4 * RATE)
    assert np.abs(sound[: RATE // 100]).max() < 0.3 * np.abs(sound).max()
    assert centre_hz(1.5) > centre_hz(1.0)
