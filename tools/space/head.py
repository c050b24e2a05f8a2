"""Heads: what both ears hear of a sound from a direction.

``azimuth`` 0 is in front, 90 right; ``elevation`` 90 above; degrees. Spectra are (2, bins): left ear, right ear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Spectra = NDArray[np.complex128]
SOUND_M_S = 343.0
LEAD_S = 0.001  # no ear hears before the sound begins
_NEIGHBOURS = 3


class Head(Protocol):
    """Gives the spectra of both ears on ``bins`` frequencies evenly from 0 to ``rate / 2`` Hz."""

    def spectra(self, azimuth: float, elevation: float, rate: int, bins: int) -> Spectra:
        """For one direction; both ears are delayed by at least ``LEAD_S``."""


@dataclass(frozen=True, slots=True)
class SphericalHead:
    """A rigid sphere with ears a little behind its middle, and echoes of the outer ears.

    After Brown & Duda, "A structural model for binaural sound synthesis", IEEE TSAP 6(5), 1998.
    """

    radius_m: float = 0.0875
    ear_degrees: float = 100.0
    pinna: bool = True

    def spectra(self, azimuth: float, elevation: float, rate: int, bins: int) -> Spectra:
        """See ``Head``."""
        omega = 2 * np.pi * np.linspace(0, rate / 2, bins)
        source = direction(azimuth, elevation)
        ears = (direction(-self.ear_degrees, 0), direction(self.ear_degrees, 0))
        angles = [float(np.arccos(np.clip(source @ ear, -1, 1))) for ear in ears]
        outer = _outer_ear(azimuth, elevation, omega) if self.pinna else np.ones(bins, np.complex128)
        return np.stack([self._ear(angle, omega) * outer for angle in angles])

    def _ear(self, angle: float, omega: NDArray[np.float64]) -> NDArray[np.complex128]:
        """One pole and one zero shade the far ear and brighten the near one; Woodworth's delay."""
        corner = SOUND_M_S / self.radius_m
        least, dark = 0.1, np.radians(150)
        alpha = 1 + least / 2 + (1 - least / 2) * np.cos(np.pi * min(angle / dark, 2 - angle / dark))
        shadow = (1 + 1j * alpha * omega / (2 * corner)) / (1 + 1j * omega / (2 * corner))
        path = -np.cos(angle) if angle < np.pi / 2 else angle - np.pi / 2
        delay = LEAD_S + self.radius_m / SOUND_M_S * path
        return np.asarray(shadow * np.exp(-1j * omega * delay))


_ECHOES = ((0.5, 1, 2, 1.0), (-1, 5, 4, 0.5), (0.5, 5, 7, 0.5), (-0.25, 5, 11, 0.5), (0.25, 5, 13, 0.5))
"""Strength, swing, delay (frames at 44.1 kHz) and dependence on elevation of each echo of the outer ear."""


def _outer_ear(azimuth: float, elevation: float, omega: NDArray[np.float64]) -> NDArray[np.complex128]:
    front = np.radians(((azimuth + 180) % 360) - 180)
    out = np.ones(len(omega), np.complex128)
    for strength, swing, delay, slope in _ECHOES:
        frames = swing * np.cos(front / 2) * np.sin(slope * np.radians(90 - elevation)) + delay
        out += 0.4 * strength * np.exp(-1j * omega * frames / 44100)
    return out


class MeasuredHead:
    """Responses of a real head at many directions; between them the nearest three are mixed, aligned in time."""

    def __init__(
        self, azimuths: NDArray[np.float64], elevations: NDArray[np.float64], responses: NDArray[np.float64], rate: int
    ) -> None:
        """``responses`` of shape (directions, 2, frames) at ``rate`` Hz.

        Raises:
            ValueError: the shapes do not fit, or there is nothing in them.
        """
        if responses.ndim != 3 or responses.shape[1] != 2 or len(azimuths) != len(responses) or not responses.any():
            raise ValueError(f"needs responses of shape (directions, 2, frames), not {responses.shape}")
        self._directions = np.stack([direction(a, e) for a, e in zip(azimuths, elevations, strict=True)])
        self._responses, self._rate = responses, rate
        self._onsets = _onsets(responses) / rate
        self._aligned: dict[tuple[int, int], Spectra] = {}

    def spectra(self, azimuth: float, elevation: float, rate: int, bins: int) -> Spectra:
        """See ``Head``."""
        near = self._directions @ direction(azimuth, elevation)
        best = np.argsort(-near)[:_NEIGHBOURS]
        weight = 1 / np.maximum(np.arccos(np.clip(near[best], -1, 1)), 1e-4)
        weight /= weight.sum()
        mixed = np.tensordot(weight, self._all(rate, bins)[best], 1)
        delays = np.tensordot(weight, self._onsets[best], 1)
        # Heads were measured from afar: only the difference between the ears matters.
        delays += LEAD_S - float(self._onsets.min())
        omega = 2 * np.pi * np.linspace(0, rate / 2, bins)
        return np.asarray(mixed * np.exp(-1j * delays[:, None] * omega))

    def _all(self, rate: int, bins: int) -> Spectra:
        """Spectra of all responses at a rate, as if each began at once."""
        if (rate, bins) not in self._aligned:
            omega = 2 * np.pi * np.linspace(0, rate / 2, bins)
            size = 2 * (bins - 1)
            sound = _at_rate(self._responses, self._rate, rate)[..., :size]
            spectra = np.fft.rfft(sound, size, axis=-1) * np.exp(1j * self._onsets[..., None] * omega)
            self._aligned[rate, bins] = spectra
        return self._aligned[rate, bins]


def direction(azimuth: float, elevation: float) -> NDArray[np.float64]:
    """The unit vector (front, right, up)."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])


def _onsets(responses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each response first reaches a fifth of its peak, in frames, between them too."""
    level = np.abs(responses)
    goal = 0.2 * level.max(axis=-1, keepdims=True)
    first = np.argmax(level >= np.maximum(goal, 1e-12), axis=-1)
    before = np.maximum(first - 1, 0)
    low = np.take_along_axis(level, before[..., None], -1)[..., 0]
    high = np.take_along_axis(level, first[..., None], -1)[..., 0]
    part = np.clip((goal[..., 0] - low) / np.maximum(high - low, 1e-12), 0, 1)
    return np.asarray(before + part * (first > before), np.float64)


def _at_rate(responses: NDArray[np.float64], rate: int, to: int) -> NDArray[np.float64]:
    import soxr  # noqa: PLC0415

    if rate == to:
        return responses
    flat = responses.reshape(-1, responses.shape[-1]).T
    made = soxr.resample(np.ascontiguousarray(flat), rate, to, quality="HQ").T * (rate / to)
    return np.asarray(made.reshape(*responses.shape[:-1], -1))
