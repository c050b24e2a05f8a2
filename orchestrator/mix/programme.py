"""The programme's gain: to its target loudness, under its true-peak limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from soundwright.orchestrator.mix.limiter import Limiter
from soundwright.orchestrator.mix.meter import SILENCE_LUFS, LoudnessMeter
from soundwright.orchestrator.mix.rawfile import RawFile
from soundwright.orchestrator.mix.true_peak import TruePeakMeter
from soundwright.scripts_compiler.units import amplitude

BLOCK = 1 << 17
MARGIN_DB = 0.1
CLOSE_LU = 0.1
FAR_LU = 0.5
ATTEMPTS = 7
LEAST_YIELD = 0.2
MOST_STEP_DB = 12.0


@dataclass(frozen=True, slots=True)
class Mastered:
    """What was done and what came out of it."""

    gain_db: float
    loudness_lufs: float
    true_peak_dbtp: float
    reduction_db: float


@dataclass(frozen=True, slots=True)
class _Attempt:
    gain_db: float
    loudness_lufs: float
    reduction_db: float


def master(
    mixed: RawFile, limited: RawFile, rate: int, measured_lufs: float, target_lufs: float, limit_db: float,
    check: Callable[[], None],
) -> Mastered:  # fmt: skip
    """Write ``mixed`` at its target loudness to ``limited``. ``measured_lufs`` is the loudness of ``mixed``.

    Where the limiter takes loudness away, more gain makes up for it, each step by what the one before brought (the
    gate of BS.1770 makes loudness a crooked function of gain, so a few steps are needed). Oversamplers differ by
    hundredths of a dB, so the ceiling lies ``MARGIN_DB`` below the limit. ``check`` is called now and then, to cancel.
    """
    silent = not math.isfinite(measured_lufs) or measured_lufs < SILENCE_LUFS
    gain_db = 0.0 if silent else target_lufs - measured_lufs
    made = _reach(mixed, limited, rate, gain_db, None if silent else target_lufs, limit_db - MARGIN_DB, check)
    peak = TruePeakMeter(limited.channels)
    for block in limited.blocks(BLOCK):
        check()
        peak.add(block)
    return Mastered(made.gain_db, made.loudness_lufs, peak.true_peak_dbtp(), made.reduction_db)


def _reach(
    mixed: RawFile, limited: RawFile, rate: int, gain_db: float, target_lufs: float | None, ceiling_db: float,
    check: Callable[[], None],
) -> _Attempt:  # fmt: skip
    """Limit with more and more gain until the target is met; the nearest attempt counts."""
    made = _attempt(mixed, limited, rate, gain_db, ceiling_db, check)
    best, yielded = made, 1.0
    for _ in range(ATTEMPTS):
        if target_lufs is None or made.reduction_db == 0.0 or abs(target_lufs - made.loudness_lufs) <= CLOSE_LU:
            return made
        missing = target_lufs - made.loudness_lufs
        before, step = made, float(np.clip(missing / yielded, -MOST_STEP_DB, MOST_STEP_DB))
        made = _attempt(mixed, limited, rate, before.gain_db + step, ceiling_db, check)
        yielded = min(max((made.loudness_lufs - before.loudness_lufs) / step, LEAST_YIELD), 1.0)
        best = min(best, made, key=lambda m: abs(m.loudness_lufs - target_lufs))
    return made if made is best else _attempt(mixed, limited, rate, best.gain_db, ceiling_db, check)


def _attempt(
    mixed: RawFile, limited: RawFile, rate: int, gain_db: float, ceiling_db: float, check: Callable[[], None]
) -> _Attempt:
    limited.restart()
    limiter, factor = Limiter(ceiling_db, rate), np.float32(amplitude(gain_db))
    meter = LoudnessMeter(rate, mixed.channels)
    for start in range(0, mixed.frames, BLOCK):
        check()
        stop = min(start + BLOCK, mixed.frames)
        block = limiter.process(mixed.read(start - limiter.before, stop + limiter.after) * factor)
        interleaved = np.ascontiguousarray(block.T)
        meter.add(interleaved)
        limited.write(interleaved)
    return _Attempt(gain_db, meter.loudness_lufs(), limiter.reduction_db)
