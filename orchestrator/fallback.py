"""What happens when a tool fails and the user allowed others to stand in: the next fitting one, told each time.

A character's whole part passes to another voice, not only the line that failed. The lock keeps what was chosen first,
so that the next render tries it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from soundwright.orchestrator.binding import part_of
from soundwright.orchestrator.errors import Failure
from soundwright.orchestrator.plan import Plan
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.tools.errors import ToolMissing

if TYPE_CHECKING:
    from soundwright.orchestrator.executor import Execution

Failed = frozenset[tuple[str, str]]


def execute_with_others(
    bind: Callable[[Failed], Plan], execute: Callable[[Plan], Execution], *, allowed: bool
) -> tuple[Plan, Execution]:
    """The plan that was carried out at last, and what it gave; its failures are those that nobody could stand in for.

    ``bind`` makes a plan without the (part, tool) pairs that it is given.
    """
    first = plan = bind(frozenset())
    failed: Failed = frozenset()
    while True:
        execution = execute(plan)
        if not allowed or not execution.failures:
            return plan, execution
        failed |= {(part_of(plan.graph.nodes[failure.node]), failure.tool) for failure in execution.failures}
        try:
            after = bind(failed)
        except (ToolMissing, ScriptError):  # nobody is left, or refuses: the failures say what is wrong
            return plan, execution
        told = tuple(_told(failure, after) for failure in execution.failures)
        fallbacks = (*plan.fallbacks, *dict.fromkeys(told))
        plan = replace(after, fallbacks=fallbacks, warnings=(*first.warnings, *fallbacks), lock=first.lock)


def _told(failure: Failure, after: Plan) -> Problem:
    tool = after.bound[failure.node].tool
    place = failure.places[0] if failure.places else str(failure.node)
    found = f"{failure.tool} {failure.version} failed ({failure.cause}); {tool.name} {tool.version} stands in."
    return Problem(place, found, "Mend it and render again; the lock still names it.", warning=True)
