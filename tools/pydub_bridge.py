"""To pydub and back, and where pydub finds ffmpeg."""

from __future__ import annotations

import shutil
import sys
import warnings
from typing import Any

import numpy as np

from soundwright.tools.assets import Audio
from soundwright.tools.errors import ToolMissing

_INSTALL = "pip install 'soundwright[formats]'"


def to_pydub(audio: Audio) -> Any:  # noqa: ANN401  pydub has no type information
    """An ``AudioSegment`` of 32-bit samples; what lies above full scale is cut off there.

    Raises:
        ToolMissing: pydub is not installed.
    """
    full = 2.0**31
    scaled = np.clip(np.round(audio.samples.T.astype(np.float64) * full), -full, full - 1).astype("<i4")
    return _pydub().AudioSegment(data=scaled.tobytes(), sample_width=4, frame_rate=audio.rate, channels=audio.channels)


def from_pydub(segment: Any) -> Audio:  # noqa: ANN401  as above
    """The sound of an ``AudioSegment``, float32 of shape (channels, frames).

    Raises:
        TypeError: it is no AudioSegment.
    """
    if not all(hasattr(segment, name) for name in ("get_array_of_samples", "frame_rate", "channels", "sample_width")):
        raise TypeError(f"from_pydub takes a pydub.AudioSegment, not {type(segment).__name__}")
    flat = np.asarray(segment.get_array_of_samples(), np.float64) / 2.0 ** (8 * segment.sample_width - 1)
    frames = flat.reshape(-1, segment.channels).T
    return Audio(np.ascontiguousarray(frames, np.float32), int(segment.frame_rate))


def ffmpeg() -> str:
    """The ffmpeg that pydub is set up with.

    Raises:
        ToolMissing: pydub or ffmpeg is not installed.
    """
    found = shutil.which(str(_pydub().AudioSegment.converter)) or shutil.which("ffmpeg")
    if found is None:
        raise ToolMissing(
            "this format needs ffmpeg, a program of its own: install it with your system's package manager"
        )
    return found


def _pydub() -> Any:  # noqa: ANN401  as above
    with warnings.catch_warnings():  # it warns of its own sources, and where ffmpeg is not there
        warnings.simplefilter("ignore")
        try:
            import pydub  # noqa: PLC0415  an optional package
        except ImportError as error:
            lacks = "pydub" if "pydub" in str(error) else f"pydub's audioop ({sys.version.split()[0]})"
            raise ToolMissing(f"this needs {lacks}. Run: {_INSTALL}") from error
    return pydub
