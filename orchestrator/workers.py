"""Where tasks run. A worker is given a ``Task`` and sends ``Report`` after ``Report``; it knows nothing of graphs.

``InlineWorkers`` and ``ThreadWorkers`` run in this process. Tasks carry plain values and paths of stored inputs, so
that processes or other machines can stand behind the same two methods.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from soundwright.orchestrator.results import checked, checked_length
from soundwright.orchestrator.stored import StoredAsset
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Request, Tool, ToolSpec
from soundwright.tools.errors import Cancelled, ToolDefect, ToolError


@dataclass(frozen=True)
class Call:
    """One request of a task: its inputs are still in the cache. ``kind`` is what must come back."""

    op: str
    params: Mapping[str, Any]
    kind: Kind
    inputs: Mapping[str, StoredAsset] = field(default_factory=dict)
    seed: int = 0
    label: str = ""


@dataclass(frozen=True)
class Task:
    """A batch of calls for one tool."""

    id: int
    tool: ToolSpec
    calls: tuple[Call, ...]
    device: str = "cpu"
    dtype: str = "float32"


@dataclass(frozen=True)
class Made:
    """A call's result, and the seconds since the one before."""

    index: int
    asset: Asset
    seconds: float


@dataclass(frozen=True)
class Failed:
    """A call without result. ``details`` is a traceback, where something was raised."""

    index: int
    error: BaseException
    details: str = ""


@dataclass(frozen=True)
class Progress:
    """How much of a task is done, from 0 to 1."""

    fraction: float


@dataclass(frozen=True)
class Note:
    """Something to tell the user."""

    text: str


@dataclass(frozen=True)
class Ended:
    """The last report of a task. After a cancel some calls have neither been made nor failed."""


Report = Made | Failed | Progress | Note | Ended
Sink = Callable[[Report], None]


class Workers(Protocol):
    """A place where tasks run."""

    def submit(self, task: Task, report: Sink) -> None:
        """Start a task. ``report`` is called from any thread, ``Ended`` last."""

    def close(self) -> None:
        """Free what idle tools hold; nothing runs any more."""


class Runner:
    """Runs one task with a tool of the pool."""

    def __init__(self, pool: ToolPool, cancelled: Callable[[], bool], scratch: Path) -> None:
        self.pool, self._cancelled, self._scratch = pool, cancelled, scratch

    def run(self, task: Task, report: Sink) -> None:
        """Run a task to its end; every call is reported once, unless the run is cancelled."""
        left = set(range(len(task.calls)))

        def tell(result: Made | Failed) -> None:
            left.discard(result.index)
            report(result)

        try:
            self._run(task, tell, report)
        except Cancelled:
            left.clear()
        except (Exception, SystemExit) as error:  # the boundary to the code of tools: a failure, never a crash
            details = traceback.format_exc()
            for index in sorted(left):
                report(Failed(index, error, details))
            if not left:  # all was made already, and stays; its author should know
                report(Note(f"{task.tool.name} {task.tool.version} went wrong after its last result: {error}"))
        finally:
            report(Ended())

    def _run(self, task: Task, tell: Callable[[Made | Failed], None], report: Sink) -> None:
        scratch = self._scratch / str(task.id)
        scratch.mkdir()
        context = Context(scratch, lambda fraction: report(Progress(fraction)), self._cancelled)
        with self.pool.lease(task.tool, task.device, task.dtype, lambda text: report(Note(text))) as tool:
            context.check()
            requests = [_request(call) for call in task.calls]
            for result in _results(tool, task, requests, context):
                tell(result)
                context.check()


class InlineWorkers:
    """Runs each task at once, in the calling thread: for debugging."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def submit(self, task: Task, report: Sink) -> None:
        """Run a task to its end."""
        self._runner.run(task, report)

    def close(self) -> None:
        """Free idle tools."""
        self._runner.pool.close()


class ThreadWorkers:
    """Runs each task in a thread of its own; who submits decides how many run at once.

    The threads are daemons: an engine that does not heed a cancel cannot keep an interrupted program alive.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def submit(self, task: Task, report: Sink) -> None:
        """Start a thread."""
        threading.Thread(target=self._runner.run, args=(task, report), name=f"task-{task.id}", daemon=True).start()

    def close(self) -> None:
        """Free idle tools."""
        self._runner.pool.close()


def _request(call: Call) -> Request:
    return Request(
        call.op, call.params, {port: asset.load() for port, asset in call.inputs.items()}, call.seed, call.label
    )


def _results(tool: Tool, task: Task, requests: list[Request], context: Context) -> Iterator[Made | Failed]:
    """What the tool yields, held against its contract: one result for each request, of the right kind, sound."""
    open_calls = set(range(len(requests)))
    last = time.perf_counter()
    for index, result in tool.run(requests, context):
        if index not in open_calls:
            raise ToolDefect(
                f"gave a result for request {index!r}, which is none of those it still owes {sorted(open_calls)}"
            )
        open_calls.discard(index)
        now = time.perf_counter()
        yield _held(index, result, task.calls[index], task.tool, now - last)
        last = time.perf_counter()
    context.check()  # a tool may end early because it was cancelled
    for index in sorted(open_calls):
        yield Failed(index, ToolDefect("gave no result"))


def _held(index: int, result: Asset | ToolError, call: Call, tool: ToolSpec, seconds: float) -> Made | Failed:
    if isinstance(result, ToolError):
        return Failed(index, result, "".join(traceback.format_exception(result)))
    try:
        made = checked(result, call.kind)
        return Made(index, made if call.inputs else checked_length(made, call.params, tool), seconds)
    except ToolDefect as error:
        return Failed(index, error)
