"""From a timeline to files: render segment by segment, measure, bring to loudness, limit, write."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from soundwright.orchestrator.mix.clearance import clearances
from soundwright.orchestrator.mix.encode import FinishedFile, export
from soundwright.orchestrator.mix.meter import SILENCE_LUFS, LoudnessMeter
from soundwright.orchestrator.mix.programme import BLOCK, FAR_LU, Mastered, master
from soundwright.orchestrator.mix.rawfile import RawFile
from soundwright.orchestrator.mix.render import SEGMENT, Renderer
from soundwright.orchestrator.timeline import Stem, Timeline
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.script import Master
from soundwright.scripts_compiler.units import amplitude
from soundwright.tools.assets import Samples
from soundwright.tools.audio_files import AudioWriter
from soundwright.tools.errors import Cancelled


@dataclass(frozen=True, slots=True)
class MixReport:
    """What came out. ``loudness_lufs`` and ``true_peak_dbtp`` are of the finished programme, before lossy coding.

    ``gain_db`` is the programme gain, ``limited_db`` the most that the limiter took away. ``files`` tells of each file
    what it measures once decoded; ``stems`` are float WAVs that sum to the programme before the limiter.
    """

    loudness_lufs: float
    true_peak_dbtp: float
    gain_db: float
    limited_db: float
    duration_s: float
    warnings: tuple[Problem, ...] = ()
    files: tuple[FinishedFile, ...] = ()
    stems: Mapping[str, Path] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """What all parts of one mix share."""

    timeline: Timeline
    settings: Master
    progress: Callable[[float], None]
    cancel: threading.Event | None

    def check(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled("the mix was cancelled; nothing was written")


def mix(
    timeline: Timeline,
    settings: Master,
    out: Path | Sequence[Path] | None,
    *,
    stems_folder: Path | None = None,
    premaster: Path | None = None,
    title: str = "",
    jobs: int | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> MixReport:
    """Mix a timeline into ``out`` (one file or several, format by suffix).

    ``stems_folder`` gets ``speech.wav``, ``music.wav`` and ``sound.wav``; ``premaster`` the mix before programme gain
    and limiter, as float WAV. Same samples for any number of ``jobs``. A file appears whole or not at all.

    ``title`` goes into the tags of the files, beside the note that they are AI-generated.

    Raises:
        AudioFileError: a sound is gone or damaged, or a file cannot be written.
        Cancelled: ``cancel`` was set.
    """
    outs = [] if out is None else [out] if isinstance(out, Path) else list(out)
    rate, channels = settings.sample_rate, settings.channels
    with tempfile.TemporaryDirectory(prefix="soundwright-mix-") as scratch, ExitStack() as open_files:

        def raw(name: str) -> RawFile:
            return open_files.enter_context(closing(RawFile(Path(scratch) / name, channels)))

        run = _Run(timeline, settings, progress or (lambda _: None), cancel)
        renderer = cleared(timeline, rate, channels, jobs or os.cpu_count() or 1, run.check)
        mixed, limited = raw("mixed"), raw("limited")
        stems = {name: raw(name) for name in renderer.stems if stems_folder is not None}
        measured = _render(run, renderer, mixed, stems)
        made = master(mixed, limited, rate, measured, settings.loudness, settings.true_peak, run.check)
        run.progress(0.9)
        files = [export(limited, rate, path, made, settings, tags={"title": title}, check=run.check) for path in outs]
        if premaster is not None:
            _write(mixed, rate, premaster, 1.0)
        written = _write_stems(stems, rate, stems_folder, amplitude(made.gain_db))
        seconds = mixed.frames / rate
    run.progress(1.0)
    warnings = (*sorted(renderer.warnings, key=lambda w: w.place), *_outcome(made, settings))
    return MixReport(
        made.loudness_lufs,
        made.true_peak_dbtp,
        made.gain_db,
        made.reduction_db,
        seconds,
        warnings,
        tuple(files),
        written,
    )


def cleared(
    timeline: Timeline, rate: int, channels: int, jobs: int, check: Callable[[], None] = lambda: None
) -> Renderer:
    """The renderer of a timeline, with room made for speech (the beds are rendered once before, and measured)."""

    def render(beds: Timeline) -> Iterator[Samples]:
        for segment in Renderer(beds, rate, channels, jobs).segments():
            check()
            yield total_of(segment, channels)

    return Renderer(timeline, rate, channels, jobs, clearances(timeline, render, rate, channels))


def _render(run: _Run, renderer: Renderer, mixed: RawFile, stems: Mapping[Stem, RawFile]) -> float:
    """Pass one: the mix and its stems into scratch files; gives the loudness of the mix in LUFS."""
    meter = LoudnessMeter(renderer.rate, renderer.channels)
    for segment in renderer.segments():
        run.check()
        total = np.ascontiguousarray(total_of(segment, renderer.channels).T)
        mixed.write(total)
        meter.add(total)
        for name, raw in stems.items():
            raw.write(np.ascontiguousarray(segment[name].T))
        run.progress(0.7 * mixed.frames / max(renderer.frames, 1))
    if not renderer.stems:
        mixed.write(np.zeros((renderer.frames, renderer.channels), np.float32))
    return meter.loudness_lufs()


def total_of(segment: Mapping[Stem, Samples], channels: int) -> Samples:
    """The sum of stems, always in the same order."""
    parts = list(segment.values())
    if not parts:
        return np.zeros((channels, 0), np.float32)
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _write_stems(stems: Mapping[Stem, RawFile], rate: int, folder: Path | None, factor: float) -> dict[str, Path]:
    if folder is None:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write(raw, rate, folder / f"{name}.wav", factor) for name, raw in stems.items()}


def _write(raw: RawFile, rate: int, path: Path, factor: float) -> Path:
    with AudioWriter(path, rate, raw.channels, coding="FLOAT") as writer:
        for block in raw.blocks(BLOCK):
            writer.write(block * np.float32(factor))
    return path


def _outcome(made: Mastered, settings: Master) -> list[Problem]:
    if not made.loudness_lufs >= SILENCE_LUFS:
        return [Problem("master.loudness", "the programme is silent; no gain was applied.", warning=True)]
    if abs(made.loudness_lufs - settings.loudness) <= FAR_LU:
        return []
    found = (
        f"the programme reaches {made.loudness_lufs:.1f} LUFS, not {settings.loudness:g}: its peaks stand in the way."
    )
    return [Problem("master.loudness", found, "Ask for less loudness, or raise true_peak.", True)]


__all__ = ["SEGMENT", "MixReport", "cleared", "mix", "total_of"]
