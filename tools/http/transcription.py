"""Transcription by an OpenAI-compatible server: ``POST /audio/transcriptions``, with word times where it gives them."""

from __future__ import annotations

from typing import Any

from soundwright.tools.assets import Transcript, Word
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.http.base import HttpTool
from soundwright.tools.http.client import Call, multipart
from soundwright.tools.http.settings import TranscriptionTable
from soundwright.tools.http.sound import flac_bytes

RATE_HZ = 16000
_TAGS = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "italian": "it",
    "japanese": "ja", "korean": "ko", "norwegian": "no", "polish": "pl", "portuguese": "pt", "russian": "ru",
    "spanish": "es", "swedish": "sv", "turkish": "tr", "ukrainian": "uk",
}  # fmt: skip
"""Servers of this form name the language in English."""


class HttpTranscriptionTool(HttpTool):
    """The tool of a table with ``kind = "transcription"``."""

    def __init__(self, name: str, table: TranscriptionTable, offline: bool = False) -> None:
        super().__init__(
            name, table, offline, operations=("transcribe",), honours=("language",), proven="real",
            proven_note="a server of the OpenAI form on this machine",
        )  # fmt: skip
        self._table = table

    def answer(self, request: Request, context: Context) -> Transcript:
        """Have a recording written down.

        Raises:
            ToolError: the server gave no transcript.
        """
        audio = request.audio()
        fields: dict[str, str | list[str]] = {"model": self._table.model}
        language = str(request.params.get("language", ""))
        if language:
            fields["language"] = language.partition("-")[0]
        if self._table.words:
            fields |= {"response_format": "verbose_json", "timestamp_granularities[]": ["word"]}
        body, content_type = multipart(fields, "file", "sound.flac", flac_bytes(audio, RATE_HZ))
        call = Call(f"{self._url}/audio/transcriptions", body, {"Content-Type": content_type},
                    accepts=("application/json",))  # fmt: skip
        found = self.client.ask(call, context).json(self._name)
        if not isinstance(found, dict) or not isinstance(found.get("text"), str):
            raise ToolError(f"{self._name} sent a transcript without a text")
        spoken = str(found.get("language") or language).lower()
        return Transcript(found["text"].strip(), _TAGS.get(spoken, spoken), self._words(found, audio.length_s))

    def _words(self, found: dict[str, Any], length_s: float) -> tuple[Word, ...]:
        try:
            words = [Word(str(it["word"]).strip(), float(it["start"]), float(it["end"]))
                     for it in found.get("words") or []]  # fmt: skip
        except (TypeError, KeyError, ValueError) as error:
            raise ToolError(f"{self._name} sent words without times: {error}") from error
        inside = [Word(w.text, min(max(w.start_s, 0.0), length_s), min(max(w.end_s, 0.0), length_s)) for w in words]
        return tuple(word for word in inside if word.text)
