"""People who talk at once, taken apart by Conv-TasNet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples, Stems
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.checkpoints import read_checkpoint
from soundwright.tools.neural.runtime import Runtime, open_runtime
from soundwright.tools.separation.convtasnet_net import SIZES, separated
from soundwright.tools.separation.speakers import apart
from soundwright.tools.store.folders import folder

MODEL = "convtasnet-libri2mix"


class ConvTasNetTool:
    """The tool ``convtasnet``: stems ``speaker1``, ``speaker2``; each keeps its speaker over pauses of up to 7 s.

    After longer ones the voices are compared, which fails where they are alike (``speakers.py``).
    """

    spec = ToolSpec(
        name="convtasnet",
        version="3",
        operations=("separate_speakers",),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-SA-4.0",
        extra="neural",
        modules=("torch", "transformers"),
        models=(MODEL,),
        cores=2,
        memory_mb=1200,
        gpu_bytes=1 << 30,
        honours=("speakers",),
        take_varies=(),
        determinism="device",
        rank=50,
        speed=4.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy, in the form of Asteroid's checkpoints",
        help="Two people who talk at once, at 16 kHz or what its weights know; quiet rooms only.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._weights: dict[str, Any] = {}
        self._sizes: Mapping[str, Any] = {}

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: torch or the weights are not there, or they are of something else.
        """
        weights = folder(place, MODEL)
        self._runtime = open_runtime(place, self.spec)
        path = weights / "pytorch_model.bin"
        stored = read_checkpoint(path)
        sizes = stored.get("model_args") if isinstance(stored, Mapping) else None
        if not isinstance(sizes, Mapping) or any(name not in sizes for name in SIZES) or sizes.get("causal"):
            raise ToolMissing(f"{path.name} is no checkpoint of Asteroid's (not causal) ConvTasNet")
        self._sizes = sizes
        self._weights = {name: tensor.float().to(self._runtime.device) for name, tensor in stored["state_dict"].items()}

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Take each recording apart in turn."""
        return each(batch, context, lambda request: self._separate(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._weights = {}
        if self._runtime is not None:
            self._runtime.free()

    def _separate(self, request: Request, context: Context) -> Stems:
        audio, wanted = request.audio(), int(request.params.get("speakers", 2))
        if wanted != int(self._sizes["n_src"]):
            raise ToolError(f"these weights know {self._sizes['n_src']} speakers, not {wanted}")
        rate = int(self._sizes.get("sample_rate") or 16000)
        mono = resampled(audio.samples.mean(axis=0, keepdims=True), audio.rate, rate)[0]
        parts = apart(mono, rate, wanted, self._parts, context)
        back = [fitted(resampled(part[None], rate, audio.rate), audio.frames) for part in parts]
        return Stems({
            f"speaker{number}": Audio(np.ascontiguousarray(part), audio.rate, audio.tail)
            for number, part in enumerate(back, 1)
        })  # fmt: skip

    def _parts(self, mono: Samples) -> Samples:
        if self._runtime is None:
            raise ToolError("convtasnet ran before it was loaded", addressee="developer")
        torch = self._runtime.torch
        with self._runtime.working():
            wave = torch.from_numpy(np.ascontiguousarray(mono)).to(self._runtime.device)
            made = separated(torch, self._weights, self._sizes, wave)
            return np.array(made.float().cpu().numpy(), np.float32)
