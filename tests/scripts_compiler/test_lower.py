"""Lowering one cue at a time, and what may not enter a node."""

from __future__ import annotations

from typing import Any

import pytest

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.graph import Graph, Node, graph_keys
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.lower import BED_BASE_S, lower
from soundwright.scripts_compiler.operations import Catalogue, builtin
from soundwright.scripts_compiler.script import Script

CATALOGUE = builtin()
ANN = {"name": "Ann", "description": "young", "gender": "female", "age": "young"}
SPEECH = {"type": "speech", "voice": "Ann", "text": "Hello there."}
SOUND = {"type": "sound", "description": "thud"}
MUSIC = {"type": "music", "description": "waltz", "length": 5}
BED = {"type": "sound", "description": "rain", "layer": "background"}
CLIP = {"type": "clip", "source": "talk"}


def graph_of(*cues: dict[str, Any], catalogue: Catalogue = CATALOGUE, **top: Any) -> Graph:
    given = {"version": 1, "voices": [ANN], "inputs": [{"id": "talk", "file": "t.wav"}], "cues": list(cues), **top}
    return lower(Script.model_validate(given), catalogue)


def chain(graph: Graph, index: int = 0) -> list[Node]:
    """From the source to what the cue plays, along the first input of each."""
    nodes = [graph.nodes[graph.cues[index]]]
    while nodes[0].inputs:
        nodes.insert(0, graph.nodes[next(iter(nodes[0].inputs.values()))])
    return nodes


def ops(*cues: dict[str, Any], **top: Any) -> list[str]:
    return [node.op for node in chain(graph_of(*cues, **top))]


def key(cue: dict[str, Any], **top: Any) -> str:
    graph = graph_of(cue, **top)
    return graph_keys(graph)[graph.cues[0]]


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        (SPEECH, ["speak", "trim_silence"]),
        ({"type": "speech", "voice": "Ann", "vocal": "gasp"}, ["vocalise", "trim_silence"]),
        (SOUND, ["generate_sound", "trim_silence"]),
        (MUSIC, ["generate_music", "trim_silence"]),
        (BED, ["generate_sound"]),
        ({"type": "music", "description": "waltz", "layer": "background"}, ["generate_music"]),
        (CLIP, ["load_file"]),
        ({**CLIP, "from": 1}, ["load_file", "slice"]),
        ({**CLIP, "layer": "background"}, ["load_file"]),
        ({**SPEECH, "effects": ["radio", "mono"]}, ["speak", "trim_silence", "radio", "mono"]),
        ({**CLIP, "to": 3, "effects": ["reverse"]}, ["load_file", "slice", "reverse"]),
        ({**BED, "effects": ["muffled"]}, ["generate_sound", "muffled"]),
    ],
)
def test_each_type_of_cue_becomes_its_chain(cue: dict[str, Any], expected: list[str]) -> None:
    assert ops(cue) == expected


def test_scenes_and_pauses_make_nothing() -> None:
    graph = graph_of({"type": "scene", "id": "s"}, {"type": "pause", "length": 1}, SOUND)
    assert list(graph.cues) == [2]
    assert len(graph.nodes) == 3  # the recording is declared, so it is there until it is pruned


def test_speech_is_trimmed_at_both_ends_and_generated_sound_at_its_head() -> None:
    assert chain(graph_of(SPEECH))[1].params == {"threshold": 50.0, "tail": True, "attack": False}
    assert chain(graph_of(SOUND))[1].params == {"threshold": 50.0, "tail": False, "attack": False}


def test_a_sound_on_a_word_starts_with_its_attack_and_a_speech_does_not() -> None:
    line = {**SPEECH, "id": "line"}
    point = {"on_word": "there", "of": "line"}
    assert chain(graph_of(line, {**SOUND, "start": point}), 1)[1].params["attack"] is True
    assert chain(graph_of(line, {**MUSIC, "start": point}), 1)[1].params["attack"] is True
    assert chain(graph_of(line, {**SPEECH, "start": point}), 1)[1].params["attack"] is False


@pytest.mark.parametrize(
    "cue",
    [{**SOUND, "start": {"on_word": "there", "of": "line"}}, {**BED, "until": {"on_word": "there", "of": "line"}}],
)
def test_only_a_speech_with_a_wanted_word_is_aligned_and_before_its_effects(cue: dict[str, Any]) -> None:
    lines = [{**SPEECH, "id": "line", "effects": ["radio"]}, {**SPEECH, "id": "other", "effects": ["radio"]}]
    graph = graph_of(*lines, cue)
    assert [node.op for node in chain(graph, 0)] == ["speak", "trim_silence", "align", "radio"]
    assert [node.op for node in chain(graph, 1)] == ["speak", "trim_silence", "radio"]
    assert chain(graph, 0)[2].params == {"text": "Hello there.", "language": "en"}


