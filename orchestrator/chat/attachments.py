"""Files that the user names or drops into the chat: found in the words, declared by id, and nothing but those.

transcribe "My Take.wav"      clean file:///home/a/take.flac      what is this? ~/a\\ b.mp3
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from soundwright.orchestrator.interop.workspace import Item, Workspace
from soundwright.scripts_compiler.input_kinds import KIND_OF_SUFFIX

SOUNDS = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".oga", ".aiff", ".aif", ".m4a", ".caf", ".au")
STORIES = (".yaml", ".yml", ".json", ".json5", ".fountain", ".md", ".csv", ".tsv")
KNOWN = (*SOUNDS, *KIND_OF_SUFFIX)
_QUOTED = r"\"(?P<double>[^\"\n]{1,1024})\"|'(?P<single>[^'\n]{1,1024})'"
_BARE = r"(?P<bare>(?:\\.|[^\s\"'\\])+)"
_TOKEN = re.compile(rf"(?<!\w)(?:{_QUOTED}|{_BARE})")
_TRAILING = ".,:;!?)]}»”"
_LEADING = "([{«“"


@dataclass(frozen=True, slots=True)
class Said:
    """A turn with its files: ``text`` has their ids in place of the paths; ``missing`` are paths that are not there.

    ``stories`` are scripts and screenplays, which are read and not worked on.
    """

    text: str
    raw: str
    items: tuple[Item, ...] = ()
    stories: tuple[Path, ...] = ()
    missing: tuple[str, ...] = ()


def bring_in(raw: str, workspace: Workspace, folder: Path) -> Said:
    """Find the files in what was said and declare them. Relative names count from ``folder``."""
    items: list[Item] = []
    stories: list[Path] = []
    missing: list[str] = []
    pieces, at = [], 0
    for start, end, name in _names(raw):
        path = _path(name, folder)
        suffix = path.suffix.lower()
        if not _is_file(path):
            if suffix in KNOWN:
                missing.append(name)
            continue
        if suffix in STORIES:
            stories.append(path)
            continue
        if suffix not in KNOWN:
            continue
        items.append(workspace.declare(path))
        pieces += [raw[at:start], items[-1].id]
        at = end
    text = " ".join("".join([*pieces, raw[at:]]).split())
    return Said(text, raw, tuple(items), tuple(stories), tuple(missing))


def _names(raw: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of everything that may be the path of a file."""
    for match in _TOKEN.finditer(raw):
        quoted = match["double"] or match["single"]
        if quoted is not None:
            yield match.start(), match.end(), quoted
            continue
        bare = match["bare"]
        left = len(bare) - len(bare.lstrip(_LEADING))
        stripped = bare.strip(_LEADING).rstrip(_TRAILING)
        if "." in stripped or "/" in stripped:
            start = match.start() + left
            yield start, start + len(stripped), re.sub(r"\\(.)", r"\1", stripped)


def _path(name: str, folder: Path) -> Path:
    if name.startswith("file://"):
        name = unquote(urlsplit(name).path)
    try:
        return folder / Path(name).expanduser()
    except (RuntimeError, ValueError):
        return folder / "\0"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
