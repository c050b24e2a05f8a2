"""What listeners who did not make the sound hear: words by Whisper, voices by a speaker-verification network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("heard")]
BENCH = Path(__file__).resolve().parent.parent / "bench"


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH / arguments[0]), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=1500)


def test_the_lines_of_the_examples_are_heard_back_word_for_word(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    assert home.is_dir()
    listed = bench("example_lines.py", str(tmp_path))
    assert listed.returncode == 0, listed.stderr
    heard = bench("wer.py", str(tmp_path / "clips.json"))  # at most 5 % pooled, no line above 25 %
    assert heard.returncode == 0, heard.stdout + heard.stderr
    assert "pooled" in heard.stdout


def test_the_voices_of_one_company_sound_different(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("resemblyzer")
    assert home.is_dir()
    spoken = bench("voices.py", "--speak", str(tmp_path))
    assert spoken.returncode == 0, spoken.stderr
    measured = bench("voices.py", str(tmp_path))  # every pair below 0.80, the same voice at 0.88 or more
    assert measured.returncode == 0, measured.stdout + measured.stderr
    assert "highest pair" in measured.stdout
