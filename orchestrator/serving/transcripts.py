"""Transcripts in the forms that clients ask for."""

from __future__ import annotations

from typing import Any

from soundwright.tools.assets import Transcript, Word

WRITTEN = ("json", "text", "verbose_json", "srt", "vtt")
_LINE_WORDS = 12


def written(made: Transcript, form: str, length_s: float) -> tuple[bytes | dict[str, Any], str]:
    """A text, or what is sent as JSON, and the content type; ``form`` is one of ``WRITTEN``."""
    if form in {"text", "srt", "vtt"}:
        return _text(made, form, length_s).encode(), "text/plain; charset=utf-8"
    if form == "json":
        return {"text": made.text}, "application/json"
    words = [{"word": word.text, "start": word.start_s, "end": word.end_s} for word in made.words]
    return {"task": "transcribe", "language": made.language, "duration": length_s, "text": made.text,
            "words": words, "segments": _segments(made, length_s)}, "application/json"  # fmt: skip


def _segments(made: Transcript, length_s: float) -> list[dict[str, Any]]:
    """The transcript in pieces of a line: to the end of a sentence, or a dozen words."""
    if not made.words:
        return [{"id": 0, "start": 0.0, "end": length_s, "text": made.text}] if made.text else []
    groups: list[list[Word]] = [[]]
    for word in made.words:
        if groups[-1] and (len(groups[-1]) >= _LINE_WORDS or groups[-1][-1].text.endswith((".", "?", "!"))):
            groups.append([])
        groups[-1].append(word)
    return [
        {"id": n, "start": it[0].start_s, "end": it[-1].end_s, "text": " ".join(word.text for word in it)}
        for n, it in enumerate(groups)
    ]


def _text(made: Transcript, form: str, length_s: float) -> str:
    if form == "text":
        return made.text + "\n"
    mark = "," if form == "srt" else "."
    cues = [
        f"{_clock(row['start'], mark)} --> {_clock(row['end'], mark)}\n{row['text']}\n"
        for row in _segments(made, length_s)
    ]
    return "WEBVTT\n\n" + "\n".join(cues) if form == "vtt" else "\n".join(f"{n}\n{it}" for n, it in enumerate(cues, 1))


def _clock(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}{mark}{whole % 1000:03}"
