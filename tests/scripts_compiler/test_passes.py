"""Each pass alone, on graphs written by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.graph import Graph, Node, NodeId, graph_keys
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.passes import CheckTypes, Number, Order, Pass, Prune, Share, pipeline
from soundwright.scripts_compiler.printer import to_text
from soundwright.scripts_compiler.verify import verify

CATALOGUE = builtin()
PASSES = pipeline(CATALOGUE)


def node(name: str, op: str, params: Mapping[str, Any], kind: Kind = Kind.AUDIO, **inputs: str) -> Node:
    edges = {port.replace("_", "."): NodeId(source) for port, source in inputs.items()}
    return Node(NodeId(name), op, CATALOGUE[op].resolve(params), edges, kind, (f"place of {name}",))


def graph(*nodes: Node, cues: Mapping[int, str], steps: Mapping[str, str] | None = None) -> Graph:
    return Graph(
        {each.id: each for each in nodes},
        {index: NodeId(name) for index, name in cues.items()},
        {step: NodeId(name) for step, name in (steps or {}).items()},
    )


def load(name: str, file: str = "a.wav") -> Node:
    return node(name, "load_file", {"file": file})


def gain(name: str, source: str, decibels: float = -3.0) -> Node:
    return node(name, "gain", {"gain": decibels}, audio=source)


def test_sharing_merges_chains_and_unites_places_in_order() -> None:
    before = graph(load("a"), gain("b", "a"), load("c"), gain("d", "c"), cues={0: "b", 4: "d"}, steps={"s": "d"})
    after = Share()(before)
    assert list(after.nodes) == ["a", "b"]
    assert after.nodes[NodeId("b")].places == ("place of b", "place of d")
    assert after.cues == {0: "b", 4: "b"}
    assert after.steps == {"s": "b"}


def test_sharing_rewires_those_that_use_a_merged_node() -> None:
    before = graph(load("a"), load("b"), gain("c", "a"), gain("d", "b", -6.0), cues={0: "c", 1: "d"})
    assert Share()(before).nodes[NodeId("d")].inputs == {"audio": "a"}


def test_sharing_keeps_what_differs_in_parameters_ports_or_order() -> None:
    before = graph(
        load("a"), load("b", "b.wav"), gain("c", "a"), gain("d", "a", -4.0),
        node("e", "concat", {}, audio_0="a", audio_1="b"), node("f", "concat", {}, audio_0="b", audio_1="a"),
        cues={0: "c", 1: "d", 2: "e", 3: "f"},
    )  # fmt: skip
    assert Share()(before) == before


def test_pruning_drops_only_what_no_output_needs() -> None:
    before = graph(load("a"), gain("b", "a"), load("c", "c.wav"), gain("d", "c"), cues={0: "b"}, steps={"s": "c"})
    assert list(Prune()(before).nodes) == ["a", "b", "c"]


def test_order_follows_the_cues_and_does_not_depend_on_the_order_before() -> None:
    a, b, c, d = load("a"), load("b", "b.wav"), gain("c", "b"), gain("d", "a")
    cues = {0: "c", 1: "d"}
    assert list(Order()(graph(a, b, c, d, cues=cues)).nodes) == ["b", "c", "a", "d"]
    assert list(Order()(graph(b, a, d, c, cues=cues)).nodes) == ["b", "c", "a", "d"]


def test_order_keeps_what_no_output_needs_at_the_end() -> None:
    before = graph(load("x", "x.wav"), load("a"), gain("b", "a"), cues={0: "b"})
    assert list(Order()(before).nodes) == ["a", "b", "x"]


def test_order_stands_a_long_chain() -> None:
    chain = [load("n0"), *(gain(f"n{i}", f"n{i - 1}") for i in range(1, 5000))]
    assert len(Order()(graph(*chain, cues={0: "n4999"})).nodes) == 5000


def test_numbers_follow_the_order_and_everything_is_renamed() -> None:
    after = Number(prefix="x")(graph(load("p"), gain("q", "p"), cues={2: "q"}, steps={"s": "p"}))
    assert list(after.nodes) == ["x0", "x1"]
    assert after.nodes[NodeId("x1")].inputs == {"audio": "x0"}
    assert (after.cues, after.steps) == ({2: "x1"}, {"s": "x0"})


def test_kinds_that_do_not_fit_are_told_to_the_author_all_at_once() -> None:
    heard = node("m", "measure_loudness", {}, Kind.SCORES, audio="a")
    before = graph(load("a"), heard, gain("b", "m"), gain("c", "m", -6.0), cues={0: "b", 1: "c", 2: "m"})
    with pytest.raises(ScriptError) as caught:
        CheckTypes(CATALOGUE)(before)
    assert [problem.place for problem in caught.value.problems] == ["place of b", "place of c", "cues[2]"]


def test_nodes_graphs_and_passes_cannot_be_changed() -> None:
    one = graph(load("a"), cues={0: "a"})
    changes: list[tuple[Any, Any]] = [
        (one.nodes, NodeId("a")), (one.cues, 0), (one.steps, "s"),
        (one.nodes[NodeId("a")].params, "file"), (one.nodes[NodeId("a")].inputs, "audio"),
    ]  # fmt: skip
    for mapping, key in changes:
        with pytest.raises(TypeError):
            mapping[key] = "changed"
    frozen: list[tuple[Any, str]] = [(one, "cues"), (one.nodes[NodeId("a")], "op"), (Number(), "prefix")]
    for value, name in frozen:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, "changed")


def test_a_node_does_not_follow_changes_of_what_it_was_made_from() -> None:
    params = {"gain": 1.0}
    made = Node(NodeId("a"), "gain", params, {}, Kind.AUDIO)
    params["gain"] = 2.0
    assert made.params == {"gain": 1.0}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Valid graphs of any shape: loads, gains, and joins of several."""
    nodes: list[Node] = []
    for i in range(draw(st.integers(1, 12))):
        name = f"n{i}"
        sources = draw(st.lists(st.sampled_from([n.id for n in nodes]), max_size=3)) if nodes else []
        match len(sources):
            case 0:
                nodes.append(load(name, draw(st.sampled_from(["a.wav", "b.wav"]))))
            case 1:
                nodes.append(gain(name, sources[0], draw(st.sampled_from([-3.0, -6.0]))))
            case _:
                ports: dict[str, Any] = {f"audio_{k}": source for k, source in enumerate(sources)}
                nodes.append(node(name, "concat", {}, **ports))
    outputs = draw(st.lists(st.sampled_from([n.id for n in nodes]), min_size=1, max_size=4))
    return graph(*nodes, cues=dict(enumerate(outputs)))


@settings(max_examples=150, deadline=None)
@given(graphs())
@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.name)
def test_every_pass_keeps_a_graph_valid_and_what_the_cues_ask_for(each: Pass, before: Graph) -> None:
    text = to_text(before)
    after = each(before)
    verify(after, CATALOGUE, each.name)
    assert to_text(before) == text, "the graph given was changed"
    old, new = graph_keys(before), graph_keys(after)
    assert {i: old[n] for i, n in before.cues.items()} == {i: new[n] for i, n in after.cues.items()}


@settings(max_examples=150, deadline=None)
@given(graphs())
@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.name)
def test_every_pass_changes_nothing_the_second_time(each: Pass, before: Graph) -> None:
    once = each(before)
    assert to_text(each(once)) == to_text(once)
