"""Which device an engine runs on: what the user asked for, what is there, what the engine can use."""

from __future__ import annotations

import ctypes
import importlib.util
import re
from functools import lru_cache
from pathlib import Path

from soundwright.orchestrator.errors import ConfigError
from soundwright.tools.base import ToolSpec

DEVICES = "cpu, cuda, cuda:0 or auto"
_FORM = re.compile(r"cpu|auto|cuda(:\d{1,2})?")


def checked_device(text: str, where: str = "--device") -> str:
    """A device as it is written, once its form is right.

    Raises:
        ConfigError: it is none of those that there are.
    """
    device = text.strip().lower()
    if not _FORM.fullmatch(device):
        raise ConfigError(f"{where}: {text!r} is no device; write {DEVICES}")
    return device


def resolved_device(wanted: str) -> str:
    """The device to use: ``auto`` is the first GPU that is ready for torch, else the CPU.

    Raises:
        ConfigError: a GPU is asked for that is not there.
    """
    device = checked_device(wanted)
    if device == "cpu":
        return "cpu"
    if device == "auto":
        return "cuda:0" if cuda_devices() and torch_knows_cuda() else "cpu"
    number = int(device.partition(":")[2] or 0)
    count = cuda_devices()
    if number >= count:
        there = f"there are {count}" if count else "no CUDA GPU is found"
        raise ConfigError(f"--device {wanted}: {there}; write cpu or auto")
    return f"cuda:{number}"


def device_for(spec: ToolSpec, device: str) -> str:
    """Where one tool runs: on the device where it can use it, else on the CPU."""
    return device if device.partition(":")[0] in spec.runs_on() else "cpu"


def dtype_for(spec: ToolSpec, device: str) -> str:
    """The dtype of a tool: half precision on a GPU where its spec says so, else float32."""
    return spec.half if spec.half and device_for(spec, device) != "cpu" else "float32"


@lru_cache(maxsize=1)
def cuda_devices() -> int:
    """How many CUDA GPUs the driver shows; asks the driver itself, for importing torch takes seconds."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if hasattr(ctypes, "windll") else "libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


@lru_cache(maxsize=1)
def torch_knows_cuda() -> bool:
    """Whether the installed torch, if any, was built for CUDA: read from its files, without importing it."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return False
    version = Path(found.origin).with_name("version.py")
    return version.is_file() and re.search(r"^cuda\b.*=\s*['\"]", version.read_text(), re.MULTILINE) is not None
