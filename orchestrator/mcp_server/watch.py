"""How far a call is, as one fraction and a few words, kept for whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from soundwright.orchestrator.observers import Job, NullObserver

SHARES: Mapping[str, tuple[float, float]] = {"plan": (0.0, 0.1), "assets": (0.1, 0.8), "mix": (0.8, 1.0)}
"""Which part of a call each stage is."""


class Watch(NullObserver):
    """Turns what a run tells into a fraction from 0 to 1 that never falls."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._fraction, self._text = 0.0, ""
        self._span, self._work, self._done = (0.0, 1.0), 0.0, 0.0
        self._partly: dict[str, float] = {}

    def now(self) -> tuple[float, str]:
        """The fraction that is done, and what is being done."""
        with self._guard:
            return self._fraction, self._text

    def stage(self, name: str, work: float = 0.0) -> None:
        """A stage begins."""
        with self._guard:
            self._span, self._work, self._done = SHARES.get(name, (self._fraction, 1.0)), work, 0.0
            self._partly = {}
            self._text = name
            self._move()

    def advance(self, work: float) -> None:
        """That much of it is done."""
        with self._guard:
            self._done += work
            self._move()

    def started(self, job: Job) -> None:
        """Something is being made."""
        with self._guard:
            self._text = f"{job.op} by {job.tool}" + (f" ({job.place})" if job.place else "")

    def progress(self, job: Job, fraction: float) -> None:
        """How far it is."""
        with self._guard:
            self._partly[job.node] = job.estimate_s * min(max(fraction, 0.0), 1.0)
            self._move()

    def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
        """It is there."""
        del seconds, reused
        with self._guard:
            self._partly.pop(job.node, None)
            self._done += job.estimate_s
            self._move()

    def message(self, text: str, *, warning: bool = False) -> None:
        """Something to tell."""
        del warning
        with self._guard:
            self._text = text

    def _move(self) -> None:
        low, high = self._span
        part = (self._done + sum(self._partly.values())) / self._work if self._work > 0 else 0.0
        self._fraction = max(self._fraction, low + (high - low) * min(part, 1.0))
