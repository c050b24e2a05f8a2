"""Calls as an agent makes them: JSON in, JSON back, files by id within one folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import soundwright as sw
from soundwright.orchestrator.interop.operations import Operations
from soundwright.orchestrator.interop.workspace import Workspace
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio, Stems
from soundwright.tools.errors import Cancelled


@pytest.fixture
def take(tmp_path: Path) -> Path:
    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(24000) / 24000)
    return audio_files.write(tmp_path / "take.wav", Audio(tone[None].astype(np.float32), 24000))


@pytest.fixture
def operations(home: Path, tmp_path: Path, take: Path) -> Operations:
    del home
    return sw.operations(tmp_path / "results", {"take": take})


def call(operations: Operations, name: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(operations.call(name, json.dumps(arguments)))
    return answer


def test_results_are_used_by_later_calls_and_lie_in_the_folder(operations: Operations, tmp_path: Path) -> None:
    dark = call(operations, "low_pass", audio="take", cutoff=300, slope=None)
    assert (dark["id"], dark["kind"], dark["seconds"]) == ("low_pass", "Audio", 1.0)
    both = call(operations, "concat", audio=["take", "low_pass"], gap=0.5, crossfade=None)
    assert both["seconds"] == pytest.approx(2.5)
    measured = call(operations, "measure_loudness", audio=both["id"])
    assert -40 < measured["scores"]["integrated_lufs"] < -10
    assert {path.name for path in (tmp_path / "results").iterdir()} == {
        "low_pass.wav", "concat.wav", "measure_loudness.json",
    }  # fmt: skip


def test_a_text_is_given_or_taken_from_a_result(operations: Operations, tmp_path: Path) -> None:
    (tmp_path / "line.txt").write_text("Come in.", encoding="utf-8")
    operations.workspace.declare(tmp_path / "line.txt")
    said = [
        call(operations, "speak", text=text, preset="hibari/heart")["text"].strip()
        for text in ("Good evening.", {"from": "line"})
    ]
    assert said == ["Good evening.", "Come in."]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("low_pas", "{}", "low_pass"),
        ("load_file", '{"file": "/etc/passwd"}', "no function is called"),
        ("clone_voice", '{"audio": "take"}', "no function is called"),
        ("low_pass", "{", "no JSON"),
        ("low_pass", "[]", "no JSON object"),
        ("low_pass", '{"audio": "take", "cutoff": 3}', "the minimum is 10"),
        ("low_pass", '{"audio": "take", "cutof": 300}', "cutof"),
        ("low_pass", '{"audio": "tkae"}', 'Did you mean "take"'),
        ("low_pass", '{"audio": "/etc/passwd"}', "does not match"),
        ("low_pass", '{"audio": "../take"}', "does not match"),
        ("low_pass", '{"audio": {"from": "take"}}', "audio"),
        ("speak", '{"text": {"from": "take"}}', "Audio, not Text"),
        ("speak", '{"text": {"from": "../../x"}}', "text"),
        ("concat", '{"audio": []}', "audio"),
        ("speak", '{"text": "x", "preset": "nobody-has-this"}', "no voice is called"),
    ],
)
def test_what_goes_wrong_is_the_answer(operations: Operations, name: str, arguments: str, said: str) -> None:
    answer = json.loads(operations.call(name, arguments))
    assert said in answer["error"]
    assert "Traceback" not in answer["error"]
    assert not operations.workspace.folder.exists()


def test_a_cancelled_call_raises(operations: Operations) -> None:
    operations.cancel.set()
    with pytest.raises(Cancelled):
        operations.call("generate_sound", '{"description": "rain", "length": 3}')


def test_only_what_was_chosen_is_offered(home: Path, tmp_path: Path) -> None:
    del home
    few = sw.operations(tmp_path, only=["gain", "pan"])
    assert [each["function"]["name"] for each in few.schemas()] == ["gain", "pan"]
    with pytest.raises(ScriptError, match="Did you mean gain"):
        sw.operations(tmp_path, only=["gainn"])


def test_stems_are_named_by_their_id(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    tone = Audio(np.zeros((1, 100), np.float32), 8000)
    item = space.keep(Stems({"vocals": tone, "drums": tone}), "separate")
    assert space.path("separate.vocals", tone.kind, "audio").name == "vocals.flac"
    with pytest.raises(ScriptError, match=r"separate\.drums"):
        space.path("separate", tone.kind, "audio")
    assert space.keep(tone, "separate").id == "separate2"
    assert item.file is None


@pytest.mark.parametrize("name", ["a b", "1a", "", "x" * 40, "../a"])
def test_ids_are_plain_names(tmp_path: Path, take: Path, name: str) -> None:
    with pytest.raises(ScriptError):
        Workspace(tmp_path, {name: take})
