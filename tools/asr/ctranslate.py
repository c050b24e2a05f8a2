"""Where CTranslate2 computes: on a CPU in 8 bits, on a GPU in the numbers that the place says."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from pathlib import Path
from typing import Any

from soundwright.tools.base import Place
from soundwright.tools.errors import ToolMissing

_CUBLAS = ("libcublasLt.so.12", "libcublas.so.12")  # in the order in which they need each other
_WHEEL = "nvidia.cublas"


def whereabouts(place: Place) -> dict[str, Any]:
    """What a model of CTranslate2 is made with: ``device``, ``device_index``, ``compute_type``."""
    kind, _, number = place.device.partition(":")
    if kind == "cpu":
        return {"device": "cpu", "device_index": 0, "compute_type": "int8"}
    return {"device": kind, "device_index": int(number or 0), "compute_type": place.dtype}


def find_cublas() -> None:
    """Load NVIDIA's matrix library, which CTranslate2 asks the system for, from its wheel where the system has none.

    Raises:
        ToolMissing: it is nowhere.
    """
    if not sys.platform.startswith("linux"):
        return  # it comes with CTranslate2 there, or there are no such GPUs
    folder = _wheel_folder()
    for name in _CUBLAS:
        if not _loads(name) and (folder is None or not _loads(str(folder / name))):
            raise ToolMissing(
                f"whisper on a GPU needs {name}. Run: pip install nvidia-cublas-cu12, or choose the CPU (--device cpu)."
            )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def _wheel_folder() -> Path | None:
    try:
        found = importlib.util.find_spec(_WHEEL)
    except ModuleNotFoundError:  # of the package around it
        return None
    places = list(found.submodule_search_locations or ()) if found is not None else []
    return Path(places[0]) / "lib" if places else None
