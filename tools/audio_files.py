"""The only reader and writer of audio files. Samples are float32 of shape (channels, frames), rates in Hz."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.assets import Audio, Samples
from soundwright.tools.float_wav import FloatWav

if TYPE_CHECKING:
    import soundfile

ENCODINGS: Mapping[str, tuple[str, str]] = {
    ".wav": ("WAV", "PCM_24"),
    ".flac": ("FLAC", "PCM_24"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".opus": ("OGG", "OPUS"),
    ".ogg": ("OGG", "VORBIS"),
}
"""Container and coding of a finished file, by suffix. ``FLOAT`` may stand in for the coding of a WAV."""
RATES_HZ: Mapping[str, tuple[int, ...]] = {
    "OPUS": (8000, 12000, 16000, 24000, 48000),
    "MPEG_LAYER_III": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
}
"""The only rates that a coding knows, where it does not know all."""
TAGS = ("title", "artist", "album", "comment", "copyright", "license", "software", "genre", "date")
_BLOCK = 1 << 15


class AudioFileError(SoundwrightError):
    """A file that is not audio that we can read, or that cannot be written; the message names it and the cause."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says of itself."""

    rate: int
    channels: int
    frames: int
    format: str
    coding: str

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.rate


class AudioFile:
    """An open file to read ranges from. Safe to use from several threads; close it, or use it as a context."""

    def __init__(self, path: Path) -> None:
        """Open ``path``.

        Raises:
            AudioFileError: it is not there, or no audio that libsndfile can read.
        """
        self.path = Path(path)
        self._lock = threading.Lock()
        self._file = _open(self.path)
        self.rate = int(self._file.samplerate)
        self.channels = int(self._file.channels)
        self.frames = int(self._file.frames)

    @property
    def info(self) -> AudioInfo:
        """Rate, channels, frames, format."""
        return AudioInfo(self.rate, self.channels, self.frames, str(self._file.format), str(self._file.subtype))

    def read(self, start: int = 0, stop: int | None = None) -> Samples:
        """Frames ``start`` to ``stop`` (default: all), as (channels, frames); what lies outside is left out.

        Raises:
            AudioFileError: the file is damaged there, or closed.
        """
        first = min(max(start, 0), self.frames)
        last = self.frames if stop is None else min(max(stop, first), self.frames)
        return self._interleaved(first, last - first).T

    def _interleaved(self, first: int, count: int) -> Samples:
        from soundfile import SoundFileError  # noqa: PLC0415

        if count <= 0:
            return np.zeros((0, self.channels), np.float32)
        try:
            with self._lock:
                if self._file.tell() != first:
                    self._file.seek(first)
                return np.asarray(self._file.read(count, dtype="float32", always_2d=True))
        except (SoundFileError, OSError) as error:
            raise AudioFileError(f"{self.path}: cannot be read at {first / self.rate:.2f} s: {error}") from error

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def probe(path: Path) -> AudioInfo:
    """Rate, channels, length and format, without reading the sound.

    Raises:
        AudioFileError: not there, or not audio.
    """
    with AudioFile(path) as file:
        return file.info


def read(path: Path) -> Audio:
    """The whole of a file; formats that libsndfile does not read go through ffmpeg (see ``tools/foreign.py``).

    Raises:
        AudioFileError: not there, not audio, damaged, empty, or with values that are not numbers.
        ToolMissing: the format needs pydub and ffmpeg, and one is not installed.
    """
    from soundwright.tools import foreign  # noqa: PLC0415  it reads by us what it made

    if foreign.is_foreign(path) and path.is_file():
        return foreign.read(path)
    with AudioFile(path) as file:
        samples = np.ascontiguousarray(file.read())
    if samples.shape[1] == 0:
        raise AudioFileError(f"{path}: holds no sound; give a recording that is longer than nothing")
    if not np.isfinite(samples).all():
        raise AudioFileError(f"{path}: holds samples that are not finite numbers; export it again")
    return Audio(samples, file.rate)


