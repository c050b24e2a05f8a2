"""A tool whose engine runs in a worker process: it satisfies the tool contract, and survives what its engine does."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import Cancelled, ToolDefect, ToolError, ToolMissing
from soundwright.tools.homes.settings import Homes
from soundwright.tools.worker import host
from soundwright.tools.worker.process import WorkerEnded, WorkerProcess
from soundwright.tools.worker.values import OFFLINE, asset_of, plain_request

ADAPTER = Path(__file__).with_name("adapter.py")
_POLL_S = 0.05
_CLOSE_S = 2.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Launch:
    """How an engine is started: the interpreter, its file (or module), folders for its imports, and its ``target``."""

    engine: Mapping[str, str]
    python: Path = field(default_factory=lambda: Path(sys.executable))
    path: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    target: str = ""


def adapted(target: str, *, offline: bool = False) -> Launch:
    """How a tool of a package is started in a worker with this interpreter: ``target`` is its entry point."""
    variables = {OFFLINE: "1" if offline else ""}
    return Launch({"file": str(ADAPTER)}, path=tuple(sys.path), target=target, variables=variables)


class WorkerTool:
    """A tool in a process of its own. A batch that ends the process is tried again request by request."""

    def __init__(self, spec: ToolSpec, launch: Launch, homes: Homes | None = None) -> None:
        self.spec, self._launch, self._homes = spec, launch, homes or Homes()
        self._place = Place()
        self._process: WorkerProcess | None = None
        self._busy = threading.Lock()
        self._idle: threading.Timer | None = None

    def load(self, place: Place) -> None:
        """Start the process and load the engine in it.

        Raises:
            ToolMissing: the engine says that a package or weight is missing.
            ToolError: the process ended, or the engine could not be loaded.
        """
        self._place = place
        with self._busy:
            try:
                self._started()
            except WorkerEnded as error:
                raise self._ended(str(error)) from None

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Have the engine do a batch. What ends the process is a failure of one request; the others are still done."""
        with self._busy:
            self._stay()
            waiting = [tuple(range(len(batch)))]
            while waiting:
                context.check()
                group = waiting.pop(0)
                left = set(group)
                try:
                    for index, result in self._together(group, batch, context):
                        left.discard(index)
                        yield index, result
                except WorkerEnded as error:
                    if len(left) > 1:
                        waiting = [(index,) for index in sorted(left)] + waiting
                    for index in left if len(left) == 1 else ():
                        yield index, self._ended(str(error))
            self._leave_after_a_while()

    def close(self) -> None:
        """End the process; the engine has seconds to free what it holds."""
        with self._busy:
            self._stay()
            self._end()

    def _together(
        self, group: Sequence[int], batch: Sequence[Request], context: Context
    ) -> Iterator[tuple[int, Asset | ToolError]]:
        """Run some requests at once; indexes are those of the whole batch."""
        process = self._started()
        requests = process.exchange.pack([plain_request(batch[index]) for index in group])
        process.send({"type": "run", "requests": requests, "scratch": str(context.scratch.absolute())})
        over = False
        try:
            for message in self._heard(process, context):
                if message["type"] == "done":
                    over = True
                elif message["type"] == "progress":
                    context.progress(float(message["fraction"]))
                elif message["type"] == "chunk":
                    context.emit(_chunk(asset_of(process.exchange.unpack(message["asset"]))))
                elif message["type"] == "failed":
                    over = True
                    raise raised(message)
                else:
                    yield self._result(process, message, group)
            context.check()
        except host.BadFrame as error:
            raise WorkerEnded(f"broke the protocol: {error}") from error
        finally:
            if not over:  # cancelled, lost, or nobody wants the rest
                self._kill()

    def _heard(self, process: WorkerProcess, context: Context) -> Iterator[dict[str, Any]]:
        """Messages up to the last of a run, while the time limit and a cancel are watched."""
        limit, cancelled_at, last = self.spec.timeout_s or self._homes.limit_s, 0.0, time.monotonic()
        while True:
            message = process.receive(_POLL_S)
            now = time.monotonic()
            if not cancelled_at and context.cancelled():  # also while it sends one message after the other
                cancelled_at = now
                process.send({"type": "cancel"})
            if message is not None:
                if message["type"] in {"result", "error"}:
                    last = now
                yield message
                if message["type"] == "done":
                    return
            if cancelled_at and now - cancelled_at > self._homes.cancel_s:
                raise Cancelled("cancelled")
            if now - last > limit:
                process.kill()
                raise WorkerEnded(f"took longer than its limit of {limit:g} s and was killed{process.last_words()}")

    def _result(
        self, process: WorkerProcess, message: Mapping[str, Any], group: Sequence[int]
    ) -> tuple[int, Asset | ToolError]:
        position = message.get("index")
        if not isinstance(position, int) or not 0 <= position < len(group):
            raise ToolDefect(f"gave a result for request {position!r} of {len(group)}")
        if message["type"] == "error":
            return group[position], _tool_error(message)
        try:
            return group[position], asset_of(process.exchange.unpack(message["asset"]))
        except ToolDefect as defect:
            return group[position], defect

    def _started(self) -> WorkerProcess:
        """The process with its engine loaded, started where there is none.

        Raises:
            WorkerEnded: it ended meanwhile.
            ToolMissing, ToolError: the engine could not be loaded.
        """
        if self._process is not None:
            return self._process
        launch = self.launch()
        threads = dict.fromkeys(_THREADS, str(self._place.threads))
        process = self._process = WorkerProcess(launch.python, {**threads, **launch.variables})
        try:
            self._wait_for(process, "ready", self._homes.start_s)
            process.send({"type": "load", "engine": dict(launch.engine), "path": list(launch.path),
                          "exchange": str(process.folder), "place": self._plain_place(launch)})  # fmt: skip
            self._wait_for(process, "loaded", self._homes.load_s)
        except BaseException:
            self._kill()
            raise
        return process

    def launch(self) -> Launch:
        """How the engine is started."""
        return self._launch

    def settle(self, homes: Homes) -> None:
        """Take the user's settings, before anything is loaded."""
        self._homes = homes

    def _plain_place(self, launch: Launch) -> dict[str, Any]:
        place = self._place
        weights = {name: str(path) for name, path in place.weights.items()}
        return {"device": place.device, "dtype": place.dtype, "weights": weights, "threads": place.threads,
                "target": launch.target}  # fmt: skip

    def _wait_for(self, process: WorkerProcess, kind: str, limit_s: float) -> None:
        message = process.receive(limit_s)
        if message is None:
            process.kill()
            raise WorkerEnded(f"was not {kind} after {limit_s:g} s and was killed{process.last_words()}")
        if message["type"] == "failed":
            raise raised(message)
        if message["type"] != kind or message.get("protocol", host.PROTOCOL) != host.PROTOCOL:
            raise WorkerEnded(f"broke the protocol: {message['type']!r} came where {kind!r} was due")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close(_CLOSE_S)

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _ended(self, how: str) -> ToolError:
        return ToolError(
            f"the worker process of {self.spec.name} {self.spec.version} {how}. "
            "The next request starts it anew; tell its author.",
            addressee="developer",
        )

    # An idle worker is ended, so that it gives its memory back.

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _leave_after_a_while(self) -> None:
        timer = self._idle = threading.Timer(self._homes.idle_s, self._leave)
        timer.daemon = True
        timer.start()

    def _leave(self) -> None:
        if self._busy.acquire(blocking=False):  # else it has just got something to do
            try:
                if self._idle is threading.current_thread():
                    self._end()
            finally:
                self._busy.release()


def _chunk(asset: Asset) -> Audio:
    if not isinstance(asset, Audio):
        raise ToolDefect(f"emitted a chunk of {asset.kind.value}; chunks are Audio")
    return asset


def _tool_error(message: Mapping[str, Any]) -> ToolError:
    return ToolError(
        str(message.get("message", "")), addressee="developer" if message.get("addressee") == "developer" else "user"
    )


def raised(message: Mapping[str, Any]) -> Exception:
    """What the engine raised, as ours; its traceback is in the notes."""
    text, name = str(message.get("message", "")), str(message.get("error", ""))
    error: Exception
    if name == "Cancelled":
        error = Cancelled("cancelled")
    elif name == "ToolMissing":
        error = ToolMissing(text)
    elif name in {"ToolError", "ToolDefect"}:
        error = _tool_error(message)
    else:
        error = ToolDefect(f"raised {name}: {text}")
    if message.get("details"):
        error.add_note(f"In the worker:\n{message['details']}")
    return error
