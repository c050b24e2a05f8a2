"""Taking sounds apart, on mixtures whose parts are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import rms, si_sdr_db, snr_db
from soundwright.tools.assets import Audio, Samples, Stems
from soundwright.tools.separation.split import SplitTool

RunOne = Callable[..., Any]


@pytest.fixture(scope="module")
def parts(spoken: Audio, chords: Callable[[int, int], Samples]) -> tuple[Samples, Samples]:
    """Speech and chords of one level, mono at 24 kHz."""
    music = chords(spoken.frames, spoken.rate)
    return spoken.samples, np.asarray(music * rms(spoken.samples) / rms(music), np.float32)


@pytest.mark.parametrize("stems", [2, 4])
def test_stems_without_a_network_come_nearer_and_sum_to_the_whole(
    stems: int, parts: tuple[Samples, Samples], spoken: Audio, run_one: RunOne
) -> None:
    voice, music = parts
    mixed = Audio(voice + music, spoken.rate, tail=100)
    made = run_one(SplitTool(), "separate", mixed, stems=stems)
    assert isinstance(made, Stems)
    assert len(made.stems) == stems
    assert {(part.rate, part.samples.shape, part.tail) for part in made.stems.values()} == {
        (mixed.rate, mixed.samples.shape, 100)
    }
    assert snr_db(mixed.samples, np.sum([part.samples for part in made.stems.values()], axis=0)) > 100
    gain = si_sdr_db(voice, made.stems["vocals"].samples) - si_sdr_db(voice, mixed.samples)
    assert gain > 4


def test_in_stereo_what_stands_aside_is_no_voice(
    parts: tuple[Samples, Samples], spoken: Audio, run_one: RunOne
) -> None:
    voice, music = parts
    aside = np.concatenate([voice + music, voice])
    made = run_one(SplitTool(), "separate", Audio(aside, spoken.rate), stems=2)
    assert si_sdr_db(voice[0], made.stems["vocals"].samples[1]) > si_sdr_db(voice[0], aside[0]) + 6


@pytest.mark.parametrize("frames", [1, 50, 3000])
def test_very_short_sounds_are_taken_apart_too(frames: int, run_one: RunOne) -> None:
    made = run_one(SplitTool(), "separate", Audio(np.full((2, frames), 0.1, np.float32), 8000), stems=4)
    assert snr_db(np.full((2, frames), 0.1), np.sum([part.samples for part in made.stems.values()], axis=0)) > 80
