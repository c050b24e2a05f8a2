"""Less room: what can be foretold from the past of each band is taken out of it.

Method: weighted prediction error (Nakatani et al., "Speech dereverberation based on variance-normalized delayed linear
prediction", IEEE TASLP 18(7), 2010), all channels together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal.spectral import istft, stft

WINDOW_S = 0.032
TAPS, DELAY, ROUNDS = 14, 3, 3
_LEAST = 1e-10


def dereverb(samples: Samples, rate: int) -> Samples:
    """(channels, frames) drier; a stretch of at least some seconds of one place."""
    size = 1 << max(5, round(float(np.log2(WINDOW_S * rate))))
    hop = size // 4
    spectrum = np.moveaxis(stft(samples, size, hop), 0, 1).astype(np.complex128)  # (bins, channels, columns)
    if spectrum.shape[-1] < 4 * (TAPS + DELAY):
        return samples.copy()
    past = _past(spectrum)
    dry = spectrum
    for _ in range(ROUNDS):
        power = np.mean(np.abs(dry) ** 2, axis=1)
        weight = 1 / np.maximum(power, _LEAST + 1e-3 * power.mean(axis=-1, keepdims=True))
        dry = spectrum - _foretold(spectrum, past, weight)
    return istft(np.moveaxis(dry, 1, 0).astype(np.complex64), size, hop, samples.shape[1])


def _past(spectrum: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """For each column the ``TAPS`` columns that lie ``DELAY`` and more before it, (bins, taps * channels, columns)."""
    bins, channels, columns = spectrum.shape
    out = np.zeros((bins, TAPS * channels, columns), np.complex128)
    for tap in range(TAPS):
        late = DELAY + tap
        out[:, tap * channels : (tap + 1) * channels, late:] = spectrum[:, :, : columns - late]
    return out


def _foretold(
    spectrum: NDArray[np.complex128], past: NDArray[np.complex128], weight: NDArray[np.float64]
) -> NDArray[np.complex128]:
    weighted = past * weight[:, None]
    matrix = weighted @ np.conj(np.swapaxes(past, 1, 2))
    size = matrix.shape[-1]
    ridge = 1e-6 * np.trace(matrix, axis1=1, axis2=2).real / size + _LEAST
    matrix += ridge[:, None, None] * np.eye(size)
    cross = weighted @ np.conj(np.swapaxes(spectrum, 1, 2))
    filters = np.linalg.solve(matrix, cross)
    return np.asarray(np.conj(np.swapaxes(filters, 1, 2)) @ past)
