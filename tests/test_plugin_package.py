"""A package of another author: installed by pip, found, tried, used in a render, held against the kit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from soundwright.tools import audio_files

PACKAGE = Path(__file__).parent / "plugin_package"
PROGRAM = str(Path(sys.executable).with_name("soundwright"))
STORY = """version: 1
title: A Transformer
cues:
  - {type: sound, id: raw, description: a transformer, length: 2, gain: 0}
  - type: sound
    id: cured
    description: a transformer
    length: 2
    effects: [{op: acme.dehum, depth: 60}]
"""
KIT = """from acme_sound.dehum import DehumTool
from acme_sound.hum import HumTool
from soundwright.tools.testing import conformance

test_hum = conformance(HumTool)
test_dehum = conformance(DehumTool)
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip installed the package into, without the network."""
    source, target = tmp_path_factory.mktemp("source") / "acme", tmp_path_factory.mktemp("installed")
    shutil.copytree(PACKAGE, source)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
         "--no-build-isolation", "--no-deps", "--target", str(target), str(source)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture
def program(installed: Path, tmp_path: Path) -> Run:
    """Runs a command with the package on the path, in an empty folder."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PYTHONPATH": str(installed), "SOUNDWRIGHT_HOME": str(tmp_path / "home")}
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=300
        )

    return run


def test_its_tools_and_its_operation_are_listed(program: Run) -> None:
    tools = {row["tool"]: row for row in json.loads(program(PROGRAM, "tools", "list", "--json").stdout)}
    assert tools["acme-hum"]["version"] == "1.4"
    assert tools["acme-dehum"]["state"] == "ready"
    facts = json.loads(program(PROGRAM, "tools", "info", "acme-hum", "--json").stdout)
    assert facts["from"] == "acme-sound 2.1"
    operation = json.loads(program(PROGRAM, "operations", "info", "acme.dehum", "--json").stdout)
    assert operation["parameters"]["mains"] == "number 40 to 70; default 50.0"
    assert (operation["from"], operation["tools"]) == ("acme-sound 2.1", ["acme-dehum"])


def test_the_doctor_finds_it_well(program: Run) -> None:
    done = program(PROGRAM, "tools", "doctor", "acme-hum", "acme-dehum", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    states = {row["tool"]: row["state"] for row in json.loads(done.stdout)}
    assert states == {"acme-hum": "works", "acme-dehum": "works"}


def test_a_render_uses_it(program: Run, tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    done = program(PROGRAM, "render", "story.yaml", "-o", "story.wav", "--tool", "generate_sound=acme-hum", "-q")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "story.manifest.json").read_text())
    used = {node["op"]: (node["tool"], node["version"]) for row in manifest["assets"] for node in row["nodes"]}
    assert used["generate_sound"] == ("acme-hum", "1.4")
    assert used["acme.dehum"] == ("acme-dehum", "0.9")
    assert {"acme-hum 1.4", "acme-dehum 0.9"} <= {row["tool"] for row in manifest["licences"]}
    sound = audio_files.read(tmp_path / "story.wav")
    second = sound.rate
    hums = [hum(sound.samples[0, start : start + second], second) for start in (second // 2, second * 5 // 2)]
    assert hums[0] > 10 * hums[1]


def hum(samples: np.ndarray, rate: int) -> float:
    """The amplitude at 50 Hz."""
    time_s = np.arange(len(samples)) / rate
    return float(abs(np.mean(samples * np.exp(-2j * np.pi * 50.0 * time_s))))


def test_without_the_package_the_script_says_what_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    done = subprocess.run(
        [PROGRAM, "check", "story.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert 'no effect is called "acme.dehum"' in done.stderr


def test_it_passes_the_conformance_kit(program: Run, tmp_path: Path) -> None:
    (tmp_path / "test_acme.py").write_text(KIT, encoding="utf-8")
    done = program(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "test_acme.py")
    assert done.returncode == 0, done.stdout
