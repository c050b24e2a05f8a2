"""Voice conversion without a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.conversion.likeness import converted, portrait
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError
from soundwright.tools.signal import carry

RATE = 24000
_SHORTEST_SAMPLE_S = 1.0


class VoiceShapeTool:
    """The tool ``voice-shape``: pitch, vocal tract and colour of the sample; manner and accent stay the speaker's."""

    spec = ToolSpec(
        name="voice-shape",
        version="1",
        operations=("convert_voice",),
        licence_code="Apache-2.0",
        modules=("scipy", "soxr"),
        memory_mb=300,
        honours=("semitones",),
        take_varies=(),
        determinism="exact",
        rank=10,
        speed=10.0,
        proven="real",
        proven_note="no weights; speaker embeddings before and after",
        help="Brings a voice nearer to the sample's by pitch, vocal tract and colour. Get the owner's consent.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Convert each recording in turn."""
        return each(batch, context, lambda request: _convert(request, context))

    def close(self) -> None:
        """Nothing to free."""


def _convert(request: Request, context: Context) -> Audio:
    audio, sample = request.audio(), request.audio("sample")
    if sample.length_s < _SHORTEST_SAMPLE_S:
        raise ToolError(f"the sample lasts {sample.length_s:.2f} s; give at least {_SHORTEST_SAMPLE_S:g} s of speech")
    other = portrait(resampled(sample.samples.mean(axis=0, keepdims=True), sample.rate, RATE)[0], RATE)
    heard = resampled(audio.samples, audio.rate, RATE)
    if heard.shape[1] < RATE // 20:
        return audio
    semitones = request.params.get("semitones")
    made = np.stack([converted(channel, RATE, other, semitones, context) for channel in heard])
    return carry.with_samples(audio, fitted(resampled(made, RATE, audio.rate), audio.frames))
