"""English transcription by Moonshine tiny (Jeffries et al., 2024), its network inside the package.

The engine gives the times of its lines, which are about a sentence long. Times of words are shared out within a line
by their letters; where exact ones are needed, ``align`` the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.tools.asr.lines import Line, transcript
from soundwright.tools.asr.pieces import watched
from soundwright.tools.assets import Asset, Transcript
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.mono import mono_at
from soundwright.tools.understanding.word_errors import word_scores

RATE = 16000
_LONGEST_S = 60.0
_SILENT = 1e-5


class MoonshineTool:
    """The tool ``moonshine``: what is said in English, and roughly when."""

    spec = ToolSpec(
        name="moonshine",
        version="0.1.0-tiny",
        operations=("transcribe", "score_words"),
        licence_code="MIT",
        licence_weights="MIT",
        languages=("en",),
        extra="moonshine",
        modules=("moonshine_voice",),
        memory_mb=250,
        honours=("language", "text"),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=10.0,
        proven="real",
        proven_note="the weights in its package, on spoken lines and recordings (bench/listening.py)",
        help="Fast English transcription on a CPU (Moonshine tiny). Word times are estimated within its lines.",
    )

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self, place: Place) -> None:
        """Open the network.

        Raises:
            ToolMissing: moonshine-voice is not installed, or a version of it that brings no weights.
        """
        del place
        try:
            import moonshine_voice  # noqa: PLC0415  an optional engine
            from moonshine_voice.moonshine_api import ModelArch  # noqa: PLC0415
            from moonshine_voice.transcriber import Transcriber  # noqa: PLC0415
        except (ImportError, OSError) as error:
            raise ToolMissing(f"moonshine: {error}. Run: pip install 'soundwright[moonshine]'") from error
        weights = Path(moonshine_voice.__file__).parent / "assets" / "tiny-en"
        if not weights.is_dir():
            raise ToolMissing("this moonshine-voice brings no weights. Run: pip install 'moonshine-voice==0.1.0'")
        self._engine = Transcriber(weights, ModelArch.TINY)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Transcribe each request in turn."""
        return each(batch, context, lambda request: self._listen(request, context))

    def close(self) -> None:
        """Free the network."""
        if self._engine is not None:
            self._engine.close()
        self._engine = None

    def _listen(self, request: Request, context: Context) -> Asset:
        heard = self._transcribe(request, context)
        return word_scores(str(request.params["text"]), heard.text, "en") if request.op == "score_words" else heard

    def _transcribe(self, request: Request, context: Context) -> Transcript:
        from moonshine_voice.errors import MoonshineError  # noqa: PLC0415

        language = str(request.params.get("language", ""))
        if language and language.partition("-")[0].lower() != "en":
            raise ToolError(f"moonshine hears English only, not {language!r}; choose whisper")
        mono = mono_at(request.audio(), RATE)
        lines: list[Line] = []
        for first, end in watched(mono, RATE, _LONGEST_S, context):
            if float(np.max(np.abs(mono[first:end]), initial=0.0)) < _SILENT:
                continue
            try:
                heard = self._engine.transcribe_without_streaming(mono[first:end].tolist(), RATE)
            except MoonshineError as error:
                raise ToolError(f"Moonshine cannot transcribe this: {error}") from error
            begin_s = first / RATE
            lines += [(x.text, begin_s + x.start_time, begin_s + x.start_time + x.duration) for x in heard.lines]
        return transcript(lines, mono.size / RATE, "en")
