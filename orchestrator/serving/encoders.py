"""Speech in the forms that clients ask for, whole or piece by piece."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import soundfile
import soxr

from soundwright.tools.assets import Audio
from soundwright.tools.http.sound import UNKNOWN_SIZE, to_pcm, wav_bytes, wav_head

TYPES: Mapping[str, str] = {
    "mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg", "pcm": "audio/pcm",
}  # fmt: skip
PCM_RATE_HZ = 24000
_FILES = {"mp3": ("MP3", None), "flac": ("FLAC", "PCM_16"), "opus": ("OGG", "OPUS")}
_RATES_HZ = {"opus": (8000, 12000, 16000, 24000, 48000),
             "mp3": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)}  # fmt: skip
_BEST_HZ = 48000
_MP3_LEVEL = 0.5  # 80 kbit/s for one channel at 24 kHz


def encoded(audio: Audio, form: str) -> bytes:
    """The whole sound in one of the forms of ``TYPES``."""
    if form == "wav":
        return wav_bytes(audio)
    if form == "pcm":
        return b"".join(in_pieces(iter([audio]), form))
    kind, subtype = _FILES[form]
    rate, file = _rate_for(form, audio.rate), io.BytesIO()
    samples = audio.samples.T if rate == audio.rate else soxr.resample(audio.samples.T, audio.rate, rate, quality="HQ")
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


def in_pieces(chunks: Iterator[Audio], form: str) -> Iterator[bytes]:
    """The bytes of a sound in one of the forms of ``STREAMED``, as far as each of its chunks settles them."""
    first = next(chunks, None)
    if first is not None:
        yield from filter(None, STREAMED[form](first, itertools.chain([first], chunks)))


def _pcm(first: Audio, chunks: Iterable[Audio]) -> Iterator[bytes]:
    """Raw 16-bit samples of one channel at 24 kHz."""
    mono = (chunk.samples.mean(axis=0) for chunk in chunks)
    if first.rate == PCM_RATE_HZ:
        yield from (to_pcm(samples[None]) for samples in mono)
        return
    stream = soxr.ResampleStream(first.rate, PCM_RATE_HZ, 1, dtype="float32", quality="HQ")
    yield from (to_pcm(stream.resample_chunk(samples)[None]) for samples in mono)
    yield to_pcm(stream.resample_chunk(np.zeros(0, np.float32), last=True)[None])


def _wav(first: Audio, chunks: Iterable[Audio]) -> Iterator[bytes]:
    """A WAV file that says of its length that it is not known, as OpenAI's does."""
    yield wav_head(first.rate, first.channels, UNKNOWN_SIZE)
    yield from (to_pcm(chunk.samples) for chunk in chunks)


def _mp3(first: Audio, chunks: Iterable[Audio]) -> Iterator[bytes]:
    """MP3 of a steady bit rate, so that its length is right without the first frame, which would tell it.

    LAME makes these half a decibel quieter.
    """
    return _file(first, chunks, "mp3", bitrate_mode="CONSTANT", compression_level=_MP3_LEVEL)


def _opus(first: Audio, chunks: Iterable[Audio]) -> Iterator[bytes]:
    return _file(first, chunks, "opus")


def _file(first: Audio, chunks: Iterable[Audio], form: str, **quality: Any) -> Iterator[bytes]:  # noqa: ANN401  soundfile's
    """What libsndfile writes, as it writes it."""
    (kind, subtype), rate, tape = _FILES[form], _rate_for(form, first.rate), _Tape()
    stream = soxr.ResampleStream(first.rate, rate, first.channels, dtype="float32", quality="HQ")
    with soundfile.SoundFile(tape, "w", rate, first.channels, format=kind, subtype=subtype, **quality) as file:
        for chunk in chunks:
            file.write(chunk.samples.T if rate == chunk.rate else stream.resample_chunk(chunk.samples.T.copy()))
            yield tape.taken()
        if rate != first.rate:
            file.write(stream.resample_chunk(np.zeros((0, first.channels), np.float32), last=True))
    yield tape.taken()


class _Tape(io.RawIOBase):
    """A file that is sent while it is written: what is written again, such as a length at its head, is lost."""

    def __init__(self) -> None:
        self._at = self._end = 0
        self._new: list[bytes] = []

    def taken(self) -> bytes:
        """What was added since it was last asked."""
        new, self._new = self._new, []
        return b"".join(new)

    def write(self, data: Any) -> int:  # noqa: ANN401  any buffer
        """Add what stands at the end. MP3's first frame, empty until it is written again, is dropped too."""
        part = bytes(data)
        empty_frame = self._end == 0 and not any(part[4:])
        if self._at == self._end and not empty_frame:
            self._new.append(part)
        self._at += len(part)
        self._end = max(self._end, self._at)
        return len(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go somewhere."""
        self._at = offset + (0, self._at, self._end)[whence]
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Nothing: it is sent."""
        del size
        return b""

    def seekable(self) -> bool:
        """libsndfile asks for that."""
        return True


def _rate_for(form: str, rate: int) -> int:
    return rate if rate in _RATES_HZ.get(form, (rate,)) else _BEST_HZ


STREAMED = {"pcm": _pcm, "wav": _wav, "mp3": _mp3, "opus": _opus}
"""Forms whose bytes need nothing of what comes later. A FLAC file without its length cannot be read by libsndfile."""
