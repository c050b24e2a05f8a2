"""What a declared file is, told by the ending of its name: a recording unless it is something else that we know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from soundwright.scripts_compiler.kinds import Kind

KIND_OF_SUFFIX: Mapping[str, Kind] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"), Kind.IMAGE),
    **dict.fromkeys((".mid", ".midi"), Kind.NOTES),
    ".txt": Kind.TEXT,
    ".voice": Kind.VOICE,
}
READER_OF: Mapping[Kind, str] = {
    Kind.AUDIO: "load_file",
    Kind.IMAGE: "load_image",
    Kind.NOTES: "load_notes",
    Kind.TEXT: "load_text",
    Kind.VOICE: "load_voice",
}
READERS = frozenset(READER_OF.values())


def kind_of_file(file: str) -> Kind:
    """The kind of the asset that a file gives."""
    return KIND_OF_SUFFIX.get(PurePath(file).suffix.lower(), Kind.AUDIO)


def reader(file: str) -> str:
    """The operation that reads a file."""
    return READER_OF[kind_of_file(file)]
