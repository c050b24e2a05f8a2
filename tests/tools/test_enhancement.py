"""Cleaning and mending recordings, against the clean ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import si_sdr_db
from soundwright.tools.assets import Audio, Samples
from soundwright.tools.base import Place
from soundwright.tools.enhancement.deepfilter import DeepFilterTool
from soundwright.tools.enhancement.dtln import DtlnTool
from soundwright.tools.errors import ToolMissing

RunOne = Callable[..., Any]


def test_dtln_takes_noise_away_and_keeps_time_and_strength(
    spoken: Audio, beside: Callable[[Samples, float], Samples], run_one: RunOne, pulled: Callable[[str], Place]
) -> None:
    noisy = Audio(spoken.samples + beside(spoken.samples, 5), spoken.rate, tail=7)
    place = pulled("dtln")
    clean = run_one(DtlnTool(), "enhance", noisy, place, strength=1.0)
    assert (clean.rate, clean.frames, clean.tail) == (noisy.rate, noisy.frames, 7)
    full = si_sdr_db(spoken.samples, clean.samples)
    assert full > si_sdr_db(spoken.samples, noisy.samples) + 5
    half = run_one(DtlnTool(), "enhance", noisy, place, strength=0.5)
    assert np.allclose(half.samples, (noisy.samples + clean.samples) / 2, atol=1e-6)
    assert run_one(DtlnTool(), "enhance", noisy, place, strength=0.0) is noisy


def test_dtln_says_what_it_lacks() -> None:
    with pytest.raises(ToolMissing, match="soundwright models pull dtln"):
        DtlnTool().load(Place())


def test_deepfilternet_takes_what_is_louder_than_full_scale_without_a_word(
    spoken: Audio, beside: Callable[[Samples, float], Samples], run_one: RunOne, capfd: pytest.CaptureFixture[str]
) -> None:
    noisy = spoken.samples + beside(spoken.samples, 5)
    noisy *= np.float32(0.99 / np.abs(noisy).max())
    clean = run_one(DeepFilterTool(), "enhance", Audio(noisy, spoken.rate), strength=1.0)
    loud = run_one(DeepFilterTool(), "enhance", Audio(noisy * 4, spoken.rate), strength=1.0)
    assert si_sdr_db(clean.samples, loud.samples) > 60
    assert np.abs(loud.samples).max() > 2
    assert capfd.readouterr() == ("", "")
