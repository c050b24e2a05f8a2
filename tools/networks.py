"""Networks in ONNX form, opened so that equal inputs give equal bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from soundwright.tools.errors import ToolMissing


def weights_file(weights: Mapping[str, Path], file: str, model: str) -> Path:
    """The file of a model as ``Place.weights`` holds it.

    Raises:
        ToolMissing: it is not there; the message says how to get it.
    """
    if file not in weights:
        raise ToolMissing(f"{file} is not here. Run: soundwright models pull {model}")
    return weights[file]


def session(network: Path, who: str, extra: str = "local") -> Any:  # noqa: ANN401  onnxruntime has no type information
    """An onnxruntime session on one thread of the CPU: more threads would change the order of sums.

    Raises:
        ToolMissing: onnxruntime is not installed.
    """
    try:
        import onnxruntime  # noqa: PLC0415  heavy
    except ImportError as error:
        raise ToolMissing(f"{who} needs onnxruntime. Run: pip install 'soundwright[{extra}]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
