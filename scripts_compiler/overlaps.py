"""Warnings about cues that are heard on top of themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from soundwright.scripts_compiler.defaults import place_of
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.script import Cue, Script, SoundCue, SpeechCue, is_bed

Span = tuple[float, float]


def overlap_warnings(script: Script, spans: Sequence[Span]) -> list[Problem]:
    """Equal sounds that overlap, voices that overlap themselves. ``spans`` are (start, end) in seconds by cue index."""
    groups: dict[Hashable, list[int]] = {}
    for index, cue in enumerate(script.cues):
        key = _key(cue)
        if key is not None:
            groups.setdefault(key, []).append(index)
    found = (pair for members in groups.values() for pair in _pairs(members, spans))
    return [_warning(script, first, second, spans) for first, second in sorted(found)]


def _key(cue: Cue) -> Hashable:
    if isinstance(cue, SpeechCue):
        return ("voice", cue.voice)
    if isinstance(cue, SoundCue):
        return ("sound", is_bed(cue), cue.description, None if is_bed(cue) else cue.length, cue.take)
    return None


def _pairs(members: Sequence[int], spans: Sequence[Span]) -> Iterable[tuple[int, int]]:
    """Each member with the longest-lasting one that began before it and still sounds."""
    open_until, open_index = -1.0, -1
    for index in sorted(members, key=lambda i: (spans[i], i)):
        start, end = spans[index]
        if start >= end:
            continue
        if start < open_until:
            yield min(index, open_index), max(index, open_index)
        if end > open_until:
            open_until, open_index = end, index


def _warning(script: Script, first: int, second: int, spans: Sequence[Span]) -> Problem:
    place = place_of(script, second)
    overlap = min(spans[first][1], spans[second][1]) - max(spans[first][0], spans[second][0])
    cue = script.cues[second]
    if isinstance(cue, SpeechCue):
        found = f"the voice {cue.voice!r} speaks on top of itself ({place_of(script, first)}) for {overlap:.2f} s."
        return Problem(place, found, "Use another voice, or start it later.", True)
    found = f"the same sound as {place_of(script, first)} sounds at the same time for {overlap:.2f} s."
    return Problem(place, found, "Give one of them another take or description.", True)
