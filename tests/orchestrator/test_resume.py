"""Killed at random moments, a render goes on where it was: same assets, nothing torn, nothing finished twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.journal import Journal

KILLS = 10
NODES = 60
RENDER = """
import json, sys
from pathlib import Path
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.executor import execute
from soundwright.orchestrator.plan import Bound, make_plan, seed_of
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry

registry = Registry([NullTool(delay_s=0.02, max_batch=3)])
nodes = []
for n in range(int(sys.argv[2]) // 2):
    params = {"description": f"sound {n}", "length": 0.5 + n / 50, "loop": False, "take": 0}
    nodes.append(Node(NodeId(f"s{n}"), "generate_sound", params, {}, Kind.AUDIO))
    nodes.append(Node(NodeId(f"t{n}"), "slice", {"from": 0.1, "to": None}, {"audio": NodeId(f"s{n}")}, Kind.AUDIO))
tool = registry.specs["null"]
bound = {node.id: Bound(node, tool, node.params, seed_of(node.op, node.params, "", 0)) for node in nodes}
plan = make_plan(Graph({node.id: node for node in nodes}, {}), bound, registry)
print("started", flush=True)
done = execute(plan, Cache(Path(sys.argv[1])), jobs=2)
print(json.dumps({str(node): asset.content_hash for node, asset in done.assets.items()}))
"""


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RENDER, str(root), str(NODES)], stdout=subprocess.PIPE, text=True)


def to_the_end(root: Path) -> dict[str, str]:
    with start(root) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    hashes: dict[str, str] = json.loads(out.splitlines()[-1])
    return hashes


def killed(root: Path, after_s: float, *, once_finished: bool = False) -> bool:
    """Start a render and kill it that long after it began, or finished an asset; whether it was still running."""
    with start(root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        while once_finished and not lines(root) and process.poll() is None:
            time.sleep(0.002)  # on a busy machine no moment may be late enough
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return process.returncode == -signal.SIGKILL


def lines(root: Path) -> int:
    """How many assets are noted as finished."""
    journal = root.parent / "journal.jsonl"
    return sum(1 for _ in Journal(journal).lines()) if journal.exists() else 0


def test_ten_kills_leave_the_same_assets_and_nothing_is_finished_twice(tmp_path: Path) -> None:
    chance = random.Random(20)  # noqa: S311  moments, not secrets
    untouched = to_the_end(tmp_path / "untouched" / "assets")
    root = tmp_path / "killed" / "assets"
    kills = sum(killed(root, chance.uniform(0.005, 0.09), once_finished=n == KILLS - 1) for n in range(KILLS))
    before = lines(root)
    resumed = to_the_end(root)

    assert kills == KILLS, "some render ended before it was killed: the moments prove nothing"
    assert 0 < before < NODES
    assert resumed == untouched
    assert Cache(root).verify() == []
    assert Cache(root).info().assets == NODES
    finished = Counter(line.key for line in Journal(root.parent / "journal.jsonl").lines())
    assert max(finished.values()) == 1
    # What a kill hit between storing and noting is there without a line: at most one for each worker and kill.
    assert NODES - 2 * KILLS <= len(finished) <= NODES
