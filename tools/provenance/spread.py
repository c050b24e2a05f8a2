"""A mark below the sound: 16 bits and a beacon as seventeen noises at once, each repeated every two seconds.

The sound's spectrum is made flat, and the noises are added so far below it that each bin hides what is put there. The
reader makes the spectrum flat too, folds all periods into one, and looks for the beacon at every offset. Who writes the
mark hears the host that disturbs it, and adds just what a bit still lacks.

Methods: Cox et al., "Secure spread spectrum watermarking for multimedia", IEEE TIP 6(12), 1997; Malvar & Florêncio,
"Improved spread spectrum", IEEE TSP 51(4), 2003.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal.spectral import istft, stft

RATE = 16000
BITS = 16
PERIOD = 1 << 15
SIZE, HOP = 512, 128
LOW_HZ, HIGH_HZ = 250.0, 6800.0
STRENGTH_DB = -20.0  # of the whole mark below the sound, in every bin
BEACON = 2.5  # times as strong as a bit
GOAL = 4.5  # deviations by which each period should show its bit
_KEY = 0x50756E64
_FLOOR = 1e-3
_UNIT = float(np.sqrt(SIZE * 0.375))  # the magnitude of a bin of noise of deviation 1 under a Hann window

Codes = NDArray[np.float32]


@cache
def codes() -> Codes:
    """The noises, (1 + bits, period): the beacon first; of deviation 1, within the band."""
    noise = np.random.default_rng(_KEY).standard_normal((1 + BITS, PERIOD))
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(PERIOD, 1 / RATE)
    spectrum[:, (hz < LOW_HZ) | (hz > HIGH_HZ)] = 0
    made = np.linalg.qr(np.fft.irfft(spectrum, PERIOD).T)[0].T  # none is seen in another
    return np.asarray(made / made.std(axis=1, keepdims=True), np.float32)


def write(sound: Samples, message: int) -> Samples:
    """The mark for (frames,) at 16 kHz: to be added to it."""
    flat, envelope = _flattened(sound)
    frames = len(sound)
    signs = np.array([1.0] + [1.0 if message >> bit & 1 else -1.0 for bit in range(BITS)])
    base = 10 ** (STRENGTH_DB / 20) / np.sqrt(BEACON**2 + BITS)
    mark, owed = np.zeros(frames, np.float32), np.zeros(1 + BITS)
    for start in range(0, frames, PERIOD):
        piece = flat[start : start + PERIOD]
        code = codes()[:, : len(piece)]
        together = code @ code.T  # in a piece shorter than a period the codes are seen in each other
        norm = np.sqrt(np.diag(together)) * max(float(piece.std()), 1e-9)
        owed += GOAL * np.array([BEACON] + [1.0] * BITS) * signs * norm - code @ piece
        added = _lacking(together, owed, signs, base)
        owed = signs * np.maximum(signs * (owed - together @ added), 0)  # the next period pays what this one could not
        mark[start : start + len(piece)] = added @ code
    return istft(stft(mark, SIZE, HOP) * envelope, SIZE, HOP, frames)


def _lacking(together: Codes, owed: NDArray[np.float64], signs: NDArray[np.float64], base: float) -> Codes:
    """What is added of each code so that it shows what is owed, within what may be added, (1 + bits,)."""
    wanted = signs * np.linalg.solve(together + 1e-3 * np.diag(np.diag(together)), owed)
    least = base * np.array([BEACON] + [0.4] * BITS)
    return np.asarray(signs * np.clip(wanted, least, 3.0 * base), np.float32)


def read(sound: Samples) -> tuple[float, int, float]:
    """How clearly the beacon stands out (deviations), the message, and how clearly its weakest bit is shown."""
    flat, _ = _flattened(sound)
    folded = np.zeros(PERIOD)
    for start in range(0, len(flat), PERIOD):
        piece = flat[start : start + PERIOD]
        folded[: len(piece)] += piece
    energy = float(np.sqrt(np.sum(folded**2)))
    if energy < 1e-6:
        return 0.0, 0, 0.0
    spectrum = np.fft.rfft(folded)
    like = np.fft.irfft(spectrum * np.conj(np.fft.rfft(codes()[0])), PERIOD) / energy
    like /= max(float(like.std()), 1e-9)
    offset = int(np.argmax(like))
    shown = codes()[1:] @ np.roll(folded, -offset) / energy
    message = sum(1 << bit for bit in range(BITS) if shown[bit] > 0)
    return float(like[offset]), message, float(np.abs(shown).min())


def _flattened(sound: Samples) -> tuple[Samples, NDArray[np.float32]]:
    """The sound with all bins of the band alike, and the envelope that was taken out, (bins, columns)."""
    spectrum = stft(sound, SIZE, HOP)
    magnitude = np.abs(spectrum)
    kernel = np.array([0.25, 0.5, 0.25])
    smooth = np.apply_along_axis(lambda column: np.convolve(column, kernel, "same"), 0, magnitude)
    floor = _FLOOR * float(smooth.max(initial=0)) + 1e-7
    hz = np.linspace(0, RATE / 2, SIZE // 2 + 1)
    band = ((hz >= LOW_HZ) & (hz <= HIGH_HZ)).astype(np.float32)[:, None]
    flat = istft(np.asarray(spectrum / (smooth + floor) * (band * _UNIT), np.complex64), SIZE, HOP, len(sound))
    return flat, np.asarray(np.where(smooth > floor, smooth, 0) * band / _UNIT, np.float32)
