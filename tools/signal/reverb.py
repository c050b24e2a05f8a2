"""Reverberation: the impulse responses of named spaces, and convolution with any response."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.signal import levels
from soundwright.tools.signal.rooms import SPACES, Room

Wave = NDArray[np.float64]

MODEL_HZ = 48000
STRETCH = 1 << 20
SOUND_M_PER_S = 343.0
BANDS_HZ = np.array([31.25, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000])
REFERENCE_HZ = (200.0, 4000.0)


@lru_cache(maxsize=32)
def impulse_response(space: str, rate: int) -> Samples:
    """What a space adds to a mono click, without the click itself: float32 of shape (2, frames), read-only.

    Mix it as ``dry + convolution(dry as mono, response)``: the level is the natural one of the space (``Room.wet_db``
    below the dry sound, mean power of 200 Hz to 4 kHz), the length is the time in which it falls by 60 dB. Early
    reflections by the image-source method (Allen & Berkley, JASA 65(4), 1979), late ringing as noise that decays by
    octave bands (Moorer, CMJ 3(2), 1979). Deterministic: made at 48 kHz, then resampled.

    Raises:
        ValueError: no such space, or a rate that is not positive.
    """
    room = SPACES.get(space)
    if room is None:
        raise ValueError(f"no space {space!r}; there are {', '.join(SPACES)}")
    if rate <= 0:
        raise ValueError(f"rate must be positive, not {rate}")
    response = _at_rate(_model(room, zlib.crc32(space.encode())), rate)
    response.flags.writeable = False
    return response


def convolve(samples: Samples, response: Samples) -> Samples:
    """Each channel with each of the response (mono is spread): (channels, frames + response frames - 1), float32."""
    from scipy.signal import oaconvolve  # noqa: PLC0415

    channels = max(samples.shape[0], response.shape[0])
    if samples.shape[1] == 0 or response.shape[1] == 0:
        return np.zeros((channels, samples.shape[1]), np.float32)
    source = np.broadcast_to(samples, (channels, samples.shape[1])) if samples.shape[0] == 1 else samples
    filters = np.broadcast_to(response, (channels, response.shape[1])) if response.shape[0] == 1 else response
    out = np.zeros((channels, samples.shape[1] + response.shape[1] - 1), np.float32)
    for start in range(0, samples.shape[1], STRETCH):  # the memory of a long sound's spectra stays bounded
        wet = oaconvolve(source[:, start : start + STRETCH], filters, axes=1)
        out[:, start : start + wet.shape[1]] += wet
    return out


def reverb(samples: Samples, rate: int, space: str, wet_db: float = 0.0) -> Samples:
    """The sound in a space: (2, frames + tail), the dry part as it was; ``wet_db`` is relative to the natural level."""
    return add_response(samples, impulse_response(space, rate), wet_db)


def add_response(samples: Samples, response: Samples, wet_db: float = 0.0) -> Samples:
    """``samples`` and, ``wet_db`` louder than it is, the response of a space to their mono sum."""
    if samples.shape[1] == 0:
        return np.zeros((max(samples.shape[0], response.shape[0]), 0), np.float32)
    wet = convolve(levels.mono(samples), response)
    wet *= np.float32(10 ** (wet_db / 20))
    if wet.shape[0] < samples.shape[0]:
        wet = np.repeat(wet, samples.shape[0], axis=0)
    wet[:, : samples.shape[1]] += samples
    return wet


def _at_rate(response: Wave, rate: int) -> Samples:
    import soxr  # noqa: PLC0415

    if rate == MODEL_HZ:
        return response.astype(np.float32)
    # A filter's taps are samples of a continuous response times the sampling interval.
    scaled = soxr.resample(response.T, MODEL_HZ, rate, quality="HQ") * (MODEL_HZ / rate)
    return np.ascontiguousarray(scaled.T, dtype=np.float32)


def _model(room: Room, seed: int) -> Wave:
    """The answer of a room at 48 kHz, (2, frames), at its natural level."""
    frames = round(MODEL_HZ * max(_decays(room)) * 1.0) + MODEL_HZ // 50
    early, late = _early(room, frames), _late(room, frames, seed)
    early = _in_band(early, room)
    both = early * _to_power(early, room.early_db) + late * _to_power(late, 0.0)
    _fade_end(both)
    return both * _to_power(both, room.wet_db)


def _decays(room: Room) -> Wave:
    """Decay time of each octave band in seconds."""
    points = np.log2([63.0, 500.0, 2000.0, 8000.0, 16000.0])
    middle = 1 - (1 - room.treble) * 0.2
    scales = [room.bass, 1.0, middle, room.treble, room.treble * 0.6]
    return np.asarray(room.decay_s * np.interp(np.log2(BANDS_HZ), points, scales))


def _late(room: Room, frames: int, seed: int) -> Wave:
    """Noise that decays at its own speed in each octave band and sets in when the first reflections have come."""
    size = _fast_size(frames)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((2, size)), axis=1)
    position = np.interp(
        np.log2(np.maximum(np.fft.rfftfreq(size, 1 / MODEL_HZ), 1)), np.log2(BANDS_HZ), np.arange(len(BANDS_HZ))
    )
    time_s = np.arange(frames) / MODEL_HZ
    total = np.zeros((2, frames))
    for band, decay_s in enumerate(_decays(room)):
        weight = np.cos(np.clip(np.abs(position - band), 0, 1) * math.pi / 2) * _band_gain(room, size)
        wave = np.fft.irfft(spectrum * weight, size, axis=1)[:, :frames]
        total += wave * 10 ** (-3 * time_s / decay_s)
    onset_s = _onset_s(room)
    return np.asarray(total * np.clip((time_s - onset_s / 3) / onset_s, 0, 1) ** 2)


def _fast_size(least: int) -> int:
    """A length that FFTs are fast for: an eighth of a power of two times 4 to 8."""
    unit = 1 << max((least - 1).bit_length() - 3, 0)
    return -(-least // unit) * unit


def _onset_s(room: Room) -> float:
    """When reflections become dense: about the square root of the volume in m3, in ms (Polack's mixing time)."""
    return math.sqrt(math.prod(room.size_m)) / 1000 if room.size_m else 0.06


def _band_gain(room: Room, size: int) -> Wave:
    """Second-order slopes outside the band in which the room rings, per FFT bin."""
    hz = np.fft.rfftfreq(size, 1 / MODEL_HZ) + 1e-9
    return np.asarray(1 / np.sqrt((1 + (room.low_hz / hz) ** 4) * (1 + (hz / room.high_hz) ** 4)))


def _in_band(wave: Wave, room: Room) -> Wave:
    """First-order Butterworth band-pass by the bilinear transform, as a spectrum: scipy is slow to import."""
    size = _fast_size(wave.shape[1] + MODEL_HZ // 2)
    low, high = (np.tan(math.pi * hz / MODEL_HZ) for hz in (room.low_hz, room.high_hz))
    turn = np.exp(-2j * math.pi * np.fft.rfftfreq(size))
    numerator = (high - low) * (1 - turn**2)
    denominator = (1 - turn) ** 2 + (high - low) * (1 - turn**2) + low * high * (1 + turn) ** 2
    return np.asarray(
        np.fft.irfft(np.fft.rfft(wave, size, axis=1) * (numerator / denominator), size, axis=1)[:, : wave.shape[1]]
    )


def _early(room: Room, frames: int) -> Wave:
    """Distinct reflections on two ears 20 cm apart, (2, frames)."""
    out = np.zeros((2, frames))
    if room.size_m:
        _images(out, np.array(room.size_m), room.absorption)
    for tap in room.taps:
        angle = (tap.pan + 1) * math.pi / 4
        strength = 10 ** (tap.gain_db / 20) * max(1.0, float(np.abs(out).max()))
        out[:, round(tap.delay_s * MODEL_HZ)] += strength * np.array([math.cos(angle), math.sin(angle)])
    return out


def _images(out: Wave, size_m: Wave, absorption: float) -> None:
    """Add the mirror images of a source up to order 3, as heard against its direct sound."""
    source, ears = size_m * (0.37, 0.28, 0.52), size_m * (0.56, 0.61, 0.47)
    direct_m = float(np.linalg.norm(source - ears))
    order = np.arange(-3, 4)
    grid = np.stack(np.meshgrid(order, order, order, indexing="ij"), axis=-1).reshape(-1, 3)
    bounces = np.abs(grid).sum(axis=1)
    grid, bounces = grid[(bounces > 0) & (bounces <= 3)], bounces[(bounces > 0) & (bounces <= 3)]
    images = np.where(grid % 2 == 0, grid * size_m + source, (grid + 1) * size_m - source)
    for ear, shift in enumerate((-0.1, 0.1)):
        distance = np.linalg.norm(images - ears - np.array([shift, 0, 0]), axis=1)
        at = np.round((distance - direct_m).clip(0) / SOUND_M_PER_S * MODEL_HZ).astype(int)
        # A head shadows what comes from the other side.
        side = (images - ears)[:, 0] / distance * (1 if shift > 0 else -1)
        level = (1 - absorption) ** (bounces / 2) * direct_m / distance * (0.75 + 0.25 * side)
        keep = at < out.shape[1]
        np.add.at(out[ear], at[keep], level[keep])


def _to_power(wave: Wave, power_db: float) -> float:
    """The factor that brings the mean power gain in the reference band to ``power_db``."""
    spectrum = np.abs(np.fft.rfft(wave, axis=1)) ** 2
    hz = np.fft.rfftfreq(wave.shape[1], 1 / MODEL_HZ)
    power = float(spectrum[:, (hz >= REFERENCE_HZ[0]) & (hz <= REFERENCE_HZ[1])].mean())
    return math.sqrt(10 ** (power_db / 10) / power) if power > 0 else 0.0


def _fade_end(wave: Wave) -> None:
    length = max(1, wave.shape[1] // 10)
    wave[:, -length:] *= np.cos(np.linspace(0, math.pi / 2, length)) ** 2
