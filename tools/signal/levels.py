"""Level, place and noise. Arrays are float32 of shape (channels, frames), in and out."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples

Colour = Literal["white", "pink", "brown"]
SILENCE_DB = -60.0
BLOCK = 1 << 20  # frames of a long sound that are worked on at once, in wider numbers
NOISE_EXPONENT = {"white": 0.0, "pink": 0.5, "brown": 1.0}


def to_factor(gain_db: float) -> float:
    """Decibels as a factor; -60 and below is silence."""
    return 0.0 if gain_db <= SILENCE_DB else 10 ** (gain_db / 20)


def gain(samples: Samples, gain_db: float) -> Samples:
    """Louder or softer."""
    return np.asarray(samples * np.float32(to_factor(gain_db)), dtype=np.float32)


def fade(samples: Samples, rate: int, fade_in_s: float, fade_out_s: float, curve: str = "equal_power") -> Samples:
    """Fade in from the first and out to the last frame; fades longer than the sound together are shortened alike."""
    frames = samples.shape[1]
    shrink = min(1.0, frames / max(1.0, (fade_in_s + fade_out_s) * rate))
    head, foot = round(fade_in_s * rate * shrink), round(fade_out_s * rate * shrink)
    head, foot = min(head, frames), min(foot, frames)
    out = samples.copy()
    out[:, :head] *= _rise(head, curve)
    out[:, frames - foot :] *= _rise(foot, curve)[::-1]
    return out


def _rise(frames: int, curve: str) -> Samples:
    line = (np.arange(frames) + 0.5) / max(frames, 1)
    return np.asarray(np.sin(line * math.pi / 2) if curve == "equal_power" else line, dtype=np.float32)


def pan(samples: Samples, position: float) -> Samples:
    """From -1 (left) to 1 (right) at constant power: (2, frames).

    Mono in the middle lies 3 dB lower on each side; stereo in the middle is unchanged.

    Raises:
        ValueError: more than two channels.
    """
    if samples.shape[0] > 2:
        raise ValueError(f"pan takes mono or stereo, not {samples.shape[0]} channels; apply mono first")
    angle = (position + 1) * math.pi / 4
    sides = np.array([[math.cos(angle)], [math.sin(angle)]]) * (math.sqrt(2) if samples.shape[0] == 2 else 1)
    return np.asarray(samples * sides.astype(np.float32), dtype=np.float32)


def mono(samples: Samples) -> Samples:
    """The mean of all channels: (1, frames)."""
    total = samples[:1].copy()
    for channel in samples[1:]:
        total += channel  # far faster than a mean over the short axis
    total *= np.float32(1 / samples.shape[0])
    return total


def rms(samples: NDArray[np.floating[Any]]) -> float:
    """Root mean square over all channels; 0 for no frames. In double width, a block of frames at a time."""
    blocks = (samples[..., at : at + BLOCK] for at in range(0, samples.shape[-1], BLOCK))
    total = sum(float(np.sum(np.square(block, dtype=np.float64))) for block in blocks)
    return math.sqrt(total / samples.size) if samples.size else 0.0


def add_noise(samples: Samples, snr_db: float, colour: Colour, seed: int) -> Samples:
    """Noise ``snr_db`` below the sound's own RMS, another in each channel. Silence gets none."""
    level = rms(samples)
    if level == 0:
        return samples.copy()
    noise = coloured_noise(samples.shape, colour, seed)
    noise *= level / rms(noise) * 10 ** (-snr_db / 20)
    noise += samples
    return noise


def coloured_noise(shape: tuple[int, ...], colour: Colour, seed: int) -> Samples:
    """Gaussian noise of RMS near 1 whose spectrum falls by 0, 3 or 6 dB per octave."""
    from scipy.fft import irfft, next_fast_len, rfft  # noqa: PLC0415

    size = next_fast_len(max(shape[1], 16), real=True)
    spectrum = rfft(np.random.default_rng(seed).standard_normal((shape[0], size)), axis=1, overwrite_x=True)
    # Below bin 8 the slope stops, so that a short brown noise is no mere drift.
    weight = np.maximum(np.arange(size // 2 + 1, dtype=np.float64), 8) ** -NOISE_EXPONENT[colour]
    weight[0] = 0
    spectrum *= weight
    noise = irfft(spectrum, size, axis=1, overwrite_x=True)[:, : shape[1]]
    noise /= max(rms(noise), 1e-12)
    return noise.astype(np.float32)


def tremolo(samples: Samples, rate: int, swings_hz: float, depth: float) -> Samples:
    """The level swings as a sine from full down to ``1 - depth``."""
    phase = np.arange(samples.shape[1]) * (2 * math.pi * swings_hz / rate)
    swing: NDArray[np.float64] = 1 - depth * (0.5 - 0.5 * np.cos(phase))
    return np.asarray(samples * swing, dtype=np.float32)
