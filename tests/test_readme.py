"""The README's commands and code do what it says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("examples")  # which it renders too: their lines are spoken once
ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = str(Path(sys.executable).with_name("soundwright"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [text for found, text in fences if found == language]


def commands() -> list[str]:
    lines = [line.split(" #")[0].strip() for block in blocks("") for line in block.splitlines()]
    return [line for line in lines if line.startswith("soundwright ")]


@pytest.fixture
def folder(tmp_path: Path, home: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def test_the_commands_of_the_readme_work_in_their_order(folder: Path) -> None:
    found = commands()
    assert len(found) >= 5
    for command in found:
        arguments = [PROGRAM, *shlex.split(command)[1:]]
        done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_the_python_of_the_readme_runs(folder: Path) -> None:
    (code,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "lighthouse.flac").is_file()


def test_the_script_of_the_readme_passes_the_checks(folder: Path) -> None:
    (script,) = blocks("yaml")
    (folder / "readme.yaml").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [PROGRAM, "check", "readme.yaml"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = set(re.findall(r"`?make ([a-z-]+)`?", README)) - {"sure"}
    assert wanted >= {"story", "test", "test-engines", "check", "bench"}
    for target in wanted - {"bench"}:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_the_files_that_the_readme_links_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
