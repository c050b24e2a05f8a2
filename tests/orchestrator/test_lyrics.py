"""Lyrics by a language model: what it is asked, what is done with its answers, and how they are sung."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from soundwright.orchestrator import lyrics
from soundwright.orchestrator.cli import app
from soundwright.orchestrator.llm.errors import ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.scripted import Prepared, ScriptedModel
from soundwright.orchestrator.lyrics import LyricistTool
from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Text
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.homes.settings import Homes
from soundwright.tools.registry import Registry

SONG: Mapping[str, Any] = {
    "title": "The Tide",
    "sections": [
        {"kind": "verse", "lines": ["The tide is out  and the boats lie down", "The moon is over the harbour town"]},
        {"kind": "chorus", "lines": ["Come home, come home with the rising sea"]},
    ],
}
LAID_OUT = """[title: The Tide]

[verse]
The tide is out and the boats lie down
The moon is over the harbour town

[chorus]
Come home, come home with the rising sea
"""
SCRIPT = """version: 1
steps:
  - {id: words, op: write_lyrics, description: a slow folk song about the tide}
  - {id: tune, op: lyrics_to_melody, text: words, description: slow folk song}
  - {id: voice, op: sing, text: {from: words}, notes: tune, preset: tenor}
cues:
  - {type: clip, id: song, source: voice}
"""


def song(**changes: Any) -> dict[str, Any]:
    return {**SONG, **changes}


def verse(*lines: str) -> dict[str, Any]:
    return {"kind": "verse", "lines": list(lines)}


def written(
    monkeypatch: pytest.MonkeyPatch, *answers: Prepared, context: Context | None = None, **params: Any
) -> tuple[Asset | ToolError, ScriptedModel]:
    """What the tool makes of prepared answers, and the model that was asked."""
    model = ScriptedModel(answers)
    monkeypatch.setenv("SOUNDWRIGHT_LLM", "scripted:prepared")
    monkeypatch.setattr("soundwright.orchestrator.llm.choose.open_model", lambda: model)
    tool = LyricistTool()
    tool.load(Place())
    request = Request("write_lyrics", {"description": "a song about the tide", "language": "en", "take": 0, **params})
    ((_, made),) = tool.run([request], context or Context())
    tool.close()
    return made, model


def test_a_good_answer_is_laid_out_with_headings_that_nobody_sings(monkeypatch: pytest.MonkeyPatch) -> None:
    made, model = written(monkeypatch, dict(SONG), language="de")
    assert made == Text(LAID_OUT)
    (asked,) = model.asked
    assert asked.schema == lyrics.schema()
    assert "a song about the tide" in asked.messages[0].content
    assert "with the tag de" in asked.messages[0].content
    assert "version" not in asked.messages[0].content


def test_another_take_is_asked_for_as_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    _, model = written(monkeypatch, dict(SONG), take=2)
    assert "version 3 of the song" in model.asked[0].messages[0].content


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("La la la, no JSON here.", "could not be read"),
        ({"title": "The Tide"}, "has no 'sections'"),
        (song(sections=[]), "sections: has 0 parts"),
        (song(sections=[{"kind": "rap", "lines": ["Yo"]}]), "sections[0].kind"),
        (song(more=1), "more: is not known here"),
        (song(title=" "), "title: has no words"),
        (song(sections=[verse("Come home", "[chorus]")]), "sections[0].lines[1]: has a break, or marks"),
        (song(sections=[verse("Come\nhome")]), "sections[0].lines[0]: has a break"),
        (song(sections=[verse("... 4 ...")]), "sections[0].lines[0]: has no words"),
        (song(sections=[verse("la" * 100)]), "has 200 characters"),
        (song(sections=[verse(*["la " * 50] * 24)] * 3), "a song may have 5000"),
    ],
)
def test_a_malformed_answer_is_returned_with_its_faults_and_mended(
    monkeypatch: pytest.MonkeyPatch, wrong: Prepared, told: str
) -> None:
    made, model = written(monkeypatch, wrong, dict(SONG))
    assert made == Text(LAID_OUT)
    assert len(model.asked) == 2
    assert told in model.asked[1].messages[-1].content
    assert "script" not in model.asked[1].messages[-1].content


def test_a_hopeless_answer_is_an_error_after_one_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    made, model = written(monkeypatch, song(title=""), song(title="", sections=[verse("<b>")]), dict(SONG))
    assert isinstance(made, ToolError)
    assert "wrote no lyrics that can be sung: title: has no words" in str(made)
    assert model.left == 1
    unread, _ = written(monkeypatch, "la", "la")
    assert isinstance(unread, ToolError)


@pytest.mark.parametrize("error", [ModelRefused("It refused."), ModelUnavailable("No server answers.")])
def test_what_the_model_cannot_do_is_said(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    made, model = written(monkeypatch, error, dict(SONG))
    assert isinstance(made, ToolError)
    assert str(error) in str(made)
    assert model.left == 1


def test_a_cancel_ends_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, False])
    with pytest.raises(Cancelled):
        written(monkeypatch, dict(SONG), context=Context(cancelled=lambda: next(answers, True)))


def test_without_a_model_it_is_refused_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LLM", raising=False)
    registry = Registry.discover()
    assert "none is named. Name one in SOUNDWRIGHT_LLM" in registry.refusal("lyricist", "write_lyrics", {})
    for use in (lambda: registry.identity("lyricist"), lambda: LyricistTool().load(Place())):
        with pytest.raises(ToolMissing, match="needs a language model"):
            use()
    monkeypatch.setenv("SOUNDWRIGHT_LLM", "scripted:/nowhere.json")
    with pytest.raises(ToolMissing, match="cannot be read"):
        LyricistTool().load(Place())


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("openai:gpt-5-mini", False), ("langchain:anthropic:claude", False), ("openai:x@https://example.org/v1", False),
        ("openai:x@http://localhost:11434/v1", True), ("openai-chat:x@http://127.0.0.1:1/v1", True),
        ("gguf:smollm2-135m", True), ("scripted:a.json", True),
    ],
)  # fmt: skip
def test_offline_asks_only_models_of_this_machine(monkeypatch: pytest.MonkeyPatch, name: str, near: bool) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_LLM", name)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    registry = Registry.discover(Homes(offline=True))
    assert ("we are offline" in registry.refusal("lyricist", "write_lyrics", {})) is not near
    assert Registry.discover().refusal("lyricist", "write_lyrics", {}) == ""
    assert Registry.discover().identity("lyricist") == {"llm": name}


def render(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["render", str(folder / "song.yaml"), "-o", str(folder / "song.wav"), *arguments])


def test_a_script_has_its_lyrics_written_set_and_sung(
    fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh_home.is_dir()
    (tmp_path / "song.yaml").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.delenv("SOUNDWRIGHT_LLM", raising=False)
    refused = render(tmp_path)
    assert refused.exit_code == 4, refused.output
    for name in ("one", "other"):
        (tmp_path / f"{name}.json").write_text(json.dumps([{"title": "no song"}, SONG]), encoding="utf-8")
    monkeypatch.setenv("SOUNDWRIGHT_LLM", f"scripted:{tmp_path / 'one.json'}")
    assert render(tmp_path).exit_code == 0
    assert audio_files.probe(tmp_path / "song.wav").length_s > 5
    again = render(tmp_path)
    assert "0 made" in again.output, again.output
    monkeypatch.setenv("SOUNDWRIGHT_LLM", f"scripted:{tmp_path / 'other.json'}")
    assert "1 made" in render(tmp_path).output  # another model's words; they are the same, so what sings them is kept
