"""Every rule of the graph, broken once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from soundwright.scripts_compiler.errors import VerifyError
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.verify import RULES, STRUCTURE, verify

CATALOGUE = builtin()


def node(name: str, op: str, params: Mapping[str, Any], kind: Kind = Kind.AUDIO, **inputs: str) -> Node:
    edges = {port.replace("_", "."): NodeId(source) for port, source in inputs.items()}
    return Node(NodeId(name), op, CATALOGUE[op].resolve(params), edges, kind, (f"cues[{name}]",))


def graph(*nodes: Node, cue: str = "cut") -> Graph:
    return Graph({each.id: each for each in nodes}, {0: NodeId(cue)})


FILE = node("file", "load_file", {"file": "a.wav"})
CUT = node("cut", "slice", {"from": 1.0}, audio="file")
VALID = graph(FILE, CUT)


def with_cut(**changes: Any) -> Graph:
    return graph(FILE, replace(CUT, **changes))


BROKEN = {
    "ids-match": [Graph({FILE.id: FILE, NodeId("other"): CUT}, {0: NodeId("other")})],
    "known-operation": [with_cut(op="slize")],
    "inputs-exist": [graph(CUT)],
    "ordered": [graph(CUT, FILE), with_cut(inputs={"audio": "cut"})],
    "ports-known": [
        with_cut(inputs={"audio": "file", "sound": "file"}),
        with_cut(inputs={"audio.0": "file"}),
        graph(FILE, node("cut", "concat", {}, audio="file")),
        graph(FILE, node("cut", "concat", {}, audio_x="file")),
    ],
    "ports-filled": [
        with_cut(inputs={}),
        graph(node("cut", "concat", {})),
        graph(FILE, node("cut", "concat", {}, audio_1="file")),
    ],
    "params-valid": [
        with_cut(params={"from": -1.0, "to": None}),
        with_cut(params={"from": 1.0}),
        with_cut(params={"from": 1.0, "to": None, "by": 2}),
        with_cut(params={"from": "1", "to": None}),
    ],
    "outputs-exist": [graph(FILE, CUT, cue="gone"), replace(VALID, steps={"clean": NodeId("gone")})],
    "kinds-fit": [
        graph(FILE, node("cut", "pick_stem", {"stem": "vocals"}, stems="file")),
        with_cut(kind=Kind.SPEECH),
    ],
    "cues-sound": [graph(FILE, node("cut", "measure_loudness", {}, Kind.SCORES, audio="file"))],
}  # fmt: skip
CASES = [(rule, broken) for rule, graphs in BROKEN.items() for broken in graphs]


def test_a_valid_graph_passes() -> None:
    verify(VALID, CATALOGUE)


def test_speech_may_be_fed_where_sound_is_asked_for_and_stays_speech() -> None:
    said = node("said", "speak", {"text": "Hello."}, Kind.SPEECH)
    verify(graph(said, node("cut", "slice", {}, Kind.SPEECH, audio="said")), CATALOGUE)


def test_every_rule_is_broken_here() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize(("rule", "broken"), CASES, ids=[f"{rule}-{i}" for i, (rule, _) in enumerate(CASES)])
def test_a_broken_rule_is_named_with_moment_and_node(rule: str, broken: Graph) -> None:
    with pytest.raises(VerifyError) as caught:
        verify(broken, CATALOGUE, "after the pass 'mine'")
    assert caught.value.rule == rule
    assert caught.value.node in {"cut", "gone", "other"}
    for part in (rule, "after the pass 'mine'", caught.value.node):
        assert part in str(caught.value)


def test_a_message_says_the_operation_and_the_place_in_the_script() -> None:
    with pytest.raises(VerifyError, match=r"cut \(slice, cues\[cut\]\): nothing is fed to input 'audio'"):
        verify(with_cut(inputs={}), CATALOGUE)


def test_kinds_may_be_left_to_the_pass_that_tells_the_user() -> None:
    verify(with_cut(kind=Kind.SPEECH), CATALOGUE, rules=STRUCTURE)
    with pytest.raises(VerifyError):
        verify(with_cut(inputs={}), CATALOGUE, rules=STRUCTURE)
