"""Whisper base through CTranslate2 (faster-whisper): many languages, word times, translation into English.

It hears half a minute at a time and goes on where the last whole sentence ended (Radford et al., 2022), so that a
recording of any length is heard without a word being cut. Stretches in which nobody speaks are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from soundwright.tools.asr.ctranslate import find_cublas, whereabouts
from soundwright.tools.assets import Asset, Transcript, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.understanding.word_errors import word_scores

MODEL = "whisper-base"
RATE = 16000
_WEIGHTS_FILE = "model.bin"


class WhisperTool:
    """The tool ``whisper``: what is said, in which language, when each word is; its word errors beside a text."""

    spec = ToolSpec(
        name="whisper",
        version="base-2",
        operations=("transcribe", "translate_audio", "score_words"),
        licence_code="MIT",
        licence_weights="MIT",
        extra="transcribe",
        modules=("faster_whisper",),
        models=(MODEL,),
        cores=2,
        memory_mb=500,
        gpu_bytes=1 << 30,
        half="float16",
        max_batch=16,
        honours=("language", "to", "text"),
        take_varies=(),
        determinism="device",
        rank=60,
        speed=2.5,
        proven="real",
        proven_note="Whisper base on spoken lines",
        help="Transcription in many languages with word times; translation into English (Whisper base).",
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
        if place.device != "cpu":
            find_cublas()
        try:
            self._model = WhisperModel(
                str(weights.parent), **whereabouts(place), cpu_threads=place.threads, local_files_only=True
            )
        except (RuntimeError, ValueError) as error:
            raise ToolMissing(f"Whisper cannot be loaded on {place.device}: {error}") from error

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Listen to each request in turn."""
        return each(batch, context, lambda request: self._listen(request, context))

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Whisper translates into English alone."""
        to = str(params.get("to", "en"))
        if op == "translate_audio" and to.partition("-")[0].lower() != "en":
            return f"whisper translates into English only, not {to!r}; choose an engine that does"
        return ""

    def close(self) -> None:
        """Free the weights."""
        self._model = None

    def _listen(self, request: Request, context: Context) -> Asset:
        refused = self.refusal(request.op, request.params)
        if refused:
            raise ToolError(refused)
        heard = self._hear(request, "translate" if request.op == "translate_audio" else "transcribe", context)
        if request.op == "score_words":
            return word_scores(str(request.params["text"]), heard.text, str(request.params.get("language") or "en"))
        return heard

    def _hear(self, request: Request, task: str, context: Context) -> Transcript:
        audio = request.audio()
        mono = mono_at(audio, RATE)
        if not mono.size:
            return Transcript("", "")
        language = str(request.params.get("language", "")).partition("-")[0].lower() or None
        try:
            segments, info = self._model.transcribe(
                mono, task=task, language=language, beam_size=5, temperature=0.0, word_timestamps=True,
                condition_on_previous_text=False, vad_filter=True, vad_parameters={"min_silence_duration_ms": 1000},
            )  # fmt: skip
            heard = list(_watched(segments, context))
        except (RuntimeError, ValueError) as error:  # the first of a GPU whose memory is full
            raise ToolError(f"Whisper cannot transcribe this: {error}") from error
        words = tuple(_words(heard, audio.frames / audio.rate))
        spoken = "en" if task == "translate" else str(info.language)
        return Transcript(" ".join(segment.text.strip() for segment in heard), spoken, words)


def _watched(segments: Iterable[Any], context: Context) -> Iterator[Any]:
    """The engine computes a segment as it is asked for: a cancel is heeded in between."""
    for segment in segments:
        context.check()
        yield segment


def _words(segments: Iterable[Any], length_s: float) -> Iterator[Word]:
    """Words in order of time, none of them beginning before the one before it ends."""
    last_s = 0.0
    for segment in segments:
        for word in segment.words or ():
            start_s, end_s = clipped(max(float(word.start), last_s), float(word.end), length_s)
            last_s = end_s
            yield Word(word.word.strip(), start_s, end_s)
