"""Translation of texts by NLLB-200 (NLLB Team, 2022) and M2M-100 (Fan et al., 2020), sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from soundwright.tools.assets import Asset, Text, Transcript
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.listener import Listener
from soundwright.tools.translation.codes import base, flores, problem
from soundwright.tools.translation.parts import parts, whole

_READ, _WRITTEN = 128, 256  # tokens at once: a translation is rarely twice as long
_BEAMS = 4
_BEFORE = 2  # tokens: the one that starts, and the language, which not every tokenizer knows to be no word


def sentences(line: str) -> list[str]:
    """The sentences of a line, each with its mark."""
    return [one for one in re.split(r"(?<=[.!?…])[\s]+|(?<=[。！？])", line.strip()) if one]


class M2m100Tool(Listener):
    """The tool ``m2m100``: between forty languages, lines and paragraphs kept."""

    network = "AutoModelForSeq2SeqLM"
    reader = "AutoTokenizer"
    spec = ToolSpec(
        name="m2m100",
        version="2",
        operations=("translate",),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="neural",
        modules=("torch", "transformers", "sentencepiece"),
        models=("m2m100-418m",),
        cores=2,
        memory_mb=3000,
        gpu_bytes=3 << 30,
        half="float16",
        honours=("to", "language"),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=5.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Text between forty languages, for any use (M2M-100).",
    )

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """A language that it does not know."""
        del op
        return problem(str(params["to"]), "the language", self.spec.name) or (
            problem(str(params["language"]), "the language", self.spec.name) if params.get("language") else ""
        )

    def listen(self, request: Request, context: Context) -> Asset:
        """Sentence by sentence."""
        given = request.inputs.get("text")
        if not isinstance(given, Text | Transcript):
            raise ToolError("translate needs a text at input 'text'", addressee="developer")
        source = str(request.params.get("language", "")) or (given.language if isinstance(given, Transcript) else "")
        for tag in (source, str(request.params["to"])):
            if fault := problem(tag, "the language", self.spec.name):
                raise ToolError(fault)
        to = str(request.params["to"])
        if base(source) == base(to):
            return Text(given.text)
        lines = given.text.split("\n")
        return Text("\n".join(self._line(line, source, to, context) for line in lines))

    def code(self, tag: str) -> str:
        """What the network calls a language."""
        return base(tag)

    def _line(self, line: str, source: str, to: str, context: Context) -> str:
        return " ".join(self._sentence(one, source, to, context) for one in sentences(line))

    def _sentence(self, text: str, source: str, to: str, context: Context) -> str:
        """All of a sentence: in parts where it is longer than the network reads, or writes, at once."""
        self.processor.src_lang = self.code(source)
        read = parts(text, lambda part: len(self.processor(part)["input_ids"]), _READ)
        return " ".join(whole(part, lambda half: self._part(half, to, context)) for part in read)

    def _part(self, text: str, to: str, context: Context) -> tuple[str, bool]:
        """The translation of a part, and whether it came to its end."""
        context.check()
        made = self.model.generate(
            **self.on_device(self.processor(text, return_tensors="pt")), forced_bos_token_id=self._first(to),
            num_beams=_BEAMS, do_sample=False, max_new_tokens=_WRITTEN,
        )  # fmt: skip
        said = str(self.processor.batch_decode(made[:, _BEFORE:], skip_special_tokens=True)[0]).strip()
        return said, made.shape[1] <= _WRITTEN  # its first token was given

    def _first(self, to: str) -> int:
        """The token that tells the network into which language it writes."""
        if hasattr(self.processor, "get_lang_id"):
            return int(self.processor.get_lang_id(self.code(to)))
        return int(self.processor.convert_tokens_to_ids(self.code(to)))


class NllbTool(M2m100Tool):
    """The tool ``nllb``: better translations, not for commercial use."""

    spec = replace(
        M2m100Tool.spec,
        name="nllb",
        licence_weights="CC-BY-NC-4.0",
        commercial_ok=False,
        models=("nllb-200-600m",),
        memory_mb=3500,
        rank=45,
        help="Text between forty languages (NLLB-200). For non-commercial use.",
    )

    def code(self, tag: str) -> str:
        """What the network calls a language: its FLORES code."""
        return flores(tag)
