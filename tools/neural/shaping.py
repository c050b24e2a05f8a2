"""Bringing what a network made to the length that was asked for, and joining parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from soundwright.tools.assets import Audio
from soundwright.tools.errors import ToolError

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples
    from soundwright.tools.base import Request

_CUT_FADE_S, _PATCH_FADE_S = 0.01, 0.02
_LEAST_LEAD_S = 1.0


def as_asked(request: Request, sound: Samples, rate: int, length_s: float) -> Audio:
    """``sound`` (channels, frames) of exactly ``length_s``: a loop where the request asks for one."""
    if request.params.get("loop"):
        return Audio(looped(sound, round(length_s * rate)), rate)
    return Audio(fitted(sound, rate, length_s), rate)


def check_lead(audio: Audio) -> None:
    """Refuse a recording that is too short for a network to go on from.

    Raises:
        ToolError: it is.
    """
    if audio.length_s < _LEAST_LEAD_S:
        raise ToolError(
            f"continue_audio: {audio.length_s:.2f} s are too short to go on from; give at least {_LEAST_LEAD_S:g} s."
        )


def fitted(sound: Samples, rate: int, length_s: float) -> Samples:
    """``sound`` (channels, frames) of exactly ``length_s``: cut with a short fade, or followed by silence."""
    frames = round(length_s * rate)
    if sound.shape[1] <= frames:
        return np.pad(sound, ((0, 0), (0, frames - sound.shape[1])))
    kept = sound[:, :frames].copy()
    count = min(round(_CUT_FADE_S * rate), frames)
    kept[:, frames - count :] *= np.cos(np.linspace(0, np.pi / 2, count, dtype=np.float32))
    return kept


def joined_over(first: Samples, second: Samples, overlap: int) -> Samples:
    """Two sounds (channels, frames), the last ``overlap`` frames of one faded into the first of the other."""
    overlap = min(overlap, first.shape[1], second.shape[1])
    if overlap == 0:
        return np.concatenate([first, second], axis=1)
    up = np.sin(np.linspace(0, np.pi / 2, overlap, dtype=np.float32)) ** 2
    seam = first[:, -overlap:] * (1 - up) + second[:, :overlap] * up
    return np.concatenate([first[:, :-overlap], seam.astype(np.float32), second[:, overlap:]], axis=1)


def looped(sound: Samples, frames: int) -> Samples:
    """The first ``frames`` of a longer ``sound`` as a loop: what follows them is faded into their beginning."""
    spare = min(sound.shape[1] - frames, frames)
    if spare <= 0:
        return sound[:, :frames]
    up = np.sin(np.linspace(0, np.pi / 2, spare, dtype=np.float32))
    head = sound[:, :spare] * up + sound[:, frames : frames + spare] * np.sqrt(1 - up**2)
    return np.concatenate([head, sound[:, spare:frames]], axis=1).astype(np.float32)


def resampled(audio: Audio, rate: int, channels: int) -> Samples:
    """The samples (channels, frames) of ``audio``, without its tail, as a network takes them."""
    import soxr  # noqa: PLC0415  heavy

    sound = audio.samples[:, : audio.frames - audio.tail]
    if audio.rate != rate:
        sound = np.atleast_2d(soxr.resample(sound.T, audio.rate, rate, quality="HQ").T)
    if sound.shape[0] != channels:
        sound = np.repeat(sound.mean(axis=0, keepdims=True), channels, axis=0)
    return np.ascontiguousarray(sound, dtype=np.float32)


def alike(values: Sequence[float]) -> dict[float, list[int]]:
    """Indices of equal values: the requests that can be computed side by side."""
    groups: dict[float, list[int]] = {}
    for index, value in enumerate(values):
        groups.setdefault(value, []).append(index)
    return groups


def patched(audio: Audio, made: Samples, rate: int, start_s: float, end_s: float) -> Audio:
    """``audio`` with the part from ``start_s`` to ``end_s`` taken from ``made`` (channels, frames; as long as it).

    The new part is as loud as ``made`` would have to be for its rest to be as loud as the rest of ``audio``; 20 ms on
    either side lead over. Outside of these not a sample is changed.
    """
    whole = made_like(audio, made, rate)
    start, end = round(start_s * audio.rate), min(round(end_s * audio.rate), audio.frames)
    outside = np.ones(audio.frames, dtype=bool)
    outside[start:end] = False
    gain = _level(audio.samples[:, outside]) / max(_level(whole[:, outside]), 1e-9) if outside.any() else 1.0
    weight = np.ones(end - start, dtype=np.float32)
    fade = min(round(_PATCH_FADE_S * audio.rate), (end - start) // 2)
    if fade > 0:
        rise = np.linspace(0, 1, fade, dtype=np.float32)
        weight[:fade] = rise if start > 0 else 1.0
        weight[-fade:] = rise[::-1] if end < audio.frames else 1.0
    mixed = audio.samples.copy()
    mixed[:, start:end] *= 1 - weight
    mixed[:, start:end] += whole[:, start:end] * np.float32(np.clip(gain, 0.05, 20.0)) * weight
    return Audio(mixed, audio.rate, audio.tail)


def made_like(audio: Audio, made: Samples, rate: int) -> Samples:
    """``made`` in the rate, the channels and the length of ``audio``."""
    sound = resampled(Audio(made, rate), audio.rate, audio.channels)
    missing = max(0, audio.frames - sound.shape[1])
    return np.pad(sound[:, : audio.frames], ((0, 0), (0, missing)))


def _level(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound)))) if sound.size else 0.0
