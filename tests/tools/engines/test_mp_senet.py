"""MP-SENet: random weights in the form of its authors' checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import snr_db
from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.enhancement.mp_senet import MODEL, MpSenetTool
from soundwright.tools.enhancement.mp_senet_net import Sizes, built, spectrum
from soundwright.tools.errors import Cancelled, ToolMissing
from tests.toys.treating import MP_SENET, mp_senet_shapes, mp_senet_state

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


@pytest.fixture
def toy(toys: Toys) -> Place:
    return Place(weights={MODEL: toys(MODEL)}, threads=1)


def noise(seconds: float, rate: int = 16000, channels: int = 1, seed: int = 6) -> Audio:
    samples = np.random.default_rng(seed).standard_normal((channels, round(seconds * rate))) * 0.1
    return Audio(samples.astype(np.float32), rate, tail=9)


def made(tool: MpSenetTool, *requests: Request) -> list[Audio]:
    results = [result for _, result in tool.run(requests, Context())]
    assert all(isinstance(result, Audio) and np.isfinite(result.samples).all() for result in results)
    return [result for result in results if isinstance(result, Audio)]


def test_a_recording_is_restored_at_48_khz_and_enhanced_at_its_own_rate(toy: Place) -> None:
    tool, audio = MpSenetTool(), noise(1.0, 22050, 2)
    tool.load(toy)
    restored, clean = made(tool, Request("restore", {}, {"audio": audio}), Request("enhance", {}, {"audio": audio}))
    assert (restored.rate, restored.samples.shape) == (48000, (2, 48000))
    assert (clean.rate, clean.samples.shape, clean.tail) == (22050, audio.samples.shape, 9)
    assert not np.allclose(clean.samples, audio.samples, atol=1e-3)
    again, half, none = made(
        tool, *(Request("enhance", {"strength": amount}, {"audio": audio}) for amount in (1.0, 0.5, 0.0))
    )
    assert np.array_equal(again.samples, clean.samples)
    assert np.allclose(half.samples, (clean.samples + audio.samples) / 2, atol=1e-6)
    assert np.array_equal(none.samples, audio.samples)


def test_channels_and_recordings_of_a_batch_are_heard_apart(toy: Place) -> None:
    tool, audio = MpSenetTool(), noise(0.8, channels=2)
    tool.load(toy)
    left = Audio(audio.samples[:1], audio.rate)
    short, silent = noise(0.005), Audio(np.zeros((1, 4000), np.float32), 16000)
    both, alone, brief, still = made(
        tool, *(Request("enhance", {}, {"audio": a}) for a in (audio, left, short, silent))
    )
    assert np.array_equal(both.samples[:1], alone.samples)
    assert not np.allclose(both.samples[0], both.samples[1])
    assert brief.frames == 80
    assert not still.samples.any()


def test_a_louder_recording_comes_out_louder_and_else_the_same(toy: Place) -> None:
    tool, audio = MpSenetTool(), noise(0.5)
    tool.load(toy)
    loud = Audio(audio.samples * 8, audio.rate)
    one, other = made(tool, *(Request("enhance", {}, {"audio": a}) for a in (audio, loud)))
    assert np.allclose(one.samples * 8, other.samples, atol=1e-4)


def test_long_recordings_are_heard_by_windows_and_can_be_cancelled(toy: Place) -> None:
    tool, audio, told = MpSenetTool(), noise(10.0), list[float]()
    tool.load(toy)
    ((_, whole),) = tool.run([Request("enhance", {}, {"audio": audio})], Context(progress=told.append))
    assert isinstance(whole, Audio)
    assert whole.frames == audio.frames
    assert len(told) >= 4
    assert told[:3] == sorted(told[:3])
    answers = iter([False, False])
    with pytest.raises(Cancelled):
        list(tool.run([Request("restore", {}, {"audio": audio})], Context(cancelled=lambda: next(answers, True))))


def test_the_network_is_the_one_of_its_authors(toy: Place, tmp_path: Path) -> None:
    """The class of the package MPSENet, with the same random weights: equal in float64, alike in float32."""
    reference = pytest.importorskip("MPSENet", reason="the reference package MPSENet is not installed")
    import torch

    theirs = reference.MPSENet({**MP_SENET}, num_tsblocks=2).eval()
    theirs.load_state_dict(mp_senet_state(), strict=True)
    audio = noise(1.5)
    expected, rate, _ = theirs(audio.samples[0])
    theirs.save_pretrained(tmp_path)  # the form in which its weights lie on the hub
    tool = MpSenetTool()
    tool.load(Place(weights={MODEL: tmp_path}))
    (clean,) = made(tool, Request("enhance", {}, {"audio": audio}))
    assert rate == clean.rate
    assert snr_db(expected[None], clean.samples) > 30  # random weights make much of every rounding
    sizes = Sizes.read(MP_SENET, 2)
    ours = built(torch, sizes).eval().double()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    theirs = theirs.double()
    level, phase = torch.rand(2, 1, 201, 40, dtype=torch.float64)
    with torch.inference_mode():
        for one, other in zip(
            theirs.forward(level, phase)[:2], spectrum(torch, ours, sizes, level, phase), strict=True
        ):
            assert float((one - other).abs().max()) < 1e-10
    assert sorted(ours.state_dict()) == sorted(mp_senet_shapes(8, 2, 201))


def test_the_authors_own_torch_file_is_read_as_plain_weights(toy: Place, tmp_path: Path) -> None:
    import torch

    (tmp_path / "config.json").write_text(json.dumps(MP_SENET), encoding="utf-8")
    torch.save({"generator": mp_senet_state()}, tmp_path / "g_best_dns")
    audio, results = noise(0.5), list[Audio]()
    for place in (toy, Place(weights={MODEL: tmp_path})):
        tool = MpSenetTool()
        tool.load(place)
        results += made(tool, Request("enhance", {}, {"audio": audio}))
    assert np.array_equal(results[0].samples, results[1].samples)


class Harmful:
    """Would make a folder as it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.mkdir, (self.path,)


