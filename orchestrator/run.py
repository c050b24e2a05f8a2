"""One run of a plan: which nodes are there, which can be made, what is at work, what went wrong.

A node is *resolved* when its inputs are there: its key is known, and it is found, joined to an equal node, or put down
to be made. A batch is ready when all its nodes are resolved.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from soundwright.orchestrator.budget import Budget
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.errors import CacheDamaged, ExecutionError, Failure
from soundwright.orchestrator.journal import Journal, Line
from soundwright.orchestrator.observers import Job, Observer
from soundwright.orchestrator.plan import Bound, Plan, asset_key
from soundwright.orchestrator.stored import StoredAsset
from soundwright.orchestrator.workers import (
    Call,
    Ended,
    Failed,
    Made,
    Note,
    Progress,
    Report,
    Task,
    Workers,
)
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.graph import NodeId
from soundwright.tools.errors import Cancelled, ToolError

_POLL_S = 0.1
_PROGRESS_S = 0.1
_GRACE_S = 5.0
"""How long tools may take to heed a cancel; then they are left to themselves: their threads end with the program."""


@dataclass(frozen=True)
class Execution:
    """What a run gave: stored assets by node, failures, and the nodes that were ``skipped`` because of them.

    ``made`` counts assets that a tool made, ``reused`` nodes that were in the cache or equal to another of this run.
    ``seconds`` are those of the tools, by node made.
    """

    assets: Mapping[NodeId, StoredAsset]
    failures: tuple[Failure, ...] = ()
    skipped: tuple[NodeId, ...] = ()
    made: int = 0
    reused: int = 0
    seconds: Mapping[NodeId, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Stored:
    index: int
    asset: StoredAsset
    seconds: float


_Event = tuple[int, _Stored | Failed | Progress | Note | Ended]


@dataclass
class _Running:
    nodes: tuple[NodeId, ...]
    told: float = 0.0


class Run:
    """The state of one run. All methods but ``_sink`` belong to the thread that called ``execute``."""

    def __init__(
        self,
        plan: Plan,
        cache: Cache,
        observer: Observer,
        workers: Workers,
        journal: Journal,
        budget: Budget,
        stop: threading.Event,
        cancel: threading.Event,
        keep_going: bool,
    ) -> None:
        self.plan, self.cache, self.observer, self.workers, self.journal = plan, cache, observer, workers, journal
        self.budget, self.stop, self.cancel, self.keep_going = budget, stop, cancel, keep_going
        self.events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self.assets: dict[NodeId, StoredAsset] = {}
        self.failures: dict[NodeId, Failure] = {}
        self.skipped: dict[NodeId, None] = {}
        self.seconds: dict[NodeId, float] = {}
        self.reused = 0
        self.keys: dict[NodeId, str] = {}
        self.makers: dict[str, NodeId] = {}  # by key: the node that makes it
        self.twins: dict[NodeId, list[NodeId]] = {}  # by maker: nodes that ask for the same
        self.users, self.missing = _edges(plan)
        self.batch_of = {node: n for n, batch in enumerate(plan.batches) for node in batch}
        self.open = {n: len(batch) for n, batch in enumerate(plan.batches)}
        self.to_make: dict[int, list[NodeId]] = {n: [] for n in self.open}
        self.ready: list[int] = []
        self.running: dict[int, _Running] = {}
        self.halted: float | None = None

    def to_the_end(self) -> Execution:
        """Make everything that can be made.

        Raises:
            ExecutionError, Cancelled: as ``execute`` says.
        """
        self.observer.stage("assets", sum(bound.estimate_s for bound in self.plan.bound.values()))
        for node in self.plan.order:
            if not self.missing[node] and node not in self.keys:
                self._resolve(node)
        while not self._over():
            self._start_what_fits()
            self._wait()
        self._raise_what_went_wrong()
        return self._execution()

    def _over(self) -> bool:
        if self.halted is not None and time.monotonic() - self.halted > _GRACE_S:
            return True
        return not self.running and (self._halting() or not self.ready)

    def _halting(self) -> bool:
        return self.cancel.is_set() or (bool(self.failures) and not self.keep_going)

    def _raise_what_went_wrong(self) -> None:
        if self.cancel.is_set() and len(self.assets) < len(self.plan.order):
            raise Cancelled(f"cancelled; {len(self.assets)} of {len(self.plan.order)} assets are finished and kept")
        if self.failures and not self.keep_going:
            raise ExecutionError(tuple(self.failures.values()))

    def _execution(self) -> Execution:
        order = {node: n for n, node in enumerate(self.plan.order)}
        return Execution(
            assets={node: self.assets[node] for node in self.plan.order if node in self.assets},
            failures=tuple(self.failures[node] for node in sorted(self.failures, key=order.__getitem__)),
            skipped=tuple(sorted(self.skipped, key=order.__getitem__)),
            made=len(self.seconds),
            reused=self.reused,
            seconds=dict(self.seconds),
        )

    # Resolving: what to do about a node whose inputs are there.

    def _resolve(self, first: NodeId) -> None:
        """Find a node, and then all that only waited for it, without recursion: chains may be long."""
        waiting = [first]
        while waiting:
            node = waiting.pop(0)
            bound = self.plan.bound[node]
            inputs = {port: self.assets[source].content_hash for port, source in bound.node.inputs.items()}
            key = self.keys[node] = asset_key(bound, inputs)
            asset = self._found(node, key)
            if asset is not None:
                waiting += self._have(node, asset, 0.0, reused=True)
            self._settle_in_batch(node)

    def _found(self, node: NodeId, key: str) -> StoredAsset | None:
        maker = self.makers.get(key)
        if maker is not None and maker in self.assets:
            return self.assets[maker]
        if maker is not None:
            self._join(node, maker)
            return None
        asset = self.cache.get(key)
        self.makers[key] = node
        if asset is None:
            self.to_make[self.batch_of[node]].append(node)
        return asset

    def _join(self, node: NodeId, maker: NodeId) -> None:
        if maker in self.failures:  # asked for again after it failed: the same request fails the same way
            self._fail(node, _of_twin(self.failures[maker], node, self.plan.bound[node]))
        else:
            self.twins.setdefault(maker, []).append(node)

    def _settle_in_batch(self, node: NodeId) -> None:
        batch = self.batch_of[node]
        self.open[batch] -= 1
        if self.open[batch] == 0 and self.to_make[batch]:
            self.ready.append(batch)
            self.ready.sort()

    def _have(self, node: NodeId, asset: StoredAsset, seconds: float, *, reused: bool) -> list[NodeId]:
        """Note a finished node; gives the nodes that it was the last missing input of."""
        self.assets[node] = asset
        if reused:
            self.reused += 1
        else:
            self.seconds[node] = seconds
        self.observer.finished(self._job(node), seconds, reused=reused)
        free = []
        for user in self.users[node]:
            self.missing[user] -= 1
            if not self.missing[user] and user not in self.skipped:
                free.append(user)
        for twin in self.twins.pop(node, ()):
            free += self._have(twin, asset, 0.0, reused=True)
        return free

    # Running: tasks and their reports.

    def _start_what_fits(self) -> None:
        if self._halting():
            self.stop.set()
            self.halted = self.halted or time.monotonic()
            return
        for batch in list(self.ready):
            if self.budget.full:
                return
            nodes = tuple(self.to_make[batch])
            if self.budget.take(self.plan.bound[nodes[0]]):
                self.ready.remove(batch)
                self._start(batch, nodes)

    def _start(self, batch: int, nodes: tuple[NodeId, ...]) -> None:
        bound = self.plan.bound[nodes[0]]
        self.running[batch] = _Running(nodes)
        for node in nodes:
            self.observer.started(self._job(node))
        task = Task(batch, bound.tool, tuple(self._call(node) for node in nodes), bound.device, bound.dtype)
        self.workers.submit(task, self._sink(batch, nodes))

    def _call(self, node: NodeId) -> Call:
        bound = self.plan.bound[node]
        inputs = {port: self.assets[source] for port, source in bound.node.inputs.items()}
        label = bound.node.places[0] if bound.node.places else str(node)
        return Call(bound.node.op, bound.params, bound.node.kind, inputs, bound.seed, label)

    def _sink(self, task: int, nodes: tuple[NodeId, ...]) -> Callable[[Report], None]:
        """Takes reports in the worker's thread, where assets are stored as they come."""

        def take(report: Report) -> None:
            self.events.put((task, self._kept(nodes, report) if isinstance(report, Made) else report))

        return take

    def _kept(self, nodes: Sequence[NodeId], made: Made) -> _Stored | Failed:
        node = nodes[made.index]
        bound, key = self.plan.bound[node], self.keys[node]
        try:
            asset = self.cache.put(key, made.asset, _record(bound, made.seconds))
            tool = f"{bound.tool.name} {bound.tool.version}"
            self.journal.append(Line(key, str(node), tool, asset.content_hash, round(made.seconds, 4)))
        except (OSError, SoundwrightError) as error:
            return Failed(made.index, ToolError(f"the result could not be stored: {error}. Is the disk full?"))
        return _Stored(made.index, asset, made.seconds)

    def _wait(self) -> None:
        """Handle one report, or look up from time to time whether the run was cancelled."""
        with suppress(queue.Empty):
            task, event = self.events.get(timeout=_POLL_S if self.running else 0)
            self._handle(task, event)
            while True:
                self._handle(*self.events.get_nowait())

    def _handle(self, task: int, event: _Stored | Failed | Progress | Note | Ended) -> None:
        running = self.running[task]
        if isinstance(event, Ended):
            self.budget.give(self.plan.bound[running.nodes[0]])
            del self.running[task]
        elif isinstance(event, Progress):
            self._tell_progress(running, event.fraction)
        elif isinstance(event, Note):
            self.observer.message(event.text)
        elif isinstance(event, Failed):
            node = running.nodes[event.index]
            self._fail(node, self._failure(node, event))
        else:
            for node in self._have(running.nodes[event.index], event.asset, event.seconds, reused=False):
                self._resolve(node)

    def _tell_progress(self, running: _Running, fraction: float) -> None:
        now = time.monotonic()
        if len(running.nodes) == 1 and now - running.told >= _PROGRESS_S:
            running.told = now
            self.observer.progress(self._job(running.nodes[0]), fraction)

    # Failing.

    def _failure(self, node: NodeId, failed: Failed) -> Failure:
        if isinstance(failed.error, CacheDamaged):
            self._forget_damaged_inputs(node)
        bound = self.plan.bound[node]
        cause = str(failed.error)
        if not isinstance(failed.error, SoundwrightError):
            cause = f"{type(failed.error).__name__}: {cause}".rstrip(": ")
        code = failed.error.exit_code if isinstance(failed.error, SoundwrightError) else 3
        return Failure(
            node, bound.node.places, bound.node.op, bound.tool.name, bound.tool.version, cause, code, failed.details,
            self.plan.registry.package(bound.tool.name),
        )  # fmt: skip

    def _forget_damaged_inputs(self, node: NodeId) -> None:
        for source in self.plan.bound[node].node.inputs.values():
            try:
                self.assets[source].load()
            except CacheDamaged:
                self.cache.remove(self.assets[source].key)

    def _fail(self, node: NodeId, failure: Failure) -> None:
        """Note a failure; whatever needs the node, or asked for the same, is not made."""
        self.failures[node] = failure
        self.observer.failed(failure)
        for twin in self.twins.pop(node, ()):
            self._skip_users(twin)
            self.failures[twin] = _of_twin(failure, twin, self.plan.bound[twin])
        self._skip_users(node)

    def _skip_users(self, node: NodeId) -> None:
        waiting = [node]
        while waiting:
            for user in self.users[waiting.pop()]:
                if user not in self.skipped:
                    self.skipped[user] = None
                    waiting.append(user)
                    self._settle_in_batch(user)

    def _job(self, node: NodeId) -> Job:
        bound = self.plan.bound[node]
        place = bound.node.places[0] if bound.node.places else ""
        return Job(str(node), bound.node.op, bound.tool.name, place, bound.estimate_s)


def _of_twin(failure: Failure, twin: NodeId, bound: Bound) -> Failure:
    return Failure(
        twin,
        bound.node.places,
        failure.op,
        failure.tool,
        failure.version,
        failure.cause,
        failure.exit_code,
        failure.details,
        failure.package,
    )


def _edges(plan: Plan) -> tuple[dict[NodeId, list[NodeId]], dict[NodeId, int]]:
    """Users of each node (once for each), and how many different inputs each node waits for."""
    users: dict[NodeId, list[NodeId]] = {node: [] for node in plan.order}
    missing = {}
    for node in plan.order:
        sources = dict.fromkeys(plan.bound[node].node.inputs.values())
        missing[node] = len(sources)
        for source in sources:
            users[source].append(node)
    return users, missing


def _record(bound: Bound, seconds: float) -> dict[str, object]:
    return {
        "op": bound.node.op,
        "tool": bound.tool.name,
        "version": bound.tool.version,
        "licence_code": bound.tool.licence_code,
        "licence_weights": bound.tool.licence_weights,
        "weights": dict(bound.weights),
        "device": bound.device,
        "dtype": bound.dtype,
        "seed": bound.seed,
        "seconds": round(seconds, 4),
    }
