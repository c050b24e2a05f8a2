"""The page for authors of tools: all of its files, commands and its story are put to the test."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from soundwright.tools import audio_files
from soundwright.tools.base import ToolSpec

PAGE = (Path(__file__).parents[2] / "docs" / "tools.md").read_text(encoding="utf-8")
SCRIPTS = Path(sys.executable).parent
FILES = (
    ("toml", "acme-hum/pyproject.toml"), ("python", "acme-hum/src/acme_hum/tool.py"),
    ("python", "acme-hum/src/acme_hum/operations.py"), ("python", "acme-hum/tests/test_hum.py"), ("yaml", "hum.yaml"),
)  # fmt: skip
OFFLINE = ("--no-index", "--no-build-isolation", "--no-deps", "--quiet", "--disable-pip-version-check", "--target")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    return [text for found, text in fences if found == language]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page, where it says that they lie, and the package installed into ``site``."""
    made = tmp_path_factory.mktemp("page")
    waiting = {language: blocks(language) for language, _ in FILES}
    for language, name in FILES:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        assert f"`{name}`" in PAGE
        (made / name).write_text(waiting[language].pop(0), encoding="utf-8")
    (made / "acme-hum" / "src" / "acme_hum" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *OFFLINE, str(made / "site"), str(made / "acme-hum")],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def commands() -> list[list[str]]:
    return [shlex.split(line) for block in blocks("") for line in block.splitlines() if not line.startswith("pip ")]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    if command[0] == "pytest":
        program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    else:
        program = [str(SCRIPTS / command[0])]
    environ = {**os.environ, "PYTHONPATH": str(folder / "site"), "SOUNDWRIGHT_HOME": str(folder / "home")}
    return subprocess.run(
        [*program, *command[1:]], cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def test_every_command_of_the_page_works(folder: Path) -> None:
    assert [command[1] for command in commands()][:3] == ["tools", "acme-hum/tests", "tools"]
    for command in commands():
        done = run(command, folder)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert (folder / "acme-buzz" / "src" / "acme_buzz" / "tool.py").is_file()
    manifest = json.loads((folder / "hum.manifest.json").read_text())
    used = {node["op"]: node["tool"] for row in manifest["assets"] for node in row["nodes"]}
    assert used["generate_sound"] == used["acme.dehum"] == "acme-hum"
    assert audio_files.read(folder / "hum.flac").length_s > 3.5


def test_the_tool_of_the_page_says_what_it_does_not_know(folder: Path) -> None:
    story = (folder / "hum.yaml").read_text().replace("a transformer, length", "a whistle, length")
    (folder / "whistle.yaml").write_text(story)
    done = run(["soundwright", "render", "whistle.yaml", "-q", "--tool", "generate_sound=acme-hum"], folder)
    assert done.returncode == 3
    assert "acme-hum 1.0 (of acme-hum 1.0) failed: only hums are known; describe a hum" in done.stderr


def test_the_settings_of_the_page_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soundwright.orchestrator.config import load_config  # noqa: PLC0415

    (tmp_path / "config.toml").write_text(blocks("toml")[-1])
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path))
    config = load_config()
    assert (config.device, config.fallback, config.tools) == ("auto", False, {"speak": "kokoro"})
    assert tomllib.loads(blocks("toml")[0])["project"]["name"] == "acme-hum"


def test_the_fields_that_the_page_names_are_fields_of_the_spec() -> None:
    named = set(
        re.findall(r"`(max_\w+|min_\w+|gpu_bytes|half|streams|devices|timeout_s|take_varies|honours)[`=]", PAGE)
    )
    assert named <= set(ToolSpec.__dataclass_fields__)
    assert len(named) > 7
