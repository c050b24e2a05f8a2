"""Checkpoints in the form that their authors publish, where that is not what a pipeline's class saves by itself."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from soundwright.tools.base import Place, Request
from soundwright.tools.errors import ToolMissing
from soundwright.tools.music.musicgen import MusicGenMelodyTool, MusicGenTool
from soundwright.tools.neural import runtime
from soundwright.tools.sfx.audiogen import AudioGenTool
from soundwright.tools.sfx.audioldm2 import AudioLdm2Tool
from soundwright.tools.sfx.cosine_noise import cosine_scheduler
from soundwright.tools.sfx.stable_audio import StableAudioTool
from tests.toys import true_forms
from tests.toys.parts import scale

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


def place(tool: Any, weights: dict[str, Path]) -> Place:
    """Where a tool is to compute: in half precision, which this CPU has only with the fixture ``half``."""
    return Place(dtype=tool.spec.half, weights=weights)


def loaded(tool: Any, folder: Path) -> Any:
    tool.load(place(tool, {tool.spec.models[0]: folder}))
    tool.steps = 4
    return tool


def rain(seed: int = 1) -> Request:
    return Request("generate_sound", {"description": "rain", "length": 0.3, "loop": False, "take": 0}, {}, seed)


# --- Stable Audio Open's noise -----------------------------------------------------------------------------------


@pytest.fixture
def authors(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The scheduler that the checkpoint names. Importing it needs torchsde; only drawing its noise would use that."""
    importlib.import_module("diffusers")  # which is not to believe that torchsde is there
    monkeypatch.setitem(sys.modules, "torchsde", ModuleType("torchsde"))
    from diffusers.schedulers.scheduling_cosine_dpmsolver_multistep import CosineDPMSolverMultistepScheduler

    return CosineDPMSolverMultistepScheduler.from_config(true_forms.COSINE)


@pytest.mark.parametrize("steps", [6, 100])
def test_stable_audio_tells_the_network_of_the_noise_as_it_was_taught(authors: Any, toys: Toys, steps: int) -> None:
    import torch

    ours = cosine_scheduler(toys("stable-audio-open") / "scheduler")
    ours.set_timesteps(steps)
    authors.set_timesteps(steps)
    assert torch.equal(ours.timesteps, authors.timesteps)
    assert torch.equal(ours.sigmas, authors.sigmas)
    assert ours.init_noise_sigma == authors.init_noise_sigma
    assert 0.18 < float(ours.timesteps[-1]) < float(ours.timesteps[0]) < 1.0


@pytest.mark.parametrize("steps", [6, 40])
def test_stable_audio_takes_the_steps_of_its_scheduler(authors: Any, toys: Toys, steps: int) -> None:
    import torch

    def source() -> Any:
        return torch.Generator().manual_seed(3)

    ours, drawn = cosine_scheduler(toys("stable-audio-open") / "scheduler"), source()
    for scheduler in (ours, authors):
        scheduler.set_timesteps(steps)
    authors.noise_sampler = lambda *sigmas: torch.randn((1, 2, 5), generator=drawn)
    wanted = made = ours.init_noise_sigma * torch.randn((1, 2, 5), generator=torch.Generator().manual_seed(4))
    draws = source()
    for time in ours.timesteps:
        wanted = authors.step(torch.tanh(authors.scale_model_input(wanted, time)), time, wanted).prev_sample
        made = ours.step(torch.tanh(ours.scale_model_input(made, time)), time, made, generator=draws).prev_sample
    assert torch.allclose(made, wanted, rtol=1e-5, atol=1e-5)
    assert float(made.std()) > 0.1


def test_the_scheduler_of_stable_audio_is_not_another(toys: Toys, tmp_path: Path) -> None:
    (tmp_path / "scheduler_config.json").write_text('{"_class_name": "DDIMScheduler"}')
    with pytest.raises(ToolMissing, match="names DDIMScheduler"):
        cosine_scheduler(tmp_path)


