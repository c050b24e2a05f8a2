"""Material that the tests of treating engines share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import rms
from soundwright.tools.assets import Asset, Audio, Samples, Speech
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.errors import ToolError
from soundwright.tools.model_store import ModelStore

TEXT = "The rain has stopped. Come to the window and tell me what you see."
RunOne = Callable[..., Any]


@pytest.fixture(scope="session")
def spoken() -> Audio:
    """A sentence at 24 kHz, mono."""
    pytest.importorskip("hibari", reason="the extra 'local' is not installed")
    from soundwright.tools.tts.hibari import HibariTool  # noqa: PLC0415

    tool = HibariTool()
    tool.load(Place())
    ((_, said),) = tool.run([Request("speak", {"text": TEXT, "preset": "heart", "language": "en"})], Context())
    assert isinstance(said, Speech)
    return Audio(said.samples, said.rate)


@pytest.fixture(scope="session")
def chords() -> Callable[[int, int], Samples]:
    """Held chords: ``chords(frames, rate)`` is (1, frames) with a peak of 1."""

    def make(frames: int, rate: int) -> Samples:
        t = np.arange(frames) / rate
        out = np.zeros(frames)
        for number, root in enumerate((220.0, 261.6, 196.0, 220.0, 174.6, 196.0)):
            on = (t >= number) & (t < number + 1)
            swell = np.sqrt(np.sin(np.pi * np.clip(t - number, 0, 1)))
            for ratio in (1, 1.25, 1.5, 2, 3, 4):
                out += on * swell * np.sin(2 * np.pi * root * ratio * t) / ratio
        return np.asarray(out[None] / np.abs(out).max(), np.float32)

    return make


@pytest.fixture(scope="session")
def beside() -> Callable[[Samples, float], Samples]:
    """White noise beside a sound: ``beside(samples, snr_db)``."""

    def make(samples: Samples, snr: float) -> Samples:
        noise = np.random.default_rng(1).standard_normal(samples.shape)
        return np.asarray(noise * rms(samples) / rms(noise) * 10 ** (-snr / 20), np.float32)

    return make


@pytest.fixture(scope="session")
def run_one() -> RunOne:
    """``run_one(tool, op, audio, place=..., inputs=..., seed=..., **params)``: the result, or the error raised."""

    def run(
        tool: Tool, op: str, audio: Audio, place: Place | None = None, inputs: dict[str, Asset] | None = None,
        seed: int = 0, **params: object,
    ) -> Asset:  # fmt: skip
        tool.load(place or Place())
        ((_, result),) = tool.run([Request(op, params, {"audio": audio, **(inputs or {})}, seed=seed)], Context())
        tool.close()
        if isinstance(result, ToolError):
            raise result
        return result

    return run


@pytest.fixture(scope="session")
def pulled(models_folder: Path) -> Callable[[str], Place]:
    """``pulled(model)``: a place with the model's weights, fetched where they are not there yet."""

    def place(model: str) -> Place:
        store = ModelStore(models_folder)
        store.pull(model)
        return Place(weights=store.paths([model]))

    return place
