"""How far beds lie below each line, measured on what is mixed: speech, music beds and ambiences rendered apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from soundwright.orchestrator.mix.clearance import levels_under, spoken
from soundwright.orchestrator.mix.mixer import cleared, total_of
from soundwright.orchestrator.timeline import Clip, Timeline
from soundwright.tools.assets import Samples


@dataclass(frozen=True, slots=True)
class UnderLine:
    """A line, its loudness in LUFS, and by how many LU the beds lie below it (inf: there are none)."""

    name: str
    start_s: float
    speech_lufs: float
    music_lu: float
    ambience_lu: float


def under_speech(timeline: Timeline, rate: int = 48000, channels: int = 2, jobs: int = 1) -> list[UnderLine]:
    """Levels under every line. Of the stems only beds count: a knock in the foreground is meant to be heard.

    A recording in the background counts as ambience.
    """
    spans = [(line.start_s, line.end_s) for line in spoken(timeline)]

    def levels(wanted: Callable[[Clip], bool]) -> list[float]:
        return levels_under(spans, _only(timeline, wanted, rate, channels, jobs), rate, channels)

    speech = levels(lambda c: c.kind == "speech")
    music = levels(lambda c: c.bed and c.stem == "music")
    ambience = levels(lambda c: c.bed and c.stem == "sound")
    return [
        UnderLine(line.name, line.start_s, s, s - m, s - a)
        for line, s, m, a in zip(spoken(timeline), speech, music, ambience, strict=True)
    ]


def _only(timeline: Timeline, wanted: Callable[[Clip], bool], rate: int, channels: int, jobs: int) -> Iterator[Samples]:
    """Some clips, exactly as they sound in the whole mix."""
    renderer = cleared(timeline, rate, channels, jobs)
    renderer.keep_only(wanted)
    for segment in renderer.segments():
        yield total_of(segment, channels)
