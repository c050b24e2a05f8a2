"""Binding: cast, choice, seeds, files, warnings, and messages about what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator import deliver
from soundwright.orchestrator.binding import Options, bind
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.executor import execute
from soundwright.orchestrator.lock import Lock
from soundwright.orchestrator.plan import Bound, Plan, asset_key
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import Script
from soundwright.tools.base import Tool, VoiceInfo
from soundwright.tools.errors import ToolMissing
from soundwright.tools.null import OPERATIONS, NullTool
from soundwright.tools.registry import Registry

ANN = {"name": "Ann", "description": "young woman", "gender": "female"}
BOB = {"name": "Bob", "description": "old man", "gender": "male"}
CATALOGUE = builtin()


def script_of(*cues: dict[str, Any], voices: Sequence[dict[str, Any]] = (ANN, BOB), **fields: Any) -> Script:
    return Script.model_validate({"version": 1, "voices": list(voices), "cues": list(cues), **fields})


def line(text: str = "Hello there.", voice: str = "Ann", **fields: Any) -> dict[str, Any]:
    return {"type": "speech", "voice": voice, "text": text, **fields}


def noise(description: str = "rain", **fields: Any) -> dict[str, Any]:
    return {"type": "sound", "description": description, **fields}


def bound_plan(script: Script, *tools: Tool, lock: Lock | None = None, **options: Any) -> Plan:
    registry = Registry(tools or [NullTool()])
    files = options.pop("files", {})
    return bind(
        compile_script(script, CATALOGUE), script, registry, lock=lock, files=files,
        options=Options(**options), catalogue=CATALOGUE,
    )  # fmt: skip


def only(plan: Plan, op: str) -> Bound:
    (found,) = all_of(plan, op)
    return found


def all_of(plan: Plan, op: str) -> list[Bound]:
    return [bound for bound in plan.bound.values() if bound.node.op == op]


def warnings(plan: Plan) -> str:
    return "\n".join(str(problem) for problem in plan.warnings)


def without(*operations: str) -> tuple[str, ...]:
    return tuple(op for op in OPERATIONS if op not in operations)


def test_a_script_is_bound_and_runs(tmp_path: Path) -> None:
    script = script_of(line(), line("Who?", "Bob"), noise(), noise("sea", layer="background"))
    plan = bound_plan(script)
    execution = execute(plan, Cache(tmp_path / "assets"))
    assert set(execution.assets) == set(plan.order)
    assert not execution.failures


def test_speech_gets_the_preset_of_its_cast_voice_and_forgets_the_name() -> None:
    plan = bound_plan(script_of(line(), line("Who?", "Bob")))
    presets = {bound.params["preset"] for bound in all_of(plan, "speak")}
    assert presets == {plan.cast["Ann"].preset, plan.cast["Bob"].preset}
    assert len(presets) == 2
    assert all(bound.params["voice"] == "" for bound in all_of(plan, "speak"))


def test_renaming_or_describing_a_cast_voice_changes_no_key() -> None:
    first = bound_plan(script_of(line()))
    lock = first.lock
    other = bound_plan(script_of(line(), voices=[{**ANN, "description": "a woman, not old"}, BOB]), lock=lock)
    assert asset_key(only(first, "speak"), {}) == asset_key(only(other, "speak"), {})


def test_the_best_rank_is_chosen_and_a_pin_wins() -> None:
    good, best = NullTool("good", rank=1), NullTool("best", rank=2)
    script = script_of(noise())
    assert only(bound_plan(script, good, best), "generate_sound").tool.name == "best"
    assert only(bound_plan(script, good, best, tools={"generate_sound": "good"}), "generate_sound").tool.name == "good"


def test_a_voice_may_pin_its_tool() -> None:
    voices = [{**ANN, "tool": "good", "preset": "null_c"}, BOB]
    plan = bound_plan(
        script_of(line(), line("x", "Bob"), voices=voices), NullTool("good", rank=1), NullTool("best", rank=2)
    )
    assert [bound.tool.name for bound in all_of(plan, "speak")] == ["good", "best"]
    assert all_of(plan, "speak")[0].params["preset"] == "null_c"


def test_a_pinned_tool_that_is_not_there_is_named_with_the_others() -> None:
    with pytest.raises(
        ToolMissing,
        match="the tool 'flute' is pinned, but no tool 'flute' is installed; generate_sound is done by null",
    ):
        bound_plan(script_of(noise()), tools={"generate_sound": "flute"})


def test_a_pin_on_a_tool_that_does_something_else_says_who_does_it() -> None:
    with pytest.raises(ToolMissing, match="does not do it; tools that do: null"):
        bound_plan(script_of(noise()), NullTool(), NullTool("other", ("speak",)), tools={"generate_sound": "other"})


def test_a_tool_whose_package_is_missing_is_passed_over() -> None:
    absent = NullTool("absent", rank=99, modules=("no_such_engine",), extra="big")
    assert only(bound_plan(script_of(noise()), NullTool(), absent), "generate_sound").tool.name == "null"


def test_without_any_tool_the_message_says_what_to_install_and_where_it_is_needed() -> None:
    absent = NullTool("absent", ("generate_sound",), modules=("no_such_engine",), extra="big")
    rest = NullTool("rest", without("generate_sound"))
    with pytest.raises(ToolMissing, match=r"cues\[0\], cues\[1\].*pip install 'soundwright\[big\]'"):
        bound_plan(script_of(noise(), noise("wind")), absent, rest)


def test_commercial_use_passes_over_tools_that_forbid_it() -> None:
    free, strict = NullTool("free", rank=1), NullTool("strict", rank=2, commercial_ok=False)
    assert only(bound_plan(script_of(noise()), free, strict, commercial=True), "generate_sound").tool.name == "free"


def test_a_length_beyond_a_tool_goes_to_another() -> None:
    short, long = NullTool("short", rank=2, max_length_s=5.0), NullTool("long", rank=1)
    plan = bound_plan(script_of(noise(length=5), noise(length=6)), short, long)
    assert [bound.tool.name for bound in all_of(plan, "generate_sound")] == ["short", "long"]


GERMAN = VoiceInfo("null_de", "de-DE", "female")


def test_a_line_in_another_language_gets_a_second_voice_that_is_kept_apart() -> None:
    german = NullTool("german", ("speak",), languages=("de",), voices=(GERMAN,))
    plan = bound_plan(script_of(line(), line("Guten Tag.", language="de")), NullTool(), german)
    assert [bound.tool.name for bound in all_of(plan, "speak")] == ["null", "german"]
    assert set(plan.cast) == {"Ann", "Bob", "Ann [de]"}


def test_a_region_is_served_by_its_language() -> None:
    assert only(bound_plan(script_of(line(language="en-AU"))), "speak").tool.name == "null"


def test_a_language_that_nobody_speaks_is_named_with_those_that_are() -> None:
    absent = NullTool("greek", ("speak",), languages=("el",), modules=("no_such_engine",), extra="greek")
    with pytest.raises(ToolMissing, match=r"no installed voice speaks 'el' \(installed: en\).*soundwright\[greek\]"):
        bound_plan(script_of(line("Γειά", language="el")), NullTool(), absent)


def test_a_silent_voice_in_an_unknown_language_harms_nobody() -> None:
    plan = bound_plan(script_of(line(), voices=[ANN, {**BOB, "language": "el"}]))
    assert set(plan.cast) == {"Ann"}


def test_alignment_in_a_language_without_aligner_is_an_error_that_names_the_extra() -> None:
    tool = NullTool(operations=without("align"), languages=("en", "de"))
    aligner = NullTool("aligner", ("align",), modules=("no_such_engine",), extra="local")
    script = script_of(line(id="a"), noise(start={"on_word": "there", "of": "a"}))
    with pytest.raises(ToolMissing, match=r"align in 'en'.*soundwright\[local\]"):
        bound_plan(script, tool, aligner)


def test_a_take_of_a_tool_without_takes_is_an_error() -> None:
    with pytest.raises(ScriptError, match=r"cues\[0\]: take 2 is asked for, but null gives the same for every take"):
        bound_plan(script_of(noise(take=2)), NullTool(take_varies=()))
    assert only(bound_plan(script_of(noise(take=2))), "generate_sound").params["take"] == 2


def test_ignored_parameters_are_one_warning_for_a_tool() -> None:
    tool = NullTool(honours=("speed", "loop", "length", "threshold", "tail", "attack"))
    plan = bound_plan(script_of(line(emotion="weary"), line("b", emotion="glad"), line("c", speed=1.5)), tool)
    assert warnings(plan) == "cues[0], cues[1]: null cannot heed 'emotion'; it is left out."
    assert all_of(plan, "speak")[0].ignored == ("emotion",)
    assert all_of(plan, "speak")[2].ignored == ()


def test_a_tool_that_names_nothing_honours_all() -> None:
    assert not bound_plan(script_of(line(emotion="weary"))).warnings


def test_a_vocal_is_done_by_the_voices_own_tool() -> None:
    voices = [{**ANN, "tool": "own"}, BOB]
    script = script_of({"type": "speech", "voice": "Ann", "vocal": "sigh"}, voices=voices)
    plan = bound_plan(script, NullTool("own", rank=1), NullTool("best", rank=2))
    vocal = only(plan, "vocalise")
    assert vocal.tool.name == "own"
    assert vocal.params["preset"] == plan.cast["Ann"].preset
    assert vocal.params["description"] == ""


def test_a_vocal_without_tool_becomes_a_described_sound_and_says_so() -> None:
    plan = bound_plan(
        script_of({"type": "speech", "voice": "Ann", "vocal": "sigh"}), NullTool(operations=without("vocalise"))
    )
    assert only(plan, "generate_sound").params["description"] == "young woman, sigh"
    assert warnings(plan).startswith("cues[0]: no installed tool can sigh in a voice; a generated sound stands in")


def seeds(script: Script) -> dict[str, int]:
    return {bound.node.places[0]: bound.seed for bound in bound_plan(script).bound.values() if not bound.node.inputs}


def test_seeds_do_not_depend_on_place_or_id() -> None:
    alone = seeds(script_of(noise()))
    moved = seeds(script_of(line("New."), {"type": "pause", "length": 2}, noise(id="drops", gain=-6, start={"at": 9})))
    assert alone["cues[0]"] == moved["cues[2] (drops)" if "cues[2] (drops)" in moved else "cues[2]"]


def test_seeds_depend_on_description_take_voice_and_script_seed() -> None:
    cues = [noise(), noise("wind"), noise(take=1), line(), line(voice="Bob"), line(take=1), line("Other words.")]
    plain, other = seeds(script_of(*cues)), seeds(script_of(*cues, seed=1))
    values = [*plain.values(), *other.values()]
    assert len(set(values)) == len(values) == 14
    assert all(0 <= seed < 2**31 for seed in values)


def test_the_scripts_seed_leaves_recordings_and_effects_alone(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"bytes")
    cue = {"type": "clip", "source": "a", "from": 1}
    plans = [
        bound_plan(script_of(cue, inputs=[{"id": "a", "file": "a.wav"}], seed=seed), files={"a": tmp_path / "a.wav"})
        for seed in (0, 1)
    ]
    assert [asset_key(only(plan, "load_file"), {}) for plan in plans].count(
        asset_key(only(plans[0], "load_file"), {})
    ) == 2


def test_a_recording_is_keyed_by_its_bytes_and_path(tmp_path: Path) -> None:
    path = tmp_path / "harbour.wav"
    script = script_of({"type": "clip", "source": "a"}, inputs=[{"id": "a", "file": "harbour.wav"}])
    keys = []
    for content in (b"one", b"two", b"one"):
        path.write_bytes(content)
        loaded = only(bound_plan(script, files={"a": path}), "load_file")
        assert loaded.params["file"] == str(path)
        keys.append(asset_key(loaded, {}))
    assert keys[0] == keys[2] != keys[1]


def test_a_recording_that_vanished_is_an_error_with_its_place(tmp_path: Path) -> None:
    script = script_of({"type": "clip", "source": "a"}, inputs=[{"id": "a", "file": "x.wav"}])
    with pytest.raises(ScriptError, match=r"inputs\[0\].*cannot be read|cues\[0\].*cannot be read"):
        bound_plan(script, files={"a": tmp_path / "x.wav"})


def test_keys_hold_everything_that_decides_the_sound() -> None:
    bound = only(bound_plan(script_of(noise())), "generate_sound")
    variants = [
        bound,
        replace(bound, seed=bound.seed + 1),
        replace(bound, params={**bound.params, "length": 2.0}),
        replace(bound, tool=replace(bound.tool, version="2")),
        replace(bound, tool=replace(bound.tool, name="other")),
        replace(bound, weights={"a.onnx": "00"}),
        replace(bound, dtype="float16"),
        replace(bound, device="cuda:0"),
        replace(bound, file_hash="00"),
        replace(bound, node=replace(bound.node, op="generate_music")),
    ]
    assert len({asset_key(variant, {}) for variant in variants}) == len(variants)
    assert asset_key(bound, {"audio": "x"}) != asset_key(bound, {"audio": "y"}) != asset_key(bound, {"other": "y"})
    assert asset_key(replace(bound, device="cuda:0"), {}) == asset_key(replace(bound, device="cuda:1"), {})
    moved = replace(bound, node=replace(bound.node, places=("cues[9]",)), length_s=9.0, ignored=("x",))
    assert asset_key(moved, {}) == asset_key(bound, {})


def test_the_lock_wins_until_recast() -> None:
    script = script_of(line(), noise())
    before = bound_plan(script, NullTool("first", rank=1))
    tools = (NullTool("first", rank=1), NullTool("better", rank=2))
    kept = bound_plan(script, *tools, lock=before.lock)
    assert {bound.tool.name for bound in kept.bound.values()} == {"first"}
    assert kept.lock == before.lock
    anew = bound_plan(script, *tools, lock=before.lock, recast=True)
    assert {bound.tool.name for bound in anew.bound.values()} == {"better"}
    assert bound_plan(script, *tools, lock=before.lock, tools={"generate_sound": "better"}).lock.operations[
        "generate_sound"
    ] == "better"  # fmt: skip


def test_an_inserted_voice_leaves_locked_ones_alone() -> None:
    before = bound_plan(script_of(line(), line("x", "Bob")))
    voices = [{"name": "Eve", "description": "young woman", "gender": "female"}, ANN, BOB]
    after = bound_plan(script_of(line(), line("x", "Bob"), line("y", "Eve"), voices=voices), lock=before.lock)
    assert {name: after.cast[name] for name in ("Ann", "Bob")} == dict(before.cast)


def test_a_lock_with_a_tool_that_is_gone_says_how_to_go_on() -> None:
    lock = bound_plan(script_of(line(), noise()), NullTool("gone")).lock
    with pytest.raises(ToolMissing) as caught:
        bound_plan(script_of(line(), noise()), lock=lock)
    message = str(caught.value)
    assert "the lock gives Ann a voice of gone, but no tool 'gone' is installed; speak is done by null." in message
    assert "the lock says that generate_sound is done by gone" in message
    assert message.count("--recast") >= 2


def test_a_lock_whose_tools_package_is_missing_names_the_extra() -> None:
    lock = bound_plan(script_of(line())).lock
    with pytest.raises(ToolMissing, match=r"the lock gives Ann .*soundwright\[local\].*--recast"):
        bound_plan(script_of(line()), NullTool(modules=("no_such_engine",), extra="local"), lock=lock)


def test_another_version_than_the_locks_is_a_warning() -> None:
    lock = bound_plan(script_of(noise())).lock
    plan = bound_plan(script_of(noise()), NullTool(version="2"), lock=lock)
    assert "the lock was made with null 1, installed is 2" in warnings(plan)
    assert plan.lock.tools["null"].version == "2"


def test_a_changed_take_casts_again_and_a_changed_description_warns() -> None:
    lock = bound_plan(script_of(line())).lock
    described = bound_plan(script_of(line(), voices=[{**ANN, "description": "croaking"}, BOB]), lock=lock)
    assert described.cast["Ann"].preset == lock.cast["Ann"].preset
    assert "voices (Ann): description changed since the voice was cast" in warnings(described)
    again = bound_plan(script_of(line(), voices=[{**ANN, "take": 1}, BOB]), lock=lock)
    assert again.cast["Ann"].preset != lock.cast["Ann"].preset
    assert not again.warnings


def test_the_lock_remembers_all_ids_that_cues_ever_had() -> None:
    first = bound_plan(script_of(line(id="a1"), noise(id="b1")))
    second = bound_plan(script_of(line(id="a1")), lock=first.lock)
    assert second.lock.ids == ("a1", "b1")


def test_cloning_goes_to_a_tool_that_takes_samples(tmp_path: Path) -> None:
    (tmp_path / "me.wav").write_bytes(b"bytes")
    voices = [{**ANN, "sample": "me", "consent": True}]
    script = script_of(line(), voices=voices, inputs=[{"id": "me", "file": "me.wav"}])
    files = {"me": tmp_path / "me.wav"}
    cloner = NullTool("cloner", ("speak",), rank=1, honours=("sample",))
    assert (
        only(bound_plan(script, NullTool(rank=9, honours=("x",)), cloner, files=files), "speak").tool.name == "cloner"
    )
    pinned = script_of(line(), voices=[{**voices[0], "tool": "worse"}], inputs=[{"id": "me", "file": "me.wav"}])
    worse = NullTool("worse", ("speak",), rank=0, honours=("sample",))
    assert (
        only(bound_plan(pinned, NullTool(rank=9, honours=("x",)), cloner, worse, files=files), "speak").tool.name
        == "worse"
    )
    with pytest.raises(ToolMissing, match="null: it does not take sample"):
        bound_plan(script, files=files)


def test_a_learned_voice_is_spoken_by_the_tool_that_learned_it(tmp_path: Path) -> None:
    (tmp_path / "me.wav").write_bytes(b"bytes")
    script = script_of(
        line(),
        voices=[{**ANN, "sample": "learned", "consent": True}],
        inputs=[{"id": "me", "file": "me.wav"}],
        steps=[{"id": "learned", "op": "clone_voice", "audio": "me", "consent": True}],
    )
    files, better = {"me": tmp_path / "me.wav"}, NullTool("better", rank=99, honours=("clone",))
    cloner = NullTool("cloner", ("clone_voice", "speak"), rank=1, honours=("clone",))
    plan = bound_plan(script, better, cloner, files=files)
    assert only(plan, "clone_voice").tool.name == only(plan, "speak").tool.name == "cloner"
    assert plan.cast == {}
    given = [{"voice": "Ann", "sample": "learned"}, {"step": "learned", "op": "clone_voice"}]
    assert deliver.consents(script) == given
    with pytest.raises(ToolMissing, match="mute learned the voice, but does not speak"):
        bound_plan(script, better, NullTool("mute", ("clone_voice",)), files=files)
    with pytest.raises(ToolMissing, match="it does not take clone"):
        bound_plan(script, better, NullTool("deaf", ("clone_voice", "speak"), honours=("text",)), files=files)