def write(path: Path, audio: Audio, *, coding: str | None = None, tags: Mapping[str, str] | None = None) -> Path:
    """Write a whole sound at once, atomically; the suffix decides the format.

    WAV is written as 32-bit float unless ``coding`` says otherwise (``PCM_16``, ``PCM_24``), so that nothing is lost.

    Raises:
        AudioFileError: the suffix is unknown, or writing failed; nothing is left behind.
    """
    path = Path(path)
    chosen = coding or ("FLOAT" if path.suffix.lower() == ".wav" else None)
    with AudioWriter(path, audio.rate, audio.channels, coding=chosen, tags=tags) as writer:
        writer.write(audio.samples)
    return path


class AudioWriter:
    """Writes a file block by block under a name of its own, and gives it its name when all is well.

    Use it as a context: an exception inside removes what was written and leaves an older file of that name as it was.
    Same samples, same bytes for FLAC and WAV; Ogg streams carry a random serial number.
    """

    def __init__(
        self,
        path: Path,
        rate: int,
        channels: int,
        *,
        coding: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Open a file beside ``path``.

        Raises:
            AudioFileError: unknown suffix, a rate that the coding does not know, or a folder that cannot be written.
        """
        self.path = Path(path)
        container, usual = encoding_of(self.path)
        chosen = coding or usual
        self._part = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}.part")
        known = RATES_HZ.get(chosen)
        if known is not None and rate not in known:
            raise AudioFileError(f"{self.path}: {self.path.suffix} knows the rates {known} Hz, not {rate}")
        self.channels = channels
        try:
            if (container, chosen) == ("WAV", "FLOAT"):
                self._sink: FloatWav | soundfile.SoundFile = FloatWav(self._part, rate, channels)
            else:
                import soundfile  # noqa: PLC0415

                self._sink = soundfile.SoundFile(self._part, "w", rate, channels, subtype=chosen, format=container)
                _tag(self._sink, tags or {})
        except (OSError, RuntimeError, ValueError) as error:
            self._part.unlink(missing_ok=True)
            raise AudioFileError(f"{self.path}: cannot be written: {error}") from error

    def write(self, samples: Samples) -> None:
        """Append (channels, frames).

        Raises:
            AudioFileError: the disk is full, or the like.
        """
        try:
            for start in range(0, samples.shape[1], _BLOCK):
                self._sink.write(np.ascontiguousarray(samples[:, start : start + _BLOCK].T, dtype=np.float32))
        except (OSError, RuntimeError) as error:
            raise AudioFileError(f"{self.path}: cannot be written: {error}") from error

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            self._sink.close()
            os.replace(self._part, self.path)
        except (OSError, RuntimeError) as error:
            self._part.unlink(missing_ok=True)
            raise AudioFileError(f"{self.path}: cannot be written: {error}") from error

    def abandon(self) -> None:
        """Remove what was written; the name stays as it was."""
        try:
            self._sink.close()
        finally:
            self._part.unlink(missing_ok=True)

    def __enter__(self) -> AudioWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()


def encoding_of(path: Path) -> tuple[str, str]:
    """Container and coding by the suffix.

    Raises:
        AudioFileError: no format of that suffix can be written.
    """
    encoding = ENCODINGS.get(path.suffix.lower())
    if encoding is None:
        raise AudioFileError(
            f"{path}: the suffix {path.suffix!r} is none of {', '.join(ENCODINGS)}; choose one of them"
        )
    return encoding


def _tag(file: soundfile.SoundFile, tags: Mapping[str, str]) -> None:
    for name in TAGS:
        if tags.get(name):
            setattr(file, name, tags[name])


def _open(path: Path) -> soundfile.SoundFile:
    import soundfile  # noqa: PLC0415

    if not path.is_file():
        raise AudioFileError(f"{path}: there is no such file; check the name")
    try:
        return soundfile.SoundFile(path)
    except (soundfile.SoundFileError, OSError, TypeError) as error:
        raise AudioFileError(f"{path}: is not audio that can be read ({error}); convert it to WAV or FLAC") from error
