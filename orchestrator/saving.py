"""Results as files: the suffix decides the form, and nothing that is there is replaced unless it was named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from soundwright.orchestrator import asset_text
from soundwright.scripts_compiler.document import write_atomically
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools import audio_files, midi, voice_file
from soundwright.tools.assets import Asset, Audio, Events, Image, Notes, Scores, Stems, Transcript, Voice

SOUND_SUFFIXES = tuple(sorted(audio_files.ENCODINGS, key=lambda suffix: suffix != ".flac"))
SUFFIXES: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys((Kind.AUDIO, Kind.SPEECH, Kind.STEMS), SOUND_SUFFIXES),
    Kind.TEXT: (".txt", ".json"),
    Kind.TRANSCRIPT: (".txt", ".srt", ".vtt", ".json"),
    Kind.EVENTS: (".csv", ".txt", ".json"),
    Kind.SCORES: (".json", ".csv"),
    Kind.NOTES: (".mid", ".json"),
    Kind.VOICE: (".voice",),
}
"""The endings that each kind can be saved with, the usual one first; ``.txt`` of events is a label track."""
READABLE = (Kind.TEXT, Kind.TRANSCRIPT, Kind.EVENTS, Kind.SCORES)
"""Kinds that are printed where no file is named."""
FULL_SCALE = 1.0
_PICTURES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"RIFF": ".webp", b"GIF8": ".gif", b"BM": ".bmp"}


@dataclass(frozen=True, slots=True)
class Saved:
    """The files that were written, and what the user should know of them."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def suffixes(asset: Asset) -> tuple[str, ...]:
    """The endings that an asset can be saved with, the usual one first. Stems go into a folder of such files."""
    return (_picture_suffix(asset),) if isinstance(asset, Image) else SUFFIXES[asset.kind]


def save(asset: Asset, target: Path, *, tags: Mapping[str, str] | None = None) -> Saved:
    """Write an asset to ``target``; its folder is made. Stems take ``target`` as the folder of their files.

    Raises:
        ScriptError: the suffix does not fit what the asset is, or the target cannot be written.
        AudioFileError: the sound cannot be written.
    """
    if isinstance(asset, Stems):
        return _stems(asset, target, tags or {})
    suffix = target.suffix.lower()
    if suffix not in suffixes(asset):
        what = asset.kind.value
        raise ScriptError(
            [Problem(str(target), f"{what} is not saved as {suffix or 'a name without an ending'}.",
                     f"Use {', '.join(suffixes(asset))}.")]
        )  # fmt: skip
    _make_folder(target.parent)
    if isinstance(asset, Audio):
        return _sound(asset, target, tags or {})
    try:
        write_atomically(target, _content(asset, suffix))
    except OSError as error:
        raise ScriptError([Problem(str(target), f"cannot be written: {error.strerror}.")]) from error
    return Saved((target,))


def place(asset: Asset, out: Path | None, folder: Path, stem: str) -> Path:
    """Where an asset goes: ``out``, or a free name ``STEM`` in ``out`` if that is a folder, else in ``folder``."""
    if out is not None and not (out.is_dir() and asset.kind is not Kind.STEMS):
        return out
    suffix = "" if asset.kind is Kind.STEMS else suffixes(asset)[0]
    return free_name(out or folder, stem, suffix)


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """``STEM.SUFFIX`` in ``folder``, numbered where that is taken."""
    number, candidate = 1, folder / f"{stem}{suffix}"
    while candidate.exists():
        number += 1
        candidate = folder / f"{stem}.{number}{suffix}"
    return candidate


def _sound(audio: Audio, target: Path, tags: Mapping[str, str]) -> Saved:
    """A sound file: at a rate that the format knows, and below full scale where the format ends there."""
    container, coding = audio_files.encoding_of(target)
    notes = []
    rates = audio_files.RATES_HZ.get(coding, (audio.rate,))
    if audio.rate not in rates:
        rate = next((known for known in sorted(rates) if known > audio.rate), max(rates))
        notes.append(f"{target.name}: from {audio.rate} to {rate} Hz, as {target.suffix} needs it")
        audio = _resampled(audio, rate)
    peak = float(np.abs(audio.samples).max()) if audio.frames else 0.0
    if container != "WAV" and peak > FULL_SCALE:
        lower = 20 * np.log10(peak) + 0.1
        notes.append(f"{target.name}: lowered by {lower:.1f} dB, as it peaks above full scale; a .wav keeps its level")
        audio = replace(audio, samples=(audio.samples * 10 ** (-lower / 20)).astype(np.float32))
    return Saved((audio_files.write(target, audio, tags=tags),), tuple(notes))


def _resampled(audio: Audio, rate: int) -> Audio:
    import soxr  # noqa: PLC0415  only where it is needed

    samples = soxr.resample(audio.samples.T, audio.rate, rate, "HQ").T
    return replace(audio, samples=np.ascontiguousarray(samples, np.float32), rate=rate, tail=0)


def _stems(stems: Stems, target: Path, tags: Mapping[str, str]) -> Saved:
    if target.suffix.lower() in audio_files.ENCODINGS or target.is_file():
        found = "stems are several files."
        raise ScriptError([Problem(str(target), found, "Name a folder; each stem becomes a .flac in it.")])
    _make_folder(target)
    names = {name: "".join(c if c.isalnum() or c in "-_" else "_" for c in name) or "stem" for name in stems.stems}
    saved = [_sound(stem, target / f"{names[name]}.flac", tags) for name, stem in sorted(stems.stems.items())]
    files = tuple(file for each in saved for file in each.files)
    return Saved(files, tuple(note for each in saved for note in each.notes))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScriptError([Problem(str(folder), f"cannot be made: {error.strerror}.", "Choose another.")]) from error


def _picture_suffix(image: Image) -> str:
    return next((suffix for head, suffix in _PICTURES.items() if image.data.startswith(head)), ".png")


def _content(asset: Asset, suffix: str) -> bytes:
    """The bytes of a file that holds no sound."""
    if isinstance(asset, Image):
        return asset.data
    if isinstance(asset, Voice):
        return voice_file.encode(asset)
    if isinstance(asset, Notes) and suffix == ".mid":
        return midi.encode(asset)
    return _words(asset, suffix).encode()


def _words(asset: Asset, suffix: str) -> str:
    if suffix == ".json":
        return json.dumps(asset_text.to_json(asset), indent=2, ensure_ascii=False) + "\n"
    if isinstance(asset, Events | Scores) and suffix == ".csv":
        return asset_text.to_csv(asset)
    if isinstance(asset, Events):
        return asset_text.to_labels(asset)
    if isinstance(asset, Transcript) and suffix in (".srt", ".vtt"):
        return _subtitles(asset, suffix)
    return asset_text.to_text(asset).rstrip("\n") + "\n"


def _subtitles(asset: Transcript, suffix: str) -> str:
    try:
        return asset_text.to_subtitles(asset, suffix)
    except ValueError as error:
        remedy = "Save it as .txt, or use an engine that gives word times."
        raise ScriptError([Problem(suffix, f"no subtitles can be made: {error}.", remedy)]) from None
