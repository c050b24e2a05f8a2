"""Super-resolution without a network: the bands that were lost, from those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.bandwidth import HOP, SIZE, cut_hz, extend
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError
from soundwright.tools.windows import in_seconds, overlap_add

RATE = 48000
_WHOLE_HZ = 18000.0


class BandsTool:
    """The tool ``bands``: 48 kHz, with bands made anew above where the recording ends."""

    spec = ToolSpec(
        name="bands",
        version="1",
        operations=("super_resolve",),
        licence_code="Apache-2.0",
        modules=("scipy", "soxr"),
        memory_mb=400,
        take_varies=(),
        determinism="exact",
        rank=10,
        speed=20.0,
        proven="real",
        proven_note="no weights; log-spectral distance of the lost band on speech and music",
        help="Brings a recording to 48 kHz and repeats its upper band above its end, at a falling level.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Extend each recording in turn."""
        return each(batch, context, lambda request: widened(request.audio(), context))

    def close(self) -> None:
        """Nothing to free."""


def widened(audio: Audio, context: Context) -> Audio:
    """The same at 48 kHz, with heights; one that has them already is only brought to the rate."""
    if audio.frames == 0:
        return audio
    frames = round(audio.frames * RATE / audio.rate)
    samples = fitted(resampled(audio.samples, audio.rate, RATE), frames)
    cut = min(cut_hz(samples[:, : 60 * RATE], RATE), audio.rate / 2)
    if cut < _WHOLE_HZ:
        window = in_seconds(RATE, 20.0, 0.1, 2 * SIZE / RATE, align=HOP)
        samples = overlap_add(samples, window, lambda x: extend(x, RATE, cut), context)
    tail = min(round(audio.tail * RATE / audio.rate), frames)
    return replace(audio, samples=np.ascontiguousarray(samples, np.float32), rate=RATE, tail=tail)
