"""Makes the environments that a plan needs before anything runs: their packages belong to the keys of assets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from soundwright.orchestrator.plan import Bound, Plan
from soundwright.tools.homes.environments import Environments


def with_environments(plan: Plan, tell: Callable[[str], None]) -> Plan:
    """The plan, its nodes bound to environments that are there; ``tell`` hears of those that are made.

    Raises:
        ToolMissing, ToolError: one cannot be made.
    """
    specs = {bound.tool.name: bound.tool for bound in plan.bound.values() if bound.tool.home == "venv"}
    if not specs:
        return plan
    environments = plan.registry.environments
    for spec in specs.values():
        environments.make(spec, tell)
    bound = {node: _identified(bound, environments) for node, bound in plan.bound.items()}
    locked = {item.tool.name: replace(plan.lock.tools[item.tool.name], weights=dict(item.weights))
              for item in bound.values() if item.tool.name in plan.lock.tools}  # fmt: skip
    return replace(plan, bound=bound, lock=replace(plan.lock, tools={**plan.lock.tools, **locked}))


def _identified(bound: Bound, environments: Environments) -> Bound:
    return replace(bound, weights={**bound.weights, **environments.identity(bound.tool)})
