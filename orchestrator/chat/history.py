"""What was said, kept in the project's ``history/chat.jsonl``: one turn a line, read again when the chat goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "chat.jsonl"
MAX_READ_BYTES = 4_000_000
MAX_KEPT = 200
MAX_CHARS = 20_000


@dataclass
class ChatLog:
    """The turns of a conversation, ``(user, answer)`` each, and the ids of the files that were brought."""

    path: Path | None = None
    turns: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    focus: str = ""
    _unwritten: list[Mapping[str, Any]] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path | None) -> ChatLog:
        """The log in the history of a project, with its last turns; an empty one where there is none."""
        log = cls(None if folder is None else folder / FILE)
        if log.path is not None and log.path.is_file():
            for line in _last_lines(log.path):
                log._read(line)
        return log

    def add(self, user: str, answer: str, *, kind: str, ok: bool, files: Mapping[str, str], focus: str) -> None:
        """Keep one turn; it is written at once where the project has a folder, else when it gets one."""
        self.turns = [*self.turns, (user[:MAX_CHARS], answer[:MAX_CHARS])][-MAX_KEPT:]
        self.files.update(files)
        self.focus = focus
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"), "user": user[:MAX_CHARS],
            "answer": answer[:MAX_CHARS], "kind": kind, "ok": ok, "files": dict(files), "focus": focus,
        }  # fmt: skip
        self._unwritten.append(entry)
        self._write()

    def move(self, folder: Path) -> None:
        """From now on, keep the turns in the history of this project; those so far come along."""
        if self.path != folder / FILE:
            self.path = folder / FILE
            self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            for entry in self._unwritten:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._unwritten = []

    def _read(self, line: str) -> None:
        """A line that is no turn (cut off by a kill, or edited) is passed over."""
        try:
            entry = json.loads(line)
        except ValueError:
            return
        if not isinstance(entry, dict) or not isinstance(entry.get("user"), str):
            return
        self.turns.append((entry["user"], str(entry.get("answer", ""))))
        files = entry.get("files")
        if isinstance(files, dict):
            self.files.update({str(name): str(path) for name, path in files.items()})
        self.focus = str(entry.get("focus", ""))


def _last_lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - MAX_READ_BYTES))
        text = file.read().decode("utf-8", "replace")
    return text.splitlines()[-MAX_KEPT:]
