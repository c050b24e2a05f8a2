"""Translation of speech and text by SeamlessM4T v2 (Seamless Communication, 2023), into text or speech."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from soundwright.tools.asr.lines import Line, transcript
from soundwright.tools.asr.pieces import pieces
from soundwright.tools.assets import Asset, Audio, Samples, Text, Transcript
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.neural.runtime import to_samples
from soundwright.tools.translation.codes import base, problem, three_letters
from soundwright.tools.translation.text import sentences

RATE = 16000
_LONGEST_S, _SILENT, _PAUSE_S = 20.0, 1e-4, 0.2


class SeamlessTool(Listener):
    """The tool ``seamless``: speech or text in, text or speech in another language out."""

    network = "SeamlessM4Tv2Model"
    spec = ToolSpec(
        name="seamless",
        version="2",
        operations=("translate_audio", "translate_speech", "translate"),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-NC-4.0",
        commercial_ok=False,
        extra="neural",
        modules=("torch", "transformers", "sentencepiece"),
        models=("seamless-m4t-v2",),
        cores=2,
        memory_mb=10000,
        gpu_bytes=8 << 30,
        half="float16",
        honours=("to", "language"),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=0.3,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Translates speech and text, also spoken. Word times are estimated. For non-commercial use.",
    )

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """A language that it does not know."""
        del op
        return problem(str(params["to"]), "the language", self.spec.name)

    def listen(self, request: Request, context: Context) -> Asset:
        """Translate a text, or a recording piece by piece."""
        to = str(request.params["to"])
        target = three_letters(to)
        if request.op == "translate":
            return self._text(request, target, context)
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        heard = [(first, end) for first, end in pieces(mono, RATE, _LONGEST_S) if _speaks(mono[first:end])]
        if request.op == "translate_audio":
            lines: list[Line] = []
            for first, end in heard:
                context.check()
                lines.append((self._written(mono[first:end], target), first / RATE, end / RATE))
            return transcript(lines, length_s, base(to))
        return self._spoken(mono, heard, target, context)

    def _text(self, request: Request, target: str, context: Context) -> Text:
        given = request.inputs.get("text")
        if not isinstance(given, Text | Transcript):
            raise ToolError("translate needs a text at input 'text'", addressee="developer")
        tag = str(request.params.get("language", "")) or (given.language if isinstance(given, Transcript) else "")
        if fault := problem(tag, "the language", self.spec.name):
            raise ToolError(fault)
        lines = []
        for line in given.text.split("\n"):
            context.check()
            said = [self._made(target, text=one, src_lang=three_letters(tag)) for one in sentences(line)]
            lines.append(" ".join(said))
        return Text("\n".join(lines))

    def _written(self, piece: Samples, target: str) -> str:
        return self._made(target, audio=piece, sampling_rate=RATE)

    def _made(self, target: str, **given: Any) -> str:  # noqa: ANN401  what the processor takes
        inputs = self.on_device(self.processor(**given, return_tensors="pt"))
        made = self.model.generate(**inputs, tgt_lang=target, generate_speech=False, do_sample=False)
        tokens = getattr(made, "sequences", made[0] if isinstance(made, tuple) else made)
        return str(self.processor.batch_decode(tokens, skip_special_tokens=True)[0]).strip()

    def _spoken(self, mono: Samples, heard: list[tuple[int, int]], target: str, context: Context) -> Audio:
        """Each piece is spoken where it was, or as soon as the one before has ended."""
        rate = int(self.model.config.sampling_rate)
        parts: list[tuple[int, Samples]] = []
        at = 0
        for first, end in heard:
            context.check()
            inputs = self.on_device(self.processor(audio=mono[first:end], sampling_rate=RATE, return_tensors="pt"))
            waveform, length = self.model.generate(**inputs, tgt_lang=target, do_sample=False)[:2]
            said = to_samples(waveform[0].flatten()[: int(length.flatten()[0])])[0]
            begin = max(at, round(first / RATE * rate))
            parts.append((begin, said))
            at = begin + said.size + round(_PAUSE_S * rate)
        if not any(said.size for _, said in parts):
            raise ToolError("nobody is heard to speak in this, so there is nothing to say in another language")
        whole = np.zeros(max(begin + said.size for begin, said in parts), np.float32)
        for begin, said in parts:
            whole[begin : begin + said.size] = said
        return Audio(whole[None], rate)


def _speaks(piece: Samples) -> bool:
    return piece.size >= RATE // 10 and float(np.max(np.abs(piece))) >= _SILENT
