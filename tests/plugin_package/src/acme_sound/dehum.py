"""A tool for this package's own operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError

HARMONICS = 6
WIDTH_HZ = 1.5


class DehumTool:
    """Lowers the mains' frequency and its harmonics in the spectrum of the whole sound."""

    spec = ToolSpec(
        name="acme-dehum", version="0.9", operations=("acme.dehum",), licence_code="MIT", modules=("numpy",),
        honours=("mains", "depth"), take_varies=(), speed=200.0, help="Takes the hum of the mains out.",
    )  # fmt: skip

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Take the hum out of each sound."""
        return each(batch, context, self._dehum)

    def close(self) -> None:
        """Nothing to free."""

    def _dehum(self, request: Request) -> Audio:
        audio = request.audio()
        if audio.frames == 0:
            raise ToolError("acme.dehum was given no sound")
        spectrum = np.fft.rfft(audio.samples.astype(np.float64), axis=1)
        hz = np.fft.rfftfreq(audio.frames, 1 / audio.rate)
        near = [abs(hz - n * float(request.params["mains"])) < WIDTH_HZ for n in range(1, HARMONICS + 1)]
        spectrum[:, np.any(near, axis=0)] *= 10 ** (-float(request.params["depth"]) / 20)
        return replace(audio, samples=np.fft.irfft(spectrum, audio.frames, axis=1).astype(np.float32))