def test_speech_stays_speech_through_its_effects() -> None:
    assert {node.kind for node in chain(graph_of({**SPEECH, "effects": ["telephone", "gain"]}))} == {Kind.SPEECH}


def test_beds_of_one_description_ask_for_one_recording_whatever_their_span() -> None:
    spans: list[dict[str, Any]] = [{}, {"length": 600}, {"until": "end"}, {"until": {"at": 5}}, {"start": {"at": 3}}]
    assert len({key({**BED, **span}) for span in spans}) == 1
    assert chain(graph_of(BED))[0].params == {"description": "rain", "length": BED_BASE_S, "loop": True, "take": 0}


SAME = [
    {"id": "x"}, {"start": {"at": 4}}, {"gain": -6}, {"gain": [-6, 0]}, {"pan": -1}, {"loudness": -30}, {"fade_in": 2},
    {"fade_out": 2}, {"space": "cave"}, {"track": "two"},
]  # fmt: skip


@pytest.mark.parametrize("field", SAME, ids=lambda field: next(iter(field)))
@pytest.mark.parametrize("cue", [SPEECH, SOUND, MUSIC, CLIP], ids=lambda cue: cue["type"])
def test_place_level_and_space_do_not_change_what_is_asked_for(cue: dict[str, Any], field: dict[str, Any]) -> None:
    assert key({**cue, **field}) == key(cue)


@pytest.mark.parametrize(
    "changed",
    [
        {**SPEECH, "text": "Hello."}, {**SPEECH, "emotion": "sad"}, {**SPEECH, "speed": 1.1}, {**SPEECH, "take": 1},
        {**SPEECH, "language": "de"}, {**SPEECH, "voice": "Ben"}, {**SPEECH, "effects": ["mono"]},
    ],
)  # fmt: skip
def test_what_changes_the_sound_changes_the_key(changed: dict[str, Any]) -> None:
    voices = [ANN, {"name": "Ben", "description": "old"}]
    assert key(changed, voices=voices) != key(SPEECH, voices=voices)


def test_language_comes_from_the_cue_else_the_voice_else_the_script() -> None:
    german = {**ANN, "language": "de"}
    assert chain(graph_of({**SPEECH, "language": "fr"}, voices=[german], language="it"))[0].params["language"] == "fr"
    assert chain(graph_of(SPEECH, voices=[german], language="it"))[0].params["language"] == "de"
    assert chain(graph_of(SPEECH, language="it"))[0].params["language"] == "it"


def test_a_cloned_voice_is_fed_its_sample_and_its_vocals_are_not() -> None:
    twin = {**ANN, "sample": "talk", "consent": True}
    vocal = {"type": "speech", "voice": "Ann", "vocal": "hum"}
    graph = graph_of(SPEECH, vocal, voices=[twin])
    assert [node.op for node in chain(graph, 0)] == ["load_file", "speak", "trim_silence"]
    assert [node.op for node in chain(graph, 1)] == ["vocalise", "trim_silence"]


def test_a_voice_that_a_step_learned_is_fed_as_a_clone() -> None:
    twin = {**ANN, "sample": "learned", "consent": True}
    steps = [{"id": "learned", "op": "clone_voice", "audio": "talk", "consent": True}]
    graph = graph_of(SPEECH, voices=[twin], steps=steps)
    assert [node.op for node in chain(graph)] == ["load_file", "clone_voice", "speak", "trim_silence"]
    assert list(chain(graph)[2].inputs) == ["clone"]


def test_whole_numbers_and_decimals_are_the_same_request() -> None:
    assert key({**SOUND, "length": 2}) == key({**SOUND, "length": 2.0})
    assert key({**SOUND, "effects": [{"op": "gain", "gain": -3}]}) == key(
        {**SOUND, "effects": [{"op": "gain", "gain": -3.0}]}
    )


def test_a_failed_step_is_told_once_and_not_again_for_those_that_use_it() -> None:
    steps = [{"id": "a", "op": "gain", "audio": "talk", "gain": 999}, {"id": "b", "op": "reverse", "audio": "a"}]
    with pytest.raises(ScriptError) as caught:
        graph_of({**CLIP, "source": "b"}, {**CLIP, "source": "a"}, steps=steps)
    assert [problem.place for problem in caught.value.problems] == ["steps[0].gain"]
