from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.orchestrator import operation_reports, reports
from soundwright.orchestrator.choice_reports import choice_rows
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin

pytestmark = pytest.mark.usefixtures("home")


def test_every_operation_has_a_row_with_what_it_takes_and_gives() -> None:
    rows = {row["operation"]: row for row in operation_reports.operation_rows()}
    assert set(builtin()) <= set(rows)
    assert rows["concat"]["takes"] == ["audio: several Audio"]
    assert rows["separate" if "separate" in rows else "speak"]["gives"] in {"Stems", "Speech"}
    assert "signal" in rows["low_pass"]["tools"]


def test_the_facts_of_an_operation_give_ranges_and_defaults() -> None:
    facts = operation_reports.operation_facts("compress")
    assert facts["parameters"]["ratio"] == "number 1 to 50; default 3.0"
    assert facts["inputs"] == {"audio": "Audio"}
    assert facts["in scripts"] == "effect or step"
    assert facts["from"] == "soundwright"
    assert operation_reports.operation_facts("slice")["parameters"]["to"].startswith("number 0 to 86400 or nothing")


def test_a_sheet_sets_in_what_a_fact_holds_by_name() -> None:
    text = reports.sheet({"name": "x", "inputs": {"name": "Audio"}})
    assert text.splitlines() == ["name    x", "inputs", "  name  Audio"]


def test_a_name_that_is_no_operation_is_told_the_nearest() -> None:
    with pytest.raises(ScriptError, match="compress"):
        operation_reports.operation_facts("comprss")


def test_a_choice_is_explained_with_language_length_text_and_device() -> None:
    rows = {row["tool"]: row for row in choice_rows("speak", language="de", text_length=10, device="cpu")}
    assert rows["pico"]["chosen"]
    assert "does not know the language 'de'" in rows["kokoro"]["reason"]
    long = {row["tool"]: row for row in choice_rows("generate_sound", length_s=7200.0)}
    assert "at most 3600 s" in long["procedural-sound"]["reason"]


def test_a_pin_of_the_settings_is_chosen_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_TOOLS", "speak=pico")
    rows = {row["tool"]: row for row in choice_rows("speak")}
    assert rows["pico"]["chosen"]
    assert rows["pico"]["reason"].endswith("pinned in the settings")


def test_a_pin_that_cannot_be_followed_is_not_said_to_be_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOUNDWRIGHT_TOOLS", "speak=pico")
    rows = {row["tool"]: row for row in choice_rows("speak", language="ja")}
    assert [name for name, row in rows.items() if row["chosen"]] == []
    monkeypatch.setenv("SOUNDWRIGHT_TOOLS", "speak=picoo")
    first, *others = choice_rows("speak")
    assert (first["tool"], first["chosen"]) == ("picoo", False)
    assert "no tool 'picoo' is installed" in first["reason"]
    assert not any(row["chosen"] for row in others)


def test_a_project_pins_for_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('[tools]\nspeak = "hibari"\n')
    monkeypatch.chdir(tmp_path)
    assert [row["tool"] for row in choice_rows("speak") if row["chosen"]] == ["hibari"]


def test_the_doctor_tells_imports_weights_device_speed_and_result() -> None:
    (row,) = reports.doctor_rows(["signal"], offline=True, device="cpu")
    assert (row["state"], row["imports"], row["weights"], row["device"]) == ("works", "ok", "none needed", "cpu")
    assert float(row["x realtime"]) > 1
    assert row["result"] == "gain: Audio of 2.08 s, 1 x 16000 Hz"


def test_a_tool_that_would_refuse_is_not_chosen() -> None:
    rows = choice_rows("generate_sound", parameters=["description=zxqv"])
    procedural = next(row for row in rows if row["tool"] == "procedural-sound")
    assert not procedural["chosen"]
    assert procedural["reason"].startswith("it refuses: ")
    assert next(row for row in choice_rows("generate_sound", parameters=["description=rain"]) if row["chosen"])
    with pytest.raises(ScriptError, match="description"):
        choice_rows("generate_sound", parameters=["length=3"])
