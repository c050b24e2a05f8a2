"""Taking sounds apart, on mixtures whose parts are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import rms, si_sdr_db, snr_db
from soundwright.tools.assets import Audio, Samples, Stems
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.separation.described import DescribedTool
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


# --- by description ----------------------------------------------------------------------------------------------


def test_what_is_described_is_kept_or_taken_out(
    spoken: Audio, beside: Callable[[Samples, float], Samples], pulled: Callable[[str], Place]
) -> None:
    tool, frames = DescribedTool(), 7 * spoken.rate
    tool.load(pulled("yamnet"))

    def run(op: str, audio: Audio, description: str) -> Any:
        ((_, made),) = tool.run([Request(op, {"description": description}, {"audio": audio})], Context())
        return made

    voice = np.pad(spoken.samples, ((0, 0), (spoken.rate, frames)))[:, :frames]
    hiss = beside(voice, 3)
    mixed = Audio(voice + hiss, spoken.rate)
    rest = run("remove", mixed, "speech")
    assert si_sdr_db(voice, mixed.samples - rest.samples) > si_sdr_db(voice, mixed.samples) + 2
    assert si_sdr_db(hiss, rest.samples) > si_sdr_db(hiss, mixed.samples) + 2
    only = Audio(hiss[:, : spoken.rate], spoken.rate)
    assert "is not heard" in str(run("extract", only, "dog barking"))
    assert np.array_equal(run("remove", only, "dog barking").samples, only.samples)
    assert "no sound that YAMNet knows" in str(run("extract", only, "xyzzy"))
