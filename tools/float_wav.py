"""Float WAV without the time stamp that libsndfile puts into its peak chunk: same samples, same bytes."""

from __future__ import annotations

import struct
from pathlib import Path

from soundwright.tools.assets import Samples

_HEAD_BYTES = 12 + 36 + 26 + 12 + 8
_LIMIT = 0xFFFFFFFF


class FloatWav:
    """A 32-bit float WAV that becomes RF64 (EBU Tech 3306) when it outgrows 4 GiB."""

    def __init__(self, path: Path, rate: int, channels: int) -> None:
        self._rate, self._channels, self._bytes = rate, channels, 0
        self._file = path.open("wb")
        self._file.write(self._head())

    def write(self, frames: Samples) -> None:
        """Append float32 of shape (frames, channels), C-contiguous."""
        data = frames.astype("<f4", copy=False)
        self._file.write(data.data)
        self._bytes += data.nbytes

    def close(self) -> None:
        """Complete the header; closing twice is harmless."""
        if not self._file.closed:
            self._file.seek(0)
            self._file.write(self._head())
            self._file.close()

    def _head(self) -> bytes:
        frame_bytes = 4 * self._channels
        frames = self._bytes // frame_bytes
        riff = self._bytes + _HEAD_BYTES - 8
        big = riff > _LIMIT
        sizes = struct.pack("<QQQI", riff, self._bytes, frames, 0) if big else bytes(28)
        return b"".join(
            (
                struct.pack("<4sI4s", b"RF64" if big else b"RIFF", min(riff, _LIMIT), b"WAVE"),
                struct.pack("<4sI", b"ds64" if big else b"JUNK", 28) + sizes,
                struct.pack("<4sI", b"fmt ", 18),
                struct.pack("<HHIIHHH", 3, self._channels, self._rate, self._rate * frame_bytes, frame_bytes, 32, 0),
                struct.pack("<4sII", b"fact", 4, min(frames, _LIMIT)),
                struct.pack("<4sI", b"data", min(self._bytes, _LIMIT)),
            )
        )
