"""The engines of diffusers on toy weights: sounds, songs, variations, repairs; seeds, batches, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Note, Notes, Part, Text
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.music.ace_step import AceStepTool
from soundwright.tools.sfx.audioldm2 import AudioLdm2Tool
from soundwright.tools.sfx.stable_audio import StableAudioTool
from soundwright.tools.sfx.stable_audio3 import StableAudio3Tool

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def load(toys: Callable[[str], Path]) -> Callable[[Tool], Any]:
    def loaded(tool: Tool) -> Tool:
        (model,) = tool.spec.models
        tool.load(Place(weights={model: toys(model)}))
        return tool

    return loaded


def sound(text: str, seed: int, length: float | None = 0.4, op: str = "generate_sound", **params: Any) -> Request:
    return Request(op, {"description": text, "length": length, "loop": False, "take": 0, **params}, {}, seed)


def recording(length_s: float = 1.0, rate: int = 22050) -> Audio:
    samples = np.random.default_rng(5).normal(0, 0.1, (1, round(rate * length_s))).astype(np.float32)
    return Audio(samples, rate)


@pytest.mark.parametrize(("make", "rate", "channels"), [(StableAudioTool, 44100, 2), (StableAudio3Tool, 44100, 2)])
def test_sounds_by_their_seeds_alone_and_in_batches(load: Any, kit: Any, make: Any, rate: int, channels: int) -> None:
    tool = load(make())
    tool.steps = 6
    assert kit.check_seeds_and_batches(tool, sound, ["rain", "a heavy door", "wind in trees"]) >= 60
    mixed = kit.sounds(tool, [sound("a", 1, 0.3), sound("b", 2, 0.45, "generate_music"), sound("c", 3, 0.3, loop=True)])
    assert [round(audio.length_s, 4) for audio in mixed] == [0.3, 0.45, 0.3]
    assert {(audio.rate, audio.channels) for audio in mixed} == {(rate, channels)}


def test_too_long_is_said(load: Any) -> None:
    tool = load(StableAudioTool())
    ((_, made),) = tool.run([sound("rain", 1, 60.0)], Context())
    assert isinstance(made, ToolError)
    assert "makes at most 3.48" in str(made)


def test_cancelling_leaves_within_a_step(load: Any, kit: Any) -> None:
    for tool in (
        load(StableAudioTool()),
        load(StableAudio3Tool()),
    ):
        with pytest.raises(Cancelled):
            list(tool.run([sound("rain", 1)], kit.cancelled_after(3)))


def check_repair(tool: Tool, kit: Any) -> None:
    given = recording()
    params = {"from": 0.4, "to": 0.6, "description": "wind", "take": 0}
    (made,) = kit.sounds(tool, [Request("inpaint", params, {"audio": given}, 1)])
    assert (made.rate, made.samples.shape) == (given.rate, given.samples.shape)
    changed = np.flatnonzero(np.abs(made.samples - given.samples).max(axis=0) > 0)
    assert 0.4 * given.rate <= changed[0] <= 0.45 * given.rate
    assert 0.55 * given.rate <= changed[-1] < 0.6 * given.rate
    ((_, refused),) = tool.run([Request("inpaint", {**params, "from": 2.0, "to": 3.0}, {"audio": given}, 1)], Context())
    assert isinstance(refused, ToolError)


def test_stable_audio_3_repairs_and_varies(load: Any, kit: Any) -> None:
    tool = load(StableAudio3Tool())
    check_repair(tool, kit)
    given = recording()
    little, much = (
        kit.sounds(tool, [Request("vary", {"description": "", "strength": strength, "take": 0}, {"audio": given}, 1)])[
            0
        ]
        for strength in (0.2, 0.9)
    )
    assert little.samples.shape == given.samples.shape == much.samples.shape
    assert kit.snr_db(little, much) < 40


@pytest.mark.parametrize("error", [ModuleNotFoundError, AttributeError, RuntimeError])
def test_a_pipeline_that_cannot_be_imported_is_told(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import diffusers

    found = type(diffusers).__getattr__

    def look_up(package: Any, name: str) -> Any:
        if name == "OtherPipeline":
            raise error(f"no {name}\nat line 3")
        return found(package, name)

    monkeypatch.setattr(type(diffusers), "__getattr__", look_up)
    monkeypatch.setattr(StableAudioTool, "pipeline", "OtherPipeline")
    says = r"stable-audio needs OtherPipeline of diffusers, .*: no OtherPipeline Run: pip install 'soundwright\[diff"
    with pytest.raises(ToolMissing, match=says):
        StableAudioTool().load(Place(weights={"stable-audio-open": tmp_path}))


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="cannot be read from"):
        StableAudioTool().load(Place(weights={"stable-audio-open": tmp_path}))


@pytest.fixture(scope="module")
def ace_step(load: Any) -> AceStepTool:
    tool: AceStepTool = load(AceStepTool())
    return tool


def song(**params: Any) -> Request:
    given = {"text": "Low the tide and long the night", "description": "a shanty", "language": "en", "length": 0.5}
    return Request("sing", {**given, "preset": "", "take": 0, **params}, {}, 1)


def test_ace_step_makes_music_by_its_seed(ace_step: AceStepTool, kit: Any) -> None:
    def music(text: str, seed: int) -> Request:
        return sound(text, seed, 0.5, "generate_music")

    assert kit.check_seeds_and_batches(ace_step, music, ["slow strings", "a drum"]) >= 60


def test_ace_step_sings_what_it_is_given(ace_step: AceStepTool, kit: Any) -> None:
    fed = Request("sing", {**song(text="").params}, {"text": Text("Another song")}, 1)
    one, other, odd = kit.sounds(ace_step, [song(), fed, song(length=0.4467)])
    assert one.length_s == other.length_s == 0.5
    assert odd.frames == round(0.4467 * 48000)
    assert ace_step.length_s(song(length=None)) == pytest.approx(11.15)  # as long as seven words take
    assert kit.snr_db(one, other) < 100  # other words; toy weights hear little of them


def test_ace_step_says_what_it_does_not_sing(ace_step: AceStepTool) -> None:
    notes = Notes((Part((Note(60, 0.0, 1.0),)),))
    results = dict(ace_step.run([song(text=" "), Request("sing", song().params, {"notes": notes}, 1)], Context()))
    assert "needs lyrics" in str(results[0])
    assert "leave the notes out" in str(results[1])


def test_ace_step_repairs_and_covers(ace_step: AceStepTool, kit: Any) -> None:
    check_repair(ace_step, kit)
    given = recording()
    params = {"description": "jazz", "strength": 0.4, "take": 0}
    (made,) = kit.sounds(ace_step, [Request("vary", params, {"audio": given}, 1)])
    assert (made.rate, made.samples.shape) == (given.rate, given.samples.shape)


def test_audioldm2_makes_sounds_by_their_seeds(load: Any, kit: Any) -> None:
    tool = load(AudioLdm2Tool())
    tool.steps = 4
    assert kit.check_seeds_and_batches(tool, sound, ["rain", "a heavy door"]) >= 60
    (made,) = kit.sounds(tool, [sound("rain", 1, 0.3)])
    assert (made.rate, made.length_s) == (16000, 0.3)
