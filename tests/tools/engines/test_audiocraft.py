"""AudioGen and MusicGen by audiocraft itself, on toy weights, where their environment is made.

The environment takes 6.3 GB: ``soundwright environments make audiocraft-musicgen`` makes it for both.
"""

from __future__ import annotations

import pickle
import shutil
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.homes.requirements import checked_requirements
from soundwright.tools.model_store import ModelStore
from soundwright.tools.music.audiocraft import AudiocraftAudioGenTool, AudiocraftMusicGenTool
from soundwright.tools.neural.shaping import resampled
from tests.environments import Made, engine_module, stood_in

pytestmark = pytest.mark.xdist_group("audiocraft")
SCRIPT = Path(__file__).with_name("audiocraft_toys.py")
MUSICGEN, AUDIOGEN = Made(AudiocraftMusicGenTool), Made(AudiocraftAudioGenTool)
HUM = '''
"""Stands where audiocraft would: 1 kHz of numbers, a tenth of a second longer than asked, that tell what was asked."""
import numpy as np


def load(place):
    pass


def run(requests, context):
    for index, request in enumerate(requests):
        params = request["params"]
        frames = round(1000 * (params["length"] + params.get("lead", 0) + 0.1))
        value = 0.25 if "lead" in params else 0.5
        yield index, {"kind": "Audio", "samples": np.full((1, frames), value, np.float32), "rate": 1000}
'''


def music(text: str, seed: int = 1, length: float = 0.5, **more: Any) -> Request:
    return Request("generate_music", {"description": text, "length": length, "take": 0, **more}, {}, seed)


def effect(text: str, seed: int = 1, length: float | None = 0.5) -> Request:
    return Request("generate_sound", {"description": text, "length": length, "take": 0}, {}, seed)


def continuation(given: Audio, seed: int = 1, length: float = 1.0, text: str = "") -> Request:
    return Request("continue_audio", {"description": text, "length": length, "take": 0}, {"audio": given}, seed)


def recording(seconds: float, rate: int = 24000, tail: int = 0) -> Audio:
    time = np.arange(round(seconds * rate) + tail) / rate
    sound = 0.3 * np.sin(2 * np.pi * 220 * time) + 0.1 * np.sin(2 * np.pi * 331 * time)
    return Audio(np.stack([sound, 0.5 * sound]).astype(np.float32), rate, tail)


# --- our side ----------------------------------------------------------------------------------------------------


@pytest.fixture
def humming(tmp_path: Path) -> Iterator[IsolatedTool]:
    weights = dict.fromkeys(AudiocraftMusicGenTool.spec.models, tmp_path)
    with stood_in(AudiocraftMusicGenTool, HUM, tmp_path, weights) as tool:
        yield tool


@pytest.mark.parametrize("tool", [AudiocraftAudioGenTool, AudiocraftMusicGenTool])
def test_what_it_requires_and_which_weights_are_declared(tool: type[IsolatedTool], tmp_path: Path) -> None:
    spec = tool.spec
    assert len(checked_requirements(spec.requirements)) == len(spec.requirements)
    assert spec.requirements == AudiocraftAudioGenTool.spec.requirements  # so that they share one environment
    assert tool.engine.is_file()
    model = ModelStore(tmp_path).model(spec.models[0])
    assert (model.commercial_ok, model.licence) == (spec.commercial_ok, spec.licence_weights)


def test_sounds_are_exactly_as_long_as_asked(humming: IsolatedTool, kit: Any) -> None:
    plain, usual, loop = kit.sounds(humming, [music("a"), effect("a", length=None), music("a", loop=True)])
    assert [sound.frames for sound in (plain, usual, loop)] == [500, 5000, 500]
    assert plain.samples[0, -1] < 0.01  # cut with a fade
    assert loop.samples[0, 0] == loop.samples[0, -1] == 0.5


def test_a_continuation_holds_what_it_continues(humming: IsolatedTool, kit: Any) -> None:
    given = recording(2.0, 2000, tail=500)
    (made,) = kit.sounds(humming, [continuation(given, length=1.5)])
    assert made.frames == 3500
    assert np.array_equal(made.samples[:, :1950], resampled(given, 1000, 1)[:, :1950])
    assert np.allclose(made.samples[:, 2000:3480], 0.25)


def test_what_is_too_short_or_missing_never_reaches_the_engine(humming: IsolatedTool) -> None:
    batch = [continuation(recording(0.4)), Request("continue_audio", {"length": 1.0}), music("a")]
    results = dict(humming.run(batch, Context()))
    assert str(results[0]) == "continue_audio: 0.40 s are too short to go on from; give at least 1 s."
    assert str(results[1]) == "continue_audio needs audio"
    assert isinstance(results[2], Audio)


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    weights = {"audiocraft-musicgen-small": tmp_path, "t5-base": tmp_path}
    with pytest.raises(ToolMissing, match="The model encodec-32khz is not here"):
        AudiocraftMusicGenTool().load(Place(weights=weights))


