"""Room for speech: under every line music beds end at least 10 LU, ambiences at least 15 LU below it (mix rule B).

``duck`` is what the script asks for. Where a bed swells, where beds add up, or where a line is soft, that is not
enough; then the beds of that stem sink further under that line. What is needed follows from the beds and from where
lines lie and how loud they are meant to be, never from the sound of a line: another take of it changes no bed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soundwright.orchestrator.mix.ducking import ATTACK_S, RELEASE_S
from soundwright.orchestrator.mix.envelopes import amplitudes
from soundwright.orchestrator.mix.meter import SILENCE_LUFS, LoudnessMeter
from soundwright.orchestrator.timeline import Clip, Stem, Timeline
from soundwright.scripts_compiler.units import frames
from soundwright.tools.assets import Samples

LEAST_LU: Mapping[Stem, float] = {"music": 10.0, "sound": 15.0}
MARGIN_LU = 0.5
MOST_DB = 20.0

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Deeper:
    """One more ducking: by ``db`` from ``start`` to ``end`` (frames), set in and released like any other."""

    start: int
    end: int
    db: float


class Clearance:
    """By how many dB the beds of a stem sink beyond their ``duck``, at any frame."""

    def __init__(self, deeper: Sequence[Deeper], rate: int) -> None:
        self._deeper = sorted(deeper, key=lambda d: d.start)
        self._attack, self._release = frames(ATTACK_S, rate), frames(RELEASE_S, rate)

    def factor(self, first: int, last: int) -> NDArray[np.float64] | None:
        """Factors for frames ``first`` to ``last`` of the programme; None where nothing sinks."""
        near = [d for d in self._deeper if d.start - self._attack < last and d.end + self._release > first]
        if not near:
            return None
        depth = np.zeros(last - first)
        for d in near:
            corners = [d.start - self._attack, d.start, d.end, d.end + self._release]
            at = np.arange(max(first, corners[0]), min(last, corners[-1]))
            part = depth[at[0] - first : at[-1] + 1 - first]
            np.maximum(part, np.interp(at, corners, [0.0, d.db, d.db, 0.0]), out=part)
        return amplitudes(-depth)


def ducked_beds(timeline: Timeline, stem: Stem) -> tuple[Clip, ...]:
    """Beds of a stem that give way to speech; ``duck: 0`` is never touched."""
    return tuple(c for c in timeline.clips if c.bed and c.stem == stem and c.duck_db > 0)


def spoken(timeline: Timeline) -> tuple[Clip, ...]:
    """The lines."""
    return tuple(c for c in timeline.clips if c.kind == "speech" and c.end_s > c.start_s)


def needed(lines: Sequence[Clip], levels: Sequence[float], stem: Stem, rate: int) -> list[Deeper]:
    """What is missing under each line, given the loudness of the beds under it in LUFS."""
    missing = []
    for line, level in zip(lines, levels, strict=True):
        meant = meant_lufs(line)
        if meant is None or level < SILENCE_LUFS:
            continue
        db = LEAST_LU[stem] + MARGIN_LU - (meant - level)
        if db > 0:
            missing.append(Deeper(frames(line.start_s, rate), frames(line.end_s, rate), min(db, MOST_DB)))
    return missing


def meant_lufs(line: Clip) -> float | None:
    """How loud a line is meant to be: its loudness and the mean power of its gain."""
    if line.loudness_lufs is None:
        return None
    power = [10 ** (gain / 10) for gain in line.gain_db]
    return line.loudness_lufs + 10 * math.log10(sum(power) / len(power))


def levels_under(spans: Sequence[Span], segments: Iterable[Samples], rate: int, channels: int) -> list[float]:
    """Loudness in LUFS, in each span, of a stream of (channels, frames) segments."""
    bounds = [(frames(start, rate), frames(end, rate)) for start, end in spans]
    waiting = sorted(range(len(spans)), key=lambda n: bounds[n])[::-1]
    open_meters: dict[int, LoudnessMeter] = {}
    levels = [-math.inf] * len(spans)
    at = 0
    for segment in segments:
        stop = at + segment.shape[1]
        while waiting and bounds[waiting[-1]][0] < stop:
            open_meters[waiting.pop()] = LoudnessMeter(rate, channels)
        for number, meter in list(open_meters.items()):
            start, end = bounds[number]
            meter.add(np.ascontiguousarray(segment[:, max(start - at, 0) : end - at].T))
            if end <= stop:
                levels[number] = open_meters.pop(number).loudness_lufs()
        at = stop
    return [open_meters[n].loudness_lufs() if n in open_meters else level for n, level in enumerate(levels)]


def clearances(
    timeline: Timeline, render: Callable[[Timeline], Iterable[Samples]], rate: int, channels: int
) -> dict[Stem, Clearance]:
    """What each stem's beds need. ``render`` gives the segments of a timeline that holds only some beds."""
    lines, found = spoken(timeline), {}
    for stem in LEAST_LU:
        beds = ducked_beds(timeline, stem)
        if beds and lines:
            segments = render(replace(timeline, clips=beds))
            levels = levels_under([(line.start_s, line.end_s) for line in lines], segments, rate, channels)
            found[stem] = Clearance(needed(lines, levels, stem, rate), rate)
    return found
