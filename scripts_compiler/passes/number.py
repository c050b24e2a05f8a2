"""Call the nodes ``n0``, ``n1``, ... in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from soundwright.scripts_compiler.graph import Graph, NodeId


@dataclass(frozen=True, slots=True)
class Number:
    """``prefix`` stands before the number."""

    prefix: str = "n"
    name: ClassVar[str] = "number"

    def __call__(self, graph: Graph) -> Graph:
        """The same graph under new ids."""
        new = {old: NodeId(f"{self.prefix}{i}") for i, old in enumerate(graph.nodes)}
        nodes = [
            replace(node, id=new[node.id], inputs={port: new[source] for port, source in node.inputs.items()})
            for node in graph.nodes.values()
        ]
        return Graph(
            {node.id: node for node in nodes},
            {index: new[node_id] for index, node_id in graph.cues.items()},
            {name: new[node_id] for name, node_id in graph.steps.items()},
        )
