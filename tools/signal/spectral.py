"""Short-time spectra by numpy alone. Time is the last axis of samples; spectra are (..., bins, columns)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples

Spectrum = NDArray[np.complex64]
_LEAST = 1e-8
BLOCK_COLUMNS = 1024


def stft(samples: NDArray[np.floating], size: int, hop: int) -> Spectrum:
    """Spectra of Hann windows of ``size`` frames centred on every multiple of ``hop``; silence lies around the sound.

    Shape (..., size // 2 + 1, frames // hop + 1 or one more).
    """
    return _columns(samples, size, hop, 0, _count(samples, hop))


def stft_in_blocks(
    samples: NDArray[np.floating], size: int, hop: int, columns: int = BLOCK_COLUMNS
) -> Iterator[Spectrum]:
    """The columns of ``stft``, so many at a time: the same numbers, and of a long sound only one block is held."""
    total = _count(samples, hop)
    for first in range(0, total, columns):
        yield _columns(samples, size, hop, first, min(columns, total - first))


def _count(samples: NDArray[np.floating], hop: int) -> int:
    return -(-int(samples.shape[-1]) // hop) + 1


def _columns(samples: NDArray[np.floating], size: int, hop: int, first: int, count: int) -> Spectrum:
    frames = samples.shape[-1]
    start, total = first * hop - size // 2, (count - 1) * hop + size
    low, high = max(0, start), max(0, min(frames, start + total))
    padded = np.zeros((*samples.shape[:-1], total), np.float32)
    padded[..., low - start : high - start] = samples[..., low:high]
    pieces = np.lib.stride_tricks.sliding_window_view(padded, size, axis=-1)[..., ::hop, :]
    return np.asarray(np.moveaxis(np.fft.rfft(pieces * window(size), axis=-1), -1, -2), np.complex64)


def istft(spectrum: Spectrum, size: int, hop: int, frames: int) -> Samples:
    """The sound of ``frames`` frames whose spectra come nearest to ``spectrum`` (Griffin & Lim 1984); inverts stft."""
    columns = spectrum.shape[-1]
    shape = window(size)
    pieces = np.fft.irfft(np.moveaxis(spectrum, -1, -2), size, axis=-1).astype(np.float32) * shape
    total = (columns - 1) * hop + size
    out, weight = np.zeros((*spectrum.shape[:-2], total), np.float32), np.zeros(total, np.float32)
    for column in range(columns):
        at = column * hop
        out[..., at : at + size] += pieces[..., column, :]
        weight[at : at + size] += shape**2
    lead = size // 2
    return np.asarray((out / np.maximum(weight, _LEAST))[..., lead : lead + frames], np.float32)


def window(size: int) -> Samples:
    """A periodic Hann window."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size), np.float32)
