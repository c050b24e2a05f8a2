"""What tests of neural engines share: toy networks with random weights, and checks that hold for every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.errors import ToolError
from tests.toys import made

T = TypeVar("T", bound=Tool)


class Kit:
    """Functions that tests of engines call; the fixture ``kit`` hands it to them."""

    @staticmethod
    def cancelled_after(looks: int) -> Context:
        """A context that says no that often, and then that the run was cancelled."""
        answers = iter([False] * looks)
        return Context(cancelled=lambda: next(answers, True))

    @staticmethod
    def ran(tool: Tool, requests: Sequence[Request], context: Context | None = None) -> list[Asset]:
        """The results of one batch in order; an error among them is raised."""
        results = dict(tool.run(requests, context or Context()))
        assert sorted(results) == list(range(len(requests)))
        made: list[Asset] = []
        for index in range(len(requests)):
            result = results[index]
            if isinstance(result, ToolError):
                raise result
            made.append(result)
        return made

    @staticmethod
    def one(tool: Tool, op: str, inputs: dict[str, Asset], **params: Any) -> Asset:
        """The result of a request; an error is raised."""
        return Kit.ran(tool, [Request(op, params, inputs, 5)])[0]

    @staticmethod
    def loaded(tool: T, folder: Path) -> T:
        """A tool of one model, which reads it from ``folder``."""
        (model,) = tool.spec.models
        tool.load(Place(weights={model: folder}))
        return tool

    @staticmethod
    def noise(rate: int = 16000, channels: int = 1) -> Audio:
        """Twelve seconds that swell and sink."""
        t = np.arange(12 * rate) / rate
        swell = 0.05 + 0.1 * np.sin(2 * np.pi * t / 3) ** 2
        return Audio((np.random.default_rng(3).standard_normal((channels, t.size)) * swell).astype(np.float32), rate)

    @staticmethod
    def sounds(tool: Tool, requests: Sequence[Request], context: Context | None = None) -> list[Audio]:
        """Results that all have to be sound, and finite."""
        made = [asset for asset in Kit.ran(tool, requests, context) if isinstance(asset, Audio)]
        assert len(made) == len(requests)
        assert all(np.isfinite(audio.samples).all() and audio.frames > 0 for audio in made)
        return made

    @staticmethod
    def snr_db(one: Audio, other: Audio) -> float:
        """How alike two sounds of one shape are; 300 where they are equal."""
        assert one.rate == other.rate
        assert one.samples.shape == other.samples.shape
        noise = float(np.mean((one.samples - other.samples) ** 2))
        return 300.0 if noise == 0 else 10 * float(np.log10(float(np.mean(one.samples**2)) / noise))

    @staticmethod
    def check_seeds_and_batches(tool: Tool, make: Callable[[str, int], Request], texts: Sequence[str]) -> float:
        """Seeds decide the sound, and a batch gives what single requests give. Returns the least SNR in dB."""
        requests = [make(text, 11 + number) for number, text in enumerate(texts)]
        together = Kit.sounds(tool, requests)
        alone = [Kit.sounds(tool, [request])[0] for request in requests]
        least = min(Kit.snr_db(one, other) for one, other in zip(alone, together, strict=True))
        assert least >= 60.0
        other = Kit.sounds(tool, [make(texts[0], 99)])[0]
        assert other.samples.shape != alone[0].samples.shape or Kit.snr_db(alone[0], other) < 40.0
        return least


@pytest.fixture(scope="session")
def kit() -> Kit:
    """The functions."""
    return Kit()


@pytest.fixture(scope="session")
def weights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where toys lie: the folder into which the kit of conformance has them written, so that each is written once."""
    return tmp_path_factory.getbasetemp() / "weights"


@pytest.fixture(scope="session")
def toys(weights_folder: Path) -> Callable[[str], Path]:
    """The folder of a toy model of ``tests.toys``, written where it is not yet there."""
    return lambda model: made([model], weights_folder)[model]
