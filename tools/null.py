"""A tool without an engine: a distinct tone for every request, at the length that was asked for.

It stands in for every operation, so that pipelines can be tested and a mix be checked by its spectrum
(:func:`tone_hz` tells which tone a request gets). It is no entry point: a render never falls back to it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from soundwright.tools.assets import (
    Asset,
    Audio,
    Event,
    Events,
    Note,
    Notes,
    Part,
    Scores,
    Speech,
    Stems,
    Text,
    Transcript,
    Voice,
    Word,
)
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo, each
from soundwright.tools.errors import ToolError

RATE_HZ = 24000
LOWEST_HZ, HIGHEST_HZ = 200.0, 6000.0
SECONDS_PER_CHARACTER = 0.06
VOICES = (
    VoiceInfo("null_a", "en-US", "female", "adult", "american", "plain", 210.0),
    VoiceInfo("null_b", "en-US", "male", "adult", "american", "plain", 110.0),
    VoiceInfo("null_c", "en-GB", "female", "young", "british", "bright", 240.0),
    VoiceInfo("null_d", "en-GB", "male", "old", "british", "gravelly", 95.0),
)
OPERATIONS = (
    "speak", "vocalise", "generate_sound", "generate_music", "load_file", "align", "transcribe", "enhance",
    "detect_speech", "measure_loudness", "trim_silence", "slice",
)  # fmt: skip
"""What it offers unless told otherwise; it does whatever it is asked."""


def tone_hz(request: Request) -> float:
    """The frequency of the tone that a request gets, in Hz: from its operation, parameters and seed."""
    content = json.dumps([request.op, dict(request.params), request.seed], sort_keys=True)
    part = int.from_bytes(hashlib.sha256(content.encode()).digest()[:6], "big") / 2**48
    return LOWEST_HZ + part * (HIGHEST_HZ - LOWEST_HZ)


class NullTool:
    """``delay_s`` is slept over each request; a request whose label, text or description holds ``fail_on`` fails."""

    def __init__(
        self,
        name: str = "null",
        operations: Sequence[str] = OPERATIONS,
        *,
        delay_s: float = 0.0,
        fail_on: str = "",
        word_times: bool = True,
        **spec: Any,  # noqa: ANN401  fields of ToolSpec
    ) -> None:
        facts: dict[str, Any] = {"voices": VOICES, "languages": ("en",), "speed": 1000.0, "memory_mb": 10}
        facts["help"] = "A tone in place of every engine."
        self.spec = ToolSpec(name, spec.pop("version", "1"), tuple(operations), "Apache-2.0", **{**facts, **spec})
        self.delay_s, self.fail_on, self.word_times = delay_s, fail_on, word_times

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Answer each request with its tone, or with what else its operation gives."""
        return each(batch, context, lambda request: self._do(request, context))

    def close(self) -> None:
        """Nothing to free."""

    def _do(self, request: Request, context: Context) -> Asset:
        until = time.monotonic() + self.delay_s
        while (left := until - time.monotonic()) > 0:
            context.check()
            time.sleep(min(left, 0.02))
        wanted = (request.label, *(str(request.params.get(name, "")) for name in ("text", "description")))
        if self.fail_on and any(self.fail_on in text for text in wanted):
            raise ToolError(f"was told to fail on {self.fail_on!r}")
        return _answer(request, self.word_times)


def _answer(request: Request, word_times: bool) -> Asset:
    params = request.params
    if request.op == "speak":
        return _speech(request, word_times)
    if request.op == "align":
        audio = request.audio()
        text = str(params["text"])
        words = _words(text, audio.length_s)
        return Speech(audio.samples, audio.rate, audio.tail, text, str(params.get("language", "")), words)
    if request.op in _FACTS:
        return _FACTS[request.op]
    if request.op == "slice":
        audio = request.audio()
        start, to = float(params.get("from") or 0.0), params.get("to")
        end = audio.frames if to is None else round(float(to) * audio.rate)
        return replace(audio, samples=audio.samples[:, round(start * audio.rate) : end].copy(), tail=0)
    if "audio" in request.inputs:
        return request.inputs["audio"]
    return Audio(_tone(request, _length_s(params)), RATE_HZ)


_FACTS: Mapping[str, Asset] = {
    "transcribe": Transcript("null", "en", (Word("null", 0.0, 0.1),)),
    "detect_speech": Events((Event("speech", 0.0, 0.1),)),
    "measure_loudness": Scores({"loudness_lufs": -20.0, "true_peak_dbtp": -3.0}),
    "write_text": Text("null"),
    "compose": Notes((Part((Note(60, 0.0, 0.5),)),)),
    "separate": Stems({"tone": Audio(np.zeros((1, RATE_HZ), np.float32), RATE_HZ)}),
    "clone_voice": Voice("null", b"null"),
}


def _speech(request: Request, word_times: bool) -> Speech:
    given = request.inputs.get("text")
    text = given.text if isinstance(given, Text) else str(request.params["text"])
    length_s = max(0.1, len(text) * SECONDS_PER_CHARACTER / float(request.params.get("speed", 1.0)))
    words = _words(text, length_s) if word_times else None
    return Speech(_tone(request, length_s), RATE_HZ, 0, text, str(request.params.get("language", "")), words)


def _words(text: str, length_s: float) -> tuple[Word, ...]:
    """Words that last in proportion to their letters."""
    written = text.split()
    letters = sum(len(word) for word in written) or 1
    ends = np.cumsum([len(word) for word in written]) / letters * length_s
    starts = [0.0, *ends[:-1]]
    return tuple(Word(w, float(s), float(e)) for w, s, e in zip(written, starts, ends, strict=False))


def _length_s(params: Mapping[str, Any]) -> float:
    length = params.get("length")
    return 1.0 if length is None else float(length)


def _tone(request: Request, length_s: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return (0.25 * np.sin(2 * np.pi * tone_hz(request) * time_s))[None, :].astype(np.float32)