# --- how checkpoints are read ------------------------------------------------------------------------------------


def spoil(path: Path, kind: str) -> str:
    """Put something else in the place of a checkpoint; what is to be said about it."""
    import torch

    path.unlink(missing_ok=True)
    if kind == "objects":
        torch.save({"best_state": {}, "xp.cfg": Path("x")}, path)
        return "holds more than tensors and settings, which is never loaded"
    if kind == "program":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own TorchScript is on its way out
            torch.jit.save(torch.jit.script(torch.nn.ReLU()), str(path))
    elif kind == "old":
        torch.save({"best_state": {}}, path, _use_new_zipfile_serialization=False)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("data.txt", "no tensors")
    elif kind == "tar":
        with tarfile.open(path, "w") as archive:
            archive.add(__file__, "pickle")
    return "is not there, or no archive of tensors"


@pytest.fixture
def engine() -> ModuleType:
    return engine_module(AudiocraftMusicGenTool)


@pytest.mark.parametrize("error", [TypeError, IndexError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile])
def test_a_malformed_checkpoint_is_a_missing_one(
    error: type[Exception], engine: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*given: Any) -> None:
        raise error("no such layer\nat line 3")

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(set_num_threads=id, load=None))
    monkeypatch.setattr(engine, "read_model", read)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    place = {"weights": {"audiogen-medium": str(tmp_path)}, "threads": 1, "device": "cpu"}
    with pytest.raises(engine.ToolMissing, match=r"audiocraft cannot read .*: no such layer$"):
        engine.Engine().load(place)


@pytest.mark.engines
@pytest.mark.parametrize("kind", ["objects", "program", "old", "zip", "tar", "none"])
def test_what_is_no_archive_of_tensors_is_never_loaded(kind: str, engine: ModuleType, tmp_path: Path) -> None:
    import torch

    says = spoil(tmp_path / "state_dict.bin", kind)
    with pytest.raises(engine.ToolMissing, match=says):
        engine.tensors_only(torch)(tmp_path / "state_dict.bin", weights_only=False)


@pytest.mark.engines
def test_tensors_and_settings_are_read(engine: ModuleType, tmp_path: Path) -> None:
    import torch

    torch.save({"best_state": {"a": torch.ones(2)}, "xp.cfg": "dim: 2"}, tmp_path / "state_dict.bin")
    read = engine.tensors_only(torch)(tmp_path / "state_dict.bin", map_location="cpu")
    assert read["xp.cfg"] == "dim: 2"


# --- audiocraft itself, where its environment is made ---------------------------------------------------------------


def files(folder: Path, made: Made) -> dict[str, Path]:
    """Weights as the store names them: files first, then folders."""
    folders = {model: folder / model for model in made.spec.models}
    return {file.name: file for place in folders.values() for file in place.iterdir()} | folders


test_musicgen_conforms = MUSICGEN.conforms(lambda folder: files(MUSICGEN.toys(SCRIPT, folder), MUSICGEN))
test_audiogen_conforms = AUDIOGEN.conforms(lambda folder: files(AUDIOGEN.toys(SCRIPT, folder), AUDIOGEN))


@pytest.fixture(scope="module")
def weights(weights_folder: Path) -> Path:
    """A folder of toy checkpoints that audiocraft's classes wrote."""
    return MUSICGEN.toys(SCRIPT, weights_folder)


@pytest.fixture(scope="module")
def musicgen(weights: Path) -> Iterator[IsolatedTool]:
    with MUSICGEN.loaded(files(weights, MUSICGEN)) as tool:
        yield tool


@pytest.fixture(scope="module")
def audiogen(weights: Path) -> Iterator[IsolatedTool]:
    with AUDIOGEN.loaded(files(weights, AUDIOGEN)) as tool:
        yield tool


@pytest.mark.engines
def test_music_follows_its_seed_and_its_words(musicgen: IsolatedTool, kit: Any) -> None:
    kit.check_seeds_and_batches(musicgen, music, ["calm piano", "rain"])
    one, other = kit.sounds(musicgen, [music("calm piano", 5), music("two boats, loud", 5)])
    assert (one.rate, one.channels, one.frames) == (32000, 1, 16000)
    assert np.std(one.samples) > 1e-3
    assert not np.array_equal(one.samples, other.samples)


@pytest.mark.engines
def test_effects_follow_their_seed_and_their_words(audiogen: IsolatedTool, kit: Any) -> None:
    kit.check_seeds_and_batches(audiogen, effect, ["rain", "a dog"])
    one, other = kit.sounds(audiogen, [effect("rain", 5), effect("a loud dog", 5)])
    assert (one.rate, one.channels, one.frames) == (16000, 1, 8000)
    assert not np.array_equal(one.samples, other.samples)


