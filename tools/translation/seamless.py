"""Translation of speech and text by SeamlessM4T v2 (Seamless Communication, 2023), into text or speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

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
from soundwright.tools.translation.parts import parts, whole
from soundwright.tools.translation.text import sentences

Made = TypeVar("Made")
RATE = 16000
_LONGEST_S, _SHORTEST_S, _SILENT, _PAUSE_S = 20.0, 5.0, 1e-4, 0.2
_CUT = 0.7  # a piece that is too long is cut between half of this and this
_READ = 128  # tokens of text at once


class SeamlessTool(Listener):
    """The tool ``seamless``: speech or text in, text or speech in another language out."""

    network = "SeamlessM4Tv2Model"
    spec = ToolSpec(
        name="seamless",
        version="3",
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
            written = self._whole(mono, heard, lambda piece: self._written(target, audio=piece), context)
            lines: list[Line] = [(text, first / RATE, end / RATE) for text, first, end in written]
            return transcript(lines, length_s, base(to))
        return self._joined(self._whole(mono, heard, lambda piece: self._spoken(target, piece), context))

    def _text(self, request: Request, target: str, context: Context) -> Text:
        given = request.inputs.get("text")
        if not isinstance(given, Text | Transcript):
            raise ToolError("translate needs a text at input 'text'", addressee="developer")
        tag = str(request.params.get("language", "")) or (given.language if isinstance(given, Transcript) else "")
        if fault := problem(tag, "the language", self.spec.name):
            raise ToolError(fault)
        lines, source = given.text.split("\n"), three_letters(tag)
        return Text("\n".join(self._line(line, source, target, context) for line in lines))

    def _line(self, line: str, source: str, target: str, context: Context) -> str:
        return " ".join(self._sentence(one, source, target, context) for one in sentences(line))

    def _sentence(self, text: str, source: str, target: str, context: Context) -> str:
        """All of a sentence: in parts where it is longer than the network reads, or writes, at once."""
        read = parts(text, lambda part: len(self.processor(text=part, src_lang=source)["input_ids"]), _READ)

        def written(half: str) -> tuple[str, bool]:
            context.check()
            return self._written(target, text=half, src_lang=source)

        return " ".join(whole(part, written) for part in read)

    def _whole(
        self, mono: Samples, heard: list[tuple[int, int]], make: Callable[[Samples], tuple[Made, bool]],
        context: Context,
    ) -> list[tuple[Made, int, int]]:  # fmt: skip
        """What ``make`` makes of each piece, with its first and last sample: in halves where it could not finish."""
        done: list[tuple[Made, int, int]] = []
        for first, end in heard:
            context.check()
            made, finished = make(mono[first:end])
            if finished or end - first < _SHORTEST_S * RATE:
                done.append((made, first, end))
                continue
            longest_s = _CUT * (end - first) / RATE
            halves = [(first + start, first + stop) for start, stop in pieces(mono[first:end], RATE, longest_s)]
            done += self._whole(mono, [half for half in halves if _speaks(mono[half[0] : half[1]])], make, context)
        return done

    def _written(self, target: str, **given: Any) -> tuple[str, bool]:  # noqa: ANN401  what the processor takes
        """A translation in letters, and whether it came to its end."""
        if "audio" in given:
            given["sampling_rate"] = RATE
        inputs = self.on_device(self.processor(**given, return_tensors="pt"))
        made = self.model.generate(**inputs, tgt_lang=target, generate_speech=False, do_sample=False)
        said = str(self.processor.batch_decode(made.sequences, skip_special_tokens=True)[0]).strip()
        return said, self._finished(made.sequences)

    def _spoken(self, target: str, piece: Samples) -> tuple[Samples, bool]:
        """A translation as sound (frames,), and whether it came to its end."""
        inputs = self.on_device(self.processor(audio=piece, sampling_rate=RATE, return_tensors="pt"))
        made = self.model.generate(**inputs, tgt_lang=target, do_sample=False, return_intermediate_token_ids=True)
        sound = to_samples(made.waveform[0].flatten()[: int(made.waveform_lengths.flatten()[0])])[0]
        return sound, self._finished(made.sequences)

    def _finished(self, tokens: Any) -> bool:  # noqa: ANN401  a tensor
        """Whether fewer tokens than the most that the network writes came after the language's."""
        return bool(tokens.shape[1] <= self.model.generation_config.max_new_tokens)

    def _joined(self, spoken: list[tuple[Samples, int, int]]) -> Audio:
        """Each piece is spoken where it was, or as soon as the one before has ended."""
        rate = int(self.model.config.sampling_rate)
        placed: list[tuple[int, Samples]] = []
        at = 0
        for said, first, _ in spoken:
            begin = max(at, round(first / RATE * rate))
            placed.append((begin, said))
            at = begin + said.size + round(_PAUSE_S * rate)
        if not any(said.size for _, said in placed):
            raise ToolError("nobody is heard to speak in this, so there is nothing to say in another language")
        sound = np.zeros(max(begin + said.size for begin, said in placed), np.float32)
        for begin, said in placed:
            sound[begin : begin + said.size] = said
        return Audio(sound[None], rate)


def _speaks(piece: Samples) -> bool:
    return piece.size >= RATE // 10 and float(np.max(np.abs(piece))) >= _SILENT
