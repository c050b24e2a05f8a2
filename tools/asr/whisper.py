"""Transcription by Whisper base through CTranslate2 (faster-whisper): many languages, word times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Transcript, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing

MODEL = "whisper-base"
RATE = 16000
_WEIGHTS_FILE = "model.bin"


class WhisperTool:
    """The tool ``whisper``: what is said, in which language, and when each word is."""

    spec = ToolSpec(
        name="whisper",
        version="base",
        operations=("transcribe",),
        licence_code="MIT",
        licence_weights="MIT",
        extra="transcribe",
        modules=("faster_whisper",),
        models=(MODEL,),
        cores=2,
        memory_mb=500,
        max_batch=16,
        honours=("language",),
        take_varies=(),
        determinism="device",
        rank=60,
        speed=2.5,
        proven="real",
        proven_note="Whisper base on spoken lines",
        help="Transcription in many languages with word times (Whisper base).",
    )

    def __init__(self) -> None:
        self._model: Any = None

    def load(self, place: Place) -> None:
        """Read the weights.

        Raises:
            ToolMissing: faster-whisper or the weights are not there.
        """
        weights = place.weights.get(_WEIGHTS_FILE)
        if weights is None:
            raise ToolMissing(f"Whisper has no weights. Run: soundwright models pull {MODEL}")
        try:
            from faster_whisper import WhisperModel  # noqa: PLC0415  heavy
        except ImportError as error:
            raise ToolMissing("Whisper needs faster-whisper. Run: pip install 'soundwright[transcribe]'") from error
        self._model = WhisperModel(
            str(weights.parent), device="cpu", compute_type="int8", cpu_threads=place.threads, local_files_only=True
        )

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Transcribe each request in turn."""
        return each(batch, context, self._transcribe)

    def close(self) -> None:
        """Free the weights."""
        self._model = None

    def _transcribe(self, request: Request) -> Transcript:
        import soxr  # noqa: PLC0415  heavy

        audio = request.audio()
        mono = soxr.resample(audio.samples.mean(axis=0), audio.rate, RATE, quality="HQ").astype(np.float32)
        language = str(request.params.get("language", "")).partition("-")[0].lower() or None
        try:
            segments, info = self._model.transcribe(
                mono, language=language, beam_size=5, temperature=0.0, word_timestamps=True,
                condition_on_previous_text=False,
            )  # fmt: skip
            heard = list(segments)
        except ValueError as error:
            raise ToolError(f"Whisper cannot transcribe this: {error}") from error
        words = tuple(
            Word(word.word.strip(), round(float(word.start), 3), round(float(word.end), 3))
            for segment in heard
            for word in segment.words or ()
        )
        return Transcript(" ".join(segment.text.strip() for segment in heard), str(info.language), words)
