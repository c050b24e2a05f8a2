"""How speech goes out: as bytes or as server-sent events, piece by piece where engine and form allow it."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.serving.encoders import STREAMED, TYPES, encoded, in_pieces
from soundwright.orchestrator.serving.refusal import Refused
from soundwright.orchestrator.serving.running import Running
from soundwright.tools.assets import Audio

WAYS = ("audio", "sse")
_BLOCK = 1 << 15
_NO_USAGE = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, whole or in parts of unknown number; who breaks off calls ``stop``."""

    content_type: str
    body: bytes | Iterator[bytes]
    stop: Callable[[], None]


def spoken(running: Running, form: str, way: str) -> Answer:
    """The sound in one of the forms of ``TYPES``, once there is something to send.

    Raises:
        Refused: there is no sound.
        Gone: the client is.
    """
    parts = _parts(running, form)
    if way == "sse":
        return Answer("text/event-stream", _events(parts), running.stop)
    return Answer(TYPES[form], parts, running.stop)


def _parts(running: Running, form: str) -> bytes | Iterator[bytes]:
    chunks = running.chunks()
    first = next(chunks, None) if form in STREAMED else None
    if first is not None:
        return in_pieces(itertools.chain([first], chunks), form)
    made = running.result()
    if not isinstance(made, Audio):
        raise Refused(500, "the engine gave no sound")
    return encoded(made, form)


def _events(parts: bytes | Iterator[bytes]) -> Iterator[bytes]:
    """The parts in base64, each an event; an error on the way is one too."""
    try:
        for part in [parts] if isinstance(parts, bytes) else parts:
            for start in range(0, len(part), _BLOCK):
                sound = base64.b64encode(part[start : start + _BLOCK]).decode()
                yield _event({"type": "speech.audio.delta", "audio": sound})
        yield _event({"type": "speech.audio.done", "usage": _NO_USAGE})
    except Refused as refused:
        yield _event(refused.to_json())


def _event(content: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(content)}\n\n".encode()
