"""Finished files: FLAC, WAV, MP3, Opus, Ogg from the mastered programme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from soundwright.orchestrator.mix.limiter import Limiter
from soundwright.orchestrator.mix.meter import LoudnessMeter
from soundwright.orchestrator.mix.rawfile import RawFile
from soundwright.orchestrator.mix.true_peak import TruePeakMeter
from soundwright.scripts_compiler.script import Master
from soundwright.tools.assets import Samples
from soundwright.tools.audio_files import RATES_HZ, AudioFile, AudioWriter, encoding_of

if TYPE_CHECKING:
    from soundwright.orchestrator.mix.programme import Mastered

AI_NOTE = "AI-generated"
BLOCK = 1 << 16
LOSSY = ("MPEG_LAYER_III", "OPUS", "VORBIS")
ATTEMPTS = 4
SLACK_DB = 0.05


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A written file and what it measures when it is decoded."""

    path: Path
    rate: int
    loudness_lufs: float
    true_peak_dbtp: float


def export(
    programme: RawFile,
    rate: int,
    path: Path,
    made: Mastered,
    settings: Master,
    *,
    tags: Mapping[str, str],
    check: Callable[[], None],
) -> FinishedFile:
    """Write the programme in the format of the suffix, with ``tags`` and the comment that a machine made it.

    Lossy coding moves peaks: what was written is decoded and measured, and where it exceeds the limit it is written
    again from a programme that is limited as much lower, until it holds.

    Raises:
        AudioFileError: unknown suffix, or the file cannot be written; an older file of that name stays as it was.
        Cancelled: from ``check``.
    """
    coding = encoding_of(path)[1]
    out_rate = rate if rate in RATES_HZ.get(coding, (rate,)) else 48000
    all_tags = {"software": "Soundwright", "comment": AI_NOTE, **tags}
    if coding not in LOSSY:
        _encode(programme.blocks(BLOCK), out_rate, programme.channels, path, all_tags, check)
        return FinishedFile(path, out_rate, made.loudness_lufs, made.true_peak_dbtp)
    ceiling_db: float | None = None
    for _ in range(ATTEMPTS):
        blocks = programme.blocks(BLOCK) if ceiling_db is None else _lower(programme, rate, ceiling_db)
        _encode(
            _at_rate(blocks, rate, out_rate, programme.channels), out_rate, programme.channels, path, all_tags, check
        )
        finished = _measure(path)
        excess = finished.true_peak_dbtp - settings.true_peak
        if excess <= 0:
            break
        ceiling_db = (settings.true_peak if ceiling_db is None else ceiling_db) - excess - SLACK_DB
    return finished


def _encode(
    blocks: Iterator[Samples],
    rate: int,
    channels: int,
    path: Path,
    tags: Mapping[str, str],
    check: Callable[[], None],
) -> None:
    with AudioWriter(path, rate, channels, tags=tags) as writer:
        for block in blocks:
            check()
            writer.write(block)


def _lower(programme: RawFile, rate: int, ceiling_db: float) -> Iterator[Samples]:
    """The programme under a lower ceiling."""
    limiter = Limiter(ceiling_db, rate)
    for start in range(0, programme.frames, BLOCK):
        stop = min(start + BLOCK, programme.frames)
        yield limiter.process(programme.read(start - limiter.before, stop + limiter.after))


def _at_rate(blocks: Iterator[Samples], rate: int, out_rate: int, channels: int) -> Iterator[Samples]:
    if rate == out_rate:
        yield from blocks
        return
    import soxr  # noqa: PLC0415

    stream = soxr.ResampleStream(rate, out_rate, channels, dtype="float32", quality="HQ")
    for block in blocks:
        yield stream.resample_chunk(np.ascontiguousarray(block.T)).reshape(-1, channels).T
    yield stream.resample_chunk(np.zeros((0, channels), np.float32), last=True).reshape(-1, channels).T


def _measure(path: Path) -> FinishedFile:
    with AudioFile(path) as file:
        meter, peak = LoudnessMeter(file.rate, file.channels), TruePeakMeter(file.channels)
        for start in range(0, file.frames, BLOCK):
            block = file.read(start, start + BLOCK)
            peak.add(block)
            meter.add(np.ascontiguousarray(block.T))
        return FinishedFile(path, file.rate, meter.loudness_lufs(), peak.true_peak_dbtp())
