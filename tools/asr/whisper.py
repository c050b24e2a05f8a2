"""Whisper base through CTranslate2 (faster-whisper): many languages, word times, translation into English.

It hears half a minute at a time and goes on where the last whole sentence ended (Radford et al., 2022), so that a
recording is heard without a word being cut. Stretches in which nobody speaks are left out. What is longer than ten
minutes comes to it in pieces that end where it is quietest: its spectra of an hour would take gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from soundwright.tools.asr.ctranslate import find_cublas, whereabouts
from soundwright.tools.asr.pieces import pieces
from soundwright.tools.assets import Asset, Samples, Transcript, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.understanding.word_errors import word_scores

MODEL = "whisper-base"
RATE = 16000
_WEIGHTS_FILE = "model.bin"
_AT_ONCE_S = 600.0


class WhisperTool:
    """The tool ``whisper``: what is said, in which language, when each word is; its word errors beside a text."""

    spec = ToolSpec(
        name="whisper",
        version="base-3",
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
        language = str(request.params.get("language", "")).partition("-")[0].lower()
        spoken, heard = "", _Heard(audio.length_s)
        for first, end in pieces(mono, RATE, _AT_ONCE_S):
            spoken = self._piece(mono[first:end], first / RATE, language, task, heard, context)
            language = language or (spoken if heard.said else "")  # one language for all, from where somebody speaks
        return Transcript(" ".join(heard.said), "en" if task == "translate" else spoken, tuple(heard.words))

    def _piece(self, mono: Samples, begin_s: float, language: str, task: str, heard: _Heard, context: Context) -> str:
        """Hear what begins at ``begin_s``; the language that it is heard in."""
        try:
            segments, info = self._model.transcribe(
                mono, task=task, language=language or None, beam_size=5, temperature=0.0, word_timestamps=True,
                condition_on_previous_text=False, vad_filter=True, vad_parameters={"min_silence_duration_ms": 1000},
            )  # fmt: skip
            for segment in segments:  # the engine computes a segment as it is asked for
                context.check()
                heard.add(segment, begin_s)
                context.progress(min(1.0, (begin_s + float(segment.end)) / heard.length_s))
        except (RuntimeError, ValueError) as error:  # the first of a GPU whose memory is full
            raise ToolError(f"Whisper cannot transcribe this: {error}") from error
        return str(info.language)


class _Heard:
    """What was heard of a recording so far: words in order of time, none beginning before the one before it ends."""

    def __init__(self, length_s: float) -> None:
        self.length_s = length_s
        self.said: list[str] = []
        self.words: list[Word] = []

    def add(self, segment: Any, begin_s: float) -> None:  # noqa: ANN401  of an untyped package
        """Take a segment of the piece that begins at ``begin_s``."""
        self.said.append(segment.text.strip())
        for word in segment.words or ():
            last_s = self.words[-1].end_s if self.words else 0.0
            start_s, end_s = begin_s + float(word.start), begin_s + float(word.end)
            self.words.append(Word(word.word.strip(), *clipped(max(start_s, last_s), end_s, self.length_s)))
