"""Scripts beside the graphs they compile to, and beside the problems that reject them.

After a change that is meant, write the expected texts anew with ``UPDATE_GOLDEN=1 pytest tests/scripts_compiler`` and
read the difference before committing it.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from soundwright.scripts_compiler.catalogue.generate import Nothing
from soundwright.scripts_compiler.compile import compile_script, run
from soundwright.scripts_compiler.errors import ScriptError, VerifyError
from soundwright.scripts_compiler.graph import Graph, graph_keys
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.lower import lower
from soundwright.scripts_compiler.operations import Catalogue, Operation, Parameters, Port, builtin
from soundwright.scripts_compiler.passes import pipeline
from soundwright.scripts_compiler.printer import to_mermaid, to_text
from soundwright.scripts_compiler.script import Script
from tests.effort import steps

GOLDEN = Path(__file__).parents[1] / "golden" / "compile"
ACCEPTED = sorted(GOLDEN.glob("*.yaml"))
REJECTED = sorted((GOLDEN / "rejected").glob("*.yaml"))


class Write(Parameters):
    about: str = "anything"


CATALOGUE = Catalogue(
    [
        *builtin().values(),
        Operation("test.separate", "Split a song.", Nothing, (Port("audio", Kind.AUDIO),), Kind.STEMS),
        Operation("test.write", "Write a text.", Write, (), Kind.TEXT),
    ]
)


def read(path: Path) -> Script:
    return Script.model_validate(YAML(typ="safe").load(path))


def expect(path: Path, text: str) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_a_script_compiles_to_the_expected_graph(path: Path) -> None:
    expect(path.with_suffix(".txt"), to_text(compile_script(read(path), CATALOGUE)))


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_a_script_is_rejected_with_the_expected_problems(path: Path) -> None:
    with pytest.raises(ScriptError) as caught:
        compile_script(read(path), CATALOGUE)
    expect(path.with_suffix(".txt"), "".join(f"{problem}\n" for problem in caught.value.problems))


def test_odd_text_gives_the_expected_mermaid() -> None:
    path = GOLDEN / "odd_text.yaml"
    expect(path.with_suffix(".mmd"), to_mermaid(compile_script(read(path), CATALOGUE)))


def test_every_expected_text_has_its_script() -> None:
    for folder in (GOLDEN, GOLDEN / "rejected"):
        scripts = {path.stem for path in folder.glob("*.yaml")}
        assert {path.stem for path in folder.iterdir() if path.suffix in {".txt", ".mmd"}} == scripts


def test_a_step_asked_for_by_name_is_kept_although_no_cue_plays_it() -> None:
    script = read(GOLDEN / "clips.yaml")
    graph = compile_script(script, CATALOGUE, steps=["never"])
    assert graph.nodes[graph.steps["never"]].op == "reverse"
    assert graph.steps["never"] in graph.outputs


def test_a_step_that_is_not_there_cannot_be_asked_for() -> None:
    with pytest.raises(ScriptError, match="no step is called 'nix'"):
        compile_script(read(GOLDEN / "clips.yaml"), CATALOGUE, steps=["nix"])


def test_a_catalogue_without_a_needed_operation_is_reported() -> None:
    lacking = Catalogue(operation for operation in builtin().values() if operation.name != "trim_silence")
    with pytest.raises(ScriptError, match="no operation 'trim_silence'"):
        compile_script(read(GOLDEN / "reference.yaml"), lacking)


def test_a_pass_that_breaks_the_graph_is_named() -> None:
    class Breaks:
        name = "breaks"

        def __call__(self, graph: Graph) -> Graph:
            return Graph({}, graph.cues)

    graph = lower(read(GOLDEN / "clips.yaml"), CATALOGUE)
    with pytest.raises(VerifyError, match="after the pass 'breaks'") as caught:
        run(graph, CATALOGUE, [*pipeline(CATALOGUE), Breaks()])
    assert caught.value.rule == "outputs-exist"


# --- properties --------------------------------------------------------------------------------------------------

LINES = st.sampled_from(["Hello.", "Goodbye, sea.", "Who is there?"])
EFFECTS = st.none() | st.lists(st.sampled_from(["telephone", "radio", {"op": "gain", "gain": -3}]), max_size=2)
VOICES = ("Ann", "Ben")


@st.composite
def cue(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["speech", "vocal", "sound", "bed", "music", "clip", "pause"]))
    if kind == "pause":
        return {"type": "pause", "length": draw(st.integers(0, 3))}
    common = {"gain": draw(st.sampled_from([0, -3])), "effects": draw(EFFECTS)}
    take = draw(st.integers(0, 1))
    match kind:
        case "speech":
            own = {"type": "speech", "voice": draw(st.sampled_from(VOICES)), "text": draw(LINES), "take": take}
        case "vocal":
            own = {"type": "speech", "voice": draw(st.sampled_from(VOICES)), "vocal": "sigh", "take": take}
        case "sound":
            own = {"type": "sound", "description": draw(st.sampled_from(["thud", "door"])), "take": take}
        case "bed":
            own = {"type": "sound", "description": "rain", "layer": "background"}
        case "music":
            own = {"type": "music", "description": "waltz", "length": draw(st.sampled_from([4, 8])), "take": take}
        case _:
            own = {"type": "clip", "source": draw(st.sampled_from(["talk", "clean", "dry.voice"]))}
            own |= {"from": draw(st.sampled_from([None, 1.0]))}
    return {**own, **common}


def script_of(cues: list[dict[str, Any]]) -> Script:
    return Script.model_validate(
        {
            "version": 1,
            "voices": [{"name": name, "description": name} for name in VOICES],
            "pronounce": [{"word": "sea", "say": "see"}],
            "inputs": [{"id": "talk", "file": "talk.wav"}],
            "steps": [
                {"id": "clean", "op": "enhance", "audio": "talk"},
                {"id": "dry", "op": "test.separate", "audio": "clean"},
            ],
            "cues": cues,
        }
    )


CUES = st.lists(cue(), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(CUES)
def test_compiling_is_deterministic(cues: list[dict[str, Any]]) -> None:
    script = script_of(cues)
    once, twice = compile_script(script, CATALOGUE), compile_script(script, CATALOGUE)
    assert to_text(once, keys=True) == to_text(twice, keys=True)


@settings(max_examples=100, deadline=None)
@given(CUES)
def test_passes_change_nothing_more_when_run_again(cues: list[dict[str, Any]]) -> None:
    graph = compile_script(script_of(cues), CATALOGUE)
    assert to_text(run(graph, CATALOGUE, pipeline(CATALOGUE))) == to_text(graph)


@settings(max_examples=100, deadline=None)
@given(CUES)
def test_no_two_nodes_ask_the_same(cues: list[dict[str, Any]]) -> None:
    keys = graph_keys(compile_script(script_of(cues), CATALOGUE))
    assert len(set(keys.values())) == len(keys)


@settings(max_examples=100, deadline=None)
@given(CUES, st.data())
def test_an_unrelated_cue_leaves_the_keys_of_the_others(cues: list[dict[str, Any]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(cues)))
    new = {"type": "speech", "voice": "Ann", "text": "I was not here before."}
    before = compile_script(script_of(cues), CATALOGUE)
    after = compile_script(script_of([*cues[:at], new, *cues[at:]]), CATALOGUE)
    old_keys, new_keys = graph_keys(before), graph_keys(after)
    assert set(new_keys.values()) - set(old_keys.values()) == {
        new_keys[node.id] for node in after.nodes.values() if f"cues[{at}]" in node.places
    }
    for index, node_id in before.cues.items():
        assert new_keys[after.cues[index + (index >= at)]] == old_keys[node_id]


def test_a_changed_pronunciation_changes_only_the_lines_with_its_word() -> None:
    def keys(say: str) -> list[str]:
        script = Script.model_validate(
            {
                "version": 1,
                "voices": [{"name": "Ann", "description": "young"}],
                "pronounce": [{"word": "sea", "say": say}],
                "cues": [{"type": "speech", "voice": "Ann", "text": text} for text in ("The sea.", "A seal.")],
            }
        )
        graph = compile_script(script, CATALOGUE)
        every = graph_keys(graph)
        return [every[node_id] for node_id in graph.cues.values()]

    before, after = keys("see"), keys("seeya")
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_long_chain_of_steps_needs_no_deep_stack() -> None:
    steps = [{"id": "s0", "op": "reverse", "audio": "talk"}]
    steps += [{"id": f"s{i}", "op": "reverse", "audio": f"s{i - 1}"} for i in range(1, 200)]
    effects = [{"op": "gain", "gain": float(-i)} for i in range(8)]
    cues: list[dict[str, Any]] = [{"type": "clip", "id": "c0", "source": "s199", "effects": effects}]
    script = Script.model_validate(
        {"version": 1, "inputs": [{"id": "talk", "file": "t.wav"}], "steps": steps[::-1], "cues": cues}
    )
    graph = compile_script(script, CATALOGUE)
    assert len(graph.nodes) == 1 + 200 + 8


def test_the_work_of_compiling_grows_as_the_script_does() -> None:
    def compiled(count: int) -> Graph:
        cues = [
            {"type": "speech", "voice": VOICES[i % 2], "text": f"Line {i} of many.", "effects": ["telephone"]}
            for i in range(count)
        ]
        return compile_script(script_of(cues), CATALOGUE)

    assert len(compiled(2000).nodes) == 6000
    few, many = (steps(partial(compiled, count)) for count in (300, 900))
    assert many < 3.05 * few
    assert many < 900 * 15_000  # bench/speed.py says what that is in seconds
