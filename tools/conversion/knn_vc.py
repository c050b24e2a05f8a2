"""Voice conversion by neighbours (Baas, van Niekerk & Kamper, "Voice conversion with just nearest neighbors", 2023).

Every 20 ms of the recording is replaced by the mean of the moments of the sample that WavLM hears as most alike; a
vocoder makes sound of them. What is said stays, whoever says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.conversion.hifigan import Vocoder, opened, sounding
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.checkpoints import read_checkpoint
from soundwright.tools.neural.runtime import Runtime, open_runtime, read_model
from soundwright.tools.signal import carry, tempo
from soundwright.tools.store.folders import folder
from soundwright.tools.windows import in_seconds, overlap_add

LISTENER, VOCODER = "wavlm-large", "knn-vc-vocoder"
RATE, STEP = 16000, 320
LAYER, NEIGHBOURS = 6, 4
_RATES = (10, 8, 2, 2)
_SHORTEST_S = 1.0


class KnnVcTool:
    """The tool ``knn-vc``: the voice of a sample of half a minute or more, in any language."""

    spec = ToolSpec(
        name="knn-vc",
        version="1",
        operations=("convert_voice",),
        licence_code="Apache-2.0",
        licence_weights="MIT (vocoder), CC-BY-SA-3.0 (WavLM)",
        extra="neural",
        modules=("torch", "transformers"),
        models=(LISTENER, VOCODER),
        cores=2,
        memory_mb=3500,
        gpu_bytes=4 << 30,
        honours=("semitones",),
        take_varies=(),
        determinism="device",
        rank=30,
        speed=2.0,
        proven="tiny",
        proven_note="a toy WavLM and a toy vocoder, loaded as the true ones are",
        help="Says the same in the voice of a sample (better 30 s than 5), at 16 kHz. Get the owner's consent.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._listener: Any = None
        self._vocoder: Vocoder | None = None

    def load(self, place: Place) -> None:
        """Read both networks.

        Raises:
            ToolMissing: torch, transformers or weights are not there.
        """
        listener, vocoder = folder(place, LISTENER), folder(place, VOCODER)
        files = sorted(vocoder.glob("*.pt"))
        if len(files) != 1:
            raise ToolMissing(f"{VOCODER} should hold one .pt file, not {len(files)}; add the folder again")
        self._runtime = open_runtime(place, self.spec)
        from transformers import WavLMModel  # noqa: PLC0415  heavy

        self._listener = read_model(WavLMModel, listener, self._runtime, pickled=True)
        made = opened(read_checkpoint(files[0]), _RATES)
        weights = {name: value.float().to(self._runtime.device) for name, value in made.weights.items()}
        self._vocoder = Vocoder(weights, made.rates)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Convert each recording in turn."""
        return each(batch, context, lambda request: self._convert(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._listener = self._vocoder = None
        if self._runtime is not None:
            self._runtime.free()

    def _convert(self, request: Request, context: Context) -> Audio:
        audio, sample = request.audio(), request.audio("sample")
        if sample.length_s < _SHORTEST_S:
            raise ToolError(f"the sample lasts {sample.length_s:.2f} s; give at least {_SHORTEST_S:g} s, better 30 s")
        if audio.frames == 0:
            return audio
        mono = audio.samples.mean(axis=0, keepdims=True)
        if semitones := request.params.get("semitones"):
            mono = tempo.pitch(mono, audio.rate, float(semitones))
        known = self._heard(resampled(sample.samples.mean(axis=0, keepdims=True), sample.rate, RATE)[0][: 300 * RATE])
        heard = resampled(mono, audio.rate, RATE)
        windows = in_seconds(RATE, 20.0, 0.1, 1.0, align=STEP)
        made = overlap_add(heard, windows, lambda x: self._said(x, known), context)
        return carry.with_samples(audio, fitted(resampled(made, RATE, audio.rate), audio.frames))

    def _heard(self, mono: Samples) -> Any:  # noqa: ANN401  a tensor
        """Features (steps, size), one for each 20 ms, in stretches of 30 s."""
        runtime = self._opened()
        torch = runtime.torch
        found = []
        with runtime.working():
            for start in range(0, len(mono), 30 * RATE):
                piece = np.pad(mono[start : start + 30 * RATE], (0, 400))  # so that the last step is heard too
                wave = torch.from_numpy(np.ascontiguousarray(piece, np.float32)).to(runtime.device)
                states = self._listener(wave[None].to(runtime.dtype), output_hidden_states=True).hidden_states
                found.append(states[min(LAYER, len(states) - 1)][0].float())
            return torch.cat(found)

    def _said(self, samples: Samples, known: Any) -> Samples:  # noqa: ANN401  a tensor
        runtime = self._opened()
        torch = runtime.torch
        heard = self._heard(samples[0])
        with runtime.working():
            unit = torch.nn.functional.normalize
            near = (unit(heard, dim=-1) @ unit(known, dim=-1).T).topk(min(NEIGHBOURS, len(known)), dim=-1).indices
            made = sounding(torch, self._vocoder, known[near].mean(1)) if self._vocoder is not None else None
        if made is None:
            raise ToolError("knn-vc ran before it was loaded", addressee="developer")
        return fitted(np.asarray(made.cpu().numpy(), np.float32)[None], samples.shape[1])

    def _opened(self) -> Runtime:
        if self._runtime is None:
            raise ToolError("knn-vc ran before it was loaded", addressee="developer")
        return self._runtime
