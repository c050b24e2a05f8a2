"""Missing samples from the ones around them, by linear prediction.

The prediction error is made as small as it can be over what is missing, and the coefficients are estimated again from
the result: Janssen, Veldhuis & Vries, "Adaptive interpolation of discrete-time signals that can be modeled as
autoregressive processes", IEEE TASSP 34(2), 1986.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]
_RIDGE = 1e-9


def fill(sound: Wave, missing: NDArray[np.bool_], order: int, rounds: int = 3) -> Wave:
    """(frames,) with the missing frames made anew; the others stay as they are.

    ``order`` should be well below the number of frames that are known.
    """
    (gap,) = np.nonzero(missing)
    if len(gap) == 0:
        return sound.copy()
    known = np.flatnonzero(~missing)
    out = sound.copy()
    out[gap] = np.interp(gap, known, sound[known])
    weight = (~missing).astype(np.float64)
    for _ in range(rounds):
        spread = _spread(coefficients(out, order))
        # The gradient of the error's energy with respect to what is missing must vanish.
        out[gap] = 0
        pull = np.convolve(out * weight, spread, "same")[gap]
        out[gap] = -_solved(spread, order, gap, pull)
    return out


def coefficients(sound: Wave, order: int) -> Wave:
    """The prediction error filter (1, a1, ..., ap) by the autocorrelation method."""
    from scipy.linalg import solve_toeplitz  # noqa: PLC0415

    shaped = sound * np.hanning(len(sound))
    size = 1 << (2 * len(shaped) - 1).bit_length()
    spectrum = np.fft.rfft(shaped, size)
    power = np.fft.irfft(np.abs(spectrum) ** 2, size)[: order + 1]
    if power[0] <= 0:
        return np.concatenate([[1.0], np.zeros(order)])
    power[0] *= 1 + _RIDGE
    return np.concatenate([[1.0], -solve_toeplitz(power[:order], power[1:])])


def _spread(error_filter: Wave) -> Wave:
    """The filter's correlation with itself, -order to order: what one frame means to its neighbours."""
    return np.convolve(error_filter, error_filter[::-1])


def _solved(spread: Wave, order: int, gap: NDArray[np.intp], pull: Wave) -> Wave:
    from scipy.linalg import solve, solveh_banded  # noqa: PLC0415

    half = spread[order:].copy()
    half[0] *= 1 + _RIDGE
    if gap[-1] - gap[0] + 1 == len(gap):
        rows = min(order + 1, len(gap))
        banded = np.repeat(half[:rows, None], len(gap), axis=1)
        return np.asarray(solveh_banded(banded, pull, lower=True))
    apart = np.abs(np.subtract.outer(gap, gap))
    matrix = np.where(apart <= order, half[np.minimum(apart, order)], 0)
    return np.asarray(solve(matrix, pull, assume_a="pos"))
