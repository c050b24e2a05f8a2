"""The user's own sounds: which files there are below a folder, and what their names, folders and notes say of them.

Beside ``dog.wav`` there may be ``dog.txt``, a caption, or ``dog.json`` with ``title``, ``description``, ``caption`` and
``tags``. What is read is kept in an index and read anew where size or time of a file changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import default_root

VARIABLE = "SOUNDWRIGHT_LIBRARY"
ENDINGS = frozenset({".wav", ".flac", ".mp3", ".ogg", ".opus", ".aif", ".aiff"})
UNNAMED = "No library of sounds is named: use --library FOLDER, `library` in config.toml, or SOUNDWRIGHT_LIBRARY."
_MOST_FILES, _MOST_WORDS = 200_000, 2000
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording: ``path`` below the folder, ``stamp`` of it and of the notes beside it, and the ``words`` on it."""

    path: str
    stamp: str
    words: str


@dataclass(frozen=True)
class Library:
    """The recordings below ``folder``, in order of their paths."""

    folder: Path
    entries: tuple[Entry, ...]

    @property
    def state(self) -> str:
        """A hash of what there is: another one where any recording or note changed."""
        stamps = json.dumps([[entry.path, entry.stamp] for entry in self.entries])
        return hashlib.sha256(stamps.encode()).hexdigest()

    def path(self, entry: Entry) -> Path:
        """Where a recording lies."""
        return self.folder / entry.path

    def sha256(self, entry: Entry) -> str:
        """Of the bytes of a recording."""
        with self.path(entry).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def library_folder(environ: Mapping[str, str] | None = None) -> Path | None:
    """The folder that the user named, None where none was named."""
    named = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    return Path(named).expanduser().absolute() if named else None


def open_library(folder: Path | None = None) -> Library:
    """What lies below the user's folder, from the index where nothing changed.

    Raises:
        ToolMissing: no folder is named, it is none, or no recording lies in it.
    """
    root = folder or library_folder()
    if root is None:
        raise ToolMissing(UNNAMED)
    if not root.is_dir():
        raise ToolMissing(f"The library of sounds {root} is no folder.")
    known = _kept(root)
    entries = tuple(_entry(root, path, known) for path in sorted(_recordings(root)))
    if not entries:
        raise ToolMissing(f"No recording ({', '.join(sorted(ENDINGS))}) lies in the library of sounds {root}.")
    if {entry.path: entry for entry in entries} != known:
        _keep(root, entries)
    return Library(root, entries)


def _recordings(root: Path) -> Iterator[Path]:
    """Recordings below a folder; links to folders are not followed, and hidden ones are left out."""
    found = 0
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for file in files:
            if Path(file).suffix.lower() in ENDINGS and not file.startswith("."):
                found += 1
                if found > _MOST_FILES:
                    raise ToolMissing(f"More than {_MOST_FILES} recordings lie below {root}; name a smaller folder.")
                yield Path(folder) / file


def _entry(root: Path, path: Path, known: Mapping[str, Entry]) -> Entry:
    name = path.relative_to(root).as_posix()
    notes = [path.with_suffix(ending) for ending in (".txt", ".json") if path.with_suffix(ending).is_file()]
    stamp = " ".join(f"{stat.st_size}:{stat.st_mtime_ns}" for stat in (one.stat() for one in (path, *notes)))
    if name in known and known[name].stamp == stamp:
        return known[name]
    said = [re.sub(r"[\W\d_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name.rpartition(".")[0]))]
    return Entry(name, stamp, " ".join(" ".join([*said, *map(_note, notes)]).split())[:_MOST_WORDS])


def _note(path: Path) -> str:
    """What a note says; one that cannot be read says nothing."""
    try:
        text = path.read_text(encoding="utf-8")[:100_000]
        if path.suffix == ".txt":
            return text
        data = json.loads(text)
    except (OSError, ValueError):
        return ""
    if not isinstance(data, dict):
        return ""
    tags = data.get("tags", [])
    words = [str(data[key]) for key in ("title", "description", "caption") if isinstance(data.get(key), str)]
    return " ".join([*words, *(str(tag) for tag in (tags if isinstance(tags, list) else [tags]))])


def _index_file(root: Path) -> Path:
    name = hashlib.sha256(str(root).encode()).hexdigest()[:16]
    return default_root().parent / "library" / f"{name}.json"


def _kept(root: Path) -> dict[str, Entry]:
    try:
        data = json.loads(_index_file(root).read_text(encoding="utf-8"))
        if data["format"] != _FORMAT:
            return {}
        return {row["path"]: Entry(**row) for row in data["entries"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # it is made anew


def _keep(root: Path, entries: tuple[Entry, ...]) -> None:
    file = _index_file(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(json.dumps({"format": _FORMAT, "entries": [asdict(entry) for entry in entries]}), encoding="utf-8")
    fresh.replace(file)
