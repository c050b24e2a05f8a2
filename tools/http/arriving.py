"""Sound of an answer while it arrives: raw samples, and those of a WAV file, in chunks of a tenth of a second."""

from __future__ import annotations

import sys
from collections.abc import Callable

from soundwright.tools.assets import Audio
from soundwright.tools.http.sound import PACKED, WavHead, is_raw, rate_of

_LEAST_CHUNK_S = 0.1
_TELLING = 4  # bytes that tell a form


class Arriving:
    """Takes the parts of an answer, and gives ``emit`` what has come of its sound; a part may end within a sample.

    Packed forms cannot be heard before they are whole, nor can what its content type says is no raw sound: nothing of
    them is kept or emitted (``emitted`` stays False).
    """

    def __init__(self, who: str, pcm_rate: int, emit: Callable[[Audio], None]) -> None:
        self._who, self._rate, self._emit = who, pcm_rate, emit
        self._waiting = b""
        self._left = 0
        self._unheard = False
        self._head: WavHead | None = None
        self.emitted = False

    def take(self, part: bytes, content_type: str) -> None:
        """Hear a part of the answer."""
        if self._unheard:
            return
        self._waiting += part
        if self._head is None:
            self._begin(content_type)
        head = self._head
        if head is not None and len(self._waiting) >= _LEAST_CHUNK_S * head.rate * head.frame_bytes:
            self.flush()

    def flush(self) -> None:
        """Pass on the whole samples that wait."""
        head = self._head
        if head is None or not head.frame_bytes:
            return
        count = min(len(self._waiting), self._left) // head.frame_bytes * head.frame_bytes
        body, self._waiting = self._waiting[:count], self._waiting[count:]
        self._left -= count
        if body:
            self.emitted = True
            self._emit(Audio(head.samples(body, self._who), head.rate))

    def _begin(self, content_type: str) -> None:
        """Find out what the bytes are, once enough of them have come."""
        data = self._waiting
        if len(data) < _TELLING:
            return
        if data.startswith(b"RIFF"):
            self._head = WavHead.of(data)
        elif data.startswith(PACKED) or not is_raw(content_type):
            self._unheard, self._waiting = True, b""
        else:
            self._head = WavHead(0, sys.maxsize, 1, 16, 1, rate_of(content_type, self._rate))
        if self._head is not None:
            self._waiting, self._left = data[self._head.start :], self._head.size
