"""What goes along with a finished programme: its formats by suffix, its tags, its subtitles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from soundwright.orchestrator import subtitles
from soundwright.orchestrator.timeline import Timeline
from soundwright.scripts_compiler.document import write_atomically
from soundwright.scripts_compiler.script import Script
from soundwright.tools.audio_files import ENCODINGS, AudioFileError, encoding_of

FORMATS = tuple(ENCODINGS)
AI_NOTE = "AI-generated"


def check_output(path: Path) -> None:
    """Whether a programme can be written there; asked before anything is rendered.

    Raises:
        AudioFileError: unknown suffix, no such folder, or a folder in its place.
    """
    encoding_of(path)
    if path.is_dir():
        raise AudioFileError(f"{path}: is a folder; name a file in it, such as {path / 'story.flac'}")
    if not path.parent.is_dir():
        raise AudioFileError(f"{path}: the folder {path.parent} does not exist; make it first")


def tags(script: Script, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Tags of a script's files: title, and that a machine made them."""
    named = {"title": script.title} if script.title else {}
    return {**named, "genre": "Audio drama", "comment": AI_NOTE, "software": "Soundwright", **(extra or {})}


def write_subtitles(timeline: Timeline, path: Path) -> Path:
    """Write the spoken lines as SRT or WebVTT, by suffix, atomically.

    Raises:
        AudioFileError: neither ``.srt`` nor ``.vtt``, or the file cannot be written.
    """
    form = subtitles.FORMS.get(path.suffix.lower())
    if form is None:
        raise AudioFileError(f"{path}: subtitles are .srt or .vtt; choose one of them")
    try:
        write_atomically(path, form(timeline).encode())
    except OSError as error:
        raise AudioFileError(f"{path}: cannot be written: {error}") from error
    return path
