"""Getting a clip ready: its source opened, its gain measured (mix rules A and E)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundwright.orchestrator.mix.meter import SILENCE_LUFS, LoudnessMeter
from soundwright.orchestrator.mix.sources import WHOLE_S, Source, fit_channels, kept_channels, open_source
from soundwright.orchestrator.timeline import Clip
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.units import amplitude
from soundwright.tools.assets import Samples
from soundwright.tools.audio_files import AudioFile

MOST_GAIN_DB = 30.0
_BLOCK = 1 << 17


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clip that can be played: ``static`` is the factor that brings it to its loudness."""

    clip: Clip
    source: Source
    static: float
    warnings: tuple[Problem, ...] = ()


def prepare(clip: Clip, rate: int, channels: int) -> Prepared:
    """Open a clip, measure it, and resample it where it is short.

    Raises:
        AudioFileError: its file is gone or damaged.
    """
    file = AudioFile(clip.sound.file)
    try:
        whole = file.read().T if file.frames <= WHOLE_S * file.rate else None
        gain_db, warnings = _static_gain(clip, file, channels, whole)
        source = open_source(clip, file, rate, channels, whole)
    except BaseException:
        file.close()
        raise
    if whole is not None:
        file.close()
    return Prepared(clip, source, amplitude(gain_db), warnings)


def _static_gain(
    clip: Clip, file: AudioFile, channels: int, whole: Samples | None
) -> tuple[float, tuple[Problem, ...]]:
    """Gain in dB by rules A and E, and what is to be said of it."""
    if clip.loudness_lufs is None:
        return 0.0, ()
    measured = _loudness(clip, file, channels, whole)
    if measured < SILENCE_LUFS:
        found = "its sound is all but silent (below -70 LUFS); its loudness is left as it is."
        return 0.0, (Problem(clip.name, found, warning=True),)
    gain_db = clip.loudness_lufs - measured
    if gain_db > MOST_GAIN_DB:
        found = f"its sound is so quiet ({measured:.1f} LUFS) that {MOST_GAIN_DB:g} dB more do not bring it to "
        return MOST_GAIN_DB, (Problem(clip.name, f"{found}{clip.loudness_lufs:g} LUFS.", warning=True),)
    return gain_db, ()


def _loudness(clip: Clip, file: AudioFile, channels: int, whole: Samples | None) -> float:
    """Of the whole recording without its tail, as many channels as are played."""
    body = file.frames - clip.sound.tail
    kept = kept_channels(file.channels, channels)
    if clip.sound.loudness_lufs is not None and kept == file.channels:
        return clip.sound.loudness_lufs
    meter = LoudnessMeter(file.rate, kept)
    for start in range(0, body, _BLOCK):
        stop = min(start + _BLOCK, body)
        block = file.read(start, stop).T if whole is None else whole[start:stop]
        meter.add(np.ascontiguousarray(fit_channels(block, kept)))
    return meter.loudness_lufs()
