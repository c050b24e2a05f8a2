"""Transcription by Parakeet TDT (Xu et al., token-and-duration transducer, 2023): fast, with word times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from soundwright.tools.asr.pieces import watched
from soundwright.tools.assets import Asset, Samples, Transcript, Word
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.understanding.word_errors import word_scores

RATE = 16000
_LONGEST_S, _SHORTEST_S, _SILENT = 60.0, 0.1, 1e-4
_LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt",
    "ro", "ru", "sk", "sl", "sv", "uk",
)  # fmt: skip
Token = Mapping[str, Any]


class ParakeetTool(Listener):
    """The tool ``parakeet``: what is said in 25 European languages, which it recognises by itself."""

    network = "ParakeetForTDT"
    spec = ToolSpec(
        name="parakeet",
        version="tdt-0.6b-v3",
        operations=("transcribe", "score_words"),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-4.0",
        languages=_LANGUAGES,
        extra="neural",
        modules=("torch", "transformers"),
        models=("parakeet-tdt-0.6b-v3",),
        cores=2,
        memory_mb=3500,
        gpu_bytes=3 << 30,
        half="bfloat16",
        honours=("language", "text"),
        take_varies=(),
        determinism="device",
        rank=48,
        speed=5.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Fast transcription in 25 European languages with word times; it does not say which language it heard.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """Write down, or count word errors."""
        audio, language = request.audio(), str(request.params.get("language", ""))
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        texts: list[str] = []
        words: list[Word] = []
        for first, end in watched(mono, RATE, _LONGEST_S, context):
            piece = mono[first:end]
            if piece.size < _SHORTEST_S * RATE or float(np.max(np.abs(piece))) < _SILENT:
                continue
            text, tokens = self._heard(piece)
            texts.append(text.strip())
            for word, start_s, end_s in words_of(tokens):
                begin = max(first / RATE + start_s, words[-1].end_s if words else 0.0)
                words.append(Word(word, *clipped(begin, first / RATE + end_s, length_s)))
        said = " ".join(text for text in texts if text)
        if request.op == "score_words":
            return word_scores(str(request.params["text"]), said, language or "en")
        return Transcript(said, language.partition("-")[0].lower(), tuple(words))

    def _heard(self, piece: Samples) -> tuple[str, Sequence[Token]]:
        inputs = self.on_device(self.processor(piece, sampling_rate=RATE, return_tensors="pt"))
        made = self.model.generate(**inputs, return_dict_in_generate=True)
        texts, times = self.processor.decode(made.sequences, durations=made.durations, skip_special_tokens=True)
        return str(texts[0]), times[0]


def words_of(tokens: Sequence[Token]) -> Iterator[tuple[str, float, float]]:
    """Words with their times in seconds, from pieces of words of which the first of each begins with a space."""
    text, start_s, end_s = "", 0.0, 0.0
    for token in tokens:
        piece = str(token["token"])
        if piece.startswith(" ") and text.strip():
            yield text.strip(), start_s, end_s
            text = ""
        if not text.strip():
            start_s = float(token["start"])
        text, end_s = text + piece, float(token["end"])
    if text.strip():
        yield text.strip(), start_s, end_s