def test_harmful_and_foreign_weights_are_refused(tmp_path: Path) -> None:
    import torch

    place, file = Place(weights={MODEL: tmp_path}), tmp_path / "g_best"
    (tmp_path / "config.json").write_text(json.dumps(MP_SENET), encoding="utf-8")
    with pytest.raises(ToolMissing, match="should hold"):
        MpSenetTool().load(place)
    torch.save({"generator": Harmful(tmp_path / "made")}, file)
    with pytest.raises(ToolMissing, match="plain weights"):
        MpSenetTool().load(place)
    assert not (tmp_path / "made").exists()
    state = mp_senet_state()
    for wrong in ({**state, "more": torch.zeros(1)}, {k: v for k, v in state.items() if "slope" not in k}):
        torch.save({"generator": wrong}, file)
        with pytest.raises(ToolMissing, match="no weights of MP-SENet"):
            MpSenetTool().load(place)
    (tmp_path / "model.safetensors").write_bytes(b"no safetensors")
    with pytest.raises(ToolMissing, match="as safetensors"):
        MpSenetTool().load(place)


@pytest.mark.parametrize("wrong", [{"dense_channel": 10}, {"n_fft": 402}, {"hop_size": 0}, {"beta": None}, {"h": 3}])
def test_sizes_that_make_no_network_are_refused(toy: Place, tmp_path: Path, wrong: dict[str, Any]) -> None:
    (tmp_path / "model.safetensors").write_bytes((toy.weights[MODEL] / "model.safetensors").read_bytes())
    (tmp_path / "config.json").write_text(json.dumps({**MP_SENET, **wrong}), encoding="utf-8")
    with pytest.raises(ToolMissing, match=r"config\.json cannot be used"):
        MpSenetTool().load(Place(weights={MODEL: tmp_path}))
