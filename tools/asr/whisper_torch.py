"""Whisper in transformers (Radford et al., 2022): the larger checkpoints, on a GPU where there is one.

It hears half a minute at a time: longer recordings are cut where they are quietest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from soundwright.tools.asr.pieces import watched
from soundwright.tools.assets import Asset, Samples, Transcript, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.understanding.word_errors import word_scores

RATE = 16000
_LONGEST_S, _SILENT = 29.0, 1e-4


class WhisperTorchTool(Listener):
    """The tool ``whisper-small``: transcription and translation into English, with word times where it has them."""

    network = "WhisperForConditionalGeneration"
    reader: ClassVar[str] = "WhisperProcessor"
    spec = ToolSpec(
        name="whisper-small",
        version="1",
        operations=("transcribe", "translate_audio", "score_words"),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="neural",
        modules=("torch", "transformers"),
        models=("whisper-small",),
        cores=2,
        memory_mb=2000,
        gpu_bytes=2 << 30,
        half="float16",
        honours=("language", "to", "text"),
        take_varies=(),
        determinism="device",
        rank=45,
        speed=1.5,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Transcription in 99 languages, translation into English, on a GPU where there is one.",
    )

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        super().load(place)
        import transformers  # noqa: PLC0415  heavy

        self._pipeline = transformers.AutomaticSpeechRecognitionPipeline(
            self.model, tokenizer=self.processor.tokenizer, feature_extractor=self.processor.feature_extractor,
            device=self.runtime.device, dtype=self.runtime.dtype,
        )  # fmt: skip

    def listen(self, request: Request, context: Context) -> Asset:
        """Write down, translate, or count word errors."""
        to = str(request.params.get("to", "en"))
        if request.op == "translate_audio" and to.partition("-")[0].lower() != "en":
            raise ToolError(f"{self.spec.name} translates into English only, not {to!r}")
        language = str(request.params.get("language", "")).partition("-")[0].lower()
        heard = self._hear(request, language, "translate" if request.op == "translate_audio" else "transcribe", context)
        if request.op == "score_words":
            return word_scores(str(request.params["text"]), heard.text, language or "en")
        return heard

    def _hear(self, request: Request, language: str, task: str, context: Context) -> Transcript:
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        texts: list[str] = []
        words: list[Word] = []
        for first, end in watched(mono, RATE, _LONGEST_S, context):
            piece = mono[first:end]
            if piece.size < RATE // 20 or float(np.max(np.abs(piece))) < _SILENT:
                continue
            language = language or self._language(piece)
            found = self._piece(piece, language, task)
            texts.append(str(found["text"]).strip())
            for chunk in found.get("chunks", ()):
                words += self._word(chunk, first / RATE, words[-1].end_s if words else 0.0, length_s)
        spoken = "en" if task == "translate" else language
        return Transcript(" ".join(text for text in texts if text), spoken, tuple(words))

    def _piece(self, piece: Samples, language: str, task: str) -> dict[str, Any]:
        """Text and words of up to half a minute, word by word where the checkpoint says which heads look where."""
        known = getattr(self.model.generation_config, "alignment_heads", None)
        options: dict[str, Any] = {"return_timestamps": "word"} if known else {}
        if self._many_languages:
            options["generate_kwargs"] = {"language": language or "en", "task": task}
        try:
            made: dict[str, Any] = self._pipeline({"raw": piece, "sampling_rate": RATE}, **options)
        except ValueError as error:
            raise ToolError(f"{self.spec.name} cannot hear this: {error}") from error
        return made

    def _language(self, piece: Samples) -> str:
        if not self._many_languages:
            return "en"
        inputs = self.on_device(self.processor(piece, sampling_rate=RATE, return_tensors="pt"))
        token = int(self.model.detect_language(inputs["input_features"])[0])
        return str(self.processor.tokenizer.convert_ids_to_tokens(token)).strip("<|>")

    @property
    def _many_languages(self) -> bool:
        return bool(getattr(self.model.generation_config, "lang_to_id", None))

    @staticmethod
    def _word(chunk: dict[str, Any], first_s: float, last_s: float, length_s: float) -> list[Word]:
        text, (start, end) = str(chunk["text"]).strip(), chunk["timestamp"]
        if not text or start is None:
            return []
        begin = max(first_s + float(start), last_s)
        return [Word(text, *clipped(begin, first_s + float(start if end is None else end), length_s))]


class WhisperTurboTool(WhisperTorchTool):
    """The tool ``whisper-turbo``: large v3 turbo, the most exact; it cannot translate."""

    spec = replace(
        WhisperTorchTool.spec,
        name="whisper-turbo",
        operations=("transcribe", "score_words"),
        honours=("language", "text"),
        models=("whisper-large-v3-turbo",),
        memory_mb=4000,
        gpu_bytes=4 << 30,
        rank=50,
        speed=0.4,
        help="Exact transcription in 99 languages with word times (Whisper large v3 turbo); best on a GPU.",
    )
