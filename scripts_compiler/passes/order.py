"""Put nodes in the order in which the programme needs them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from soundwright.scripts_compiler.graph import Graph, Node, NodeId


@dataclass(frozen=True, slots=True)
class Order:
    """Cue by cue, each after all it needs; what no output needs comes last. The order before has no say."""

    name: ClassVar[str] = "order"

    def __call__(self, graph: Graph) -> Graph:
        """The same nodes in order of first need."""
        done: dict[NodeId, Node] = {}
        for root in (*graph.outputs, *graph.nodes):
            _visit(graph, root, done)
        return replace(graph, nodes=done)


def _visit(graph: Graph, root: NodeId, done: dict[NodeId, Node]) -> None:
    """Append ``root`` after its inputs, in order of ports, without recursion: chains may be long."""
    stack = [root]
    while stack:
        node = graph.nodes[stack[-1]]
        waiting = [source for source in node.inputs.values() if source not in done]
        if waiting and node.id not in done:
            stack.extend(reversed(waiting))
        else:
            done.setdefault(stack.pop(), node)
