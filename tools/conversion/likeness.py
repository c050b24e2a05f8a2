"""A voice brought near another by what can be measured of both: pitch, length of the vocal tract, colour.

The spectrum is parted into an envelope, which the mouth makes, and what is left, which the throat makes. The throat's
part is moved in pitch; the envelope is warped, as by a longer or shorter vocal tract, and its mean is made the other's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.base import Context
from soundwright.tools.signal import levels, tempo
from soundwright.tools.signal.spectral import istft, stft, stft_in_blocks
from soundwright.tools.windows import Windowing, overlap_add

WINDOW_S = 0.032
LIFTER_S = 0.0018
LOWEST_HZ, HIGHEST_HZ = 60.0, 420.0
MOST_SEMITONES = 14.0
_WARPS = np.arange(0.84, 1.20, 0.02)
_MOST_DB = 15.0
_LIKE_HZ = (250.0, 4500.0)
_CORE_COLUMNS = 2000  # some 20 s
_PIECES = 1000  # of 20 ms

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is measured of a voice: median pitch (Hz; 0: none found) and its mean envelope (natural logarithm)."""

    pitch_hz: float
    envelope: Curve


def portrait(mono: Samples, rate: int) -> Portrait:
    """Measure a voice in (frames,), however long, in blocks."""
    return Portrait(median_pitch_hz(mono, rate), _mean_envelope(mono, rate))


def converted(
    mono: Samples, rate: int, other: Portrait, semitones: float | None, context: Context | None = None
) -> Samples:
    """(frames,) in a voice nearer to ``other``'s, which was measured at the same rate.

    Spectra are made of a stretch at a time, and what comes out is what the whole would give; only the change of pitch,
    which looks back to the beginning, hears the whole at once.
    """
    own = portrait(mono, rate)
    # Cancelled with the run, but without its progress, which would go from 0 to 1 twice.
    unreported = Context(cancelled=context.cancelled) if context else Context()
    size, hop = _sizes(rate)
    windows = Windowing(_CORE_COLUMNS * hop, margin=size, align=hop)
    throat = overlap_add(mono, windows, lambda x: _throat(x, size, hop), unreported)
    unreported.check()
    steps = semitones if semitones is not None else _between(own.pitch_hz, other.pitch_hz)
    moved = tempo.pitch(throat[None], rate, float(np.clip(steps, -24, 24)))[0]
    warp = _warp(own.envelope, other.envelope, rate)
    colour = _colour(own, other, warp)
    made = overlap_add(np.stack([mono, moved]), windows, lambda x: _mouth(x, size, hop, warp, colour), unreported)
    level, wanted = levels.rms(made), levels.rms(mono)
    made *= np.float32(wanted / level if level > 0 else 1.0)
    return made


def _throat(mono: Samples, size: int, hop: int) -> Samples:
    """The sound without its envelopes."""
    spectrum = stft(mono, size, hop)
    return istft(np.asarray(spectrum / np.exp(_envelopes(spectrum)), np.complex64), size, hop, len(mono))


def _mouth(both: Samples, size: int, hop: int, warp: float, colour: Curve) -> Samples:
    """The envelopes of the first of two rows, warped and coloured, put on the second."""
    mono, moved = both
    envelopes = _warped(_envelopes(stft(mono, size, hop)), warp) + colour[:, None]
    return istft(np.asarray(stft(moved, size, hop) * np.exp(envelopes), np.complex64), size, hop, len(mono))


def _colour(own: Portrait, other: Portrait, warp: float) -> Curve:
    """What is added to each envelope, so that their mean becomes the other's; as loud as before."""
    colour = _smooth(other.envelope - _warped(own.envelope[:, None], warp)[:, 0])
    colour -= float(np.average(colour, weights=np.exp(own.envelope)))
    return np.asarray(np.clip(colour, -_MOST_DB / 8.686, _MOST_DB / 8.686))


def _split(values: NDArray[Any], length: int) -> Iterator[NDArray[Any]]:
    return (values[first : first + length] for first in range(0, len(values), length))


def median_pitch_hz(mono: Samples, rate: int) -> float:
    """The median pitch of what is voiced, by autocorrelation; 0 where nothing is."""
    frame, hop = round(0.04 * rate), round(0.02 * rate)
    if len(mono) < frame:
        return 0.0
    pieces = np.lib.stride_tricks.sliding_window_view(mono, frame)[::hop]
    level = np.concatenate([np.sqrt(np.mean(x.astype(np.float64) ** 2, axis=1)) for x in _split(pieces, _PIECES)])
    loud = np.flatnonzero(level > 0.25 * np.quantile(level, 0.95))
    found = [_pitches_hz(pieces[chosen].astype(np.float64), rate) for chosen in _split(loud, _PIECES)]
    heard = np.concatenate(found) if found else np.zeros(0)
    return float(np.median(heard)) if len(heard) else 0.0


