"""A server of ours in a process of its own, and the official SDK's client."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mcp", reason="needs the extra mcp")
import anyio
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from soundwright.tools import audio_files
from soundwright.tools.assets import Audio

PROGRAM = str(Path(sys.executable).with_name("soundwright"))
SCRIPT = """\
version: 1
title: Rain
cues:
  - {type: sound, id: rain, description: rain on a window, length: 1.5}
  - {type: sound, description: a door closes, length: 1}
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder that clients may read, with a recording in it."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(24000) / 24000)).astype(np.float32)
    audio_files.write(folder / "tone.wav", Audio(tone[None, :], 24000))
    (folder / "rain.yaml").write_text(SCRIPT, encoding="utf-8")
    return folder


@pytest.fixture
def arguments(tmp_path: Path, shelf: Path) -> list[str]:
    """What the server is started with."""
    return ["mcp", "--out", str(tmp_path / "out"), "--allow", str(shelf), "--offline"]


@pytest.fixture
def talk(arguments: list[str], home: Path) -> Callable[..., Any]:
    """Run an async function with a client that started our server over standard input and output."""

    def run(use: Callable[[Any], Awaitable[Any]], *more: str, mode: str = "auto", home: Path = home) -> Any:
        server = StdioServerParameters(
            command=PROGRAM, args=[*arguments, *more], env={"SOUNDWRIGHT_HOME": str(home), "OMP_NUM_THREADS": "1"}
        )

        async def main() -> Any:
            async with Client(server, mode=mode, read_timeout_seconds=120) as client:
                return await use(client)

        return anyio.run(main)

    return run


@pytest.fixture
def served(arguments: list[str], home: Path) -> Iterator[Callable[..., str]]:
    """Start our server over HTTP with further arguments: gives its address."""
    running: list[subprocess.Popen[str]] = []

    def start(*more: str, token: str = "", home: Path = home) -> str:
        process = subprocess.Popen(
            [PROGRAM, *arguments, "--http", "--port", "0", *more], stderr=subprocess.PIPE, text=True,
            env={**os.environ, "SOUNDWRIGHT_HOME": str(home), "SOUNDWRIGHT_MCP_TOKEN": token},
        )  # fmt: skip
        running.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if "serving at " in line:
                rest = threading.Thread(target=process.stderr.read, daemon=True)
                rest.start()
                return line.partition("serving at ")[2].strip()
        raise AssertionError("the server did not start")

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=20)
        if process.stderr is not None:
            process.stderr.close()
