from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from soundwright.scripts_compiler import first_import


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / "home"


def point(folder: Path, code: str) -> EntryPoint:
    (folder / "acme_first.py").write_text(code)
    return EntryPoint("acme", "acme_first:Tool", "soundwright.tools")


@pytest.mark.parametrize("code", ["", "raise ValueError('no')", "import sys; sys.exit(3)", "print('hello')"])
def test_what_does_not_end_the_process_may_be_imported_and_is_remembered(
    code: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = point(tmp_path, code)
    assert first_import.obstacle(made) == ""
    assert list(json.loads((home / first_import.BOOK).read_text()).values()) == [""]
    monkeypatch.setattr(first_import, "_tried", lambda module: pytest.fail("it was tried already"))
    assert first_import.obstacle(made) == ""


def test_what_ends_the_process_is_told_and_remembered_until_it_is_another(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = point(tmp_path, "import os, sys; sys.stderr.write('no driver'); sys.stderr.flush(); os._exit(9)")
    told = "its import ended the process with code 9: no driver"
    assert first_import.obstacle(made) == told
    assert list(json.loads((home / first_import.BOOK).read_text()).values()) == [told]
    with monkeypatch.context() as patch:
        patch.setattr(first_import, "_tried", lambda module: pytest.fail("it was tried already"))
        assert first_import.obstacle(made) == f"{told} (remembered; soundwright tools doctor acme tries again)"
    assert first_import.obstacle(point(tmp_path, "")) == ""


def test_another_environment_with_the_same_package_keeps_what_it_knows(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(tmp_path / name))
            assert first_import.obstacle(point(tmp_path / name, "")) == ""
    assert len(json.loads((home / first_import.BOOK).read_text())) == 2


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert first_import.obstacle(point(tmp_path, "")) == ""


def test_a_book_that_is_damaged_is_written_anew(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / first_import.BOOK).write_text("[1, 2")
    assert first_import.obstacle(point(tmp_path, "")) == ""
    assert json.loads((home / first_import.BOOK).read_text())
