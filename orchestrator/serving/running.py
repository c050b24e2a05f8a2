"""An engine at work for one client: in a thread of its own, heard as it goes, stopped when nobody waits any more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

from soundwright.orchestrator.serving.refusal import Refused
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.assets import Asset, Audio

_POLL_S = 0.1
Emit = Callable[[Audio], None]
Asked = Callable[[], bool]


def always() -> bool:
    """The client is there."""
    return True


class Gone(Exception):
    """The client is not there any more."""


class Running:
    """``work(emit, cancelled)`` in a thread. The engine goes at its own pace, however slowly the client listens."""

    def __init__(self, work: Callable[[Emit, Asked], Asset], wanted: Asked) -> None:
        self._wanted, self._stop = wanted, threading.Event()
        self._heard: queue.SimpleQueue[Audio | None] = queue.SimpleQueue()
        self._made: Asset | Refused | SoundwrightError | None = None
        self._over = False

        def run() -> None:
            try:
                self._made = work(self._heard.put, self._stop.is_set)
            except (Refused, SoundwrightError) as error:
                self._made = error
            finally:
                self._heard.put(None)

        threading.Thread(target=run, name="serving", daemon=True).start()

    def chunks(self) -> Iterator[Audio]:
        """The chunks as they come, to the end of the work.

        Raises:
            Gone: the client is; the work is cancelled.
            Refused, SoundwrightError: as the work did.
        """
        while not self._over and (chunk := self._next()) is not None:
            yield chunk
        self._over = True
        if isinstance(self._made, Exception):
            raise self._made

    def result(self) -> Asset | None:
        """What was made; chunks that nobody took are dropped. Raises as ``chunks`` does."""
        for _ in self.chunks():
            pass
        return None if isinstance(self._made, Exception) else self._made

    def stop(self) -> None:
        """Cancel the work; harmless where it is done."""
        self._stop.set()

    def _next(self) -> Audio | None:
        while True:
            with suppress(queue.Empty):
                return self._heard.get(timeout=_POLL_S)
            if not self._wanted():
                self.stop()
                raise Gone
