"""The typed, acyclic graph that a script is lowered to. Nodes are values: replace them, never mutate them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NewType

from soundwright.scripts_compiler.kinds import Kind

NodeId = NewType("NodeId", str)


@dataclass(frozen=True, slots=True)
class Node:
    """One operation to run.

    ``params`` are plain JSON values as the script gave them, checked, defaults filled in. ``inputs`` maps ports to node
    ids. ``places`` are the paths in the script that this node serves, for messages only: they never enter keys.
    """

    id: NodeId
    op: str
    params: Mapping[str, Any]
    inputs: Mapping[str, NodeId]
    kind: Kind
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("params", "inputs"):
            given = getattr(self, name)
            if not isinstance(given, MappingProxyType):  # what another node holds already is shared
                object.__setattr__(self, name, MappingProxyType(dict(given)))


@dataclass(frozen=True, slots=True)
class Graph:
    """``nodes`` in topological order; ``cues`` maps the index of each sounding cue to the node of its audio.

    ``outputs`` are the nodes that must be made: those of the cues, and the steps that a render was asked for by name.
    """

    nodes: Mapping[NodeId, Node]
    cues: Mapping[int, NodeId]
    steps: Mapping[str, NodeId] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("nodes", "cues", "steps"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def outputs(self) -> tuple[NodeId, ...]:
        """Nodes that must be made, without repetition, in order of first use."""
        return tuple(dict.fromkeys([*self.cues.values(), *self.steps.values()]))


def graph_key(node: Node, input_keys: Mapping[str, str]) -> str:
    """Key by structure: equal for nodes that ask the same of the same. Serves sharing and printing, never the cache."""
    content = {
        "op": node.op,
        "params": dict(node.params),
        "inputs": dict(sorted(input_keys.items())),
        "kind": node.kind.value,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def graph_keys(graph: Graph) -> dict[NodeId, str]:
    """The graph key of every node."""
    keys: dict[NodeId, str] = {}
    for node in graph.nodes.values():
        keys[node.id] = graph_key(node, {port: keys[source] for port, source in node.inputs.items()})
    return keys
