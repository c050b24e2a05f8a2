"""Hand-made graphs and plans, so that running can be tested without scripts; what a test opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from soundwright.orchestrator.plan import Bound, Plan, make_plan, seed_of
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.base import Tool
from soundwright.tools.registry import Registry
from tests.opened import foreign

MakeNode = Callable[..., Node]
MakePlan = Callable[..., Plan]


@pytest.fixture
def sound() -> MakeNode:
    """A generated sound, by default of a tenth of a second."""

    def make(name: str, description: str = "", length: float = 0.1, **params: Any) -> Node:
        given = {"description": description or name, "length": length, "loop": False, "take": 0, **params}
        return Node(NodeId(name), "generate_sound", given, {}, Kind.AUDIO, (f"cues ({name})",))

    return make


@pytest.fixture
def treated() -> MakeNode:
    """An operation on the sound of another node."""

    def make(name: str, source: str, op: str = "trim_silence", kind: Kind = Kind.AUDIO, **params: Any) -> Node:
        return Node(NodeId(name), op, params, {"audio": NodeId(source)}, kind, (f"cues ({name})",))

    return make


@pytest.fixture
def plan_of() -> MakePlan:
    """A plan of nodes in topological order: all by one tool, or by ``tools`` of operations."""

    def make(nodes: Iterable[Node], tool: Tool, tools: Mapping[str, Tool] | None = None, script_seed: int = 0) -> Plan:
        others = dict(tools or {})
        registry = Registry({id(t): t for t in (tool, *others.values())}.values())
        graph = Graph({node.id: node for node in nodes}, {})
        bound = {
            node.id: Bound(
                node,
                others.get(node.op, tool).spec,
                node.params,
                seed_of(node.op, node.params, "", script_seed),
                length_s=float(node.params.get("length") or 1.0),
            )
            for node in graph.nodes.values()
        }
        return make_plan(graph, bound, registry)

    return make


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """What is opened, listed, started or connected to during a test; code and data of Python packages aside."""
    with foreign() as seen:
        yield seen
