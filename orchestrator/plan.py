"""A plan: a graph bound to tools. Keys of assets, seeds, batches, and what a run is expected to take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.errors import TooExpensive
from soundwright.orchestrator.lock import Lock, LockedVoice
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.tools.base import ToolSpec
from soundwright.tools.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_FORMAT = 1
CHARACTERS_PER_S = 14.0
USUAL_LENGTH_S = 3.0
_SEED_BITS = 31


@dataclass(frozen=True)
class Bound:
    """A node with the tool that does it.

    ``node`` has its final operation; ``params`` are resolved: the tool's own voice, the absolute file. ``weights`` are
    the sha256 of the tool's models, ``file_hash`` that of the recording a ``load_file`` reads. ``ignored`` are the
    parameters that were asked for and that the tool does not obey. ``length_s`` is an estimate.
    """

    node: Node
    tool: ToolSpec
    params: Mapping[str, Any]
    seed: int
    weights: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    file_hash: str = ""
    device: str = "cpu"
    dtype: str = "float32"
    length_s: float = USUAL_LENGTH_S

    @property
    def estimate_s(self) -> float:
        """Seconds that the tool is expected to take."""
        return self.length_s / self.tool.speed

    @property
    def estimate_usd(self) -> float:
        """US dollars that the tool is expected to ask."""
        return self.length_s / 60 * self.tool.price_usd_per_minute

    @property
    def identity(self) -> dict[str, Any]:
        """What of the tool decides the sound. The device's number does not: cuda:0 and cuda:1 are one class."""
        return {
            "name": self.tool.name,
            "version": self.tool.version,
            "weights": dict(self.weights),
            "dtype": self.dtype,
            "device": self.device.partition(":")[0],
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would take. ``cached`` nodes need no tool; ``seconds`` is the work left, by the tools' usual speed.

    ``unsure`` nodes depend on something that is not made yet, so they count as to be made. ``missing`` names all that
    are to be made; ``usd`` is what paid tools ask for it, in US dollars.
    """

    nodes: int
    cached: int
    unsure: int
    seconds: float
    by_tool: Mapping[str, int]
    usd: float = 0.0
    missing: tuple[NodeId, ...] = ()

    @property
    def to_make(self) -> int:
        """Nodes that need a tool, at most."""
        return self.nodes - self.cached

    def within(self, max_usd: float | None) -> Forecast:
        """The same forecast, if it keeps to a budget.

        Raises:
            TooExpensive: paid engines would ask more than ``max_usd``.
        """
        if max_usd is not None and self.usd > max_usd:
            raise TooExpensive(
                f"Paid engines would ask about ${self.usd:.4f}, more than --max-cost {max_usd:g}. Raise it, or use "
                "other engines (--tool OPERATION=TOOL); nothing was made."
            )
        return self

    @property
    def cached_share(self) -> float:
        """From 0 to 1."""
        return self.cached / self.nodes if self.nodes else 1.0


@dataclass(frozen=True)
class Plan:
    """``order`` is topological; ``batches`` are nodes that one tool does together once all of them are ready.

    Batches depend on the graph alone, never on timing, so engines whose sound varies with the batch give the same
    sound whatever the number of workers. ``lock`` is what the lock file should say; ``fallbacks`` tell where a tool
    stood in for one that failed.
    """

    graph: Graph
    bound: Mapping[NodeId, Bound]
    cast: Mapping[str, LockedVoice]
    order: tuple[NodeId, ...]
    batches: tuple[tuple[NodeId, ...], ...]
    warnings: tuple[Problem, ...] = ()
    lock: Lock = field(default_factory=Lock)
    fallbacks: tuple[Problem, ...] = ()
    registry: Registry = field(default_factory=Registry, repr=False, compare=False)

    def describe(self, cache: Cache | None = None) -> Forecast:
        """Counts, cached share, seconds of work and money, without running anything."""
        hashes: dict[NodeId, str] = {}
        seconds, usd, unsure, keys = 0.0, 0.0, 0, set[str]()
        by_tool: dict[str, int] = {}
        for node_id in self.order:
            bound = self.bound[node_id]
            key = _computable_key(bound, hashes)
            stored = cache.get(key) if cache is not None and key is not None else None
            if stored is not None:
                hashes[node_id] = stored.content_hash
                continue
            unsure += key is None
            by_tool[bound.tool.name] = by_tool.get(bound.tool.name, 0) + 1
            if key is None or key not in keys:  # equal requests are made once
                seconds += bound.estimate_s
                usd += bound.estimate_usd
            keys.add(key or node_id)
        missing = tuple(node_id for node_id in self.order if node_id not in hashes)
        return Forecast(len(self.order), len(hashes), unsure, seconds, by_tool, usd, missing)


def make_plan(
    graph: Graph,
    bound: Mapping[NodeId, Bound],
    registry: Registry,
    *,
    cast: Mapping[str, LockedVoice] | None = None,
    warnings: Sequence[Problem] = (),
    lock: Lock | None = None,
) -> Plan:
    """A plan with its batches, from bound nodes in topological order."""
    return Plan(
        graph, bound, cast or {}, tuple(bound), _batches(bound), tuple(warnings), lock or Lock(), registry=registry
    )


def asset_key(bound: Bound, inputs: Mapping[str, str]) -> str:
    """The key of the asset that a node makes from inputs with these content hashes, by port (sha256, hex)."""
    content = {
        "format": KEY_FORMAT,
        "op": bound.node.op,
        "params": dict(bound.params),
        "tool": bound.identity,
        "seed": bound.seed,
        "inputs": dict(inputs),
        "file": bound.file_hash,
    }
    return _digest(content).hex()


def seed_of(op: str, params: Mapping[str, Any], voice: str, script_seed: int) -> int:
    """The seed of a request: from operation, parameters, resolved voice, ``take`` and the script's seed.

    Place and id never enter, so an insertion changes nothing else. Operations without a ``take`` treat a sound that is
    there already; the script's seed does not touch them.
    """
    content = {"op": op, "params": dict(params), "voice": voice, "seed": script_seed if "take" in params else 0}
    return int.from_bytes(_digest(content)[:8], "big") >> (64 - _SEED_BITS)


def estimated_length_s(node: Node, params: Mapping[str, Any], inputs: Mapping[str, float]) -> float:
    """A guess at the length of what a node makes: as asked for, as long as it takes to say, or as long as its input."""
    if params.get("length"):
        return float(params["length"])
    if node.op == "speak":
        return 0.3 + len(str(params.get("text", ""))) / CHARACTERS_PER_S / float(params.get("speed", 1.0))
    return max(inputs.values(), default=USUAL_LENGTH_S)


def _computable_key(bound: Bound, hashes: Mapping[NodeId, str]) -> str | None:
    inputs = bound.node.inputs
    if any(node not in hashes for node in inputs.values()):
        return None
    return asset_key(bound, {port: hashes[node] for port, node in inputs.items()})


def _batches(bound: Mapping[NodeId, Bound]) -> tuple[tuple[NodeId, ...], ...]:
    """Nodes of one tool and operation at one depth of the graph, cut to what the tool takes at once."""
    depth: dict[NodeId, int] = {}
    groups: dict[tuple[int, str, str], list[NodeId]] = {}
    for node_id, item in bound.items():
        depth[node_id] = 1 + max((depth[source] for source in item.node.inputs.values()), default=0)
        groups.setdefault((depth[node_id], item.tool.name, item.node.op), []).append(node_id)
    batches = []
    for nodes in groups.values():
        size = max(1, bound[nodes[0]].tool.max_batch)
        batches += [tuple(nodes[start : start + size]) for start in range(0, len(nodes), size)]
    position = {node_id: n for n, node_id in enumerate(bound)}
    return tuple(sorted(batches, key=lambda batch: position[batch[0]]))


def _digest(content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).digest()
