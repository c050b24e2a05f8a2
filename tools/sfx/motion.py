"""Sounds that come nearer, go away or pass by, and events that come faster and faster: words, and what they do."""

from __future__ import annotations

import re

import numpy as np

from soundwright.tools.sfx import dsp
from soundwright.tools.sfx.dsp import RATE, Signal

FAR_DB = -20.0
FAR_HZ = 1800.0
FASTEST = 2.0
"""How much shorter the last gap is than the first where events hasten."""

_APPROACH = re.compile(
    r"\bapproach(?:es|ing)?\b|\b(?:com|draw|gett|grow|mov)(?:es?|s|ing)? (?:ever |steadily )?(?:closer|nearer|louder)\b"
    r"|\b(?:closer and closer|nearer and nearer|louder and louder|fading in|fades in)\b"
)
_RECEDE = re.compile(
    r"\breced(?:e|es|ing)\b|\b(?:fad|d[iy]|driv|mov|walk|run|rid|sail|fly|fli)(?:es?|s|ing)? (?:away|off)\b"
    r"|\b(?:into|in) the (?:far )?distance\b|\bdisappear|\b(?:gett|grow)(?:s|ing) (?:fainter|quieter|softer)\b"
)
_PASS = re.compile(
    r"\b(?:pass(?:es|ing)?(?: by)?|(?:goes|going|rush\w*|clatter\w*|thunder\w*|race\w*|racing) (?:past|by))\b"
)
_HASTEN = re.compile(
    r"\b(?:faster and faster|quicken\w*|accelerat\w*|speed(?:s|ing)? up)\b"
    r"|\b(?:gett|grow)(?:s|ing) (?:faster|quicker)\b"
)
_SLACKEN = re.compile(
    r"\b(?:slower and slower|slacken\w*|decelerat\w*|slow(?:s|ing)? down)\b|\b(?:gett|grow)(?:s|ing) slower\b"
)


def course(text: str) -> tuple[float, ...]:
    """Nearness (1 near, 0 far) at evenly spread moments, as words say it; empty where nothing moves."""
    away, near, by = (bool(words.search(text)) for words in (_RECEDE, _APPROACH, _PASS))
    if by:
        return (0.5, 1.0, 0.5, 0.0) if away else (0.0, 1.0, 0.0)
    if away == near:
        return (0.0, 1.0, 0.0) if away else ()
    return (1.0, 0.0) if away else (0.0, 1.0)


def pace(text: str) -> float:
    """The last gap between events as a factor of the first: below 1 they hasten, above 1 they slacken."""
    if _HASTEN.search(text):
        return 1 / FASTEST
    return FASTEST if _SLACKEN.search(text) else 1.0


def move(x: Signal, nearness: tuple[float, ...]) -> Signal:
    """A sound that follows a course: what is far is softer and duller. (frames,) or (channels, frames)."""
    if not nearness or x.shape[-1] < RATE // 2:
        return x
    near = np.interp(np.linspace(0, 1, x.shape[-1]), np.linspace(0, 1, len(nearness)), nearness)
    level = 10 ** (FAR_DB / 20 * (1 - near))
    return np.asarray(level * (near * x + (1 - near) * dsp.low_pass(x, FAR_HZ)))


def mean_gap(last: float) -> float:
    """The mean of many gaps as a factor of the first."""
    return 1.0 if last == 1.0 else float((last - 1) / np.log(last))


def onsets(count: int, gap_s: float, last: float) -> Signal:
    """Seconds at which ``count`` events begin: the first gap is ``gap_s``, the last one ``last`` times as long."""
    gaps = gap_s * np.geomspace(1.0, last, max(count - 1, 1))[: count - 1]
    return np.concatenate([[0.0], np.cumsum(gaps)])
