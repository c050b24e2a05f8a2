"""Subtitles (SRT, WebVTT) from the spoken lines of a timeline, with the speaker's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from soundwright.orchestrator.timeline import Line

LONGEST_CHARS = 84
ROW_CHARS = 42
SHORTEST_S = 0.7


class Spoken(Protocol):
    """What is subtitled: a timeline, or lines that were heard in a recording. A line may be without a speaker."""

    @property
    def lines(self) -> Sequence[Line]:
        """Spoken lines in order of time."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One thing shown: times in seconds, at most two rows of text."""

    start_s: float
    end_s: float
    speaker: str
    text: str


def captions(timeline: Spoken) -> list[Caption]:
    """Every spoken line with its text, long ones cut where a sentence or a phrase ends.

    A part is shown when its first word is spoken: by the word times where there are some, else in proportion.
    """
    return [caption for line in timeline.lines if line.text.strip() for caption in _of_line(line)]


def to_srt(timeline: Spoken) -> str:
    """SubRip: numbered, ``00:00:01,000 --> 00:00:02,500``."""
    return "".join(
        f"{number}\n{_clock(c.start_s, ',')} --> {_clock(c.end_s, ',')}\n{_rows(_said(c))}\n\n"
        for number, c in enumerate(captions(timeline), 1)
    )


def to_vtt(timeline: Spoken) -> str:
    """WebVTT with voice tags."""
    cues = (
        f"{_clock(c.start_s, '.')} --> {_clock(c.end_s, '.')}\n{_tag(c.speaker)}{_escape(_rows(c.text))}\n\n"
        for c in captions(timeline)
    )
    return "WEBVTT\n\n" + "".join(cues)


FORMS: Mapping[str, Callable[[Spoken], str]] = {".srt": to_srt, ".vtt": to_vtt}


def _of_line(line: Line) -> Iterator[Caption]:
    words = line.text.split()
    starts = _word_starts(line, words)
    bounds = [*_cuts(words), len(words)]
    for first, after in pairwise(bounds):
        end = line.end_s if after == len(words) else starts[after]
        shown_from = line.start_s if first == 0 else starts[first]
        if after == len(words):
            end = max(end, shown_from + SHORTEST_S)
        yield Caption(shown_from, end, " ".join(line.voice.split()), " ".join(words[first:after]))


def _word_starts(line: Line, words: Sequence[str]) -> list[float]:
    if line.words is not None and len(line.words) == len(words):
        return [word.start_s for word in line.words]
    total = sum(len(word) + 1 for word in words)
    starts, at = [], 0
    for word in words:
        starts.append(line.start_s + (line.end_s - line.start_s) * at / total)
        at += len(word) + 1
    return starts


def _cuts(words: Sequence[str]) -> list[int]:
    """Indices of the words that begin a caption: a new one where two rows are full, after the best stop before."""
    cuts, start, length = [0], 0, 0
    for index, word in enumerate(words):
        if length + len(word) > LONGEST_CHARS and index > start:
            start = _stop(words, start, index)
            cuts.append(start)
            length = sum(len(w) + 1 for w in words[start:index])
        length += len(word) + 1
    return cuts


def _stop(words: Sequence[str], start: int, index: int) -> int:
    """After the last sentence in the second half of the caption, else the last phrase, else right here."""
    middle = start + max(1, (index - start) // 2)
    for marks in (".!?…。！？", ",;:—–-、，"):
        for end in range(index, middle, -1):
            if words[end - 1].rstrip("\"'”’)")[-1:] in tuple(marks):
                return end
    return index


def _rows(text: str) -> str:
    """Two rows of about the same length where one is too short for it."""
    if len(text) <= ROW_CHARS:
        return text
    spaces = [i for i, char in enumerate(text) if char == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda i: abs(i - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def _clock(seconds: float, mark: str) -> str:
    millis = round(seconds * 1000)
    minutes, millis = divmod(millis, 60000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{millis // 1000:02d}{mark}{millis % 1000:03d}"


def _said(caption: Caption) -> str:
    return f"{caption.speaker}: {caption.text}" if caption.speaker else caption.text


def _tag(speaker: str) -> str:
    return f"<v {_escape(speaker)}>" if speaker else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
