"""The history of a script: every accepted edit as a numbered folder, never rewritten; undo and redo read it.

    0003/entry.json   request, summary, kind, time, sha256 of before and after, what became of the cast
    0003/patch.json   the patch, where there was one
    0003/diff.txt     what it changed
    0003/before.yaml  0003/after.yaml

An entry is written whole as ``0003.pending``, then script and lock are written, then the folder gets its name. A kill
between leaves a pending entry that the next command finishes, so nothing is lost and nothing is done twice.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal

from soundwright.orchestrator.errors import HistoryError
from soundwright.orchestrator.lock import read_lock, write_lock
from soundwright.orchestrator.project import Project
from soundwright.orchestrator.revision.cast import changed_lock
from soundwright.scripts_compiler.document import write_atomically

Kind = Literal["edit", "hand", "undo", "redo"]
KINDS = ("edit", "hand", "undo", "redo")
PENDING = ".pending"
_NUMBER = re.compile(r"(\d{4,9})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of the script. ``of`` is the entry that an undo or redo takes back or does again.

    ``cast`` holds, by the name of a voice, what the lock said ``before`` and ``after`` (None: nothing); ``ids`` are
    those that were given.
    """

    number: int
    kind: Kind
    request: str
    summary: str
    time: str
    before: str
    after: str
    of: int | None = None
    by: str = ""
    cast: Mapping[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "number": self.number, "kind": self.kind, "of": self.of, "request": self.request, "summary": self.summary,
            "by": self.by, "time": self.time, "before": self.before, "after": self.after, "cast": dict(self.cast),
            "ids": list(self.ids),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """The entries in one folder."""

    project: Project

    @property
    def folder(self) -> Path:
        """Where the entries lie."""
        return self.project.history

    def entries(self) -> tuple[Entry, ...]:
        """All entries in order.

        Raises:
            HistoryError: one cannot be read.
        """
        return tuple(self._entry(path) for path in self._folders())

    def undoable(self) -> list[int]:
        """The numbers of what can be undone, the next one last."""
        return self._stacks()[0]

    def redoable(self) -> list[int]:
        """The numbers of what was undone and can be done again, the next one last."""
        return self._stacks()[1]

    def content(self, number: int, side: Literal["before", "after"]) -> bytes:
        """The script before or after an entry.

        Raises:
            HistoryError: the file is gone, or not what it was.
        """
        entry = self._entry(self.folder / f"{number:04}")
        path = self._side(number, side)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise HistoryError(
                f"{path}: cannot be read ({error.strerror}). Without it this step cannot be taken."
            ) from error
        if digest(data) != getattr(entry, side):
            raise HistoryError(f"{path}: is not what was recorded. Put the file back, or edit the script by hand.")
        return data

    def record(
        self, kind: Kind, before: bytes, after: bytes, *, request: str = "", summary: str = "", diff: str = "",
        patch: Mapping[str, Any] | None = None, of: int | None = None, by: str = "",
        cast: Mapping[str, Any] | None = None, ids: tuple[str, ...] = (),
    ) -> Entry:  # fmt: skip
        """Write an entry, then script and lock, so that a kill between loses nothing. Call it within ``held``.

        Raises:
            OSError: a file cannot be written.
        """
        number = self._next()
        entry = Entry(
            number, kind, request, summary, _now(), digest(before), digest(after), of, by, dict(cast or {}), ids
        )
        suffix = self.project.script.suffix or ".yaml"
        files = {f"before{suffix}": before, f"after{suffix}": after, "diff.txt": f"{diff}\n".encode()}
        if patch is not None:
            files["patch.json"] = _json(patch)
        files["entry.json"] = _json(entry.to_json())
        pending = self._write(number, files)
        self._settle(entry, after)
        os.rename(pending, self.folder / f"{number:04}")
        return entry

    def _settle(self, entry: Entry, after: bytes) -> None:
        if entry.kind == "hand":
            return
        write_atomically(self.project.script, after)
        if entry.cast or entry.ids:
            lock = self.project.lock
            write_lock(lock, changed_lock(read_lock(lock), entry.cast, entry.ids))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else changes this script meanwhile; what a killed command had begun is finished first.

        Raises:
            HistoryError: another command is changing it, or an entry cannot be read.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as file:
            _take(file, self.folder)
            self.recover()
            yield

    def recover(self) -> Entry | None:
        """Finish what a killed command had begun, within ``held``; the entry that was finished, if there was one.

        Raises:
            HistoryError: the entry cannot be read.
        """
        for path in self.folder.glob(".entry.*"):
            shutil.rmtree(path, ignore_errors=True)
        finished = None
        for path in sorted(self.folder.glob(f"*{PENDING}")):
            finished = self._entry(path)
            script = self.project.script
            if script.is_file() and digest(script.read_bytes()) in (finished.before, finished.after):
                self._settle(finished, (path / f"after{script.suffix or '.yaml'}").read_bytes())
            os.rename(path, self.folder / path.name.removesuffix(PENDING))
        return finished

    def _stacks(self) -> tuple[list[int], list[int]]:
        undo: list[int] = []
        redo: list[int] = []
        for entry in self.entries():
            if entry.kind == "undo" and undo:
                redo.append(undo.pop())
            elif entry.kind == "redo" and redo:
                undo.append(redo.pop())
            elif entry.kind in ("edit", "hand"):
                undo.append(entry.number)
                redo.clear()
        return undo, redo

    def _folders(self) -> Iterator[Path]:
        if self.folder.is_dir():
            found = (path for path in self.folder.iterdir() if _NUMBER.fullmatch(path.name) and path.is_dir())
            yield from sorted(found, key=lambda path: int(path.name))

    def _next(self) -> int:
        return max((int(path.name) for path in self._folders()), default=0) + 1

    def _side(self, number: int, side: str) -> Path:
        return self.folder / f"{number:04}" / f"{side}{self.project.script.suffix or '.yaml'}"

    def _write(self, number: int, files: Mapping[str, bytes]) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".entry.", dir=self.folder))
        try:
            for name, data in files.items():
                with (made / name).open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            made.chmod(0o755)
            pending = self.folder / f"{number:04}{PENDING}"
            os.rename(made, pending)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return pending

    @staticmethod
    def _entry(path: Path) -> Entry:
        file = path / "entry.json"
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            entry = Entry(**{**data, "ids": tuple(data["ids"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise HistoryError(
                f"{file}: is no entry of a history ({error}). Put it back, or move the folder away."
            ) from error
        if entry.kind not in KINDS or not isinstance(entry.number, int) or not isinstance(entry.cast, dict):
            raise HistoryError(f"{file}: a field holds what it cannot. Put it back, or move the folder away.")
        return entry


def digest(data: bytes) -> str:
    """sha256, in hex."""
    return sha256(data).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def _take(file: IO[str], folder: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415  not on Windows
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HistoryError(f"{folder}: another command is changing this script. Try again when it is done.") from None
