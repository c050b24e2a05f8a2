"""One operation on a file of the user's, outside a story."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator.perform import perform
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio, Scores


@pytest.fixture
def recording(tmp_path: Path, home: Path) -> Path:
    del home
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 24000)).astype(np.float32)
    return audio_files.write(tmp_path / "noise.wav", Audio(noise, 24000), coding="FLOAT")


def test_an_effect_changes_the_sound_and_is_cached(recording: Path) -> None:
    first = perform("low_pass", {"cutoff": 300.0}, {"audio": recording})
    again = perform("low_pass", {"cutoff": 300.0}, {"audio": recording})
    assert isinstance(first.asset, Audio)
    assert first.asset.frames == 24000
    assert np.std(first.asset.samples) < 0.05
    assert again.reused
    assert again.key == first.key


def test_several_files_go_to_an_input_that_takes_many(recording: Path) -> None:
    joined = perform("concat", {"gap": 0.5}, {"audio": [recording, recording]}).asset
    assert isinstance(joined, Audio)
    assert joined.length_s == pytest.approx(2.5)


def test_a_measurement_gives_scores_and_names_its_tool(recording: Path) -> None:
    measured = perform("measure_loudness", {}, {"audio": recording})
    assert isinstance(measured.asset, Scores)
    assert measured.tool.startswith("loudness ")


def test_generating_needs_no_file(home: Path) -> None:
    del home
    rain = perform("generate_sound", {"description": "rain", "length": 1.0}, {}).asset
    assert isinstance(rain, Audio)
    assert rain.length_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("op", "params", "ports", "said"),
    [
        ("low_pas", {}, ("audio",), "Did you mean low_pass"),
        ("load_file", {"file": "x"}, (), "no operation is called 'load_file'"),
        ("low_pass", {"cutoff": "x"}, ("audio",), "steps[0].cutoff"),
        ("low_pass", {}, (), "audio is missing"),
        ("low_pass", {}, ("sound",), "has no input 'sound'"),
    ],
)
def test_what_is_wrong_is_said(
    recording: Path, op: str, params: dict[str, object], ports: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ScriptError) as error:
        perform(op, params, dict.fromkeys(ports, recording))
    assert said in str(error.value)
