"""Pocket TTS on toy weights: voices learned from recordings, in the tool and in a whole script."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools import audio_files
from soundwright.tools.assets import Audio, Speech, Voice
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.tts.pocket import PocketTool

pytestmark = pytest.mark.engines
PROGRAM = Path(sys.executable).parent / "soundwright"
Toys = Callable[[str], Path]


@pytest.fixture(scope="module")
def weights(toys: Toys) -> dict[str, Path]:
    return {"pocket-tts": toys("pocket-tts"), "pocket-tts-codec": toys("pocket-tts-codec")}


@pytest.fixture(scope="module")
def tool(weights: dict[str, Path], kit: Any) -> PocketTool:
    made = PocketTool()
    made.load(Place(weights=weights))
    return made


def line(text: str, seed: int = 1, **inputs: Any) -> Request:
    return Request("speak", {"text": text, "language": "en"}, inputs, seed)


def recording(seed: int = 1, length_s: float = 2.0) -> Audio:
    samples = np.random.default_rng(seed).normal(0, 0.1, (1, round(24000 * length_s))).astype(np.float32)
    return Audio(samples, 24000)


def learned(tool: PocketTool, kit: Any, audio: Audio) -> Voice:
    (voice,) = kit.ran(tool, [Request("clone_voice", {"language": "en"}, {"audio": audio}, 1)])
    assert isinstance(voice, Voice)
    return voice


def test_it_speaks_by_its_seed(tool: PocketTool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(tool, line, ["Come in.", "Who is there?"]) >= 100
    (said,) = kit.ran(tool, [line("Come in.")])
    assert isinstance(said, Speech)
    assert said.rate == 24000


def test_a_learned_voice_says_what_its_recording_says(tool: PocketTool, kit: Any) -> None:
    voice = learned(tool, kit, recording())
    own, by_sample, by_voice, other = kit.sounds(
        tool,
        [
            line("Come in."),
            line("Come in.", sample=recording()),
            line("Come in.", clone=voice),
            line("Come in.", clone=learned(tool, kit, recording(2))),
        ],
    )
    assert kit.snr_db(by_sample, by_voice) >= 100
    assert own.samples.shape != by_voice.samples.shape or kit.snr_db(own, by_voice) < 100
    assert other.samples.shape != by_voice.samples.shape or kit.snr_db(other, by_voice) < 100


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"sample": recording(1, 0.3)}, "cannot be learned from 0.30 s"),
        ({"sample": Audio(np.zeros((1, 48000), np.float32), 24000)}, "from silence"),
        ({"clone": Voice("xtts", b"x")}, "learned by xtts"),
        ({"clone": Voice("pocket-tts", b"no voice")}, "is no voice of pocket-tts"),
    ],
)
def test_what_is_no_voice_is_said(tool: PocketTool, inputs: dict[str, Any], said: str) -> None:
    ((_, made),) = tool.run([line("Come in.", **inputs)], Context())
    assert isinstance(made, ToolError)
    assert said in str(made)


def test_unknown_and_missing_presets_are_named(tool: PocketTool) -> None:
    for preset, said in (("nobody", "no voice 'nobody'"), ("marius", "cannot read its voice")):
        request = replace(line("Come in."), params={"text": "Come in.", "preset": preset})
        ((_, made),) = tool.run([request], Context())
        assert said in str(made)


def test_cancelling_leaves_between_frames(tool: PocketTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(tool.run([line("Come in.")], kit.cancelled_after(4)))


def test_a_script_speaks_in_a_voice_that_a_step_learned(
    weights: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))
    audio_files.write(tmp_path / "me.wav", recording())
    script = {
        "version": 1,
        "voices": [{"name": "Ann", "description": "as recorded", "sample": "learned", "consent": True}],
        "inputs": [{"id": "me", "file": "me.wav"}],
        "steps": [{"id": "learned", "op": "clone_voice", "audio": "me", "consent": True}],
        "cues": [{"type": "speech", "voice": "Ann", "text": "Come in. The night is cold."}],
    }
    (tmp_path / "s.json").write_text(json.dumps(script))
    for name, folder in weights.items():
        subprocess.run([PROGRAM, "models", "add", name, folder], check=True)
    subprocess.run([PROGRAM, "render", "s.json", "-o", "out.wav"], cwd=tmp_path, check=True)
    manifest = json.loads((tmp_path / "out.manifest.json").read_text())
    assert "pocket-tts" in json.dumps(manifest)
    assert audio_files.read(tmp_path / "out.wav").length_s > 0.2
