"""Torch at work for one engine: its device, number format and threads, and how it reads weights from a folder.

Weights are only ever data here: safetensors, no code from a repository, and no network.
"""

from __future__ import annotations

import gc
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from soundwright.tools.errors import ToolError, ToolMissing

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples
    from soundwright.tools.base import Place, ToolSpec

HALF = ("float16", "bfloat16")
HALF_ON = ("cuda",)
"""Kinds of device that compute with numbers half as wide; others get float32 whatever is asked."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where an engine computes. ``dtype`` is a half format on CUDA alone: CPUs are slow and inexact with it."""

    torch: ModuleType
    device: str
    dtype: Any
    threads: int

    def generator(self, seed: int) -> Any:  # noqa: ANN401  a torch.Generator
        """A source of random numbers of its own, on the CPU so that a seed means the same on every device."""
        return self.torch.Generator("cpu").manual_seed(seed % (1 << 63))

    def side_by_side(self, most: int) -> int:
        """How many requests to compute at once, of ``most`` that it could.

        In half precision one: with a neighbour sums are rounded otherwise, and there by so much that other tokens would
        be drawn, and a request would not sound as it does alone.
        """
        return max(1, most) if self.dtype == self.torch.float32 else 1

    @contextmanager
    def working(self, seed: int = 0) -> Iterator[None]:
        """No gradients, this engine's threads, and random numbers from ``seed`` that disturb nobody else's.

        Raises:
            ToolError: the device's memory does not suffice.
        """
        torch = self.torch
        devices = [torch.device(self.device).index or 0] if self.device.startswith("cuda") else []
        torch.set_num_threads(self.threads)
        with torch.random.fork_rng(devices), torch.inference_mode(), _hushed():
            torch.manual_seed(seed % (1 << 63))
            try:
                yield
            except torch.OutOfMemoryError as error:
                raise ToolError(f"The memory of {self.device} is full. Use a smaller model, or the CPU.") from error

    def free(self) -> None:
        """Give back what models that nobody holds any more took."""
        gc.collect()
        if self.device.startswith("cuda"):
            self.torch.cuda.empty_cache()


def open_runtime(place: Place, spec: ToolSpec) -> Runtime:
    """Torch for ``spec`` at ``place``.

    Raises:
        ToolMissing: torch or another package of the tool is not installed, or the device is not there.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read as the packages are imported; folders need no network
    try:
        import torch  # noqa: PLC0415  heavy
        import transformers  # noqa: PLC0415  heavy
    except ImportError as error:
        raise ToolMissing(f"{spec.name} needs {error.name}. Run: pip install 'soundwright[{spec.extra}]'") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if place.device.startswith("cuda") and not torch.cuda.is_available():
        raise ToolMissing(
            f"{spec.name} was asked to run on {place.device}, but torch sees no such device. Use the CPU."
        )
    half = place.device.partition(":")[0] in HALF_ON and place.dtype in HALF
    return Runtime(torch, place.device, getattr(torch, place.dtype if half else "float32"), max(1, place.threads))


def looked_up(package: ModuleType, name: str, spec: ToolSpec) -> Any:  # noqa: ANN401  untyped packages
    """A class of transformers or diffusers, which import what it needs as it is looked up.

    Raises:
        ToolMissing: it cannot be imported, or this release has none of that name.
    """
    try:
        return getattr(package, name)
    except (ImportError, AttributeError, RuntimeError) as error:  # diffusers makes the last of whatever it meets
        cause = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ToolMissing(
            f"{spec.name} needs {name} of {package.__name__}, which cannot be imported: {cause} "
            f"Run: pip install 'soundwright[{spec.extra}]'"
        ) from error


def read_model(  # kinds and models are of untyped packages
    kind: Any,  # noqa: ANN401
    folder: Path,
    runtime: Runtime,
    *,
    pickled: bool = False,
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """A network (``kind`` is its class) with the weights of ``folder``, ready on the runtime's device.

    ``pickled``: its authors offer no safetensors, so a torch file will do; of that only tensors are read.

    Raises:
        ToolMissing: the folder does not hold weights for it in such a form.
    """
    form: dict[str, Any] = {"use_safetensors": True}
    if pickled and not any(folder.glob("*.safetensors")):
        form = {"use_safetensors": False, "weights_only": True}
    with _hushed():
        model = _read(kind, folder, dtype=runtime.dtype, **form, **options)
        return model.to(runtime.device).eval()


def read_pipeline(
    kind: Any,  # noqa: ANN401  untyped packages
    folder: Path,
    runtime: Runtime,
    parts: Mapping[str, Any] | None = None,
) -> Any:  # noqa: ANN401
    """A pipeline of diffusers (``kind`` is its class) with the weights of ``folder``, on the runtime's device.

    ``parts`` are there already, and take the place of those that the folder's index names.

    Raises:
        ToolMissing: the folder does not hold all other parts as safetensors, or one needs a package that is missing.
    """
    with _hushed():
        left_out = dict.fromkeys(parts or {})
        pipe = _read(kind, folder, torch_dtype=runtime.dtype, use_safetensors=True, **left_out)
        pipe.register_modules(**(parts or {}))
        return pipe.to(runtime.device)


def read_processor(kind: Any, folder: Path, **options: Any) -> Any:  # noqa: ANN401  untyped packages
    """What prepares the inputs of a network (a tokenizer, say), from ``folder``.

    Raises:
        ToolMissing: the folder does not hold its files.
    """
    with _hushed():
        return _read(kind, folder, **options)


def _read(kind: Any, folder: Path, **options: Any) -> Any:  # noqa: ANN401  untyped packages
    from safetensors import SafetensorError  # noqa: PLC0415  comes with the engines
    from torch import serialization  # noqa: PLC0415  heavy

    unread = (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        RuntimeError,
        SafetensorError,
        serialization.pickle.UnpicklingError,
    )
    try:
        return kind.from_pretrained(str(folder), local_files_only=True, **options)
    except ImportError as error:
        what = next(iter(str(error).strip().splitlines()), "a package")
        raise ToolMissing(f"{kind.__name__} in {folder} needs a package that is not installed: {what}") from error
    except unread as error:
        cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ToolMissing(f"{kind.__name__} cannot be read from {folder}: {cause}") from error


@contextmanager
def _hushed() -> Iterator[None]:
    """The packages' own notes on versions and defaults help nobody who tells a story."""
    before = logging.root.manager.disable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(max(before, logging.WARNING))
        try:
            yield
        finally:
            logging.disable(before)


def to_samples(wave: Any) -> Samples:  # noqa: ANN401  a tensor
    """A tensor (frames,) or (channels, frames) as float32 samples (channels, frames).

    Raises:
        ToolError: it holds numbers that are not finite.
    """
    sound = np.ascontiguousarray(wave.detach().float().cpu().numpy())
    if not np.isfinite(sound).all():
        raise ToolError("The engine made numbers that are no sound (NaN). Use float32, or other weights.")
    return np.atleast_2d(sound)


def mono(wave: Any) -> Samples:  # noqa: ANN401  a tensor
    """A tensor (frames,) as float32 samples (frames,).

    Raises:
        ToolError: it holds numbers that are not finite.
    """
    return np.asarray(to_samples(wave)[0], dtype=np.float32)
