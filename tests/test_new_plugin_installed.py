"""The package of ``tools new``, installed by pip in a fresh environment: listed, examined, tested, heard."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("fresh")]
ROOT = Path(__file__).parents[1]
SKIPPED = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "out", "tests")
STORY = """
version: 1
cues: [{type: sound, description: a buzz, length: 1.5}]
tools: [{op: generate_sound, tool: acme-buzz}]
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command of an environment that holds Soundwright without extras, the new package, and pytest."""
    folder = tmp_path_factory.mktemp("fresh")
    shutil.copytree(ROOT, folder / "soundwright", symlinks=True, ignore=SKIPPED)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environ |= {"SOUNDWRIGHT_HOME": str(folder / "home")}

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [folder / "venv" / "bin" / name, *arguments], cwd=folder, env=environ, capture_output=True, text=True,
            check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    install = ("-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt"))
    run("python", *install, "./soundwright", "pytest")
    run("soundwright", "tools", "new", "acme-buzz", "--operation", "generate_sound")
    run("python", *install, "./acme-buzz")
    return run


def test_it_is_listed_and_does_a_short_run(program: Run) -> None:
    listed = {row["tool"]: row for row in json.loads(program("soundwright", "tools", "list", "--json").stdout)}
    assert listed["acme-buzz"]["state"] == "ready"
    (examined,) = json.loads(program("soundwright", "tools", "doctor", "acme-buzz", "--json").stdout)
    assert examined["state"] == "works"


def test_its_own_tests_pass(program: Run) -> None:
    done = program("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "acme-buzz/tests")
    assert " passed" in done.stdout


def test_a_story_is_rendered_with_it(program: Run, tmp_path: Path) -> None:
    (tmp_path / "buzz.yaml").write_text(STORY)
    program("soundwright", "render", str(tmp_path / "buzz.yaml"), "-o", str(tmp_path / "buzz.flac"))
    samples, rate = soundfile.read(tmp_path / "buzz.flac")
    assert len(samples) / rate == pytest.approx(1.5, abs=0.1)
    assert abs(samples).max() > 0.01
    manifest = json.loads((tmp_path / "buzz.manifest.json").read_text())
    assert "acme-buzz" in json.dumps(manifest)
