"""What an edit makes necessary: which tools must work again, for how long and for how much money. Nothing is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.lock import Lock
from soundwright.orchestrator.plan import Plan, asset_key
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.graph import NodeId


@dataclass(frozen=True, slots=True)
class Rebuild:
    """``new`` nodes come with the edit, by tool; ``to_make`` is all that the next render makes, in ``seconds`` of work.

    ``problem`` says why nothing can be told: a sound that no installed tool makes, say.
    """

    nodes: int = 0
    new: int = 0
    to_make: int = 0
    by_tool: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    usd: float = 0.0
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "nodes": self.nodes, "new": self.new, "to_make": self.to_make, "by_tool": dict(self.by_tool),
            "seconds": round(self.seconds, 1), "money_usd": round(self.usd, 4), "problem": self.problem,
        }  # fmt: skip

    def __str__(self) -> str:
        if self.problem:
            return f"what must be made cannot be told: {self.problem}"
        if not self.to_make:
            return "nothing is made again: only timing and mix change"
        work = ", ".join(f"{tool} {count}" for tool, count in sorted(self.by_tool.items())) or "nothing"
        money = f"about ${self.usd:.4f}" if self.usd else "no cost"
        rest = self.to_make - sum(self.by_tool.values())
        before = f"; {rest} more had not been made before" if rest else ""
        made = f"the edit makes {sum(self.by_tool.values())} of {self.nodes} parts anew ({work}){before}"
        return f"{made}; about {self.seconds:.0f} s of work, {money}"


def rebuild(before: Document, after: Document, lock: Lock, new_lock: Lock, options: pipeline.RenderOptions) -> Rebuild:
    """What the next render of ``after`` makes, and what of that is because of the edit."""
    try:
        checked = pipeline.check(after, options, lock=new_lock)
    except SoundwrightError as error:
        return Rebuild(problem=str(error))
    made = checked.forecast
    try:
        old = set(_keys(pipeline.check(before, options, lock=lock).plan).values())
    except SoundwrightError:  # what was there could not be rendered either: all counts as new
        old = set()
    missing = set(made.missing)
    fresh = [node for node, key in _keys(checked.plan).items() if key not in old]
    by_tool = Counter(checked.plan.bound[node].tool.name for node in fresh if node in missing)
    return Rebuild(made.nodes, len(fresh), made.to_make, dict(by_tool), made.seconds, made.usd)


def _keys(plan: Plan) -> dict[NodeId, str]:
    """A name for each node that is equal where the sound is: its own request with those of all that flows into it."""
    keys: dict[NodeId, str] = {}
    for node in plan.order:
        bound = plan.bound[node]
        keys[node] = asset_key(bound, {port: keys[source] for port, source in bound.node.inputs.items()})
    return keys
