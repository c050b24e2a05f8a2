"""Numbers, times and lists in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

MAX_LISTED = 40


def clock(seconds: float) -> str:
    """``4.2 s`` or ``1 min 4.2 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {seconds % 60:.1f} s"


def count(number: int, noun: str) -> str:
    """``1 line``, ``2 lines``; nouns that are given in the plural lose their s."""
    singular = noun.removesuffix("s") if noun != "pieces of music" else "piece of music"
    plural = noun if noun.endswith("s") or noun == "pieces of music" else f"{noun}s"
    return f"{number} {singular if number == 1 else plural}"


def listing(head: str, rows: Sequence[str]) -> str:
    """A head with rows under it; very many are cut, and it is said."""
    if not rows:
        return f"{head}."
    shown = [f"  {row}" for row in rows[:MAX_LISTED]]
    more = [f"  ... and {len(rows) - MAX_LISTED} more"] if len(rows) > MAX_LISTED else []
    return "\n".join([f"{head}:", *shown, *more])


def near_path(path: Path, folder: Path) -> Path:
    """A path as seen from a folder, where it lies below it."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path
