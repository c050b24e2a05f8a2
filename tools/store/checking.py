"""Files held against their hashes: bytes are read once per process, and again when a file was changed meanwhile."""

from __future__ import annotations

from pathlib import Path

from soundwright.tools.store.archive import sha256_of
from soundwright.tools.store.listing import ModelFile

Stamp = tuple[int, int, int, int]


class Checks:
    """Remembers which files were found right, by what changes when a file does."""

    def __init__(self) -> None:
        self._right: dict[Path, Stamp] = {}

    def is_good(self, path: Path, file: ModelFile) -> bool:
        """Whether size and bytes are those of ``file``; never for a file whose hash nobody knows."""
        stamp = stamp_of(path)
        if stamp is None or stamp[0] != file.size or not file.sha256:
            return False
        if self._right.get(path) != stamp:
            if sha256_of(path) != file.sha256 or stamp_of(path) != stamp:
                return False
            self._right[path] = stamp
        return True

    def is_untouched(self, path: Path) -> bool:
        """Whether a file is still as it was when it was found right."""
        stamp = stamp_of(path)
        return stamp is not None and stamp == self._right.get(path)

    def forget(self) -> None:
        """Have all bytes read again."""
        self._right.clear()


def stamp_of(path: Path) -> Stamp | None:
    """What changes when a file does: size, times of change (the second cannot be set by hand), and which file it is."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino
