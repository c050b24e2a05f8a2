"""Small requests to try any operation with: a spoken line, a tune, a picture, and parameters made from their model."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Port
from soundwright.tools import audio_files, midi, voice_file
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
)
from soundwright.tools.base import Request, ToolSpec

SPOKEN = Path(__file__).parents[1] / "data" / "spoken.flac"
TEXT = "One, two, three, four."
RATE_HZ = 24000
_TUNE_HZ = (261.6, 329.6, 392.0, 523.3)
_MUSICAL = frozenset({"analyse_music", "find_beats", "transcribe_notes", "separate", "continue_audio", "render_notes"})

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "speak": {"text": TEXT},
    "sing": {"text": TEXT},
    "vocalise": {"vocal": "sigh", "description": "a man", "gender": "male", "age": "adult"},
    "generate_sound": {"description": "rain", "length": 1.0},
    "generate_music": {"description": "calm piano", "length": 2.0},
    "continue_audio": {"length": 1.0},
    "retrieve_sound": {"description": "rain"},
    "align": {"text": TEXT},
    "score_words": {"text": TEXT},
    "slice": {"from": 0.1, "to": 0.5},
    "inpaint": {"from": 0.4, "to": 0.45},
    "resample": {"rate": 16000},
    "pick_stem": {"stem": "vocals"},
    "translate": {"to": "de", "language": "en"},
    "answer": {"question": "What is heard?"},
    "detect": {"descriptions": ["speech", "music"]},
}
"""Parameters of operations that their models alone do not tell."""
_WORDS = {"text": TEXT, "lyrics": TEXT, "description": "rain", "question": "What is heard?", "message": "2a2a"}


@cache
def spoken() -> Speech:
    """Two seconds of a spoken line, at 16 kHz, with the times of its words."""
    audio = audio_files.read(SPOKEN)
    starts = (0.0, 0.5, 0.95, 1.4)
    ends = (*starts[1:], audio.length_s)
    words = tuple(Word(w, s, e) for w, s, e in zip(("One", "two", "three", "four"), starts, ends, strict=True))
    return Speech(audio.samples, audio.rate, 0, TEXT, "en", words)


@cache
def tune() -> Audio:
    """Two seconds of four struck notes in stereo, at 24 kHz."""
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    notes = [np.sin(2 * np.pi * hz * time_s) * np.exp(-5 * time_s) for hz in _TUNE_HZ]
    mono = 0.4 * np.concatenate(notes)
    return Audio(np.stack([mono, 0.7 * mono]).astype(np.float32), RATE_HZ)


@cache
def picture() -> Image:
    """A small PNG of two colours."""
    side = 64
    rows = b"".join(b"\0" + (b"\x20\x60\xc0" if y < side // 2 else b"\xe0\xc0\x80") * side for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return Image(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks))


def asset(kind: Kind, op: str = "", *, variant: int = 0) -> Asset | None:
    """Something of a kind to feed to an operation; None where only a tool could make it (``Voice``).

    ``variant`` 1, 2, ... are others of the same kind.
    """
    if kind is Kind.AUDIO:
        return _varied(tune() if op in _MUSICAL else _plain(spoken()), variant)
    made: Mapping[Kind, Asset] = {
        Kind.SPEECH: spoken(),
        Kind.TEXT: Text(TEXT if variant == 0 else f"{variant} doors are open."),
        Kind.TRANSCRIPT: Transcript(TEXT, "en", spoken().words or ()),
        Kind.STEMS: Stems({"vocals": tune(), "drums": tune()}),
        Kind.EVENTS: Events((Event("speech", 0.0, 1.0),)),
        Kind.NOTES: Notes((Part(tuple(Note(60 + 4 * n, n / 4, n / 4 + 0.2) for n in range(4 + variant))),)),
        Kind.SCORES: Scores({"loudness_lufs": -20.0}),
        Kind.IMAGE: picture(),
    }
    return made.get(kind)


def parameters(operation: Operation, spec: ToolSpec | None = None) -> dict[str, Any]:
    """Parameters that an operation accepts, in a language and a voice that the tool has.

    Raises:
        pydantic.ValidationError: its model asks for something that cannot be guessed.
    """
    schema = operation.parameters.model_json_schema(by_alias=True)
    given = {name: _guess(name, schema["properties"][name], schema) for name in schema.get("required", [])}
    given |= PARAMETERS.get(operation.name, {})
    fields = operation.parameters.model_fields
    if spec is not None and "language" in fields and spec.languages:
        given["language"] = next((known for known in spec.languages if known.startswith("en")), spec.languages[0])
    if spec is not None and "preset" in fields and spec.voices:
        english = [voice for voice in spec.voices if voice.language.startswith("en")]
        chosen = (english or list(spec.voices))[0]
        given["preset"] = chosen.preset
        if "language" in fields:
            given["language"] = chosen.language
    if spec is not None and given.get("length") is not None:
        given["length"] = _within(float(given["length"]), spec)
    return operation.resolve(given)


def inputs(operation: Operation, spec: ToolSpec | None = None, *, variant: int = 0) -> dict[str, Asset] | None:
    """What an operation's inputs are fed with; None where something cannot be made here.

    An optional ``sample`` is fed to a tool that honours it and has no voices of its own.
    """
    fed: dict[str, Asset] = {}
    for port in operation.inputs:
        if port.optional and not _wants(port, spec):
            continue
        made = asset(port.kind, operation.name, variant=variant)
        if made is None:
            return None
        fed |= {f"{port.name}.0": made, f"{port.name}.1": made} if port.many else {port.name: made}
    return fed


def request(operation: Operation, spec: ToolSpec, scratch: Path, *, variant: int = 0) -> Request | None:
    """A small request for one operation; None where it needs what cannot be made here.

    Raises:
        pydantic.ValidationError: its parameters cannot be guessed.
    """
    fed = inputs(operation, spec, variant=variant)
    if fed is None:
        return None
    params = parameters(operation, spec)
    if "file" in operation.parameters.model_fields:
        params["file"] = str(_file(operation.output, scratch, variant))
    return Request(operation.name, params, fed, 1 + variant, "try")


def _file(kind: Kind, folder: Path, variant: int) -> Path:
    """A file that holds something of a kind."""
    if kind is Kind.AUDIO:
        return audio_files.write(folder / f"tone{variant}.wav", tune())
    notes = asset(Kind.NOTES)
    data: Mapping[Kind, bytes] = {
        Kind.IMAGE: picture().data,
        Kind.NOTES: midi.encode(notes) if isinstance(notes, Notes) else b"",
        Kind.VOICE: voice_file.encode(Voice("try", b"voice")),
    }
    path = folder / f"{kind.value.lower()}{variant}"
    path.write_bytes(data.get(kind, TEXT.encode()))
    return path


def _wants(port: Port, spec: ToolSpec | None) -> bool:
    return spec is not None and port.name in spec.honours and port.kind is not Kind.VOICE and not spec.voices


def _varied(audio: Audio, variant: int) -> Audio:
    if variant == 0:
        return audio
    return replace(audio, samples=np.ascontiguousarray(audio.samples[:, : -variant * audio.rate // 10] * 0.8))


def _plain(speech: Speech) -> Audio:
    return Audio(speech.samples, speech.rate)


def _within(length_s: float, spec: ToolSpec) -> float:
    return max(spec.min_length_s, min(length_s, spec.max_length_s or length_s))


def _guess(name: str, field: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON value
    """A value for a required parameter, from its name and its bounds."""
    if "$ref" in field:
        field = schema["$defs"][str(field["$ref"]).rsplit("/", 1)[-1]]
    if "enum" in field:
        return field["enum"][0]
    if "anyOf" in field:
        return _guess(name, field["anyOf"][0], schema)
    kind = field.get("type")
    if kind == "array":
        return [_guess(name, field.get("items", {}), schema)] * max(1, int(field.get("minItems", 1)))
    if kind == "object":
        return {key: _guess(key, field["properties"][key], schema) for key in field.get("required", [])}
    if kind in {"number", "integer"}:
        low, high = field.get("minimum", field.get("exclusiveMinimum", 0)), field.get("maximum", 10)
        middle = (low + min(high, low + 10)) / 2
        return int(middle) if kind == "integer" else float(middle)
    return True if kind == "boolean" else _WORDS.get(name, "rain")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