def test_a_part_that_needs_another_package_is_told(tmp_path: Path) -> None:
    class Needy:
        @staticmethod
        def from_pretrained(folder: str, **options: Any) -> None:
            raise ImportError("CosineDPMSolverMultistepScheduler requires the torchsde library")

    place = runtime.open_runtime(Place(), StableAudioTool.spec)
    with pytest.raises(ToolMissing, match=r"needs a package that is not installed: .* requires the torchsde"):
        runtime.read_pipeline(Needy, tmp_path, place)


# --- AudioLDM 2's language model ---------------------------------------------------------------------------------


def test_audioldm2_sounds_the_same_whether_its_language_model_has_a_head(toys: Toys, kit: Any, tmp_path: Path) -> None:
    import transformers as tf

    bare = toys("audioldm2")
    assert '"GPT2Model"' in (bare / "model_index.json").read_text()
    with_head, other = (shutil.copytree(bare, tmp_path / name) for name in ("with_head", "other"))
    network = tf.GPT2LMHeadModel.from_pretrained(bare / "language_model")
    network.save_pretrained(with_head / "language_model")
    true_forms.rename_parts(with_head, language_model=["transformers", "GPT2LMHeadModel"])
    scale(network, 30.0)
    network.save_pretrained(other / "language_model")
    sounds = [kit.sounds(loaded(AudioLdm2Tool(), folder), [rain()])[0] for folder in (bare, with_head, other)]
    assert np.array_equal(sounds[0].samples, sounds[1].samples)
    assert np.abs(sounds[0].samples).max() > 1e-3
    assert kit.snr_db(sounds[0], sounds[2]) < 100  # it is heard


# --- text encoders in half precision -----------------------------------------------------------------------------


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half precision, as on a GPU, on this CPU."""
    monkeypatch.setattr(runtime, "HALF_ON", ("cpu",))


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize("make", [AudioGenTool, MusicGenTool, MusicGenMelodyTool, StableAudioTool, AudioLdm2Tool])
def test_what_overflows_in_a_text_encoder_stays_wide_in_half_precision(make: Any, toys: Toys) -> None:
    import torch

    tool = make()
    tool.load(place(tool, {model: toys(model) for model in tool.spec.models}))
    network = getattr(tool, "_model", None) or tool._pipe
    encoder = getattr(network, "text_encoder_2", None) or network.text_encoder
    wide = {
        name.rpartition(".")[0].rpartition(".")[2]
        for name, value in encoder.named_parameters()
        if value.dtype == torch.float32
    }
    assert wide == {"wo"}
    others = [part for part in (getattr(network, "decoder", None), getattr(network, "unet", None)) if part is not None]
    assert all(value.dtype == torch.float16 for part in others for value in part.parameters())


def rows_at_once(tool: Any, toys: Toys, kit: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many descriptions a network of tokens gets in each call, of a batch of three."""
    tool.load(place(tool, {model: toys(model) for model in tool.spec.models}))
    rows, generate = [], tool._model.generate

    def counted(**inputs: Any) -> Any:
        rows.append(len(inputs["input_ids"]))
        return generate(**inputs)

    monkeypatch.setattr(tool._model, "generate", counted)
    kit.sounds(tool, [rain(1), rain(2), rain(3)])
    return rows


@pytest.mark.parametrize("make", [MusicGenTool, AudioGenTool])
def test_a_request_has_no_neighbours_in_half_precision(
    make: Any, toys: Toys, kit: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    assert rows_at_once(make(), toys, kit, monkeypatch) == [3]
    request.getfixturevalue("half")
    assert rows_at_once(make(), toys, kit, monkeypatch) == [1, 1, 1]


@pytest.mark.usefixtures("half")
def test_a_sound_of_steps_has_no_neighbours_in_half_precision(toys: Toys, kit: Any) -> None:
    tool = loaded(StableAudioTool(), toys("stable-audio-open"))
    assert tool._groups([rain(1), rain(2)]) == [[0], [1]]
    assert np.isfinite(kit.sounds(tool, [rain(1)])[0].samples).all()
