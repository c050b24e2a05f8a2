"""Who watches a run: bars for people, JSON lines for programs, or nobody. All may be called from any thread."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from soundwright.orchestrator.errors import Failure

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


@dataclass(frozen=True, slots=True)
class Job:
    """One node at work: ``place`` in the script, and the seconds it is expected to take."""

    node: str
    op: str
    tool: str
    place: str
    estimate_s: float = 0.0


class Observer(Protocol):
    """Is told what happens. What an observer raises ends the run: it is a mistake of its developer."""

    def stage(self, name: str, work: float = 0.0) -> None:
        """A stage begins (script, graph, assets, mix, ...), with ``work`` units to do; it ends the one before."""

    def advance(self, work: float) -> None:
        """That much of the stage's work is done."""

    def started(self, job: Job) -> None:
        """A tool begins a node."""

    def progress(self, job: Job, fraction: float) -> None:
        """How much of it is done, from 0 to 1."""

    def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
        """A node is there: made in ``seconds``, or ``reused`` from the cache."""

    def failed(self, failure: Failure) -> None:
        """A node could not be made."""

    def message(self, text: str, *, warning: bool = False) -> None:
        """Something to tell."""

    def close(self) -> None:
        """The run is over, well or not."""


class NullObserver:
    """Watches nothing. A base for observers that care for some events only."""

    def stage(self, name: str, work: float = 0.0) -> None:
        """Ignored."""

    def advance(self, work: float) -> None:
        """Ignored."""

    def started(self, job: Job) -> None:
        """Ignored."""

    def progress(self, job: Job, fraction: float) -> None:
        """Ignored."""

    def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
        """Ignored."""

    def failed(self, failure: Failure) -> None:
        """Ignored."""

    def message(self, text: str, *, warning: bool = False) -> None:
        """Ignored."""

    def close(self) -> None:
        """Ignored."""


class TextObserver(NullObserver):
    """Messages as lines on standard error, where there is no terminal. Failures end in an error anyway."""

    def message(self, text: str, *, warning: bool = False) -> None:
        """Print it."""
        print(f"warning: {text}" if warning else text, file=sys.stderr)


class JsonObserver:
    """One JSON object a line, by default on standard error: ``event``, ``time`` (Unix seconds) and its facts."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._guard = threading.Lock()

    def stage(self, name: str, work: float = 0.0) -> None:
        """``{"event": "stage", "name", "work"}``."""
        self._write("stage", name=name, work=work)

    def advance(self, work: float) -> None:
        """``{"event": "advance", "work"}``."""
        self._write("advance", work=work)

    def started(self, job: Job) -> None:
        """``{"event": "started", ...}`` with the fields of the job."""
        self._write("started", **asdict(job))

    def progress(self, job: Job, fraction: float) -> None:
        """``{"event": "progress", "node", "fraction"}``."""
        self._write("progress", node=job.node, fraction=round(fraction, 4))

    def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
        """``{"event": "finished", "node", "op", "tool", "place", "seconds", "reused"}``."""
        facts = {"node": job.node, "op": job.op, "tool": job.tool, "place": job.place}
        self._write("finished", **facts, seconds=round(seconds, 4), reused=reused)

    def failed(self, failure: Failure) -> None:
        """``{"event": "failed", ...}`` with the fields of the failure but its traceback."""
        facts = asdict(failure)
        del facts["details"]
        self._write("failed", **facts)

    def message(self, text: str, *, warning: bool = False) -> None:
        """``{"event": "message", "text", "warning"}``."""
        self._write("message", text=text, warning=warning)

    def close(self) -> None:
        """``{"event": "end"}``."""
        self._write("end")

    def _write(self, event: str, **facts: object) -> None:
        line = json.dumps({"event": event, "time": round(time.time(), 3), **facts}, ensure_ascii=False)
        with self._guard:
            self._stream.write(line + "\n")
            self._stream.flush()


class RichObserver:
    """A bar for each stage with the time left, on standard error.

    The time left comes from the speed measured in this run: work is counted in the seconds that each node was expected
    to take, so it holds where the engines are slower than they say.
    """

    def __init__(self, *, force_terminal: bool | None = None) -> None:
        from rich.console import Console  # noqa: PLC0415  only where bars are wanted
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # noqa: PLC0415

        console = Console(stderr=True, force_terminal=force_terminal, highlight=False, markup=False)
        columns = (
            TextColumn("{task.description:<10}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            TextColumn("{task.fields[detail]}", markup=False),
        )
        self._bars: RichProgress = Progress(*columns, console=console, speed_estimate_period=60)
        self._stage: TaskID | None = None
        self._partly: dict[str, float] = {}
        self._guard = threading.RLock()
        self._bars.start()

    def stage(self, name: str, work: float = 0.0) -> None:
        """A new bar; the one before is full. The same stage again only learns how much work it is."""
        with self._guard:
            if self._stage is not None and self._bars.tasks[self._bars.task_ids.index(self._stage)].description == name:
                self._bars.update(self._stage, total=work or None)
                return
            self._complete()
            self._stage = self._bars.add_task(name, total=work or None, detail="")
            self._partly = {}

    def advance(self, work: float) -> None:
        """Move the bar."""
        with self._guard:
            if self._stage is not None:
                self._bars.advance(self._stage, work)

    def started(self, job: Job) -> None:
        """Show what is at work."""
        with self._guard:
            if self._stage is not None:
                self._bars.update(self._stage, detail=f"{job.op} {job.place}"[:48])

    def progress(self, job: Job, fraction: float) -> None:
        """Move the bar by what was done of a node since the last time."""
        with self._guard:
            done = job.estimate_s * min(max(fraction, 0.0), 1.0)
            before = self._partly.get(job.node, 0.0)
            if done > before:
                self._partly[job.node] = done
                self.advance(done - before)

    def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
        """Move the bar by what was left of a node; one from the cache was no work, and tells nothing of the speed."""
        del seconds
        with self._guard:
            if reused:
                self._shorten(job.estimate_s)
            else:
                self.advance(max(0.0, job.estimate_s - self._partly.pop(job.node, 0.0)))

    def failed(self, failure: Failure) -> None:
        """Print at once, above the bars, what failed; the causes come with the error at the end."""
        place = failure.places[0] if failure.places else str(failure.node)
        self._bars.console.print(f"failed: {place}: {failure.op} by {failure.tool}")

    def message(self, text: str, *, warning: bool = False) -> None:
        """Print above the bars."""
        self._bars.console.print(f"warning: {text}" if warning else text)

    def close(self) -> None:
        """Complete the bars and stop drawing."""
        with self._guard:
            self._complete()
            self._bars.stop()

    def _shorten(self, work: float) -> None:
        if self._stage is not None:
            total = self._bars.tasks[self._bars.task_ids.index(self._stage)].total
            if total is not None:
                self._bars.update(self._stage, total=max(total - work, 1e-9))

    def _complete(self) -> None:
        if self._stage is not None:
            total = self._bars.tasks[self._bars.task_ids.index(self._stage)].total or 1.0
            self._bars.update(self._stage, total=total, completed=total, detail="")
            self._stage = None


@contextmanager
def for_terminal(*, as_json: bool = False, quiet: bool = False) -> Iterator[Observer]:
    """The observer of a command: JSON lines, bars, or nothing where bars are unwanted; closed at the end."""
    bars = not quiet and sys.stderr.isatty()
    observer: Observer = JsonObserver() if as_json else RichObserver() if bars else TextObserver()
    try:
        yield observer
    finally:
        observer.close()
