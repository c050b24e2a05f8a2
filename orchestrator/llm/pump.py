"""Reading a stream so that it can be cancelled while nothing arrives."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from soundwright.orchestrator.llm.faults import Fault
from soundwright.orchestrator.llm.retry import Failed
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.errors import Cancelled

Item = TypeVar("Item")
Put = Callable[[Item], bool]
POLL_S = 0.1


def pump(
    produce: Callable[[Put[Item]], None], take: Callable[[Item], None], cancelled: Callable[[], bool] | None
) -> None:
    """Give ``take`` every item that ``produce`` puts; ``put`` tells with True that no more are wanted.

    With ``cancelled`` a thread of its own produces, so that the caller is free at once even where the source is silent
    for minutes; the thread ends with its next item. ``take`` runs in the caller's thread. ``produce`` raises ``Failed``
    or errors of ours only.

    Raises:
        Cancelled: ``cancelled`` became true.
    """
    if cancelled is None:

        def put(item: Item) -> bool:
            take(item)
            return False

        produce(put)
        return
    reader = _Reader(produce)
    reader.start()
    try:
        reader.drain(take, cancelled)
    finally:
        reader.stopped.set()


class _Reader(threading.Thread, Generic[Item]):
    """Puts items into a queue, then the error that ended them, or None."""

    def __init__(self, produce: Callable[[Put[Item]], None]) -> None:
        super().__init__(name="language-model", daemon=True)
        self._produce = produce
        self._queue: queue.SimpleQueue[tuple[Item] | Exception | None] = queue.SimpleQueue()
        self.stopped = threading.Event()

    def run(self) -> None:
        end: Exception | None = Failed(Fault("the reading thread died", kind="died"), final=True)
        try:
            self._produce(self._put)
            end = None
        except (Failed, SoundwrightError) as error:
            end = error
        finally:
            self._queue.put(end)

    def _put(self, item: Item) -> bool:
        self._queue.put((item,))
        return self.stopped.is_set()

    def drain(self, take: Callable[[Item], None], cancelled: Callable[[], bool]) -> None:
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
            take(got[0])
