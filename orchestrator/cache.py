"""The cache of finished assets: by key, shared by all projects and processes of a user.

``ROOT/ab/cd/KEY.json`` is an entry: kind, content hash, record, and the files beside it with their sizes and
fingerprints. Files are written under another name in the same file system, synced and renamed, the entry last: so an
entry is whole or absent, whenever a process is killed. File names carry the content hash, so two processes that make
one key at once cannot mix their files.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundwright.orchestrator import stored
from soundwright.orchestrator.errors import CacheDamaged
from soundwright.orchestrator.marks import Marks
from soundwright.orchestrator.stored import StoredAsset
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Audio, content_hash

_STALE_S = 3600.0
_TIDY_S = 3600.0
_CLOCK_SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds: entries, bytes of all its files, and the Unix time of the entry unused for longest."""

    root: Path
    assets: int
    bytes: int
    oldest_use: float | None


@dataclass(frozen=True, slots=True)
class Collected:
    """What a clean-up removed and what is left."""

    removed: int
    freed_bytes: int
    kept: int
    kept_bytes: int


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    files: tuple[Path, ...]
    bytes: int
    used: float


class Cache:
    """Assets in ``root`` (made when first written to). Safe for several threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._marks = Marks(self.root / "running")

    def get(self, key: str) -> StoredAsset | None:
        """The asset stored under a key; None where there is none, or where it is torn or damaged.

        Sizes and fingerprints are checked here, all the content when it is loaded.
        """
        path = self._entry_path(key)
        found = _read_entry(path, key)
        if found is None or not _intact(found, path.parent):
            return None
        try:
            os.utime(path)
        except FileNotFoundError:  # removed by a clean-up of another process
            return None
        return _stored(found, path.parent)

    def put(self, key: str, asset: Asset, record: Mapping[str, Any]) -> StoredAsset:
        """Store an asset. Where another process was first, its asset is kept and given back."""
        first = self.get(key)
        if first is not None:
            return first
        folder = self._entry_path(key).parent
        folder.mkdir(parents=True, exist_ok=True)
        packed = stored.pack(asset)
        digest = content_hash(asset)
        stem = f"{key}.{digest[:16]}"
        files = [self._write_sound(folder / f"{stem}.{n}.wav", sound) for n, sound in enumerate(packed.sounds)]
        if packed.data is not None:
            files.append(self._write_bytes(folder / f"{stem}.bin", packed.data))
        entry = {
            "format": stored.FORMAT,
            "key": key,
            "kind": asset.kind.value,
            "content_hash": digest,
            "files": files,
            "sound": _sound(asset),
            "value": packed.value,
            "record": dict(record),
        }
        text = json.dumps(entry, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
        self._write_bytes(self._entry_path(key), text.encode())
        return _stored(json.loads(text), folder)  # what is given now is what is read later

    def remove(self, key: str) -> None:
        """Forget an asset."""
        path = self._entry_path(key)
        path.unlink(missing_ok=True)
        for file in path.parent.glob(f"{key}.*"):
            file.unlink(missing_ok=True)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """While this lasts, no clean-up of any process removes an asset that was read or written since it began."""
        with self._marks.hold():
            yield

    def info(self) -> CacheInfo:
        """What the cache holds."""
        entries = list(self._entries())
        oldest = min((entry.used for entry in entries), default=None)
        return CacheInfo(self.root, len(entries), sum(entry.bytes for entry in entries), oldest)

    def gc(self, max_bytes: int) -> Collected:
        """Remove the assets that were unused for longest until at most ``max_bytes`` are left.

        Assets that a running render has touched stay, even above the limit.
        """
        self._sweep()
        entries = sorted(self._entries(), key=lambda entry: (entry.used, entry.path.name))
        guarded = self._guarded_since()
        total, removed, freed = sum(entry.bytes for entry in entries), 0, 0
        for entry in entries:
            if total - freed <= max_bytes or entry.used >= guarded:
                break
            for file in (entry.path, *entry.files):  # the entry first: one without files is never seen
                file.unlink(missing_ok=True)
            removed, freed = removed + 1, freed + entry.bytes
        return Collected(removed, freed, len(entries) - removed, total - freed)

    def tidy(self, max_bytes: int) -> Collected | None:
        """``gc``, but at most once an hour, since it looks at every entry: for the end of a render."""
        stamp = self.root / "tidied"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < _TIDY_S:
            return None
        self.root.mkdir(parents=True, exist_ok=True)
        stamp.touch()
        return self.gc(max_bytes)

    def verify(self) -> list[str]:
        """Read and check every asset in full; remove the damaged ones, to be made again. Gives their keys."""
        damaged = []
        for entry in list(self._entries()):
            key = entry.path.stem
            if not self._whole(key):
                damaged.append(key)
                self.remove(key)
        return damaged

    def _whole(self, key: str) -> bool:
        asset = self.get(key)
        try:
            return asset is not None and asset.load() is not None
        except CacheDamaged:
            return False

    def _entry_path(self, key: str) -> Path:
        return self.root / key[:2] / key[2:4] / f"{key}.json"

    def _entries(self) -> Iterator[_Entry]:
        for path in self.root.glob("??/??/*.json"):
            files = tuple(file for file in path.parent.glob(f"{path.stem}.*") if file != path)
            try:
                size = sum(file.stat().st_size for file in (path, *files))
                yield _Entry(path, files, size, path.stat().st_mtime)
            except FileNotFoundError:  # removed meanwhile
                continue

    def _guarded_since(self) -> float:
        started = self._marks.oldest()
        return float("inf") if started is None else started - _CLOCK_SLACK_S

    def _sweep(self) -> None:
        """Remove what killed processes left: unfinished files, and files without an entry."""
        stale = min(time.time() - _STALE_S, self._guarded_since())
        orphans = (
            f for f in self.root.glob("??/??/*.*.*") if not f.with_name(f"{f.name.partition('.')[0]}.json").exists()
        )
        for file in [*self.root.glob("new/*"), *self.root.glob("new/.*"), *orphans]:
            try:
                if file.stat().st_mtime < stale:
                    file.unlink()
            except FileNotFoundError:
                continue

    def _write_sound(self, path: Path, sound: Audio) -> dict[str, Any]:
        part = self._part(".wav")
        audio_files.write(part, sound)
        return _settle(part, path)

    def _write_bytes(self, path: Path, data: bytes) -> dict[str, Any]:
        part = self._part(path.suffix)
        part.write_bytes(data)
        return _settle(part, path)

    def _part(self, suffix: str) -> Path:
        folder = self.root / "new"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{os.getpid()}-{uuid.uuid4().hex}{suffix}"


def _settle(part: Path, path: Path) -> dict[str, Any]:
    """Sync a finished file and give it its name: after a power cut there is the whole file, or none."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    facts = {"name": path.name, "bytes": part.stat().st_size, "edges": stored.edges(part)}
    os.replace(part, path)
    return facts


def _read_entry(path: Path, key: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(path.read_bytes())
    except (OSError, ValueError):  # absent, or torn by a power cut
        return None
    whole = isinstance(entry, dict) and entry.get("format") == stored.FORMAT and entry.get("key") == key
    return entry if whole else None


def _intact(entry: Mapping[str, Any], folder: Path) -> bool:
    try:
        return all(
            (folder / file["name"]).stat().st_size == file["bytes"]
            and stored.edges(folder / file["name"]) == file["edges"]
            for file in entry["files"]
        )
    except (OSError, KeyError, TypeError):
        return False


def _sound(asset: Asset) -> dict[str, int]:
    if not isinstance(asset, Audio):
        return {}
    return {"rate": asset.rate, "channels": asset.channels, "frames": asset.frames, "tail": asset.tail}


def _stored(entry: Mapping[str, Any], folder: Path) -> StoredAsset:
    return StoredAsset(
        key=entry["key"],
        kind=Kind(entry["kind"]),
        content_hash=entry["content_hash"],
        files=tuple(folder / file["name"] for file in entry["files"]),
        value=entry["value"],
        record=entry["record"],
        **entry["sound"],
    )
