"""Float samples in a scratch file, so that a programme of any length takes little memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from soundwright.tools.assets import Samples
from soundwright.tools.audio_files import AudioFileError


class RawFile:
    """Interleaved float32 frames without a header. Written once from start to end, then read in ranges."""

    def __init__(self, path: Path, channels: int) -> None:
        self.path, self.channels, self.frames = path, channels, 0
        self._file = path.open("w+b")

    def write(self, interleaved: Samples) -> None:
        """Append (frames, channels), C-contiguous.

        Raises:
            AudioFileError: the disk is full, or the like.
        """
        try:
            self._file.write(interleaved.data)
        except OSError as error:
            raise AudioFileError(f"{self.path}: the scratch file of the mix cannot be written: {error}") from error
        self.frames += len(interleaved)

    def read(self, first: int, last: int) -> Samples:
        """(channels, last - first); zeros outside the file."""
        low, high = max(first, 0), min(max(last, 0), self.frames)
        self._file.seek(low * self.channels * 4)
        count = max(high - low, 0) * self.channels
        data = np.frombuffer(self._file.read(count * 4), np.float32).reshape(-1, self.channels).T
        before, after = max(0, min(0, last) - first), max(0, last - max(first, self.frames))
        return data if not (before or after) else np.pad(data, ((0, 0), (before, after)))

    def blocks(self, size: int) -> Iterator[Samples]:
        """All of it in (channels, at most ``size``) blocks."""
        for start in range(0, self.frames, size):
            yield self.read(start, min(start + size, self.frames))

    def restart(self) -> None:
        """Drop what was written."""
        self._file.seek(0)
        self._file.truncate()
        self.frames = 0

    def close(self) -> None:
        """Close and remove the file."""
        with suppress(OSError):  # what could not be flushed is not wanted any more
            self._file.close()
        self.path.unlink(missing_ok=True)
