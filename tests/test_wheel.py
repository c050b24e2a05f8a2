"""What is packed for users: everything the package needs, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("orchestrator", "prompts", "scripts_compiler", "tools")
SKIPPED = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "out")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as a clone holds them, links as links, without what earlier builds left."""
    folder = tmp_path_factory.mktemp("wheel") / "checkout"
    shutil.copytree(ROOT, folder, symlinks=True, ignore=SKIPPED)
    return folder


def build(source: Path, form: str, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "build", f"--{form}", "--no-isolation", "--outdir", str(out), str(source)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def packed(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names in the wheel."""
    out = tmp_path_factory.mktemp("dist")
    done = build(checkout, "wheel", out)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_four_folders_is_in_the_wheel(checkout: Path, packed: set[str]) -> None:
    wanted = {
        f"soundwright/{path.relative_to(checkout).as_posix()}"
        for folder in FOLDERS
        for path in (checkout / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(wanted - packed) == []
    assert any(name.endswith(".toml") for name in wanted)


def test_the_package_is_typed_and_carries_its_licence(packed: set[str]) -> None:
    assert {"soundwright/__init__.py", "soundwright/py.typed"} <= packed
    assert any(name.endswith("licenses/LICENSE") for name in packed)


def test_nothing_else_is_in_the_wheel(packed: set[str]) -> None:
    homes = {name.split("/")[0] for name in packed}
    assert {home for home in homes if not home.endswith(".dist-info")} == {"soundwright"}
    inner = {name.split("/")[1] for name in packed if name.startswith("soundwright/")}
    assert inner == {*FOLDERS, "__init__.py", "py.typed"}
    assert not any("__pycache__" in name or "/tests/" in name for name in packed)


def test_the_source_archive_holds_tests_and_examples_and_builds_the_same_wheel(
    checkout: Path, packed: set[str], tmp_path: Path
) -> None:
    done = build(checkout, "sdist", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    assert (source / "tests" / "test_wheel.py").is_file()
    assert (source / "examples" / "lighthouse.yaml").is_file()
    done = build(source, "wheel", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as again:
        assert set(again.namelist()) == packed


def test_a_checkout_without_links_fails_with_a_remedy(checkout: Path, tmp_path: Path) -> None:
    source = tmp_path / "checkout"
    shutil.copytree(checkout, source, symlinks=True, ignore=SKIPPED)
    for folder in FOLDERS:
        link = source / "src" / "soundwright" / folder
        link.unlink()
        link.write_text(f"../../{folder}")  # what git writes where links are not allowed
    done = build(source, "wheel", tmp_path / "dist")
    assert done.returncode != 0
    assert "made without symbolic links" in done.stdout + done.stderr
    assert not list(tmp_path.glob("dist/*.whl"))
