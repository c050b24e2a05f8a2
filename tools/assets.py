"""Assets: the values that flow between tools. Frozen, with a content hash, independent of how they are stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from soundwright.scripts_compiler.kinds import Kind

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word with its times in seconds from the start of its audio, before any tail."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, eq=False)
class Audio:
    """Sound: ``samples`` float32 of shape (channels, frames), ``rate`` in Hz.

    ``tail`` counts the frames at the end that are only the ringing of an effect (reverb, echo): they are heard, but
    do not count to the length that timing uses.
    """

    kind: ClassVar[Kind] = Kind.AUDIO
    samples: Samples
    rate: int
    tail: int = 0

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                f"samples must be float32 of shape (channels, frames), not {self.samples.dtype} {self.samples.shape}"
            )
        if not 0 <= self.tail <= self.samples.shape[1]:
            raise ValueError(f"tail must lie within the {self.samples.shape[1]} frames, not {self.tail}")
        if self.rate <= 0:
            raise ValueError(f"rate must be positive, not {self.rate}")

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """Number of frames with the tail."""
        return int(self.samples.shape[1])

    @property
    def length_s(self) -> float:
        """Length in seconds without the tail: what timing uses."""
        return (self.frames - self.tail) / self.rate


@dataclass(frozen=True, eq=False)
class Speech(Audio):
    """Audio of spoken text. ``words`` is None where the engine gave no times (then ``align`` makes them)."""

    kind: ClassVar[Kind] = Kind.SPEECH
    text: str = ""
    language: str = ""
    words: tuple[Word, ...] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text."""

    kind: ClassVar[Kind] = Kind.TEXT
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, with word times in seconds."""

    kind: ClassVar[Kind] = Kind.TRANSCRIPT
    text: str
    language: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something heard: ``label`` from ``start_s`` to ``end_s`` in seconds, with a confidence from 0 to 1."""

    label: str
    start_s: float
    end_s: float
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Events:
    """Things heard, in order of time."""

    kind: ClassVar[Kind] = Kind.EVENTS
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Named measurements."""

    kind: ClassVar[Kind] = Kind.SCORES
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Note:
    """One note: MIDI ``pitch``, ``velocity`` 1 to 127, times in seconds."""

    pitch: int
    start_s: float
    end_s: float
    velocity: int = 90


@dataclass(frozen=True, slots=True)
class Part:
    """Notes of one instrument: General MIDI ``program`` 0 to 127, or ``drums``."""

    notes: tuple[Note, ...]
    program: int = 0
    drums: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """A score: parts that sound together."""

    kind: ClassVar[Kind] = Kind.NOTES
    parts: tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Stems:
    """Named parts of one sound, all of one rate and length."""

    kind: ClassVar[Kind] = Kind.STEMS
    stems: Mapping[str, Audio] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that a tool can speak with: ``tool`` and ``data`` as that tool wrote it (for example an embedding)."""

    kind: ClassVar[Kind] = Kind.VOICE
    tool: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as its file holds it (PNG, JPEG, WebP, ...); tools decode it."""

    kind: ClassVar[Kind] = Kind.IMAGE
    data: bytes


Asset = Audio | Speech | Text | Transcript | Events | Scores | Notes | Stems | Voice | Image


def content_hash(asset: Asset) -> str:
    """Sha256 (hex) of what an asset holds: equal content gives equal hashes, whatever file stores it."""
    digest = hashlib.sha256(asset.kind.value.encode())
    _feed(digest, asset)
    return digest.hexdigest()


def _feed(digest: Any, asset: Asset) -> None:  # noqa: ANN401  hashlib has no public type for its objects
    if isinstance(asset, Audio):
        head: dict[str, Any] = {"rate": asset.rate, "tail": asset.tail, "shape": asset.samples.shape}
        if isinstance(asset, Speech):
            words = None if asset.words is None else [asdict(w) for w in asset.words]
            head |= {"text": asset.text, "language": asset.language, "words": words}
        digest.update(json.dumps(head, sort_keys=True).encode())
        digest.update(np.ascontiguousarray(asset.samples).tobytes())
    elif isinstance(asset, Stems):
        for name in sorted(asset.stems):
            digest.update(json.dumps(name).encode())
            _feed(digest, asset.stems[name])
    elif isinstance(asset, Voice):
        digest.update(json.dumps(asset.tool).encode() + asset.data)
    elif isinstance(asset, Image):
        digest.update(asset.data)
    elif isinstance(asset, Scores):
        digest.update(json.dumps(dict(asset.scores), sort_keys=True).encode())
    else:
        digest.update(json.dumps(asdict(asset), sort_keys=True).encode())
