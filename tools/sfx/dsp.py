"""Building blocks of sound synthesis: float64 signals at 48 kHz, vectorised, and circular where a bed must loop.

Noise is drawn in the frequency domain (a random spectrum under a given curve), so that its end joins its start by
construction; grains are laid down modulo the length. A bed built of these two repeats without an audible join.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48000
VOICE_RATE = 16000
Signal = NDArray[np.float64]
Rng = np.random.Generator
Curve = Sequence[tuple[float, float]]
Formants = Sequence[tuple[float | Signal, float, float]]


def frames(seconds: float) -> int:
    """Frames of a time in seconds, at least 8."""
    return max(8, round(seconds * RATE))


def gain(level_db: float) -> float:
    """Decibels as a factor."""
    return float(10.0 ** (level_db / 20.0))


def _spectrum_gain(n: int, curve: Curve) -> Signal:
    hz = np.fft.rfftfreq(n, 1.0 / RATE)
    points = np.log2([max(1.0, f) for f, _ in curve])
    levels = np.interp(np.log2(np.maximum(hz, 1.0)), points, [level for _, level in curve])
    shape = 10.0 ** (levels / 20.0)
    shape[hz < 15.0] = 0.0
    return np.asarray(shape, dtype=np.float64)


def colour(rng: Rng, n: int, curve: Curve) -> Signal:
    """Circular noise of ``n`` frames, RMS 1, whose spectrum follows ``curve``: (Hz, dB) points, joined on log axes."""
    from scipy.fft import irfft  # noqa: PLC0415

    gains = _spectrum_gain(n, curve)
    bins = gains * (rng.standard_normal(gains.size) + 1j * rng.standard_normal(gains.size))
    return level(np.asarray(irfft(bins, n)))


def band(rng: Rng, n: int, low_hz: float, high_hz: float, slope_db: float = 18.0) -> Signal:
    """Circular noise between two frequencies, falling by ``slope_db`` per octave outside, RMS 1."""
    return colour(
        rng, n,
        [(low_hz / 16, -4 * slope_db), (low_hz, 0), (high_hz, 0), (min(23999, high_hz * 16), -4 * slope_db)],
    )  # fmt: skip


def level(x: Signal, rms: float = 1.0) -> Signal:
    """``x`` scaled to an RMS; silence stays silence."""
    power = float(np.sqrt(np.mean(np.square(x)))) if x.size else 0.0
    return x * (rms / power) if power > 1e-12 else x


def peak(x: Signal, top: float = 1.0) -> Signal:
    """``x`` scaled to a peak; silence stays silence."""
    highest = float(np.max(np.abs(x))) if x.size else 0.0
    return x * (top / highest) if highest > 1e-12 else x


def shape(x: Signal, curve: Curve, *, wrap: bool = False) -> Signal:
    """Filter without phase shift along the last axis by a (Hz, dB) curve; ``wrap`` treats ``x`` as one period."""
    from scipy.fft import irfft, next_fast_len, rfft  # noqa: PLC0415

    n = x.shape[-1]
    size = n if wrap else next_fast_len(n + 4096)
    bins = rfft(x, size, axis=-1) * _spectrum_gain(size, curve)
    return np.asarray(irfft(bins, size, axis=-1)[..., :n])


def low_pass(x: Signal, hz: float, *, wrap: bool = False) -> Signal:
    """24 dB per octave above ``hz``."""
    if hz >= 20000:
        return x
    return shape(x, [(hz * 0.8, 0), (hz, -3), (hz * 2, -24), (hz * 16, -96)], wrap=wrap)


def high_pass(x: Signal, hz: float, *, wrap: bool = False) -> Signal:
    """24 dB per octave below ``hz``."""
    return shape(x, [(hz / 16, -96), (hz / 2, -24), (hz, -3), (hz * 1.25, 0)], wrap=wrap)


def drift(rng: Rng, n: int, rate_hz: float, low: float = 0.0, high: float = 1.0) -> Signal:
    """A smooth circular random curve between ``low`` and ``high`` that changes about ``rate_hz`` times a second."""
    from scipy.fft import irfft  # noqa: PLC0415

    bins = int(np.clip(round(n / RATE * rate_hz), 2, n // 2))
    spectrum = np.zeros(bins + 1, dtype=np.complex128)
    spectrum[1:] = rng.standard_normal(bins) + 1j * rng.standard_normal(bins)
    size = min(n, max(64, bins * 16))
    coarse = level(np.asarray(irfft(spectrum, size)))
    at = np.arange(n) * (size / n)
    smooth = np.interp(at, np.arange(size + 1), np.append(coarse, coarse[0]))
    return np.asarray(low + (high - low) * (0.5 + 0.5 * np.tanh(0.9 * smooth)))


def envelope(n: int, points: Sequence[tuple[float, float]]) -> Signal:
    """Straight lines through (second, value) points."""
    times, values = zip(*points, strict=True)
    return np.asarray(np.interp(np.arange(n) / RATE, times, values))


def fade(x: NDArray[np.floating[Any]], in_s: float = 0.002, out_s: float = 0.01) -> Signal:
    """Raised-cosine fades at both ends of the last axis."""
    n = x.shape[-1]
    y = np.array(x, dtype=np.float64)
    for length_s, head in ((in_s, True), (out_s, False)):
        m = min(n // 2, round(length_s * RATE))
        if m > 0:
            ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(m) + 0.5) / m)
            if head:
                y[..., :m] *= ramp
            else:
                y[..., -m:] *= ramp[::-1]
    return y


def ring(n: int, decay_s: float, attack_s: float = 0.0005) -> Signal:
    """An exponential decay by 60 dB in ``decay_s``, with a soft start."""
    t = np.arange(n) / RATE
    return np.exp(-6.908 * t / max(decay_s, 1e-4)) * (1.0 - np.exp(-t / max(attack_s, 1e-5)))


def modes(
    rng: Rng, hz: Sequence[float] | Signal, decay_s: Sequence[float] | Signal, gains: Sequence[float] | Signal,
    length_s: float,
) -> Signal:  # fmt: skip
    """A struck body: damped sines (Hz, time to fall by 60 dB, factor), random phases."""
    n = frames(length_s)
    t = np.arange(n) / RATE
    out = np.zeros(n)
    for f, d, g in zip(hz, decay_s, gains, strict=True):
        if 20.0 < f < 20000.0:
            m = min(n, frames(d * 1.2))
            out[:m] += g * np.exp(-6.908 * t[:m] / d) * np.sin(2 * np.pi * f * t[:m] + rng.uniform(0, 0.6))
    return out * (1.0 - np.exp(-t / 0.0003))


def phase(hz: Signal, *, closed: bool = False, rate: int = RATE) -> Signal:
    """Phase in radians of a frequency curve in Hz; ``closed`` rounds it to whole cycles so that a loop joins."""
    cycles = np.cumsum(hz) / rate
    if closed and cycles[-1] > 0.5:
        cycles = cycles * (round(float(cycles[-1])) / cycles[-1])
    return 2 * np.pi * cycles


def tone(hz: Signal, *, closed: bool = False) -> Signal:
    """A sine that follows a frequency curve."""
    return np.sin(phase(hz, closed=closed))


def harmonics(hz: Signal, gains: Sequence[float] | Signal, *, closed: bool = False) -> Signal:
    """A harmonic tone along a frequency curve; partials above 18 kHz are left out."""
    angle = phase(hz, closed=closed)
    top = float(np.max(hz))
    out = np.zeros(hz.size)
    for k, g in enumerate(gains, 1):
        if k * top < 18000 and abs(g) > 1e-5:
            out += g * np.sin(k * angle)
    return out


def _formant_gain(hz: Signal, formants: Formants) -> Signal:
    total = np.full(hz.shape, 0.004)
    for centre, width, g in formants:
        total = total + g * width * width / (np.square(hz - centre) + width * width)
    return total


def voiced(rng: Rng, hz: Signal, formants: Formants, breath: float = 0.05, tilt: float = 1.0) -> Signal:
    """A voice: harmonics of ``hz`` (a curve at 16 kHz) under formants (Hz or curve, width, factor), made at 16 kHz.

    ``breath`` adds noise under the same formants; ``tilt`` is the fall of the harmonics (1: 6 dB per octave).
    Returns a signal at 48 kHz.
    """
    from scipy.signal import resample  # noqa: PLC0415

    rate = VOICE_RATE
    angle = phase(hz, rate=rate)
    out = np.zeros(hz.size)
    for k in range(1, min(60, int(7600 / max(40.0, float(np.min(hz))))) + 1):
        f = k * hz
        out += np.where(f < 7600, _formant_gain(f, formants) / k**tilt, 0.0) * np.sin(k * angle)
    if breath > 0:
        white = np.fft.rfft(rng.standard_normal(hz.size))
        axis: Signal = np.asarray(np.fft.rfftfreq(hz.size, 1 / rate), dtype=np.float64)
        fixed = [(float(np.mean(c)), w, g) for c, w, g in formants]
        out = out + breath * level(np.fft.irfft(white * _formant_gain(axis, fixed), hz.size), level_of(out))
    return np.asarray(resample(out, hz.size * 3), dtype=np.float64)


def level_of(x: Signal) -> float:
    """RMS."""
    return float(np.sqrt(np.mean(np.square(x)))) if x.size else 0.0


def poisson(rng: Rng, n: int, per_second: float) -> NDArray[np.int64]:
    """Random moments (frames), on average ``per_second``."""
    return rng.integers(0, n, size=int(rng.poisson(per_second * n / RATE)))


def lay(n: int, grains: Sequence[Signal], at: NDArray[np.int64], gains: Signal, pick: NDArray[np.int64]) -> Signal:
    """Lay grain ``pick[i]`` at frame ``at[i]`` with factor ``gains[i]``, modulo ``n``.

    Short dense grains are laid by one circular convolution per grain, long ones are added one by one.
    """
    if at.size > 60 * len(grains) and all(g.size <= n for g in grains):
        return _lay_dense(n, grains, at, gains, pick)
    out = np.zeros(n)
    for where, g, k in zip(at, gains, pick, strict=True):
        add(out, grains[int(k)] * g, int(where), wrap=True)
    return out


def _lay_dense(
    n: int, grains: Sequence[Signal], at: NDArray[np.int64], gains: Signal, pick: NDArray[np.int64]
) -> Signal:
    from scipy.fft import irfft, rfft  # noqa: PLC0415

    total = np.zeros(n // 2 + 1, dtype=np.complex128)
    for k, grain in enumerate(grains):
        mine = pick == k
        train = np.bincount(at[mine], weights=gains[mine], minlength=n).astype(np.float64)
        total += rfft(train) * rfft(grain, n)
    return np.asarray(irfft(total, n))


def rain_of(
    rng: Rng, n: int, grains: Sequence[Signal], per_second: float, spread: float = 0.8, swell: Signal | None = None
) -> Signal:
    """Grains at random moments with log-normal loudness (``spread``: natural-log deviation), RMS not normalised.

    ``swell`` (0 to 1, ``n`` frames) thins them out where it is low.
    """
    at = poisson(rng, n, per_second)
    if swell is not None:
        at = at[rng.random(at.size) < swell[at]]
    gains = np.exp(rng.standard_normal(at.size) * spread)
    return lay(n, grains, at, gains, rng.integers(0, len(grains), at.size))


def add(out: NDArray[np.floating[Any]], x: NDArray[np.floating[Any]], at: int, *, wrap: bool = False) -> None:
    """Add ``x`` to ``out`` from frame ``at``; what lies beyond the end is dropped, or goes on at the start."""
    n = out.shape[-1]
    if not wrap:
        m = min(x.shape[-1], n - at)
        if m > 0:
            out[..., at : at + m] += x[..., :m]
        return
    start, done = at % n, 0
    while done < x.shape[-1]:
        m = min(x.shape[-1] - done, n - start)
        out[..., start : start + m] += x[..., done : done + m]
        done, start = done + m, 0


def join(*parts: Signal) -> Signal:
    """Parts one after another."""
    return np.concatenate(parts, axis=-1)


def silence(seconds: float) -> Signal:
    """Nothing, for a while."""
    return np.zeros(frames(seconds))


def total(*parts: tuple[float, Signal]) -> Signal:
    """The sum of (start second, signal) parts."""
    n = max(round(at * RATE) + x.shape[-1] for at, x in parts)
    out = np.zeros(n)
    for at, x in parts:
        add(out, x, round(at * RATE))
    return out


def burst(rng: Rng, low_hz: float, high_hz: float, decay_s: float, attack_s: float = 0.0005) -> Signal:
    """A short noise between two frequencies that falls by 60 dB in ``decay_s``."""
    n = frames(decay_s * 1.1 + attack_s * 3)
    return fade(band(rng, max(n, 256), low_hz, high_hz)[:n] * ring(n, decay_s, attack_s), 0.0002, 0.002)


def solid(
    rng: Rng, low_hz: float, high_hz: float, decay_s: float, *, many: int = 40, tilt: float = 0.5, damp: float = 0.6
) -> Signal:
    """A struck solid without a clear pitch: many random modes from ``low_hz`` to ``high_hz``.

    The lowest mode falls by 60 dB in ``decay_s``, higher ones faster (power ``damp`` of the ratio) and
    are weaker (``tilt``).
    """
    hz = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), many))
    ratio = hz / low_hz
    gains = rng.normal(0, 1, many) / ratio**tilt
    return peak(modes(rng, hz, decay_s * rng.uniform(0.6, 1.2, many) / ratio**damp, gains, decay_s * 1.2))


def sweep(start_hz: float, end_hz: float, length_s: float, bend: float = 1.0) -> Signal:
    """A frequency curve from one pitch to another on a log scale; ``bend`` above 1 moves late."""
    x = np.linspace(0, 1, frames(length_s)) ** bend
    return np.asarray(start_hz * (end_hz / start_hz) ** x)


def room(rng: Rng, x: Signal, decay_s: float, wet: float, dark_hz: float = 4000, *, wrap: bool = False) -> Signal:
    """Stereo reverb of a mono or stereo signal: decaying noise as the room's answer, left and right independent."""
    from scipy.fft import irfft, next_fast_len, rfft  # noqa: PLC0415

    n = x.shape[-1]
    m = frames(decay_s)
    size = n if wrap else next_fast_len(n + m)
    dry = np.broadcast_to(x, (2, n)) if x.ndim == 1 else x
    answer = np.stack([colour(rng, m, [(80, -12), (200, 0), (dark_hz, 0), (dark_hz * 4, -30)]) for _ in "lr"])
    answer = answer * ring(m, decay_s, 0.008) / np.sqrt(m * 0.07)
    if wrap and m > n:
        answer = answer[:, :n]
    tail = irfft(rfft(dry, size) * rfft(answer, size), size)
    out = np.zeros((2, size))
    out[:, :n] += dry
    out += wet * np.asarray(tail)
    return out if wrap else fade(out[:, : n + m], 0, 0.05)


def pan(x: Signal, position: float | Signal) -> Signal:
    """Mono to stereo by constant power; ``position`` from -1 (left) to 1 (right), fixed or a curve."""
    angle = (np.asarray(position) + 1) * np.pi / 4
    return np.asarray(np.stack([x * np.cos(angle), x * np.sin(angle)]) * np.sqrt(2), dtype=np.float64)
