"""Reading a stream so that it can be cancelled while nothing arrives."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from soundwright.orchestrator.llm.faults import Fault
from soundwright.orchestrator.llm.retry import Failed
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.errors import Cancelled

Item = TypeVar("Item")
POLL_S = 0.1


def follow(stream: Callable[[], Iterator[Item]], cancelled: Callable[[], bool] | None) -> Iterator[Item]:
    """The items of ``stream()``, which closes what it opens and raises ``Failed`` where it breaks.

    With ``cancelled`` a thread reads, so that the caller is free at once even where a server is silent for minutes;
    the thread ends with its connection.

    Raises:
        Cancelled: ``cancelled`` became true.
    """
    if cancelled is None:
        yield from stream()
        return
    reader = _Reader(stream)
    reader.start()
    try:
        yield from reader.items(cancelled)
    finally:
        reader.stopped.set()


class _Reader(threading.Thread, Generic[Item]):
    """Puts items into a queue, then the error that ended them, or None."""

    def __init__(self, stream: Callable[[], Iterator[Item]]) -> None:
        super().__init__(name="language-model", daemon=True)
        self._stream = stream
        self._queue: queue.SimpleQueue[tuple[Item] | Exception | None] = queue.SimpleQueue()
        self.stopped = threading.Event()

    def run(self) -> None:
        end: Exception | None = Failed(Fault("the reading thread died", kind="died"), final=True)
        try:
            for item in self._stream():
                self._queue.put((item,))
                if self.stopped.is_set():
                    break
            end = None
        except (Failed, SoundwrightError) as error:
            end = error
        finally:
            self._queue.put(end)

    def items(self, cancelled: Callable[[], bool]) -> Iterator[Item]:
        while True:
            if cancelled():
                raise Cancelled("The answer was cancelled.")
            try:
                got = self._queue.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if got is None:
                return
            if isinstance(got, Exception):
                raise got
            yield got[0]
