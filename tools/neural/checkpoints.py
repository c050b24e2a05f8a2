"""Torch files as data: tensors and plain values, and the few other kinds that a known checkpoint needs by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soundwright.tools.errors import ToolMissing


def read_checkpoint(path: Path, allowed: Sequence[Any] = ()) -> Any:  # noqa: ANN401  whatever was stored
    """What a torch file holds, on the CPU. ``allowed``: classes, or (class, name in the file), beyond plain values.

    Raises:
        ToolMissing: it is no torch file, is damaged, or holds anything else; nothing of it was run.
    """
    import torch  # noqa: PLC0415  heavy

    unread = (OSError, RuntimeError, ValueError, KeyError, EOFError, torch.serialization.pickle.UnpicklingError)
    try:
        with torch.serialization.safe_globals(list(allowed)):
            return torch.load(path, map_location="cpu", weights_only=True)
    except unread as error:
        cause = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ToolMissing(f"{path.name} cannot be read as plain weights: {cause[:300]}") from error


def numpy_arrays() -> list[Any]:
    """What a file needs that holds numpy's arrays instead of tensors."""
    import numpy as np  # noqa: PLC0415
    from numpy._core.multiarray import _reconstruct  # noqa: PLC0415  the name that numpy itself stores

    kinds = {type(np.dtype(kind)) for kind in ("float32", "float64", "int64", "int32")}
    return [(_reconstruct, "numpy.core.multiarray._reconstruct"), _reconstruct, np.ndarray, np.dtype, *kinds]
