"""What running costs beside the tools: milliseconds per node, made and found again, with tools that take no time.

python bench/executor.py [NODES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.executor import execute
from soundwright.orchestrator.plan import Bound, Plan, make_plan, seed_of
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry

LENGTH_S = 2.0


def plan_of(nodes: int, max_batch: int) -> Plan:
    """Sounds of two seconds, each with one effect."""
    registry = Registry([NullTool(max_batch=max_batch)])
    made: dict[NodeId, Node] = {}
    for n in range(nodes // 2):
        params = {"description": f"sound {n}", "length": LENGTH_S, "loop": False, "take": 0}
        source, effect = NodeId(f"s{n}"), NodeId(f"t{n}")
        made[source] = Node(source, "generate_sound", params, {}, Kind.AUDIO)
        made[effect] = Node(effect, "trim_silence", {"threshold": 50.0}, {"audio": source}, Kind.AUDIO)
    tool = registry.specs["null"]
    bound = {name: Bound(node, tool, node.params, seed_of(node.op, node.params, "", 0)) for name, node in made.items()}
    return make_plan(Graph(made, {}), bound, registry)


def main() -> None:
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{nodes} nodes of {LENGTH_S:g} s at 24 kHz; milliseconds per node")
    print(f"{'jobs':>4} {'batch':>5} {'':>10} {'wall':>7} {'CPU':>7}")
    for jobs, max_batch in ((1, 1), (2, 1), (2, 8)):
        plan = plan_of(nodes, max_batch)
        with tempfile.TemporaryDirectory() as folder:
            cache = Cache(Path(folder) / "assets")
            for what in ("made", "from cache"):
                wall, cpu = time.perf_counter(), time.process_time()
                execute(plan, cache, jobs=jobs)
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                print(f"{jobs:>4} {max_batch:>5} {what:>10} {1e3 * wall / nodes:>7.2f} {1e3 * cpu / nodes:>7.2f}")


if __name__ == "__main__":
    main()
