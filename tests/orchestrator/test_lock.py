"""The lock file: sorted, readable, atomic, and clear about what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soundwright.orchestrator.errors import LockError
from soundwright.orchestrator.lock import Lock, LockedTool, LockedVoice, lock_path, read_lock, write_lock

LOCK = Lock(
    cast={
        "Ann": LockedVoice("kokoro", "bf_emma", "young woman", {"take": 0}),
        "Übel": LockedVoice("kokoro", "am_adam"),
    },
    operations={"generate_sound": "foley"},
    tools={"kokoro": LockedTool("1.0", {"kokoro.onnx": "abc"})},
    ids=("a1", "a2"),
)


def test_a_lock_comes_back_as_it_was(tmp_path: Path) -> None:
    path = lock_path(tmp_path / "story.yaml")
    write_lock(path, LOCK)
    assert path.name == "story.lock"
    assert read_lock(path) == LOCK


def test_the_same_lock_gives_the_same_text() -> None:
    reversed_cast = Lock(dict(reversed(list(LOCK.cast.items()))), LOCK.operations, LOCK.tools, LOCK.ids)
    assert reversed_cast.to_text() == LOCK.to_text()
    assert "Übel" in LOCK.to_text()


def test_no_file_is_an_empty_lock(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "story.lock") == Lock()


def test_an_unchanged_lock_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "story.lock"
    write_lock(path, LOCK)
    before = path.stat().st_ino
    write_lock(path, LOCK)
    assert path.stat().st_ino == before
    write_lock(path, Lock())
    assert read_lock(path) == Lock()
    assert [file.name for file in tmp_path.iterdir()] == ["story.lock"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "3",
        "null",
        "{}",
        json.dumps({"version": 2, "cast": {}, "operations": {}, "tools": {}, "ids": []}),
        json.dumps({"version": 1, "cast": [], "operations": {}, "tools": {}, "ids": []}),
        json.dumps({"version": 1, "cast": {"Ann": {"tool": "x"}}, "operations": {}, "tools": {}, "ids": []}),
        json.dumps({"version": 1, "cast": {"Ann": "x"}, "operations": {}, "tools": {}, "ids": []}),
    ],
)
def test_what_is_no_lock_is_refused_with_a_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "story.lock"
    path.write_text(text)
    with pytest.raises(LockError, match=r"story\.lock: .*(Delete it|--recast)"):
        read_lock(path)
