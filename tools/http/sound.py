"""Sound to bytes and back, as servers send and take it: WAV (streamed ones too), raw samples, and packed forms."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Audio, Samples
from soundwright.tools.errors import ToolError

_INTEGERS = {8: "u1", 16: "<i2", 32: "<i4"}
_FLOATS = {32: "<f4", 64: "<f8"}
_EXTENSIBLE = 0xFFFE
PACKED = (b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
"""How FLAC, Ogg and MP3 files begin."""
_RAW = ("audio/pcm", "audio/l16", "application/octet-stream", "audio/raw")
UNKNOWN_SIZE = 0xFFFFFFFF
"""What stands for the size of a WAV file that is sent while it is made."""


def decoded(data: bytes, content_type: str, pcm_rate: int, who: str) -> Audio:
    """The sound of an answer. What is no sound file is taken for raw 16-bit samples where its content type allows it.

    Raises:
        ToolError: it is no sound.
    """
    if data[:4] == b"RIFF":
        return _wav(data, who)
    if data.startswith(PACKED):
        return _packed(data, who)
    if is_raw(content_type):
        return Audio(from_pcm(data), rate_of(content_type, pcm_rate))
    raise ToolError(f"{who} sent {content_type} that is no sound: {data[:60]!r}")


def is_raw(content_type: str) -> bool:
    """Whether bytes of a content type that are no sound file may be raw 16-bit samples."""
    return not content_type or content_type.startswith(_RAW)


def rate_of(content_type: str, default: int) -> int:
    """The rate that a content type such as ``audio/pcm;rate=16000`` names, in Hz."""
    found = re.search(r"rate=(\d{4,6})", content_type)
    return int(found[1]) if found else default


def from_pcm(data: bytes) -> Samples:
    """Samples of shape (1, frames) from 16-bit little-endian ones; half a sample at the end is dropped."""
    return (np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768))[None]


def to_pcm(samples: Samples) -> bytes:
    """16-bit little-endian samples, channels interleaved."""
    return np.clip(np.rint(samples.T * 32767), -32768, 32767).astype("<i2").tobytes()


def wav_bytes(audio: Audio) -> bytes:
    """A 16-bit WAV file."""
    body = to_pcm(audio.samples)
    return wav_head(audio.rate, audio.channels, len(body)) + body


def wav_head(rate: int, channels: int, size: int) -> bytes:
    """The head of a 16-bit WAV file with ``size`` bytes of samples."""
    facts = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    return b"RIFF" + struct.pack("<I", min(36 + size, UNKNOWN_SIZE)) + b"WAVEfmt " + struct.pack("<I", 16) + facts + (
        b"data" + struct.pack("<I", min(size, UNKNOWN_SIZE))
    )  # fmt: skip


def flac_bytes(audio: Audio, rate: int) -> bytes:
    """One channel as 16-bit FLAC at ``rate``: small enough to send recordings of an hour."""
    import soundfile  # noqa: PLC0415
    import soxr  # noqa: PLC0415

    mono = audio.samples.mean(axis=0)
    if audio.rate != rate:
        mono = soxr.resample(mono, audio.rate, rate, quality="HQ")
    file = io.BytesIO()
    soundfile.write(file, np.clip(mono, -1, 1), rate, subtype="PCM_16", format="FLAC")
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class WavHead:
    """What a WAV file says before its samples: they stand from byte ``start`` on, ``size`` bytes at most."""

    start: int
    size: int
    code: int
    bits: int
    channels: int
    rate: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * self.bits // 8

    @classmethod
    def of(cls, data: bytes) -> WavHead | None:
        """The head of a file whose sizes may be unknown, as streaming servers write them; None before it is whole."""
        position, facts, code = 12, (0, 0, 0, 0, 0, 0), 0
        while position + 8 <= len(data):
            name, size = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
            body = data[position + 8 : position + 8 + size]
            if name == b"fmt " and len(body) >= 16:
                facts = struct.unpack_from("<HHIIHH", body)
                extended = facts[0] == _EXTENSIBLE and len(body) >= 26
                code = struct.unpack_from("<H", body, 24)[0] if extended else facts[0]
            elif name == b"data" and code:
                return cls(position + 8, size, code, facts[5], facts[1], facts[2])
            position += 8 + size + size % 2
        return None

    def samples(self, body: bytes, who: str) -> Samples:
        """Bytes as samples of shape (channels, frames); what is no whole frame is dropped.

        Raises:
            ToolError: they are of a kind that is not known here.
        """
        return _shaped(_numbers(body, self.code, self.bits, who), self.channels, who)


def _wav(data: bytes, who: str) -> Audio:
    head = WavHead.of(data)
    if head is None:
        raise ToolError(f"{who} sent a WAV file without samples")
    return Audio(head.samples(data[head.start : head.start + head.size], who), head.rate)


def _numbers(body: bytes, code: int, bits: int, who: str) -> NDArray[np.float32]:
    form = {1: _INTEGERS, 3: _FLOATS}.get(code, {}).get(bits)
    if form is None:
        raise ToolError(
            f"{who} sent a WAV file of {bits} bits, coding {code}, which is not known here; ask for 16 bits"
        )
    whole = len(body) // (bits // 8) * (bits // 8)
    numbers: NDArray[Any] = np.frombuffer(body[:whole], form)
    if code == 3:
        return numbers.astype(np.float32)
    middle = 128 if bits == 8 else 0
    return (numbers.astype(np.float32) - middle) / np.float32(2 ** (bits - 1))


def _shaped(numbers: NDArray[np.float32], channels: int, who: str) -> Samples:
    if not channels:
        raise ToolError(f"{who} sent a WAV file without channels")
    frames = len(numbers) // channels
    return np.ascontiguousarray(numbers[: frames * channels].reshape(frames, channels).T)


def _packed(data: bytes, who: str) -> Audio:
    import soundfile  # noqa: PLC0415

    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise ToolError(f"{who} sent a sound that cannot be read: {error}") from error
    return Audio(np.ascontiguousarray(samples.T), rate)
