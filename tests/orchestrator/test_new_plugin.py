"""``tools new``: a package for every operation, that passes the conformance kit as it is written."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from soundwright.orchestrator.scaffold import new_plugin
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin

PROGRAM = str(Path(sys.executable).with_name("soundwright"))
KINDS = ("speak", "separate", "transcribe")
"""Operations whose packages are tested whole; of the others the check of imports, a process each, is left out."""


def kit_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    sources = [str(path) for path in folder.glob("*/src")]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "--import-mode=importlib",
         "--rootdir", str(folder), *arguments, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sources)}, cwd=folder,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_a_package_of_every_operation_passes_the_kit_at_once(tmp_path: Path) -> None:
    for operation in builtin():
        new_plugin(f"acme-{operation.replace('_', '-')}", operation, tmp_path)
    done = kit_run(tmp_path, "-k", "not import_is_light")
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout


@pytest.mark.parametrize("operation", KINDS)
def test_a_package_is_whole(operation: str, tmp_path: Path) -> None:
    name = f"acme-{operation.replace('_', '-')}"
    folder = new_plugin(name, operation, tmp_path)
    module = name.replace("-", "_")
    made = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert made == sorted([
        "LICENSE", "README.md", "pyproject.toml", f"src/{module}/__init__.py", f"src/{module}/py.typed",
        f"src/{module}/tool.py", f"tests/test_{module}.py",
    ])  # fmt: skip
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    (point,) = project["entry-points"]["soundwright.tools"].items()
    assert point == (name, f"{module}.tool:{''.join(part.capitalize() for part in name.split('-'))}")
    assert "# ENGINE: " in (folder / "src" / module / "tool.py").read_text()
    done = kit_run(tmp_path)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("operation", KINDS)
def test_what_is_written_is_clean(operation: str, tmp_path: Path) -> None:
    folder = new_plugin("acme-thing", operation, tmp_path)
    for command in (["check", "--select", "E,F,I,UP,B,W,RUF100"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "120", "."],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "acme-hum").mkdir()
    (tmp_path / "acme-hum" / "notes.txt").write_text("mine")
    with pytest.raises(ScriptError, match="is there already"):
        new_plugin("acme-hum", "speak", tmp_path)
    assert [path.name for path in (tmp_path / "acme-hum").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", ["Acme", "acme_hum", "-acme", "acme--hum", "9lives", "", "a" * 61, "../acme", "json"])
def test_a_name_that_no_package_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScriptError):
        new_plugin(name, "speak", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_operation_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="separate"):
        new_plugin("acme-hum", "seperate", tmp_path)


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    done = subprocess.run(
        [PROGRAM, "tools", "new", "acme-hum", "--operation", "tag", "-o", "plugins"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "plugins/acme-hum"
    assert "soundwright tools doctor acme-hum" in done.stderr
    assert (tmp_path / "plugins" / "acme-hum" / "pyproject.toml").is_file()
