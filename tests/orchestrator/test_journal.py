"""The journal: appended line by line, a torn line harms nobody."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from soundwright.orchestrator import journal as journals
from soundwright.orchestrator.journal import Journal, Line


def line(n: int) -> Line:
    return Line(f"key{n}", f"n{n}", "null 1", "hash", 0.5, 100.0 + n)


def test_lines_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.jsonl"
    for n in range(3):
        Journal(path).append(line(n))
    assert list(Journal(path).lines()) == [line(0), line(1), line(2)]


def test_no_file_has_no_lines(tmp_path: Path) -> None:
    assert list(Journal(tmp_path / "journal.jsonl").lines()) == []


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_torn_last_line_is_skipped_and_the_next_one_stands_alone(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal.jsonl"
    for n in range(2):
        Journal(path).append(line(n))
    path.write_bytes(path.read_bytes()[:-cut])
    Journal(path).append(line(2))
    kept = [line(0), line(1), line(2)] if cut == 1 else [line(0), line(2)]  # only its newline was lost
    assert list(Journal(path).lines()) == kept


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")

    def fifty(n: int) -> None:
        for _ in range(50):
            journal.append(line(n))

    threads = [threading.Thread(target=fifty, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = list(journal.lines())
    assert len(lines) == 200
    assert {entry.key for entry in lines} == {f"key{n}" for n in range(4)}


def test_a_large_journal_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).append(line(0))
    monkeypatch.setattr(journals, "ROTATE_BYTES", 10)
    Journal(path).append(line(1))
    assert list(Journal(path).lines()) == [line(1)]
    assert list(Journal(tmp_path / "journal.old.jsonl").lines()) == [line(0)]
