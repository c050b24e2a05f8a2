"""Speech restored by MP-SENet: a network that gives magnitude and phase anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.bands import widened
from soundwright.tools.enhancement.declip import declip
from soundwright.tools.enhancement.mp_senet_net import Sizes, built, cleaned
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.checkpoints import read_checkpoint
from soundwright.tools.neural.runtime import Runtime, mono, open_runtime
from soundwright.tools.store.folders import folder
from soundwright.tools.windows import in_seconds, overlap_add

MODEL = "mp-senet-dns"
_CORE_S, _FADE_S, _MARGIN_S = 3.0, 0.25, 0.5
_BLOCK = re.compile(r"TSTransformer\.(\d{1,2})\.")
_NOT_WEIGHTS = "hann_window"  # kept beside the weights by some
_SILENT = 1e-8


class MpSenetTool:
    """The tool ``mp-senet``: channel by channel, in time; ``restore`` also mends peaks and heights."""

    spec = ToolSpec(
        name="mp-senet",
        version="1",
        operations=("enhance", "restore"),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="neural",
        modules=("torch", "transformers", "scipy", "soxr"),
        models=(MODEL,),
        cores=2,
        memory_mb=1500,
        gpu_bytes=3 << 30,
        honours=("strength",),
        take_varies=(),
        determinism="device",
        rank=25,
        speed=0.3,
        proven="tiny",
        proven_note="random weights; equal to the class of the package MPSENet",
        help="Rebuilds noisy speech at 16 kHz, magnitude and phase; restore also mends cut peaks and adds heights.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._network: Any = None
        self._sizes: Sizes | None = None

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: torch or the weights are not there, or they are of something else.
        """
        weights = folder(place, MODEL)
        self._runtime = open_runtime(place, self.spec)
        state = _state(weights)
        blocks = 1 + max((int(found[1]) for found in map(_BLOCK.match, state) if found), default=-1)
        self._sizes = _sizes(weights / "config.json", blocks)
        network = built(self._runtime.torch, self._sizes)
        try:
            network.load_state_dict(state, strict=True)
        except RuntimeError as error:
            raise ToolMissing(f"{MODEL} holds no weights of MP-SENet: {_brief(error)}") from error
        self._network = network.eval().to(self._runtime.device)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Restore each recording in turn."""
        return each(batch, context, lambda request: self._done(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._network = None
        if self._runtime is not None:
            self._runtime.free()

    def _done(self, request: Request, context: Context) -> Audio:
        audio = request.audio()
        if audio.frames == 0:
            return audio
        if request.op == "restore":
            mended = replace(audio, samples=declip(audio.samples))
            made = replace(audio, samples=self._clean(mended, context))
            return widened(made, Context(context.scratch, cancelled=context.cancelled))
        strength = np.float32(request.params.get("strength", 1.0))
        if strength == 0:
            return audio
        wet = self._clean(audio, context)
        return replace(audio, samples=np.ascontiguousarray(audio.samples * (1 - strength) + wet * strength, np.float32))

    def _clean(self, audio: Audio, context: Context) -> Samples:
        """(channels, frames) as the recording is, of what lies below the network's upper end."""
        sizes = self._opened()[1]
        heard = resampled(audio.samples, audio.rate, sizes.rate)
        made = np.stack([self._channel(channel, context) for channel in heard])
        return fitted(resampled(made, sizes.rate, audio.rate), audio.frames)

    def _channel(self, channel: Samples, context: Context) -> Samples:
        """One channel at the level that the network knows, window by window, and back at its own."""
        sizes = self._opened()[1]
        level = float(np.sqrt(np.mean(channel.astype(np.float64) ** 2))) if len(channel) else 0.0
        if level < _SILENT:
            return channel
        window = in_seconds(sizes.rate, _CORE_S, _FADE_S, _MARGIN_S, align=sizes.hop)
        even = np.asarray(channel[None] / level, np.float32)
        return np.asarray(overlap_add(even, window, self._heard, context)[0] * level, np.float32)

    def _heard(self, samples: Samples) -> Samples:
        runtime, sizes = self._opened()
        with runtime.working():
            wave = runtime.torch.from_numpy(np.ascontiguousarray(samples[0])).to(runtime.device)
            return mono(cleaned(runtime.torch, self._network, sizes, wave))[None]

    def _opened(self) -> tuple[Runtime, Sizes]:
        if self._runtime is None or self._sizes is None:
            raise ToolError("mp-senet ran before it was loaded", addressee="developer")
        return self._runtime, self._sizes


def _state(weights: Path) -> dict[str, Any]:
    """The tensors of ``model.safetensors``, or of the one torch file that its authors give (``g_best_dns``)."""
    safe = weights / "model.safetensors"
    if safe.is_file():
        return _safe(safe)
    files = sorted(path for path in weights.iterdir() if path.is_file() and path.name.startswith("g_"))
    if len(files) != 1:
        raise ToolMissing(f"{MODEL} should hold model.safetensors or one file g_..., not {len(files)} of these")
    stored = read_checkpoint(files[0])
    state = stored.get("generator") if isinstance(stored, Mapping) else None
    if not isinstance(state, Mapping) or not all(isinstance(name, str) for name in state):
        raise ToolMissing(f"{files[0].name} is no checkpoint of MP-SENet")
    return {name: value for name, value in state.items() if name != _NOT_WEIGHTS}


def _safe(path: Path) -> dict[str, Any]:
    from safetensors import SafetensorError  # noqa: PLC0415  comes with the engines
    from safetensors.torch import load_file  # noqa: PLC0415  heavy

    try:
        return {name: value for name, value in load_file(path).items() if name != _NOT_WEIGHTS}
    except (OSError, SafetensorError) as error:
        raise ToolMissing(f"{path.name} cannot be read as safetensors: {_brief(error)}") from error


def _sizes(path: Path, blocks: int) -> Sizes:
    try:
        return Sizes.read(json.loads(path.read_text(encoding="utf-8")), blocks)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ToolMissing(f"{MODEL}: config.json cannot be used: {_brief(error)}") from error


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
