"""The lock: who was cast, and which engines and weights made the sound.

It lies beside the script as ``NAME.lock``, in a project as ``soundwright.lock``; JSON, sorted, for people to read and
to keep under version control. It wins over casting and choice until a render is asked to cast again; a voice whose
``take`` or pin changed in the script is cast again by itself.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from soundwright.orchestrator.errors import LockError

VERSION = 1
SUFFIX = ".lock"
PROJECT_SCRIPT = "script.yaml"
PROJECT_LOCK = "soundwright.lock"


@dataclass(frozen=True, slots=True)
class LockedVoice:
    """The voice that a character got. ``wanted`` is what the script asked for when it was cast."""

    tool: str
    preset: str
    why: str = ""
    wanted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockedTool:
    """An engine: its version, and the sha256 of each of its models."""

    version: str
    weights: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lock:
    """``cast`` by voice, ``operations`` the tool of each operation, ``tools`` by name, ``ids`` that cues ever had."""

    cast: Mapping[str, LockedVoice] = field(default_factory=dict)
    operations: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, LockedTool] = field(default_factory=dict)
    ids: tuple[str, ...] = ()

    def to_text(self) -> str:
        """The file's content: the same lock gives the same text."""
        return json.dumps({"version": VERSION, **asdict(self)}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def lock_path(script: Path) -> Path:
    """Where the lock of a script lies. A script called ``script.yaml`` is that of a project, its folder."""
    return script.with_name(PROJECT_LOCK) if script.name == PROJECT_SCRIPT else script.with_suffix(SUFFIX)


def read_lock(path: Path) -> Lock:
    """The lock in a file; an empty one where there is none.

    Raises:
        LockError: it is no lock, or of a newer version.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Lock()
    except (OSError, ValueError) as error:
        raise LockError(f"{path}: cannot be read as a lock ({error}). Delete it, or render with --recast.") from error
    try:
        return _lock(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LockError(
            f"{path}: is no lock of version {VERSION} ({error}). Delete it, or render with --recast."
        ) from error


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock, atomically; nothing is touched where the file says the same already."""
    text = lock.to_text().encode()
    if path.is_file() and path.read_bytes() == text:
        return
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        part.write_bytes(text)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _lock(data: Any) -> Lock:  # noqa: ANN401  whatever the file holds
    if data["version"] != VERSION:
        raise ValueError(f"it says version {data['version']!r}")
    return Lock(
        cast={str(name): LockedVoice(**voice) for name, voice in data["cast"].items()},
        operations={str(op): str(tool) for op, tool in data["operations"].items()},
        tools={str(name): LockedTool(**tool) for name, tool in data["tools"].items()},
        ids=tuple(str(name) for name in data["ids"]),
    )
