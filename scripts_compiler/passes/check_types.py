"""Tell the author of the script of every edge whose kinds do not fit, and of every cue that plays no sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.graph import Graph, Node
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.verify import port_of


@dataclass(frozen=True, slots=True)
class CheckTypes:
    """Leaves the graph as it is.

    Raises:
        ScriptError: with all that does not fit.
    """

    catalogue: Catalogue
    name: ClassVar[str] = "check-types"

    def __call__(self, graph: Graph) -> Graph:
        """``graph`` itself."""
        problems = [problem for node in graph.nodes.values() for problem in self._edges(graph, node)]
        problems += _silent_cues(graph)
        if problems:
            raise ScriptError(dict.fromkeys(problems))
        return graph

    def _edges(self, graph: Graph, node: Node) -> Iterator[Problem]:
        for name, source_id in node.inputs.items():
            source = graph.nodes[source_id]
            port = port_of(self.catalogue[node.op], name)
            if port is None or port.kind.accepts(source.kind):
                continue
            if port.kind is Kind.STEMS:
                found = f"{source.op} gives {source.kind.value}, which has no stems."
            else:
                found = f"{node.op} takes {port.kind.value} as {name}, and {source.op} gives {source.kind.value}."
            yield Problem(node.places[0] if node.places else "", found, _remedy(port.kind, source))


def _silent_cues(graph: Graph) -> Iterator[Problem]:
    for index, node_id in graph.cues.items():
        node = graph.nodes[node_id]
        if not Kind.AUDIO.accepts(node.kind):
            found = f"{node.op} gives {node.kind.value}, which cannot be heard."
            yield Problem(f"cues[{index}]", found, _remedy(Kind.AUDIO, node))


def _remedy(wanted: Kind, source: Node) -> str:
    if source.kind is Kind.STEMS:
        return "Name one stem, as in `id.vocals`."
    if wanted is Kind.STEMS:
        return "Write the name alone, without a dot and a stem."
    return f"Name something that gives {wanted.value}."
