"""What a clip plays, at the rate of the mix: read, brought to one or two channels, resampled, repeated.

What a source gives for a frame does not depend on the pieces it is read in: short recordings are resampled whole, long
ones in order in pieces of a fixed size (soxr, quality HQ).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from soundwright.orchestrator.timeline import Clip, Sound
from soundwright.scripts_compiler.units import frames
from soundwright.tools.assets import Samples
from soundwright.tools.audio_files import AudioFile

if TYPE_CHECKING:
    import soxr

WHOLE_S = 12.0
JOIN_S = 1.0
_PIECE = 1 << 16


class Source(Protocol):
    """Frames at the rate of the mix, from the start of a recording."""

    channels: int

    def read(self, first: int, last: int) -> Samples:
        """(channels, last - first); silence after the end. Calls come in order of ``first``."""

    def close(self) -> None:
        """Free files."""


class Whole:
    """A recording in memory."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples
        self.channels = int(samples.shape[0])

    def read(self, first: int, last: int) -> Samples:
        """A view where the recording covers the range."""
        got = self.samples[:, first:last]
        return got if got.shape[1] == last - first else np.pad(got, ((0, 0), (0, last - first - got.shape[1])))

    def close(self) -> None:
        """Nothing to free."""


class Loop:
    """A recording that is repeated: butt-joined (``join`` 0), or with an equal-power crossfade of ``join`` frames."""

    def __init__(self, samples: Samples, join: int, tail: Samples | None = None) -> None:
        """``tail`` rings on from the end of one repetition into the next."""
        self.channels = int(samples.shape[0])
        self._first = samples
        self._period = samples.shape[1] - join
        self._next = samples[:, : self._period]
        if join:
            angle = (np.arange(join, dtype=np.float32) + 0.5) * np.float32(np.pi / 2 / join)
            self._next = self._next.copy()
            self._next[:, :join] = samples[:, :join] * np.sin(angle) + samples[:, self._period :] * np.cos(angle)
        if tail is not None and tail.size:
            ring = min(tail.shape[1], self._period)
            self._next = self._next.copy()
            self._next[:, :ring] += tail[:, :ring]

    def read(self, first: int, last: int) -> Samples:
        """Frames of as many repetitions as the range takes."""
        parts = []
        while first < last:
            turn, at = divmod(first, self._period)
            count = min(last - first, self._period - at)
            parts.append((self._next if turn else self._first)[:, at : at + count])
            first += count
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def close(self) -> None:
        """Nothing to free."""


class Stream:
    """A long recording, read and resampled piece by piece."""

    def __init__(self, file: AudioFile, rate: int, channels: int) -> None:
        self._file = file
        self.channels = channels
        self._resampler = _resampler(file.rate, rate, channels)
        self._read = 0
        self._at = 0
        self._held: Samples = np.zeros((0, channels), np.float32)

    def read(self, first: int, last: int) -> Samples:
        """Reads on as far as ``last``, and forgets what lies before ``first``."""
        pieces, count = [self._held], len(self._held)
        while self._at + count < last and self._read < self._file.frames:
            pieces.append(self._piece())
            count += len(pieces[-1])
        held = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        drop = min(max(first - self._at, 0), len(held))
        self._held, self._at = held[drop:], self._at + drop
        got = self._held[: last - first].T
        return got if got.shape[1] == last - first else np.pad(got, ((0, 0), (0, last - first - got.shape[1])))

    def _piece(self) -> Samples:
        stop = min(self._read + _PIECE, self._file.frames)
        piece = fit_channels(self._file.read(self._read, stop).T, self.channels)
        self._read = stop
        if self._resampler is None:
            return piece
        out = self._resampler.resample_chunk(np.ascontiguousarray(piece), last=stop == self._file.frames)
        return np.asarray(out, dtype=np.float32).reshape(-1, self.channels)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _resampler(source_rate: int, rate: int, channels: int) -> soxr.ResampleStream | None:
    if source_rate == rate:
        return None
    import soxr  # noqa: PLC0415

    return soxr.ResampleStream(source_rate, rate, channels, dtype="float32", quality="HQ")


def open_source(clip: Clip, file: AudioFile, rate: int, channels: int, whole: Samples | None) -> Source:
    """The source of a clip. ``whole`` is the recording (frames, file channels) where it was read already."""
    kept = kept_channels(file.channels, channels)
    if clip.loop and clip.play_s > clip.sound.length_s:
        interleaved = file.read().T if whole is None else whole
        return _loop(clip.sound, fit_channels(interleaved, kept), rate)
    if whole is None:
        return Stream(file, rate, kept)
    used = min(len(whole), frames(clip.play_s + 0.1, file.rate))
    return Whole(resample(fit_channels(whole[:used], kept), file.rate, rate).T)


def _loop(sound: Sound, interleaved: Samples, rate: int) -> Source:
    """Seamless recordings are resampled as the circles they are; what an effect lets ring goes into the next turn."""
    body, tail = np.split(interleaved, [sound.frames - sound.tail])
    length = frames(sound.length_s, rate)
    if not sound.seamless:
        return Loop(resample(body, sound.rate, rate).T, min(frames(JOIN_S, rate), length // 4))
    ringing = resample(tail, sound.rate, rate).T
    if sound.rate == rate:
        return Loop(body.T, 0, ringing)
    around = min(sound.rate // 10, len(body))
    turned = resample(np.concatenate([body[-around:], body, body[:around]]), sound.rate, rate)
    start = frames(around / sound.rate, rate)
    return Loop(turned[start : start + length].T, 0, ringing)


def resample(interleaved: Samples, source_rate: int, rate: int) -> Samples:
    """(frames, channels) at another rate."""
    if source_rate == rate or not len(interleaved):
        return interleaved
    import soxr  # noqa: PLC0415

    return np.asarray(soxr.resample(np.ascontiguousarray(interleaved), source_rate, rate, quality="HQ"), np.float32)


def kept_channels(source: int, programme: int) -> int:
    """How many channels of a source are kept: one and two are played as they are, more are brought to one."""
    return 2 if source == 2 and programme == 2 else 1


def fit_channels(interleaved: Samples, channels: int) -> Samples:
    """(frames, any) to (frames, channels): the mean where channels are too many."""
    if interleaved.shape[1] == channels:
        return interleaved
    return np.asarray(interleaved.mean(axis=1, keepdims=True, dtype=np.float32))
