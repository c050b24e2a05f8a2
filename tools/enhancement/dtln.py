"""Noise removal by DTLN (Westhausen & Meyer, Interspeech 2020): two small LSTM networks at 16 kHz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing

MODEL = "dtln"
RATE = 16000
BLOCK, SHIFT = 512, 128
_FILES = ("dtln_model_1.onnx", "dtln_model_2.onnx")
_CHECK_EVERY = 2000


class DtlnTool:
    """The tool ``dtln``: speech, channel by channel; the bands above 8 kHz are dropped with the noise in them."""

    spec = ToolSpec(
        name="dtln",
        version="1",
        operations=("enhance",),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="local",
        modules=("onnxruntime",),
        models=(MODEL,),
        memory_mb=150,
        honours=("strength",),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=12.0,
        proven="real",
        proven_note="the weights of its authors, on noisy speech",
        help="Removes noise from speech on small machines; the result holds what lies below 8 kHz.",
    )

    def __init__(self) -> None:
        self._networks: list[Any] = []

    def load(self, place: Place) -> None:
        """Open both networks.

        Raises:
            ToolMissing: onnxruntime or the weights are not there.
        """
        paths = [place.weights.get(name) for name in _FILES]
        if None in paths:
            raise ToolMissing(f"dtln has no weights. Run: soundwright models pull {MODEL}")
        try:
            import onnxruntime  # noqa: PLC0415  heavy
        except ImportError as error:
            raise ToolMissing("dtln needs onnxruntime. Run: pip install 'soundwright[local]'") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # its steps are too small to share
        self._networks = [
            onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]) for path in paths
        ]

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Clean each recording in turn."""
        return each(batch, context, lambda request: self._enhance(request, context))

    def close(self) -> None:
        """Free the networks."""
        self._networks = []

    def _enhance(self, request: Request, context: Context) -> Audio:
        audio = request.audio()
        strength = np.float32(request.params.get("strength", 1.0))
        if audio.frames == 0 or strength == 0:
            return audio
        heard = resampled(audio.samples, audio.rate, RATE)
        clean = np.stack([self._channel(channel, context) for channel in heard])
        wet = fitted(resampled(clean, RATE, audio.rate), audio.frames)
        return replace(audio, samples=np.ascontiguousarray(audio.samples * (1 - strength) + wet * strength, np.float32))

    def _channel(self, channel: Samples, context: Context) -> Samples:
        """(frames,) at 16 kHz, the same length and in time with it; the networks' memory runs through the whole."""
        first, second = (_Stage(network) for network in self._networks)
        lead = BLOCK - SHIFT
        padded = np.concatenate([np.zeros(lead, np.float32), channel, np.zeros(BLOCK, np.float32)])
        out = np.zeros(len(padded), np.float32)
        steps = range(0, len(padded) - BLOCK + 1, SHIFT)
        for count, at in enumerate(steps):
            if count % _CHECK_EVERY == 0:
                context.check()
                context.progress(count / len(steps))
            spectrum = np.fft.rfft(padded[at : at + BLOCK])
            mask = first(np.abs(spectrum).astype(np.float32))
            out[at : at + BLOCK] += second(np.fft.irfft(spectrum * mask).astype(np.float32))
        return out[lead : lead + len(channel)]


class _Stage:
    """One network with its memory; a call hears one block."""

    def __init__(self, network: Any) -> None:  # noqa: ANN401  onnxruntime has no type information
        self._network = network
        block, state = network.get_inputs()
        self._names = (block.name, state.name)
        self._state = np.zeros(state.shape, np.float32)

    def __call__(self, block: Samples) -> Samples:
        feed = dict(zip(self._names, (block[None, None], self._state), strict=True))
        made, self._state = self._network.run(None, feed)
        return np.asarray(made, np.float32).ravel()
