"""Compiler passes, one a file: a valid graph in, a valid graph out, nothing mutated. Options are fields."""

from __future__ import annotations

from typing import Protocol

from soundwright.scripts_compiler.graph import Graph
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.passes.check_types import CheckTypes
from soundwright.scripts_compiler.passes.number import Number
from soundwright.scripts_compiler.passes.order import Order
from soundwright.scripts_compiler.passes.prune import Prune
from soundwright.scripts_compiler.passes.share import Share

__all__ = ["CheckTypes", "Number", "Order", "Pass", "Prune", "Share", "pipeline"]


class Pass(Protocol):
    """A function from graph to graph, with a name for messages."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def __call__(self, graph: Graph) -> Graph:
        """The graph after this pass."""


def pipeline(catalogue: Catalogue) -> tuple[Pass, ...]:
    """The passes in their order."""
    return (CheckTypes(catalogue), Share(), Prune(), Order(), Number())
