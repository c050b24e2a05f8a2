"""Trying again: exponential back-off with jitter, the server's Retry-After honoured, cancelled at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from soundwright.orchestrator.llm.faults import Fault
from soundwright.tools.errors import Cancelled

Result = TypeVar("Result")
SLICE_S = 0.2  # a cancelled wait ends after this


class Failed(Exception):
    """One try failed with ``fault``. ``final`` where it must not be repeated (part of the answer was already shown)."""

    def __init__(self, fault: Fault, *, final: bool = False) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.final = final


@dataclass(frozen=True, slots=True)
class Backoff:
    """At most ``tries`` tries; waits ``base_s``, twice that, ... up to ``cap_s``, each between a half and the whole.

    A server's Retry-After replaces the wait; one longer than ``patience_s`` ends the tries. The jitter of one
    ``seed`` is always the same.
    """

    tries: int = 4
    base_s: float = 1.0
    cap_s: float = 20.0
    patience_s: float = 120.0
    seed: int = 0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def run(self, attempt: Callable[[], Result], cancelled: Callable[[], bool] | None = None) -> Result:
        """What ``attempt`` gives, tried again after each ``Failed`` that is worth it.

        Raises:
            Failed: the last try's.
            Cancelled: ``cancelled`` became true during a wait.
        """
        jitter = random.Random(self.seed)  # noqa: S311  no secret
        for number in range(1, self.tries):
            try:
                return attempt()
            except Failed as failed:
                wait_s = self._wait_s(failed.fault, number, jitter.uniform(0.5, 1.0))
                if failed.final or not failed.fault.retried or wait_s > self.patience_s:
                    raise
            self._pause(wait_s, cancelled)
        return attempt()

    def _wait_s(self, fault: Fault, number: int, share: float) -> float:
        asked = fault.wait_s
        return share * min(self.cap_s, self.base_s * 2.0 ** (number - 1)) if asked is None else asked

    def _pause(self, seconds: float, cancelled: Callable[[], bool] | None) -> None:
        if cancelled is None:
            self.sleep(seconds)
            return
        left = seconds
        while left > 0 or cancelled():
            if cancelled():
                raise Cancelled("The request was cancelled.")
            self.sleep(min(SLICE_S, left))
            left -= SLICE_S
