"""What a stretch of a test opens, lists, starts or connects to, told by Python's audit events."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_WATCHED = ("open", "os.listdir", "os.scandir", "subprocess.Popen", "os.system", "socket.connect")
_LISTS: list[list[str]] = []  # of those who watch now: an audit hook cannot be taken out again


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if _LISTS and event in _WATCHED and not _of_python(seen := f"{event} {args[0]!r}"):
        for each in _LISTS:
            each.append(seen)


def _of_python(seen: str) -> bool:
    return any(folder in seen for folder in _OWN)


_OWN = (
    str(Path(__file__).resolve().parents[1]), sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix),
    os.path.realpath(sys.base_prefix), *(path for path in sys.path if path.endswith("site-packages")),
)  # fmt: skip
sys.addaudithook(_audit)


@contextlib.contextmanager
def foreign() -> Iterator[list[str]]:
    """Filled, while it is open, with each such event; the code and data of Python's packages and of this tree aside."""
    seen: list[str] = []
    _LISTS.append(seen)
    try:
        yield seen
    finally:
        _LISTS.remove(seen)
