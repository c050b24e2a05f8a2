"""Speech by an OpenAI-compatible server: ``POST /audio/speech``, raw samples passed on as they come."""

from __future__ import annotations

import json

import numpy as np

from soundwright.tools.assets import Audio, Samples, Speech, Text
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.http.base import HttpTool
from soundwright.tools.http.client import Call
from soundwright.tools.http.settings import SpeechTable
from soundwright.tools.http.sound import PcmStream, decoded, rate_of

_SPEEDS = (0.25, 4.0)
_LEAST_CHUNK_S = 0.1


class HttpSpeechTool(HttpTool):
    """The tool of a table with ``kind = "speech"``."""

    def __init__(self, name: str, table: SpeechTable, offline: bool = False) -> None:
        honours = ("speed", *(("emotion",) if table.instructions else ()))
        super().__init__(
            name, table, offline, operations=("speak",), voices=table.infos(), honours=honours,
            max_text=table.max_text, streams=table.format == "pcm", proven="real",
            proven_note="a server of the OpenAI form on this machine",
        )  # fmt: skip
        self._table = table

    def answer(self, request: Request, context: Context) -> Speech:
        """Have a text spoken.

        Raises:
            ToolError: the server gave no sound.
        """
        given = request.inputs.get("text")
        text = given.text if isinstance(given, Text) else str(request.params.get("text", ""))
        if not text.strip():
            raise ToolError("there is nothing to speak")
        stream = _Emitter(self._table.rate, context) if self._table.format == "pcm" else None
        call = Call(
            f"{self._url}/audio/speech", json.dumps(self._body(text, request)).encode(),
            {"Content-Type": "application/json"}, accepts=("audio/", "application/octet-stream"),
        )  # fmt: skip
        answer = self.client.ask(call, context, None if stream is None else stream.take)
        if stream is not None:
            stream.flush()
        sound = decoded(answer.body, answer.content_type, self._table.rate, self._name)
        if sound.frames == 0:
            raise ToolError(f"{self._name} sent an empty sound")
        return Speech(sound.samples, sound.rate, 0, text, str(request.params.get("language", "")))

    def _body(self, text: str, request: Request) -> dict[str, object]:
        preset = str(request.params.get("preset") or self.spec.voices[0].preset)
        body: dict[str, object] = {"model": self._table.model, "input": text, "voice": preset,
                                   "response_format": self._table.format}  # fmt: skip
        speed = float(request.params.get("speed", 1.0))
        if speed != 1.0:
            body["speed"] = min(max(speed, _SPEEDS[0]), _SPEEDS[1])
        emotion = str(request.params.get("emotion", ""))
        if self._table.instructions and emotion:
            body["instructions"] = f"Speak in this mood: {emotion}."
        return body


class _Emitter:
    """Passes raw samples on as chunks of a tenth of a second or more."""

    def __init__(self, rate: int, context: Context) -> None:
        self._rate, self._context, self._stream = rate, context, PcmStream()
        self._waiting: list[Samples] = []

    def take(self, part: bytes, content_type: str) -> None:
        """Hear a part of the answer."""
        if content_type.startswith(("audio/wav", "audio/x-wav")) or (not self._waiting and part[:4] == b"RIFF"):
            return  # a server that sends a file after all: it is read when it is whole
        self._rate = rate_of(content_type, self._rate)
        self._waiting.append(self._stream.samples(part))
        if sum(piece.shape[1] for piece in self._waiting) >= _LEAST_CHUNK_S * self._rate:
            self.flush()

    def flush(self) -> None:
        """Pass on what waits."""
        samples = np.concatenate([np.zeros((1, 0), np.float32), *self._waiting], axis=1)
        self._waiting = []
        if samples.shape[1]:
            self._context.emit(Audio(samples, self._rate))
