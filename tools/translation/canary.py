"""Transcription and translation by Canary 1B v2 (Sekoyan et al., 2025): European languages, from and into English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from soundwright.tools.asr.lines import Line, transcript
from soundwright.tools.asr.parakeet import ParakeetTool
from soundwright.tools.asr.pieces import watched
from soundwright.tools.assets import Asset, Samples
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.translation.codes import base

RATE = 16000
_LONGEST_S, _SHORTEST_S, _SILENT = 35.0, 0.1, 1e-4
_WRITTEN = 512  # tokens: more than anybody says in a piece, and less than it has places for
LANGUAGES = ParakeetTool.spec.languages


class CanaryTool(Listener):
    """The tool ``canary``: it has to be told which language is spoken, and translates into or out of English."""

    network = "CanaryForConditionalGeneration"
    reader = "CanaryProcessor"
    spec = ToolSpec(
        name="canary",
        version="1b-v2",
        operations=("transcribe", "translate_audio"),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-4.0",
        languages=LANGUAGES,
        extra="neural",
        modules=("torch", "transformers"),
        models=("canary-1b-v2",),
        cores=2,
        memory_mb=5000,
        gpu_bytes=5 << 30,
        half="bfloat16",
        honours=("language", "to"),
        take_varies=(),
        determinism="device",
        rank=42,
        speed=2.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Transcription and translation from and into English, 25 European languages. Word times are estimated.",
    )

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """A language that it does not know, or is not told, or a pair without English."""
        source = base(str(params.get("language", "")))
        to = base(str(params.get("to", "") if op == "translate_audio" else source))
        if not source:
            return "canary has to be told which language is spoken: give `language`"
        for tag in (source, to):
            if tag not in LANGUAGES:
                return f"canary does not know the language {tag!r}, only {', '.join(LANGUAGES)}"
        if source != to and "en" not in {source, to}:
            return f"canary translates from or into English, not from {source!r} into {to!r}"
        return ""

    def listen(self, request: Request, context: Context) -> Asset:
        """Piece by piece, each written down or translated."""
        refused = self.refusal(request.op, request.params)
        if refused:
            raise ToolError(refused)
        source = base(str(request.params["language"]))
        to = base(str(request.params["to"])) if request.op == "translate_audio" else source
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        lines: list[Line] = []
        for first, end in watched(mono, RATE, _LONGEST_S, context):
            piece = mono[first:end]
            if piece.size >= _SHORTEST_S * RATE and float(np.max(np.abs(piece))) >= _SILENT:
                lines.append((self._heard(piece, source, to), first / RATE, end / RATE))
        return transcript(lines, length_s, to)

    def _heard(self, piece: Samples, source: str, to: str) -> str:
        prompt = self.processor.apply_transcription_request(
            piece, source_language=source, target_language=to, tokenize=False
        )
        inputs = self.on_device(self.processor(audio=piece, text=prompt, sampling_rate=RATE, return_tensors="pt"))
        most = self.model.generation_config.max_new_tokens or _WRITTEN  # without either it would stop after 20
        made = self.model.generate(**inputs, do_sample=False, max_new_tokens=most)
        fresh = made[:, inputs["decoder_input_ids"].shape[1] :]
        return str(self.processor.batch_decode(fresh, skip_special_tokens=True)[0]).strip()
