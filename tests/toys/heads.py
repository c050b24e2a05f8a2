"""A toy head: the responses of a sphere in a SOFA file, as laboratories share those that they measure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from soundwright.tools.space.head import SphericalHead

RATE = 44100


def write_head(folder: Path) -> None:
    """A head without ears that hears every 15 degrees around it."""
    azimuths = np.arange(-180.0, 180.0, 15.0)
    sphere = SphericalHead(pinna=False)
    spectra = np.stack([sphere.spectra(azimuth, 0, RATE, 129) for azimuth in azimuths])
    write_sofa(folder / "me.sofa", np.fft.irfft(spectra, axis=-1), azimuths)


def write_sofa(path: Path, responses: NDArray[np.float64], azimuths: NDArray[np.float64]) -> Path:
    """Responses (directions, ears, frames), ``azimuths`` in degrees to the right."""
    h5py = pytest.importorskip("h5py", reason="the extra 'space' is not installed")
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"] = "SOFA"
        file.attrs["SOFAConventions"] = "SimpleFreeFieldHRIR"
        file["Data.IR"] = responses
        file["Data.SamplingRate"] = np.array([float(RATE)])
        file["Data.Delay"] = np.zeros((1, 2))
        # Counted to the left in SOFA.
        file["SourcePosition"] = np.stack([-azimuths % 360, 0 * azimuths, 0 * azimuths + 1], axis=1)
        file["SourcePosition"].attrs["Type"] = "spherical"
    return path


TOYS = {"sofa-head": write_head}
