"""When a tool fails: nobody stands in unless allowed, and then it is told everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.config import Config
from soundwright.orchestrator.errors import ExecutionError
from soundwright.orchestrator.lock import read_lock
from soundwright.orchestrator.mcp_server.offers import Call
from soundwright.orchestrator.mcp_server.places import Places
from soundwright.orchestrator.mcp_server.studio import Settings, Studio
from soundwright.orchestrator.perform import perform
from soundwright.orchestrator.pipeline import RenderOptions
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import document
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools.base import Tool, VoiceInfo
from soundwright.tools.model_store import ModelStore
from soundwright.tools.null import OPERATIONS, NullTool
from soundwright.tools.registry import Registry
from soundwright.tools.signal.tool import SignalTool

STORY = """version: 1
voices:
  - {name: Ann, description: calm woman, gender: female}
cues:
  - {type: sound, id: wet, description: rain, length: 1}
  - {type: speech, id: a1, voice: Ann, text: "Come in."}
  - {type: speech, id: a2, voice: Ann, text: "It pours."}
"""


class Refusing(NullTool):
    def refusal(self, op: str, params: Any) -> str:
        return "only bells are known" if op == "generate_sound" else ""


@pytest.fixture
def story(tmp_path: Path) -> document.Document:
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    return document.load(tmp_path / "story.yaml")


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def opened(*tools: Tool, **config: Any) -> Workshop:
        settings = replace(Config(tmp_path / "home", device="cpu"), **config)
        shop = Workshop(settings, Registry([*tools, SignalTool]), ModelStore(settings.models), Cache(settings.assets))
        monkeypatch.setattr(Workshop, "open", lambda **_: shop)
        return shop

    return opened


def first(fail_on: str = "", **spec: Any) -> NullTool:
    return NullTool("first", fail_on=fail_on, rank=90, **spec)


SECOND_VOICE = (VoiceInfo("other", "en-US", "female"),)


def second(**spec: Any) -> NullTool:
    return NullTool("second", rank=10, **{"voices": SECOND_VOICE, **spec})


def test_without_leave_a_failure_ends_the_render(story: document.Document, workshop: Any, tmp_path: Path) -> None:
    workshop(first("rain"), second())
    with pytest.raises(ExecutionError, match="generate_sound by first 1 failed"):
        pipeline.render(story, tmp_path / "story.wav")
    assert not (tmp_path / "story.wav").exists()


def test_with_leave_the_next_tool_stands_in_and_report_and_manifest_say_so(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(first("rain"), second())
    rendered = pipeline.render(story, tmp_path / "story.wav", RenderOptions(fallback=True))
    told = [str(problem) for problem in rendered.warnings if "stands in" in str(problem)]
    assert len(told) == 1
    assert "wet" in told[0]
    assert "first 1 failed" in told[0]
    assert "second 1 stands in" in told[0]
    manifest = json.loads((tmp_path / "story.manifest.json").read_text())
    assert manifest["fallbacks"] == told
    tools = {row["cue"]: row["nodes"][0]["tool"] for row in manifest["assets"]}
    assert sorted(tools.values()) == ["first", "first", "second"]


def test_the_lock_keeps_what_was_chosen_first(story: document.Document, workshop: Any, tmp_path: Path) -> None:
    workshop(first("rain"), second())
    pipeline.render(story, tmp_path / "story.wav", RenderOptions(fallback=True))
    assert read_lock(tmp_path / "story.lock").operations["generate_sound"] == "first"


def test_a_character_keeps_one_voice_when_another_tool_stands_in(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(first("Come in"), second(), fallback=True)
    rendered = pipeline.render(story, tmp_path / "story.wav")
    manifest = json.loads((tmp_path / "story.manifest.json").read_text())
    spoken = [n for row in manifest["assets"] for n in row["nodes"] if n["op"] == "speak"]
    assert {(node["tool"], node["params"]["preset"]) for node in spoken} == {("second", "other")}
    assert any("second 1 stands in" in str(problem) for problem in rendered.warnings)


def test_one_operation_has_the_same_choice(workshop: Any) -> None:
    shop, rain = workshop(first("rain"), second()), {"description": "rain", "length": 1.0}
    with pytest.raises(ExecutionError, match="generate_sound by first 1 failed"):
        perform("generate_sound", rain, {}, workshop=shop)
    done = perform("generate_sound", rain, {}, workshop=shop, fallback=True)
    assert done.tool == "second 1"
    assert any("second 1 stands in" in str(problem) for problem in done.warnings)


def test_an_mcp_server_has_the_same_choices(workshop: Any, tmp_path: Path) -> None:
    shop = workshop(first("rain"), second())
    operation, rain = shop.catalogue()["generate_sound"], {"description": "rain", "length": 1.0}
    places = Places(tmp_path / "out", shop.cache, ())

    def made(**settings: Any) -> str:
        answer = Studio(shop, places, Settings(**settings)).operate(operation, rain, Call())
        return str(answer.data["tool"])

    with pytest.raises(ExecutionError, match="generate_sound by first 1 failed"):
        made()
    assert made(fallback=True) == "second 1"
    assert made(tools={"generate_sound": "second"}) == "second 1"
    options = Studio(shop, places, Settings(device="cpu", fallback=True, tools={"speak": "first"})).options({})
    assert (options.device, options.fallback, options.tools) == ("cpu", True, {"speak": "first"})


def test_when_nobody_is_left_the_failure_stands(story: document.Document, workshop: Any, tmp_path: Path) -> None:
    workshop(first("rain"), second(operations=("speak",)), fallback=True)
    with pytest.raises(ExecutionError, match="generate_sound by first 1 failed"):
        pipeline.render(story, tmp_path / "story.wav")


def test_a_stand_in_that_refuses_does_not_hide_the_failure(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(first("rain"), Refusing("picky", OPERATIONS, rank=1), fallback=True)
    with pytest.raises(ExecutionError, match="generate_sound by first 1 failed"):
        pipeline.render(story, tmp_path / "story.wav")


def test_a_tool_that_says_beforehand_that_it_cannot_is_passed_over_without_leave(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(Refusing("picky", OPERATIONS, rank=95), second())
    pipeline.render(story, tmp_path / "story.wav")
    manifest = json.loads((tmp_path / "story.manifest.json").read_text())
    assert manifest["assets"][0]["nodes"][0]["tool"] == "second"


def test_a_pinned_tool_is_not_passed_over(story: document.Document, workshop: Any, tmp_path: Path) -> None:
    workshop(Refusing("picky", OPERATIONS, rank=95), second(), tools={"generate_sound": "picky"})
    with pytest.raises(ScriptError, match="only bells are known"):
        pipeline.render(story, tmp_path / "story.wav")


def test_pins_of_the_settings_decide_and_options_win_over_them(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(first(), second(), tools={"generate_sound": "second"})
    chosen = pipeline.check(story).plan.bound.values()
    assert {b.tool.name for b in chosen if b.node.op == "generate_sound"} == {"second"}
    again = pipeline.check(story, RenderOptions(tools={"generate_sound": "first"})).plan.bound.values()
    assert {b.tool.name for b in again if b.node.op == "generate_sound"} == {"first"}


def test_the_manifest_lists_the_licences_of_all_that_was_used(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(first(licence_weights="CC-BY-4.0", operations=("speak",)), second(operations=("generate_sound",)))
    pipeline.render(story, tmp_path / "story.wav")
    manifest = json.loads((tmp_path / "story.manifest.json").read_text())
    assert {(row["tool"], row["code"], row["weights"]) for row in manifest["licences"]} >= {
        ("first 1", "Apache-2.0", "CC-BY-4.0"), ("second 1", "Apache-2.0", ""),
    }  # fmt: skip
    assert all(row["commercial_ok"] for row in manifest["licences"])
