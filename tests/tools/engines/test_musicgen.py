"""MusicGen on toy weights: text, melody, continuation, windows, seeds, batches, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.music import musicgen
from soundwright.tools.music.musicgen import MusicGenMelodyTool, MusicGenTool
from soundwright.tools.neural.shaping import resampled

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder(toys: Toys) -> Path:
    return toys("musicgen-small")


@pytest.fixture(scope="module")
def tool(folder: Path) -> MusicGenTool:
    made = MusicGenTool()
    made.load(Place(weights={"musicgen-small": folder}))
    return made


def request(text: str, seed: int, length: float = 0.5, *, loop: bool = False) -> Request:
    return Request("generate_music", {"description": text, "length": length, "loop": loop, "take": 0}, {}, seed)


def noise(length_s: float) -> Audio:
    samples = np.random.default_rng(3).normal(0, 0.1, (2, round(48000 * length_s))).astype(np.float32)
    return Audio(samples, 48000)


def test_seeds_decide_and_a_batch_changes_nothing(tool: MusicGenTool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(tool, request, ["slow strings", "a drum", "flute and piano"]) >= 100


def test_the_length_is_as_asked_in_mixed_batches(tool: MusicGenTool, kit: Any) -> None:
    told: list[float] = []
    batch = [request("a", 1, 0.3), request("b", 2, 0.7), request("c", 3, 0.3, loop=True)]
    made = kit.sounds(tool, batch, Context(progress=told.append))
    assert [audio.length_s for audio in made] == [0.3, 0.7, 0.3]
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1
    assert {audio.rate for audio in made} == {32000}


def test_a_long_piece_goes_on_window_by_window(tool: MusicGenTool, kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(musicgen, "_WINDOW_S", 1.0)
    monkeypatch.setattr(musicgen, "_KEPT_S", 0.4)
    told: list[float] = []
    (made,) = kit.sounds(tool, [request("a", 1, 2.5)], Context(progress=told.append))
    assert made.length_s == 2.5
    assert told == sorted(told)
    assert np.abs(made.samples[:, 40000:]).max() > 1e-4


def test_a_continuation_begins_with_what_is_continued(tool: MusicGenTool, kit: Any) -> None:
    given = noise(1.5)
    params = {"description": "", "length": 0.5, "take": 0}
    (made,) = kit.sounds(tool, [Request("continue_audio", params, {"audio": given}, 1)])
    assert made.length_s == 2.0
    alike = np.corrcoef(made.samples[0, :32000], resampled(given, 32000, 1)[0, :32000])[0, 1]
    assert alike > 0.999


def test_too_little_to_go_on_from_is_said(tool: MusicGenTool) -> None:
    params = {"description": "", "length": 0.5, "take": 0}
    ((_, made),) = tool.run([Request("continue_audio", params, {"audio": noise(0.2)}, 1)], Context())
    assert isinstance(made, ToolError)
    assert "at least 1 s" in str(made)


def test_cancelling_leaves_within_a_step(tool: MusicGenTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(tool.run([request("a", 1)], kit.cancelled_after(8)))


def test_a_melody_leads(toys: Toys, kit: Any) -> None:
    tool = MusicGenMelodyTool()
    tool.load(Place(weights={"musicgen-melody": toys("musicgen-melody")}))
    plain = request("a", 1)
    led = Request(plain.op, plain.params, {"melody": noise(1.0)}, 1)
    made = kit.sounds(tool, [plain, led, plain])
    assert kit.snr_db(made[0], made[2]) >= 60
    assert kit.snr_db(made[0], made[1]) < 40
    silent = Request(plain.op, plain.params, {"melody": Audio(np.zeros((1, 32000), np.float32), 32000)}, 1)
    ((_, refused),) = tool.run([silent], Context())
    assert isinstance(refused, ToolError)


def test_the_melody_of_a_tone_is_its_pitch_class() -> None:
    from soundwright.tools.music.chroma import chroma

    time = np.arange(32000) / 32000
    classes = chroma((0.5 * np.sin(2 * np.pi * 440.0 * time)).astype(np.float32), 32000)
    assert tuple(classes.shape) == (1, 8, 12)
    assert set(classes.argmax(-1).flatten().tolist()) == {9}  # A, counted from C


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="cannot be read from"):
        MusicGenTool().load(Place(weights={"musicgen-small": tmp_path}))
    with pytest.raises(ToolMissing, match="Run: soundwright models pull musicgen-small"):
        MusicGenTool().load(Place())


def test_a_pickle_with_more_than_tensors_is_refused(folder: Path, tmp_path: Path) -> None:
    import torch

    for file in folder.iterdir():
        if file.suffix == ".json":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    torch.save({"weight": tmp_path}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ToolMissing, match="cannot be read"):
        MusicGenTool().load(Place(weights={"musicgen-small": tmp_path}))
