"""Speech by an OpenAI-compatible server: ``POST /audio/speech``, samples passed on as they come."""

from __future__ import annotations

import json

from soundwright.tools.assets import Audio, Speech, Text
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.http.arriving import Arriving
from soundwright.tools.http.base import HttpTool
from soundwright.tools.http.client import Call
from soundwright.tools.http.settings import SpeechTable
from soundwright.tools.http.sound import decoded

_SPEEDS = (0.25, 4.0)
_STREAMED = ("pcm", "wav")


class HttpSpeechTool(HttpTool):
    """The tool of a table with ``kind = "speech"``."""

    def __init__(self, name: str, table: SpeechTable, offline: bool = False) -> None:
        honours = ("speed", *(("emotion",) if table.instructions else ()))
        super().__init__(
            name, table, offline, operations=("speak",), voices=table.infos(), honours=honours,
            max_text=table.max_text, streams=table.format in _STREAMED, proven="real",
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
        arriving = Arriving(self._name, self._table.rate, context.emit)
        aloud = self.spec.streams and context.listened_to  # else a server that fails half-way may be asked again
        call = Call(
            f"{self._url}/audio/speech", json.dumps(self._body(text, request)).encode(),
            {"Content-Type": "application/json"}, accepts=("audio/", "application/octet-stream"),
        )  # fmt: skip
        answer = self.client.ask(call, context, arriving.take if aloud else None)
        arriving.flush()
        sound = decoded(answer.body, answer.content_type, self._table.rate, self._name)
        if sound.frames == 0:
            raise ToolError(f"{self._name} sent an empty sound")
        if aloud and not arriving.emitted:  # it came packed, against our wish
            context.emit(Audio(sound.samples, sound.rate))
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
