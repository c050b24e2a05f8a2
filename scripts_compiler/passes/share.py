"""Make one of nodes that ask the same of the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from soundwright.scripts_compiler.graph import Graph, Node, NodeId, graph_key


@dataclass(frozen=True, slots=True)
class Share:
    """The first node of each graph key stays, and takes over the places and users of its equals."""

    name: ClassVar[str] = "share"

    def __call__(self, graph: Graph) -> Graph:
        """A graph whose graph keys all differ."""
        keys: dict[NodeId, str] = {}
        kept: dict[str, Node] = {}
        places: dict[str, dict[str, None]] = {}
        for node in graph.nodes.values():
            key = keys[node.id] = graph_key(node, {port: keys[source] for port, source in node.inputs.items()})
            kept.setdefault(key, node)
            places.setdefault(key, {}).update(dict.fromkeys(node.places))
        stands_for = {node_id: kept[key].id for node_id, key in keys.items()}
        return Graph(
            {node.id: _moved(node, stands_for, tuple(places[key])) for key, node in kept.items()},
            {index: stands_for[node_id] for index, node_id in graph.cues.items()},
            {name: stands_for[node_id] for name, node_id in graph.steps.items()},
        )


def _moved(node: Node, stands_for: dict[NodeId, NodeId], places: tuple[str, ...]) -> Node:
    inputs = {port: stands_for[source] for port, source in node.inputs.items()}
    if inputs == node.inputs and places == node.places:
        return node
    return replace(node, inputs=inputs, places=places)
