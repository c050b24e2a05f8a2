"""A tool for an operation that Soundwright knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError

RATE_HZ = 48000
MAINS_HZ = 50.0


class HumTool:
    """Makes the hum of a transformer, whatever is described."""

    spec = ToolSpec(
        name="acme-hum", version="1.4", operations=("generate_sound",), licence_code="MIT", modules=("numpy",),
        honours=("description", "length", "take"), rank=5, speed=500.0, help="The hum of a transformer.",
    )  # fmt: skip

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Hum for each request."""
        return each(batch, context, self._hum)

    def close(self) -> None:
        """Nothing to free."""

    def _hum(self, request: Request) -> Audio:
        length_s = float(request.params.get("length") or 2.0)
        time_s = np.arange(max(1, round(length_s * RATE_HZ))) / RATE_HZ
        phase = np.random.default_rng(request.seed).uniform(0, 2 * np.pi)
        hum = sum(0.2 / n * np.sin(2 * np.pi * n * MAINS_HZ * time_s + n * phase) for n in (1, 2, 3))
        return Audio(np.asarray(hum, np.float32)[None, :], RATE_HZ)
