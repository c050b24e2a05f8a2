"""Drop what nobody asked for: steps and recordings that no cue uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from soundwright.scripts_compiler.graph import Graph


@dataclass(frozen=True, slots=True)
class Prune:
    """Keeps the outputs and all that they need, in the order they stood in."""

    name: ClassVar[str] = "prune"

    def __call__(self, graph: Graph) -> Graph:
        """A graph in which every node serves an output."""
        needed = set(graph.outputs)
        # Inputs stand before their users, so one walk from the end sees every user first.
        for node in reversed(list(graph.nodes.values())):
            if node.id in needed:
                needed.update(node.inputs.values())
        return replace(graph, nodes={key: node for key, node in graph.nodes.items() if key in needed})
