from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.scripts_compiler.document import load
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.reading import read
from soundwright.scripts_compiler.shape import validate
from soundwright.scripts_compiler.upgrade import UPGRADES, VERSION, Data, upgrade

OLD = Path(__file__).parents[1] / "golden" / "old"


def _rename_audio(data: Data) -> Data:
    rest = {name: value for name, value in data.items() if name != "audio"}
    return {**rest, "cues": data["audio"]}


def _seconds(data: Data) -> Data:
    return {**data, "cues": [{**cue, "length": cue["length"] / 1000} for cue in data["cues"]]}


STEPS = {-1: _rename_audio, 0: _seconds}
ANCIENT: Data = {"version": -1, "audio": [{"type": "pause", "length": 1500}]}


@pytest.mark.parametrize("path", sorted(OLD.glob("*.yaml")), ids=lambda path: path.stem)
def test_scripts_of_every_version_load_for_ever(path: Path) -> None:
    assert load(path).script.version == VERSION


def test_there_is_a_kept_script_for_every_version() -> None:
    kept = {read(path.read_text(encoding="utf-8"), path.name).data["version"] for path in OLD.glob("*.yaml")}
    assert kept == {*UPGRADES, VERSION}


def test_upgrades_run_one_after_another() -> None:
    data = upgrade(ANCIENT, STEPS, 1)
    assert data == {"version": 1, "cues": [{"type": "pause", "length": 1.5}]}
    assert validate(data)[0] is not None


def test_an_upgrade_leaves_the_old_data_as_it_was() -> None:
    upgrade(ANCIENT, STEPS, 1)
    assert ANCIENT == {"version": -1, "audio": [{"type": "pause", "length": 1500}]}


def test_the_current_version_is_left_alone() -> None:
    data: Data = {"version": 1, "cues": []}
    assert upgrade(data, STEPS, 1) is data


@pytest.mark.parametrize("version", [None, "1", True, 1.0, [1]])
def test_what_is_no_version_is_left_to_the_check_of_the_shape(version: object) -> None:
    data: Data = {"version": version, "cues": [{"type": "pause", "length": 1}]}
    assert upgrade(data) is data
    assert validate(data)[1][0].place == "version"


def test_a_newer_script_says_so() -> None:
    with pytest.raises(ScriptError, match="found 7; this Soundwright reads scripts up to version 1"):
        upgrade({"version": 7})


def test_a_version_before_the_first_says_so() -> None:
    with pytest.raises(ScriptError, match="found -3; the oldest version that can be read is -1"):
        upgrade({"version": -3}, STEPS, 1)
