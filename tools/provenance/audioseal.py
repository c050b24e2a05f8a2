"""The watermark AudioSeal (San Roman et al., ICML 2024), with the package of its authors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples, Scores
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.checkpoints import read_checkpoint
from soundwright.tools.neural.runtime import Runtime, open_runtime
from soundwright.tools.signal import carry
from soundwright.tools.store.folders import folder
from soundwright.tools.windows import in_seconds, overlap_add

MODEL = "audioseal"
RATE = 16000
BITS = 16
FOUND = 0.5  # of all moments
_FILES = {"generator_base.pth": "audioseal_wm_16bits", "detector_base.pth": "audioseal_detector_16bits"}
_SHORTEST = 2 * 320  # frames that the networks can hear


class AudioSealTool:
    """The tool ``audioseal``: hides 16 bits in speech and finds them, to a part of a second."""

    spec = ToolSpec(
        name="audioseal",
        version="0.2.0",
        operations=("watermark", "read_watermark"),
        licence_code="MIT",
        licence_weights="MIT",
        extra="watermark",
        modules=("torch", "transformers", "audioseal"),
        models=(MODEL,),
        cores=2,
        memory_mb=1500,
        gpu_bytes=2 << 30,
        honours=("message",),
        take_varies=(),
        determinism="device",
        rank=30,
        speed=8.0,
        proven="tiny",
        proven_note="random weights of the true sizes, stored as its authors store theirs",
        help="A trained watermark for speech; reads only its own marks, not those of `mark`.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._writer: Any = None
        self._reader: Any = None

    def load(self, place: Place) -> None:
        """Read both networks.

        Raises:
            ToolMissing: audioseal, torch or the weights are not there.
        """
        weights = folder(place, MODEL)
        self._runtime = open_runtime(place, self.spec)
        try:
            import audioseal  # noqa: PLC0415, F401  an optional package
        except ImportError as error:
            raise ToolMissing("audioseal needs its package. Run: pip install 'soundwright[watermark]'") from error
        self._writer, self._reader = (
            _network(weights / file, card).to(self._runtime.device).eval() for file, card in _FILES.items()
        )

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Mark or read each sound in turn."""
        return each(batch, context, lambda request: self._do(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._writer = self._reader = None
        if self._runtime is not None:
            self._runtime.free()

    def _do(self, request: Request, context: Context) -> Asset:
        audio = request.audio()
        if request.op == "read_watermark":
            return self._read(audio, context)
        message = int(str(request.params["message"]), 16)
        heard = resampled(audio.samples, audio.rate, RATE)
        if heard.shape[1] < _SHORTEST:
            return audio
        windows = in_seconds(RATE, 20.0, 0.5, 1.0)
        mark = overlap_add(heard, windows, lambda x: np.stack([self._mark(c, message) for c in x]), context)
        samples = audio.samples + fitted(resampled(mark, RATE, audio.rate), audio.frames)
        return carry.with_samples(audio, np.asarray(samples, np.float32))

    def _mark(self, channel: Samples, message: int) -> Samples:
        runtime = self._opened()
        torch = runtime.torch
        with runtime.working():
            wave = torch.from_numpy(np.ascontiguousarray(channel)).to(runtime.device)
            bits = torch.tensor([[message >> bit & 1 for bit in range(BITS)]], device=runtime.device)
            made = self._writer.get_watermark(wave[None, None], message=bits)[0, 0]
            return np.array(fitted(made.float().cpu().numpy()[None], len(channel))[0], np.float32)

    def _read(self, audio: Audio, context: Context) -> Scores:
        runtime = self._opened()
        torch = runtime.torch
        mono = resampled(audio.samples.mean(axis=0, keepdims=True), audio.rate, RATE)[0]
        marked, shown, count = 0.0, np.zeros(BITS), 0
        for start in range(0, max(1, len(mono)), 30 * RATE):
            context.check()
            piece = np.ascontiguousarray(mono[start : start + 30 * RATE])
            if len(piece) < _SHORTEST:
                continue
            with runtime.working():
                presence, bits = self._reader(torch.from_numpy(piece).to(runtime.device)[None, None])
            marked += float((presence[:, 1] > 0.5).float().mean()) * len(piece)
            shown += bits[0].float().cpu().numpy() * len(piece)
            count += len(piece)
        clarity = marked / count if count else 0.0
        found = clarity >= FOUND
        message = sum(1 << bit for bit in range(BITS) if shown[bit] > FOUND * count)
        weakest = float(np.abs(shown / count - FOUND).min()) if count else 0.0
        return Scores({
            "detected": float(found), "clarity": round(clarity, 4), "message": float(message) if found else -1.0,
            "weakest_bit": round(weakest, 4) if found else 0.0,
        })  # fmt: skip

    def _opened(self) -> Runtime:
        if self._runtime is None:
            raise ToolError("audioseal ran before it was loaded", addressee="developer")
        return self._runtime


def _network(path: Path, card: str) -> Any:  # noqa: ANN401  an untyped package
    """A network by the sizes that the package knows, with the tensors of a checkpoint.

    Raises:
        ToolMissing: the file is none of its networks.
    """
    from audioseal import builder, loader  # noqa: PLC0415  heavy

    sizes, make = {
        "audioseal_wm_16bits": (builder.AudioSealWMConfig, builder.create_generator),
        "audioseal_detector_16bits": (builder.AudioSealDetectorConfig, builder.create_detector),
    }[card]
    known = loader.OmegaConf.to_container(loader.load_local_model_config(card))
    network = make(loader.AudioSeal.parse_config(known, config_type=sizes, nbits=BITS))
    stored = read_checkpoint(path, _settings())
    tensors = stored.get("model", stored) if isinstance(stored, Mapping) else {}
    try:
        renamed = dict(tensors)
        if not any("inner_conv" in name for name in renamed):  # as the first release names them
            renamed = loader.convert_state_dict_for_scriptable_model(renamed)
        loader.load_state_dict(network, renamed)
    except (RuntimeError, KeyError, AssertionError, AttributeError) as error:
        raise ToolMissing(f"{path.name} does not fit audioseal: {str(error).splitlines()[0][:200]}") from error
    return network


def _settings() -> list[Any]:
    """The plain containers of omegaconf, in which its authors keep the settings beside the tensors."""
    import typing  # noqa: PLC0415
    from collections import defaultdict  # noqa: PLC0415

    from omegaconf import DictConfig, ListConfig  # noqa: PLC0415  comes with audioseal
    from omegaconf.base import ContainerMetadata, Metadata  # noqa: PLC0415
    from omegaconf.nodes import AnyNode  # noqa: PLC0415

    return [DictConfig, ListConfig, ContainerMetadata, Metadata, AnyNode, typing.Any, defaultdict, dict, list, int]
