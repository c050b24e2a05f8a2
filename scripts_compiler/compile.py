"""From a checked script to a graph that can be bound to tools: lower, then every pass, verified around each."""

from __future__ import annotations

from collections.abc import Sequence

from soundwright.scripts_compiler.graph import Graph
from soundwright.scripts_compiler.lower import lower
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.passes import CheckTypes, Pass, pipeline
from soundwright.scripts_compiler.script import Script
from soundwright.scripts_compiler.verify import RULES, STRUCTURE, verify


def compile_script(script: Script, catalogue: Catalogue, steps: Sequence[str] = ()) -> Graph:
    """The graph of ``script``. ``steps`` are ids of steps to be made although no cue plays them.

    Raises:
        ScriptError: the script cannot be lowered; ``document.load`` finds the same and more, with better places.
        VerifyError: a pass broke the graph.
    """
    return run(lower(script, catalogue, steps), catalogue, pipeline(catalogue))


def run(graph: Graph, catalogue: Catalogue, passes: Sequence[Pass]) -> Graph:
    """``graph`` after all ``passes``, verified before the first and after each.

    Raises:
        VerifyError: names the rule, the pass and the node.
    """
    rules = tuple(STRUCTURE)
    verify(graph, catalogue, "after lowering", rules)
    for each in passes:
        graph = each(graph)
        if isinstance(each, CheckTypes):
            rules = tuple(RULES)
        verify(graph, catalogue, f"after the pass {each.name!r}", rules)
    return graph
