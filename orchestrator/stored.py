"""Assets as files: what of an asset goes into audio files, what into the JSON entry beside them, and back."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from soundwright.orchestrator.errors import CacheDamaged
from soundwright.orchestrator.mix.meter import loudness_lufs
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools import audio_files
from soundwright.tools.assets import (
    Asset,
    Audio,
    Event,
    Events,
    Image,
    Note,
    Notes,
    Part,
    Scores,
    Speech,
    Stems,
    Text,
    Transcript,
    Voice,
    Word,
    content_hash,
)

FORMAT = 1
_EDGE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Packed:
    """An asset taken apart: ``value`` for the JSON entry, ``sounds`` (or raw ``data``) for files."""

    value: dict[str, Any]
    sounds: tuple[Audio, ...] = ()
    data: bytes | None = None


@dataclass(frozen=True)
class StoredAsset:
    """An asset that lies in the cache. ``path`` is its first file (float32 WAV for sounds), None for small things.

    ``length_s`` excludes the ``tail`` frames; ``words`` are the word times of speech; ``record`` says how it was made:
    tool, version, licence, weights, seed, seconds.
    """

    key: str
    kind: Kind
    content_hash: str
    files: tuple[Path, ...] = ()
    rate: int = 0
    channels: int = 0
    frames: int = 0
    tail: int = 0
    value: Mapping[str, Any] = field(default_factory=dict, repr=False)
    record: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def path(self) -> Path | None:
        """The file of the sound."""
        return self.files[0] if self.files else None

    @property
    def length_s(self) -> float:
        """Length in seconds without the tail; 0 for what is no sound."""
        return (self.frames - self.tail) / self.rate if self.rate else 0.0

    @property
    def words(self) -> tuple[Word, ...] | None:
        """Word times in seconds, where the asset is speech and has them."""
        words = self.value.get("words")
        return None if words is None else tuple(Word(**word) for word in words)

    @property
    def loudness_lufs(self) -> float | None:
        """Integrated loudness without the tail, where it was measured when the asset was stored."""
        loudness = self.value.get("loudness")
        return None if loudness is None else float(loudness)

    def load(self) -> Asset:
        """The asset itself, checked against its content hash.

        Raises:
            CacheDamaged: its files do not hold what was stored.
        """
        try:
            asset = unpack(self.kind, self.value, self.files)
        except (audio_files.AudioFileError, OSError, KeyError, TypeError, ValueError) as error:
            raise CacheDamaged(f"{self._name()} cannot be read: {error}. Run again: it is made anew.") from error
        if content_hash(asset) != self.content_hash:
            raise CacheDamaged(f"{self._name()} has changed on disk. Run again: it is made anew.")
        return asset

    def _name(self) -> str:
        return str(self.path or f"the stored asset {self.key}")


def pack(asset: Asset) -> Packed:
    """Take an asset apart."""
    if isinstance(asset, Audio):
        return Packed(_audio_value(asset), (asset,))
    if isinstance(asset, Stems):
        names = sorted(asset.stems)
        values = [{"name": name, **_audio_value(asset.stems[name])} for name in names]
        return Packed({"stems": values}, tuple(asset.stems[name] for name in names))
    if isinstance(asset, Voice):
        return Packed({"tool": asset.tool}, data=asset.data)
    if isinstance(asset, Image):
        return Packed({}, data=asset.data)
    if isinstance(asset, Scores):
        return Packed({"scores": {name: float(score) for name, score in asset.scores.items()}})
    return Packed(asdict(asset))


def unpack(kind: Kind, value: Mapping[str, Any], files: Sequence[Path]) -> Asset:
    """Put an asset together again.

    Raises:
        AudioFileError, OSError, KeyError, TypeError, ValueError: entry and files do not fit.
    """
    if kind in {Kind.AUDIO, Kind.SPEECH}:
        return _audio(value, files[0])
    if kind is Kind.STEMS:
        return Stems({v["name"]: _audio(v, file) for v, file in zip(value["stems"], files, strict=True)})
    if kind is Kind.VOICE:
        return Voice(value["tool"], files[0].read_bytes())
    if kind is Kind.IMAGE:
        return Image(files[0].read_bytes())
    return _plain(kind, value)


def _plain(kind: Kind, value: Mapping[str, Any]) -> Asset:
    if kind is Kind.TEXT:
        return Text(value["text"])
    if kind is Kind.TRANSCRIPT:
        return Transcript(value["text"], value["language"], _words(value["words"]) or ())
    if kind is Kind.EVENTS:
        return Events(tuple(Event(**event) for event in value["events"]))
    if kind is Kind.SCORES:
        return Scores(dict(value["scores"]))
    if kind is Kind.NOTES:
        return Notes(
            tuple(Part(**{**part, "notes": tuple(Note(**n) for n in part["notes"])}) for part in value["parts"])
        )
    raise ValueError(f"assets of kind {kind.value} are not stored")


def _audio_value(audio: Audio) -> dict[str, Any]:
    value: dict[str, Any] = {"tail": audio.tail, "loudness": _loudness(audio)}
    if isinstance(audio, Speech):
        words = None if audio.words is None else [asdict(word) for word in audio.words]
        value |= {"text": audio.text, "language": audio.language, "words": words}
    return value


def _loudness(audio: Audio) -> float | None:
    """Measured once, when the sound is stored, and not whenever it is mixed; None for what no mix plays as it is."""
    if audio.channels > 2:
        return None
    measured = loudness_lufs(audio.samples[:, : audio.frames - audio.tail].T, audio.rate)
    return measured if math.isfinite(measured) else None


def _audio(value: Mapping[str, Any], file: Path) -> Audio:
    read = audio_files.read(file)
    if "text" not in value:
        return Audio(read.samples, read.rate, value["tail"])
    return Speech(read.samples, read.rate, value["tail"], value["text"], value["language"], _words(value["words"]))


def _words(words: Sequence[Mapping[str, Any]] | None) -> tuple[Word, ...] | None:
    return None if words is None else tuple(Word(**word) for word in words)


def edges(path: Path) -> str:
    """A cheap fingerprint of a file: sha256 over its first and last 64 KiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(file.read(_EDGE_BYTES))
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - _EDGE_BYTES))
        digest.update(file.read())
    return digest.hexdigest()
