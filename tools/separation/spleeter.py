"""Vocals and accompaniment by Spleeter's two-stem network, on torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples, Stems
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.checkpoints import numpy_arrays, read_checkpoint
from soundwright.tools.neural.runtime import Runtime, open_runtime
from soundwright.tools.separation.spleeter_net import STEP, estimate
from soundwright.tools.windows import Windowing, overlap_add

RATE = 44100
SIZE, HOP, BINS, COLUMNS = 4096, 1024, 1024, 512
NAMES = ("vocals", "accompaniment")
_FILES = ("spleeter_vocals.ckpt", "spleeter_accompaniment.ckpt")
# A window with both margins has as many columns as the network was trained on.
_MARGIN, _FADE = 32 * HOP, 8 * HOP
_WINDOWS = Windowing((COLUMNS - 2 * 32 - 8 - 4) * HOP, _FADE, _MARGIN, align=HOP)


class SpleeterTool:
    """The tool ``spleeter``: two stems in time with the recording, at its own rate."""

    spec = ToolSpec(
        name="spleeter",
        version="2stems",
        operations=("separate",),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="neural",
        modules=("torch", "transformers"),
        models=("spleeter-2stems",),
        cores=2,
        memory_mb=1800,
        gpu_bytes=2 << 30,
        honours=("stems",),
        take_varies=(),
        determinism="device",
        rank=50,
        speed=8.0,
        proven="real",
        proven_note="its two-stem weights, on speech over music",
        help="Vocals and accompaniment of music; what lies above 11 kHz goes with what lies below.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._weights: list[dict[str, Any]] = []

    def refusal(self, op: str, params: dict[str, Any]) -> str:
        """It has two stems and no more."""
        return "spleeter gives 2 stems; ask for stems: 2, or use another engine" if params.get("stems") == 4 else ""

    def load(self, place: Place) -> None:
        """Read both networks.

        Raises:
            ToolMissing: torch or the weights are not there.
        """
        paths = [place.weights[name] for name in _FILES if name in place.weights]
        if len(paths) < len(_FILES):
            raise ToolMissing("spleeter has no weights. Run: soundwright models pull spleeter-2stems")
        self._runtime = open_runtime(place, self.spec)
        torch = self._runtime.torch
        allowed = numpy_arrays()
        for path in paths:
            arrays = read_checkpoint(path, allowed)
            self._weights.append({
                name: torch.from_numpy(np.ascontiguousarray(array)).to(self._runtime.device)
                for name, array in arrays.items()
            })  # fmt: skip

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Take each recording apart in turn."""
        return each(batch, context, lambda request: self._separate(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._weights = []
        if self._runtime is not None:
            self._runtime.free()

    def _separate(self, request: Request, context: Context) -> Stems:
        if message := self.refusal(request.op, dict(request.params)):
            raise ToolError(message)
        audio = request.audio()
        heard = resampled(audio.samples, audio.rate, RATE)
        two = heard if heard.shape[0] == 2 else np.repeat(heard.mean(axis=0, keepdims=True), 2, axis=0)
        parts = overlap_add(two, _WINDOWS, self._parts, context) if audio.frames else np.stack([two, two])
        if audio.channels == 1:
            parts = parts.mean(axis=1, keepdims=True)
        return Stems({
            name: Audio(fitted(resampled(part, RATE, audio.rate), audio.frames), audio.rate, audio.tail)
            for name, part in zip(NAMES, parts, strict=True)
        })  # fmt: skip

    def _parts(self, samples: Samples) -> Samples:
        """(2 stems, 2, frames) of (2, frames)."""
        if self._runtime is None:
            raise ToolError("spleeter ran before it was loaded", addressee="developer")
        torch = self._runtime.torch
        with self._runtime.working():
            wave = torch.from_numpy(np.ascontiguousarray(samples)).to(self._runtime.device)
            window = torch.hann_window(SIZE, device=wave.device)
            shape: dict[str, Any] = {"n_fft": SIZE, "hop_length": HOP, "window": window, "center": True}
            padded = torch.nn.functional.pad(wave, (0, SIZE))  # spectra are inverted up to the end
            spectrum = torch.stft(padded, pad_mode="constant", return_complex=True, **shape)
            shares = self._shares(spectrum.abs())
            made = torch.istft((spectrum * shares).flatten(0, 1), length=padded.shape[-1], **shape)
            return np.asarray(made.unflatten(0, (2, 2))[..., : wave.shape[-1]].cpu().numpy(), np.float32)

    def _shares(self, magnitude: Any) -> Any:  # noqa: ANN401  tensors
        """Masks (2, 2, bins, columns) that sum to 1; above what the network hears, the mean of what it said."""
        torch = self._runtime.torch if self._runtime is not None else None
        assert torch is not None  # noqa: S101
        columns = magnitude.shape[-1]
        whole = COLUMNS if columns <= COLUMNS else -(-columns // STEP) * STEP
        heard = torch.nn.functional.pad(magnitude[:, :BINS], (0, whole - columns)).transpose(1, 2)[None]
        power = torch.stack([estimate(torch, weights, heard)[0] ** 2 for weights in self._weights])
        shares = ((power + 5e-11) / (power.sum(0) + 1e-10)).transpose(2, 3)[..., :columns]
        above = shares.mean(2, keepdim=True).expand(-1, -1, magnitude.shape[1] - BINS, -1)
        return torch.cat([shares, above], 2)
