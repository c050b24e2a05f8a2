"""Marks of running processes: files that are locked for as long as their process lives, however it ends."""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCKS = sys.platform != "win32"
if LOCKS:
    import fcntl

_WITHOUT_LOCKS_S = 24 * 3600.0


class Marks:
    """Marks in ``folder``. Where files cannot be locked, a mark counts for a day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep a mark."""
        path, handle = self._make()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(handle)

    def oldest(self) -> float | None:
        """The Unix time at which the oldest living mark was made; None where there is none."""
        return min((start for mark in self.folder.glob("*.mark") if (start := _start(mark)) is not None), default=None)

    def _make(self) -> tuple[Path, int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = self.folder / f"{os.getpid()}-{uuid.uuid4().hex}.mark"
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            if LOCKS:
                fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists():  # else a clean-up took it between the two calls: try again
                return path, handle
            os.close(handle)


def _start(mark: Path) -> float | None:
    try:
        handle = os.open(mark, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        start = os.fstat(handle).st_mtime
        if _alive(handle, start):
            return start
        mark.unlink(missing_ok=True)
        return None
    finally:
        os.close(handle)


def _alive(handle: int, start: float) -> bool:
    if not LOCKS:
        return time.time() - start < _WITHOUT_LOCKS_S
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
