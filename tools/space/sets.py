"""Reading measured heads: SOFA files (AES69), and the KEMAR dummy head as a package carries it."""

from __future__ import annotations

import bz2
import re
from pathlib import Path

import numpy as np

from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.space.head import MeasuredHead

_RESPONSE, _PLACES = 512, 710
_BLOCK = re.compile(rb"B\x00\x20\x00\x00")  # a run of 8192 bytes: two ears of 512 doubles
_TABLE = re.compile(rb"B\x90\x42\x00\x00")  # a run of 17040 bytes: 710 rows of three doubles
KEMAR_RATE = 44100


def kemar(path: Path) -> MeasuredHead:
    """The responses of the KEMAR dummy head (Gardner & Martin, MIT Media Lab, 1994), normal ears, 710 directions.

    The file is a stored Python object. It is not opened as one: only its runs of numbers are read.

    Raises:
        ToolError: it does not hold what it should.
    """
    data = bz2.decompress(path.read_bytes())
    responses: list[np.ndarray] = []
    at = 0
    while (found := _BLOCK.search(data, at)) is not None and len(responses) < _PLACES:
        responses.append(np.frombuffer(data, "<f8", 2 * _RESPONSE, found.end()).reshape(2, _RESPONSE))
        at = found.end() + 8192
    table = _TABLE.search(data, at)
    if len(responses) != _PLACES or table is None:
        raise ToolError(f"{path.name} holds no KEMAR responses; run: soundwright models verify kemar")
    places = np.frombuffer(data, "<f8", 3 * _PLACES, table.end()).reshape(_PLACES, 3)
    return MeasuredHead(-places[:, 0], places[:, 1], np.stack(responses), KEMAR_RATE)


def sofa(path: Path) -> MeasuredHead:
    """The head of a SOFA file of the convention SimpleFreeFieldHRIR.

    Raises:
        ToolMissing: h5py is not installed.
        ToolError: no SOFA file, or one of another convention.
    """
    try:
        import h5py  # noqa: PLC0415  an optional package
    except ImportError as error:
        raise ToolMissing("SOFA files need h5py. Run: pip install 'soundwright[space]'") from error
    try:
        with h5py.File(path, "r") as file:
            kind = _text(file.attrs.get("SOFAConventions", ""))
            responses = np.asarray(file["Data.IR"], np.float64)
            rate = round(float(np.ravel(file["Data.SamplingRate"])[0]))
            places = np.asarray(file["SourcePosition"], np.float64)
            cartesian = _text(file["SourcePosition"].attrs.get("Type", "spherical")) == "cartesian"
            delays = np.asarray(file["Data.Delay"], np.float64) if "Data.Delay" in file else np.zeros((1, 2))
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ToolError(f"{path.name} is no SOFA file of a head: {error}") from error
    if responses.ndim != 3 or responses.shape[1] != 2 or len(places) != len(responses):
        raise ToolError(f"{path.name} is of the convention {kind or 'none'}; a head is SimpleFreeFieldHRIR")
    if cartesian:
        flat = np.hypot(places[:, 0], places[:, 1])
        places = np.degrees(np.stack([np.arctan2(places[:, 1], places[:, 0]), np.arctan2(places[:, 2], flat)], axis=1))
    return MeasuredHead(-places[:, 0], places[:, 1], _delayed(responses, delays), rate)


def _delayed(responses: np.ndarray, delays: np.ndarray) -> np.ndarray:
    """With the delays that some files keep apart, in whole frames."""
    frames = np.broadcast_to(np.round(delays).astype(int), responses.shape[:2])
    if not frames.any():
        return responses
    out = np.zeros((*responses.shape[:2], responses.shape[2] + int(frames.max())))
    for place, ear in np.ndindex(responses.shape[:2]):
        at = int(frames[place, ear])
        out[place, ear, at : at + responses.shape[2]] = responses[place, ear]
    return out


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
