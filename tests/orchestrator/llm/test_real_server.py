"""A real language model behind llama.cpp's server on this machine, driven over HTTP by plan, edit and chat.

The model is tiny, so nothing is asked of its prose: every request must end in a valid script, an answer or a message.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from soundwright.orchestrator.config import load_config
from soundwright.scripts_compiler import document as documents
from soundwright.tools.model_store import ModelStore

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("gguf")]
PROGRAM = str(Path(sys.executable).with_name("soundwright"))
BENCH = Path(__file__).resolve().parents[3] / "bench" / "llm.py"
STORY = """version: 1
voices: [{name: Ann, description: calm woman}]
cues:
  - {type: sound, id: rain, description: rain, layer: background}
  - {type: speech, voice: Ann, text: "Who is it?"}
"""


@pytest.fixture
def llm(home: Path) -> Iterator[str]:
    """The name of the served model."""
    del home
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("needs the extra gguf")
    ModelStore(load_config().models).pull("smollm2-135m")
    command = [sys.executable, str(BENCH), "--serve", "smollm2-135m"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def run(folder: Path, llm: str, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SOUNDWRIGHT_LLM": llm, "SOUNDWRIGHT_LLM_MAX_TOKENS": "100"}
    environment["SOUNDWRIGHT_LLM_CONTEXT"] = "8192"
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=environment, input=said, capture_output=True, text=True, check=False,
        timeout=900,
    )  # fmt: skip


def test_every_request_ends_in_a_script_an_answer_or_a_message(llm: str, tmp_path: Path) -> None:
    assert "@http://127.0.0.1:" in llm
    story = tmp_path / "story.yaml"
    story.write_text(STORY, encoding="utf-8")
    ends = {
        "plan": run(tmp_path, llm, "plan", "A bell, no speech, five seconds", "-o", "bell.yaml", "--rounds", "1"),
        "edit": run(tmp_path, llm, "edit", "story.yaml", "make the rain louder", "--yes", "--rounds", "1"),
        "chat": run(tmp_path, llm, "chat", "story.yaml", "--no-render", "--yes", said="who speaks most?\n"),
    }
    for command, done in ends.items():
        assert done.returncode in (0, 2, 3), f"{command}: {done.stderr}"
        assert "Traceback" not in done.stderr
        assert "defect" not in done.stderr
        assert (done.stdout + done.stderr).strip(), command
    if ends["plan"].returncode == 0:
        documents.load(tmp_path / "bell.yaml")
    documents.load(story)  # edited or not, it is a script
    assert "Connection" not in ends["plan"].stderr
