"""Assets in words and as plain values: what is printed of a result, and the text files that a result can become."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from soundwright.orchestrator import subtitles
from soundwright.orchestrator.timeline import Line
from soundwright.tools.assets import (
    Asset,
    Audio,
    Events,
    Image,
    Notes,
    Scores,
    Speech,
    Stems,
    Text,
    Transcript,
    Voice,
    Word,
)

PAUSE_S = 0.8
"""A silence between words that ends a line of a transcript."""


def to_json(asset: Asset) -> dict[str, Any]:
    """Plain values: all of an asset but its samples and bytes, of which the facts are told."""
    if isinstance(asset, Audio):
        return _sound(asset)
    if isinstance(asset, Stems):
        return {"stems": {name: _sound(stem) for name, stem in sorted(asset.stems.items())}}
    if isinstance(asset, Voice):
        return {"tool": asset.tool, "bytes": len(asset.data)}
    if isinstance(asset, Image):
        return {"bytes": len(asset.data)}
    if isinstance(asset, Scores):
        return {"scores": {name: _plain(score) for name, score in asset.scores.items()}}
    return asdict(asset)


def to_text(asset: Asset) -> str:
    """An asset as a person reads it."""
    if isinstance(asset, Text | Transcript):
        return asset.text
    if isinstance(asset, Events):
        return _columns([("from", "to", "score", "what"), *_event_rows(asset)]) if asset.events else "nothing found"
    if isinstance(asset, Scores):
        return _columns([(name, f"{score:.4g}") for name, score in asset.scores.items()]) or "no scores"
    if isinstance(asset, Notes):
        played = [note for part in asset.parts for note in part.notes]
        return f"{len(played)} notes in {len(asset.parts)} parts, {max((n.end_s for n in played), default=0.0):.1f} s"
    return _told(asset)


def to_csv(asset: Events | Scores) -> str:
    """A table with a head, for spreadsheets; times in seconds."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    if isinstance(asset, Scores):
        writer.writerows([("name", "value"), *((name, float(score)) for name, score in asset.scores.items())])
    else:
        writer.writerow(("start_s", "end_s", "label", "score"))
        writer.writerows((round(e.start_s, 3), round(e.end_s, 3), e.label, round(e.score, 4)) for e in asset.events)
    return sheet.getvalue()


def to_labels(asset: Events) -> str:
    """A label track as Audacity reads it: start, end and label with tabs between."""
    return "".join(f"{e.start_s:.6f}\t{e.end_s:.6f}\t{' '.join(e.label.split())}\n" for e in asset.events)


def to_subtitles(asset: Transcript, suffix: str) -> str:
    """Subtitles of what was said, by its word times.

    Raises:
        ValueError: the transcript has no word times.
    """
    if not asset.words:
        raise ValueError("it has no word times")
    return subtitles.FORMS[suffix](_Heard(tuple(_lines(asset.words))))


def _told(asset: Audio | Stems | Voice | Image) -> str:
    """Facts of what cannot be printed itself."""
    if isinstance(asset, Stems):
        return ", ".join(f"{name} ({_length(stem)})" for name, stem in sorted(asset.stems.items()))
    if isinstance(asset, Voice):
        return f"a voice for {asset.tool}"
    return f"a picture of {len(asset.data):,} bytes" if isinstance(asset, Image) else _length(asset)


@dataclass(frozen=True, slots=True)
class _Heard:
    lines: Sequence[Line]


def _lines(words: Sequence[Word]) -> Iterator[Line]:
    """A line for each sentence, and for what lies between two pauses."""
    stops = [n for n, (one, other) in enumerate(pairwise(words), 1) if _ends(one, other)]
    for index, (first, after) in enumerate(pairwise([0, *stops, len(words)])):
        said = [Word(word.text.strip(), word.start_s, word.end_s) for word in words[first:after]]
        text = " ".join(word.text for word in said)
        yield Line(index, "", "", text, said[0].start_s, said[-1].end_s, tuple(said))


def _ends(one: Word, other: Word) -> bool:
    return other.start_s - one.end_s >= PAUSE_S or one.text.rstrip("\"'”’) ").endswith((".", "!", "?", "。"))


def _sound(audio: Audio) -> dict[str, Any]:
    facts: dict[str, Any] = {"seconds": round(audio.length_s, 4), "rate": audio.rate, "channels": audio.channels}
    if isinstance(audio, Speech):
        facts |= {"text": audio.text, "language": audio.language}
        facts |= {} if audio.words is None else {"words": [asdict(word) for word in audio.words]}
    return facts


def _plain(score: float) -> float | None:
    """JSON has no infinity: the loudness of silence is null."""
    return round(float(score), 6) if abs(float(score)) < float("inf") else None


def _length(audio: Audio) -> str:
    channels = {1: "mono", 2: "stereo"}.get(audio.channels, f"{audio.channels} channels")
    return f"{audio.length_s:.2f} s, {audio.rate} Hz, {channels}"


def _event_rows(asset: Events) -> Iterator[tuple[str, ...]]:
    for event in asset.events:
        yield f"{event.start_s:.2f}", f"{event.end_s:.2f}", f"{event.score:.2f}", event.label


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)
