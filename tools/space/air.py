"""What distance does: level and, over many metres, the loss of high frequencies in air."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
NEAREST_M = 0.2
KELVIN, RELATIVE_HUMIDITY = 293.15, 50.0


def level(distance_m: float) -> float:
    """The factor of a point source against one metre away: half at twice the distance."""
    return 1.0 / max(distance_m, NEAREST_M)


def absorption_db_per_m(hz: Curve) -> Curve:
    """Loss in air of 20 °C, 50 % humidity and normal pressure by ISO 9613-1:1993."""
    relative = KELVIN / 293.15
    molar = RELATIVE_HUMIDITY * 10 ** (-6.8346 * (273.16 / KELVIN) ** 1.261 + 4.6151)
    oxygen = 24 + 4.04e4 * molar * (0.02 + molar) / (0.391 + molar)
    nitrogen = relative**-0.5 * (9 + 280 * molar * np.exp(-4.170 * (relative ** (-1 / 3) - 1)))
    vibration = 0.01275 * np.exp(-2239.1 / KELVIN) / (oxygen + hz**2 / oxygen)
    vibration += 0.1068 * np.exp(-3352.0 / KELVIN) / (nitrogen + hz**2 / nitrogen)
    return np.asarray(8.686 * hz**2 * (1.84e-11 * relative**0.5 + relative**-2.5 * vibration))


def response(hz: Curve, distance_m: float) -> NDArray[np.complex128]:
    """The spectrum of level and absorption with the least delay that it can have; ``hz`` evenly from 0 to Nyquist."""
    loss = absorption_db_per_m(hz) * max(0.0, distance_m - 1.0)
    return level(distance_m) * _least_delay(10 ** (-np.minimum(loss, 100) / 20))


def _least_delay(magnitude: Curve) -> NDArray[np.complex128]:
    """The minimum-phase spectrum of a magnitude, through its cepstrum."""
    size = 2 * (len(magnitude) - 1)
    cepstrum = np.fft.irfft(np.log(magnitude))
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    return np.exp(np.fft.rfft(cepstrum))
