"""Runs a plan: in topological order, in parallel, batched by tool, within cores and memory; every asset stored at once.

One thread (the caller's) decides; workers run tools and store what they give. Keys need the content of the inputs, so a
node's key is known when its inputs are there: then it is taken from the cache, shared with an equal node of this run,
or made. What is finished stays finished, so a killed run goes on where it was.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soundwright.orchestrator.budget import Budget, gpu_memory_bytes, usable_memory_mb
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.config import usable_cores
from soundwright.orchestrator.journal import Journal
from soundwright.orchestrator.observers import NullObserver, Observer
from soundwright.orchestrator.plan import Plan
from soundwright.orchestrator.prepare import with_environments
from soundwright.orchestrator.run import Execution, Run
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.orchestrator.weights import NoWeights, Weights
from soundwright.orchestrator.workers import (
    InlineWorkers,
    Runner,
    ThreadWorkers,
    Workers,
)


def execute(
    plan: Plan,
    cache: Cache,
    *,
    observer: Observer | None = None,
    jobs: int | None = None,
    keep_going: bool = False,
    cancel: threading.Event | None = None,
    models: Weights | None = None,
    journal: Journal | None = None,
    memory_mb: int | None = None,
    gpu_bytes: int | None = None,
    inline: bool = False,
) -> Execution:
    """Make every node of a plan, or find it in the cache.

    ``jobs`` cores are used (default: all that this process may use). With ``keep_going`` what does not depend on a
    failure is still made and the failures are in the result. ``journal`` is by default ``journal.jsonl`` beside the
    cache. ``inline`` runs one node after the other in this thread. ``gpu_bytes`` is what tools may take of the GPU's
    memory (default: all of it).

    Raises:
        ExecutionError: a node failed, without ``keep_going``.
        ToolMissing, ToolError: the environment of an engine cannot be made.
        Cancelled: ``cancel`` was set; tools were told and had seconds to end, what was finished is kept.
    """
    observer = observer or NullObserver()
    plan = with_environments(plan, observer.message)
    cores = jobs or usable_cores()
    memory = memory_mb or usable_memory_mb()
    gpu = _gpu_bytes(plan) if gpu_bytes is None else gpu_bytes
    stop = threading.Event()
    wanted = cancel or threading.Event()
    with tempfile.TemporaryDirectory(prefix="soundwright-", ignore_cleanup_errors=True) as scratch, cache.in_use():
        pool = ToolPool(plan.registry, models or NoWeights(), memory, gpu)
        runner = Runner(pool, lambda: stop.is_set() or wanted.is_set(), Path(scratch))
        workers: Workers = InlineWorkers(runner) if inline else ThreadWorkers(runner)
        book = journal or Journal(cache.root.parent / "journal.jsonl")
        budget = Budget(cores, memory, gpu)
        run = Run(plan, cache, observer, workers, book, budget, stop, wanted, keep_going)
        with _stopping(stop), _closing(workers):
            return run.to_the_end()


def _gpu_bytes(plan: Plan) -> int:
    return gpu_memory_bytes() if any(bound.device != "cpu" for bound in plan.bound.values()) else 0


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Whatever ends the run, an error of an observer say, tells the tools to end too."""
    try:
        yield
    finally:
        stop.set()


@contextmanager
def _closing(workers: Workers) -> Iterator[None]:
    try:
        yield
    finally:
        workers.close()


__all__ = ["Execution", "execute"]