def _pitches_hz(pieces: Curve, rate: int) -> Curve:
    """The pitch of each of (pieces, frames) that is voiced."""
    frame = pieces.shape[1]
    shape = np.hanning(frame)
    size = 1 << (2 * frame - 1).bit_length()
    own = np.fft.irfft(np.abs(np.fft.rfft(shape, size)) ** 2)
    like = np.fft.irfft(np.abs(np.fft.rfft((pieces - pieces.mean(axis=1, keepdims=True)) * shape, size)) ** 2)
    first, last = int(rate / HIGHEST_HZ), min(int(rate / LOWEST_HZ), frame - 2)
    scaled = like[:, first:last] / np.maximum(like[:, :1], 1e-12) * (own[0] / own[first:last])
    best = np.argmax(scaled > 0.9 * scaled.max(axis=1, keepdims=True), axis=1)  # the shortest of like periods
    top = np.array([row[b : b + 12].argmax() + b for row, b in zip(scaled, best, strict=True)])
    voiced = scaled[np.arange(len(top)), top] > 0.6
    return np.asarray(rate / (top[voiced] + first))


def _between(own_hz: float, other_hz: float) -> float:
    if own_hz <= 0 or other_hz <= 0:
        return 0.0
    return float(np.clip(12 * np.log2(other_hz / own_hz), -MOST_SEMITONES, MOST_SEMITONES))


def _sizes(rate: int) -> tuple[int, int]:
    size = 1 << round(float(np.log2(WINDOW_S * rate)))
    return size, size // 4


def _envelopes(spectrum: NDArray[np.complex64]) -> Curve:
    """The natural logarithm of each column's envelope, by its cepstrum."""
    log = np.log(np.abs(spectrum).astype(np.float64) + 1e-6)
    cepstrum = np.fft.irfft(log, axis=0)
    # The window lasts WINDOW_S whatever the rate, so a share of it is a time.
    keep = max(4, round(len(cepstrum) * LIFTER_S / WINDOW_S))
    lifter = np.zeros(len(cepstrum))
    lifter[: keep + 1] = 0.5 + 0.5 * np.cos(np.pi * np.arange(keep + 1) / (keep + 1))
    lifter[-keep:] = lifter[1 : keep + 1][::-1]
    return np.asarray(np.fft.rfft(cepstrum * lifter[:, None], axis=0).real)


def _mean_envelope(mono: Samples, rate: int) -> Curve:
    """The mean over what is loud enough to be voice, each column at one level."""
    size, hop = _sizes(rate)
    means = [_envelopes(block).mean(axis=0) for block in stft_in_blocks(mono, size, hop)]
    every = np.concatenate(means)
    least = float(np.quantile(every, 0.5))
    if not (every > least).any():
        least = -np.inf
    total = np.zeros(size // 2 + 1)
    for level, block in zip(means, stft_in_blocks(mono, size, hop), strict=True):
        loud = level > least
        total += (_envelopes(block[:, loud]) - level[loud]).sum(axis=1)
    return np.asarray(total / np.count_nonzero(every > least))


def _warped(envelopes: Curve, warp: float) -> Curve:
    """Frequencies times ``warp``: formants move up where it is above 1."""
    bins = np.arange(envelopes.shape[0])
    where = np.clip(bins / warp, 0, bins[-1])
    low = np.minimum(where.astype(int), bins[-1] - 1)
    part = (where - low)[:, None]
    return np.asarray(envelopes[low] * (1 - part) + envelopes[low + 1] * part)


def _warp(own: Curve, other: Curve, rate: int) -> float:
    """The warp with which two mean envelopes are most alike."""
    first, last = (round(hz / (rate / 2) * (len(own) - 1)) for hz in _LIKE_HZ)
    if np.ptp(own) < 1e-9 or np.ptp(other) < 1e-9:  # silence is like anything
        return 1.0
    likeness = [np.corrcoef(_warped(own[:, None], w)[first:last, 0], other[first:last])[0, 1] for w in _WARPS]
    return float(_WARPS[int(np.nanargmax(likeness))]) if np.isfinite(likeness).any() else 1.0


def _smooth(curve: Curve) -> Curve:
    width = max(3, len(curve) // 40 | 1)
    padded = np.pad(curve, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, "valid")
