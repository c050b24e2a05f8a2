"""The journal: one JSON line for each asset that was finished, appended and never rewritten.

A line is one ``write`` to a file opened for appending, which POSIX does not interleave with others; a line that a kill
tore is skipped by the reader and ended by the next writer.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROTATE_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A finished asset: its key, the node and tool that made it, its content hash, seconds of work, time (Unix)."""

    key: str
    node: str
    tool: str
    content_hash: str
    seconds: float
    time: float = 0.0


class Journal:
    """Lines in ``path``. Several threads and processes may append at once."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._ready = False

    def append(self, line: Line) -> None:
        """Note a finished asset."""
        if not self._ready:
            self._prepare()
        stamped = {**asdict(line), "time": line.time or round(time.time(), 3)}
        self._write(json.dumps(stamped, sort_keys=True).encode() + b"\n")

    def lines(self) -> Iterator[Line]:
        """All whole lines, oldest first."""
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            for raw in file:
                line = _parsed(raw)
                if line is not None:
                    yield line

    def _prepare(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_file() and self.path.stat().st_size > ROTATE_BYTES:
            os.replace(self.path, self.path.with_suffix(".old.jsonl"))
        if _torn(self.path):
            self._write(b"\n")
        self._ready = True

    def _write(self, data: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)


def _torn(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _parsed(raw: bytes) -> Line | None:
    try:
        return Line(**json.loads(raw))
    except (ValueError, TypeError):  # torn, or of another version
        return None
