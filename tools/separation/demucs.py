"""Four stems by Hybrid Transformer Demucs (Rouard, Massa & Défossez, ICASSP 2023), with the package of its authors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples, Stems
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.checkpoints import read_checkpoint
from soundwright.tools.neural.runtime import Runtime, open_runtime
from soundwright.tools.store.folders import folder
from soundwright.tools.windows import Windowing, overlap_add

MODEL = "htdemucs"
NAMES = ("vocals", "drums", "bass", "other")
_CORE, _FADE = 0.65, 0.15  # of what the network hears at once; the rest is margin


class DemucsTool:
    """The tool ``demucs``: stems in time with the recording, at its own rate."""

    spec = ToolSpec(
        name="demucs",
        version="4",
        operations=("separate",),
        licence_code="MIT",
        licence_weights="MIT",
        extra="separation",
        modules=("torch", "transformers", "demucs"),
        models=(MODEL,),
        cores=2,
        memory_mb=3000,
        gpu_bytes=4 << 30,
        honours=("stems",),
        take_varies=(),
        determinism="device",
        rank=70,
        speed=0.7,
        proven="tiny",
        proven_note="random weights in the sizes of a toy, stored as its authors store theirs",
        help="Vocals, drums, bass and the rest of music, or vocals and accompaniment. Its weights you add yourself.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._windows = Windowing(1)

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: demucs, torch or the weights are not there.
        """
        files = sorted(folder(place, MODEL).glob("*.th"))
        if len(files) != 1:
            raise ToolMissing(f"{MODEL} should hold one .th file, not {len(files)}; add the folder again")
        self._runtime = open_runtime(place, self.spec)
        self._model = _network(files[0]).to(self._runtime.device).eval()
        heard = int(float(self._model.segment) * self._model.samplerate)
        core, fade = round(heard * _CORE), round(heard * _FADE)
        self._windows = Windowing(core, fade, (heard - core - fade) // 2 - 1)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Take each recording apart in turn."""
        return each(batch, context, lambda request: self._separate(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._model = None
        if self._runtime is not None:
            self._runtime.free()

    def _separate(self, request: Request, context: Context) -> Stems:
        audio, rate = request.audio(), int(self._model.samplerate)
        heard = resampled(audio.samples, audio.rate, rate)
        two = heard if heard.shape[0] == 2 else np.repeat(heard.mean(axis=0, keepdims=True), 2, axis=0)
        middle = float(two.mean()) if two.size else 0.0
        level = float(two.mean(axis=0).std()) + 1e-8 if two.size else 1.0
        made = overlap_add((two - np.float32(middle)) / np.float32(level), self._windows, self._parts, context)
        parts = dict(zip(self._model.sources, made * np.float32(level) + np.float32(middle), strict=True))
        if request.params.get("stems", 4) == 2:
            rest = np.sum([part for name, part in parts.items() if name != "vocals"], axis=0, dtype=np.float32)
            parts = {"vocals": parts["vocals"], "accompaniment": rest}
        order = [name for name in (*NAMES, "accompaniment") if name in parts]
        return Stems({name: self._back(parts[name], audio) for name in order})

    def _parts(self, samples: Samples) -> Samples:
        """(stems, 2, frames) of (2, frames), at the network's own length and level."""
        if self._runtime is None:
            raise ToolError("demucs ran before it was loaded", addressee="developer")
        torch = self._runtime.torch
        with self._runtime.working():
            wave = torch.from_numpy(np.ascontiguousarray(samples)).to(self._runtime.device)
            return np.asarray(self._model(wave[None])[0].float().cpu().numpy(), np.float32)

    def _back(self, part: Samples, audio: Audio) -> Audio:
        channels = part if audio.channels == 2 else np.asarray(part.mean(axis=0, keepdims=True), np.float32)
        samples = fitted(resampled(channels, int(self._model.samplerate), audio.rate), audio.frames)
        return Audio(np.ascontiguousarray(samples), audio.rate, audio.tail)


def _network(path: Path) -> Any:  # noqa: ANN401  an untyped package
    """The network that a checkpoint describes: its class by name, its sizes, its tensors.

    Raises:
        ToolMissing: it is no checkpoint of demucs with four stems.
    """
    try:
        from demucs.hdemucs import HDemucs  # noqa: PLC0415  heavy
        from demucs.htdemucs import HTDemucs  # noqa: PLC0415
    except ImportError as error:
        raise ToolMissing("demucs needs its package. Run: pip install 'soundwright[separation]'") from error
    stored = read_checkpoint(path, [HTDemucs, HDemucs, Fraction])
    if not isinstance(stored, Mapping) or stored.get("klass") not in (HTDemucs, HDemucs):
        raise ToolMissing(f"{path.name} is no checkpoint of (Hybrid Transformer) Demucs")
    try:
        network = stored["klass"](*stored["args"], **stored["kwargs"])
        network.load_state_dict({name: tensor.float() for name, tensor in stored["state"].items()})
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise ToolMissing(f"{path.name} does not fit demucs: {str(error).splitlines()[0][:200]}") from error
    if "vocals" not in network.sources:
        raise ToolMissing(f"{path.name} separates {', '.join(network.sources)}; a model with vocals is needed")
    return network