@pytest.mark.engines
@pytest.mark.parametrize("length", [0.1, 18.49, 18.5, 18.51, 24.3])
def test_music_is_as_long_as_asked_also_in_several_windows(length: float, musicgen: IsolatedTool, kit: Any) -> None:
    (made,) = kit.sounds(musicgen, [music("calm piano", length=length)])
    assert made.frames == round(length * 32000)
    last = made.samples[0, -3200:-400]  # network to the end, but for the fade of the cut
    assert np.std(last) > 0.1 * np.std(made.samples)


@pytest.mark.engines
def test_a_long_effect_goes_on_window_by_window(audiogen: IsolatedTool, kit: Any) -> None:
    long, short = kit.sounds(audiogen, [effect("wind", 3, 5.5), effect("wind", 3, 2.5)])
    assert (long.length_s, short.length_s) == (5.5, 2.5)
    assert np.std(long.samples[0, 56000:]) > 0.1 * np.std(long.samples)


@pytest.mark.engines
@pytest.mark.parametrize(("seconds", "rate"), [(1.0, 32000), (2.7, 24000), (31.0, 44100)])
def test_recordings_are_continued(seconds: float, rate: int, musicgen: IsolatedTool, kit: Any) -> None:
    given = recording(seconds, rate, tail=rate // 10)
    one, again, other = kit.sounds(musicgen, [continuation(given, seed, 1.5) for seed in (1, 1, 2)])
    before = resampled(given, 32000, 1)
    kept = before.shape[1] - 1600
    assert one.frames == before.shape[1] + 48000
    assert np.array_equal(one.samples[:, :kept], before[:, :kept])
    assert np.array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples[:, kept:], other.samples[:, kept:])
    assert np.std(one.samples[0, -8000:-400]) > 1e-4


@pytest.mark.engines
def test_what_goes_on_depends_on_what_was_heard(musicgen: IsolatedTool, kit: Any) -> None:
    given = recording(1.5, 32000)
    high = Audio(np.ascontiguousarray(given.samples[:, ::-1]), given.rate)
    one, other = kit.sounds(musicgen, [continuation(given, 4), continuation(high, 4)])
    assert not np.array_equal(one.samples[:, -16000:], other.samples[:, -16000:])


@pytest.mark.engines
def test_cancelling_leaves_within_a_step(musicgen: IsolatedTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(musicgen.run([music("rain", length=600.0)], kit.cancelled_after(4)))
    assert kit.sounds(musicgen, [music("rain")])


@pytest.mark.engines
@pytest.mark.parametrize(("file", "kind"), [("state_dict.bin", "program"), ("compression_state_dict.bin", "objects")])
def test_checkpoints_that_hold_more_than_tensors_are_refused(
    file: str, kind: str, weights: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "audiocraft-musicgen-small"
    shutil.copytree(weights / folder.name, folder)
    says = spoil(folder / file, kind)
    given = {**files(weights, MUSICGEN), folder.name: folder}
    with pytest.raises(ToolMissing, match=says) as refused, MUSICGEN.loaded(given):
        pass
    assert file in str(refused.value)


@pytest.mark.engines
def test_another_codec_or_text_encoder_than_the_tool_has_is_said(weights: Path, tmp_path: Path) -> None:
    import torch

    folder = tmp_path / "audiocraft-musicgen-small"
    shutil.copytree(weights / folder.name, folder)
    torch.save({"pretrained": "dac_44khz", "exported": True}, folder / "compression_state_dict.bin")
    given = {**files(weights, MUSICGEN), folder.name: folder}
    with pytest.raises(ToolMissing, match="needs the codec dac_44khz"), MUSICGEN.loaded(given):
        pass
    shutil.copy(weights / "audiogen-medium" / "state_dict.bin", folder)
    with pytest.raises(ToolMissing, match="t5-large"), MUSICGEN.loaded(given):
        pass


@pytest.mark.engines
def test_broken_weights_are_a_tool_error(weights: Path, tmp_path: Path) -> None:
    import torch

    folder = tmp_path / "audiocraft-musicgen-small"
    shutil.copytree(weights / folder.name, folder)
    checkpoint = torch.load(folder / "state_dict.bin", weights_only=True)
    for value in checkpoint["best_state"].values():
        value.fill_(float("nan"))
    torch.save(checkpoint, folder / "state_dict.bin")
    with MUSICGEN.loaded({**files(weights, MUSICGEN), folder.name: folder}) as tool:
        ((_, result),) = tool.run([music("rain")], Context())
    assert isinstance(result, ToolError)
    assert "audiocraft could not make it" in str(result)


def test_inputs_stay_as_they_are(humming: IsolatedTool, kit: Any) -> None:
    given = recording(1.5)
    inputs: dict[str, Asset] = {"audio": given}
    before = given.samples.copy()
    request = Request("continue_audio", {"length": 1.0}, inputs, 1)
    kit.sounds(humming, [request])
    assert inputs["audio"] is given
    assert np.array_equal(given.samples, before)
