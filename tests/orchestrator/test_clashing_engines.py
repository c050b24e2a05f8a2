"""Two engines whose requirements do not resolve together, in one story: each in a worker with its own environment."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

import soundwright as sw
from soundwright.orchestrator.observers import NullObserver
from soundwright.tools.assets import Audio, Speech, Word
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.enhancement.rnnoise import RnnoiseTool
from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.installing import variables
from soundwright.tools.homes.interpreters import find_uv
from soundwright.tools.homes.settings import Homes
from soundwright.tools.signal.signalsmith import SignalsmithTool
from soundwright.tools.tts.hibari import HibariTool

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("clashing")]
BOTH = (RnnoiseTool.spec, SignalsmithTool.spec)
RATE = 48000
STORY = """
version: 1
title: A note from the harbour
language: en
inputs:
  - {id: note, file: note.wav}
steps:
  - {id: clean, op: enhance, audio: note}
  - {id: slow, op: stretch, audio: clean, factor: 1.25}
cues:
  - {type: clip, source: slow, effects: [{op: pitch, semitones: -3}]}
"""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """A folder in which both environments are made."""
    folder = tmp_path_factory.mktemp("clashing")
    settings = Homes(environments=folder / "environments")
    for spec in BOTH:
        Environments(settings).make(spec)
    return settings


@pytest.fixture(scope="module")
def spoken() -> Audio:
    """A sentence at 48 kHz, one channel, about -20 dBFS."""
    tool = HibariTool()
    tool.load(Place())
    text = "The rain has stopped. Come to the window and tell me what you see. The boats are coming home."
    request = Request("speak", {"text": text, "preset": tool.spec.voices[0].preset, "language": "en-US", "speed": 1.0})
    (made,) = dict(tool.run([request], Context())).values()
    assert isinstance(made, Audio)
    samples = soxr.resample(made.samples[0], made.rate, RATE)
    return Audio((samples * 0.1 / samples.std())[None].astype(np.float32), RATE)


def noisy(sound: Audio, snr_db: float) -> Audio:
    noise = np.random.default_rng(0).standard_normal(sound.samples.shape)
    noise *= sound.samples.std() * 10 ** (-snr_db / 20)
    return Audio((sound.samples + noise).astype(np.float32), sound.rate)


def si_sdr_db(reference: Audio, estimate: Audio) -> float:
    wanted, heard = reference.samples[0].astype(float), estimate.samples[0].astype(float)
    wanted = wanted * (heard @ wanted) / (wanted @ wanted)
    return float(10 * np.log10((wanted @ wanted) / ((heard - wanted) @ (heard - wanted))))


def done(tool: RnnoiseTool | SignalsmithTool, homes: Homes, scratch: Path, *requests: Request) -> list[Audio]:
    tool.settle(homes)
    tool.load(Place())
    try:
        results = dict(tool.run(requests, Context(scratch)))
    finally:
        tool.close()
    sounds = [results[index] for index in range(len(requests))]
    assert all(isinstance(sound, Audio) for sound in sounds), sounds
    return [sound for sound in sounds if isinstance(sound, Audio)]


@pytest.mark.parametrize("both", [True, False])
def test_the_resolver_refuses_both_together_and_takes_each_alone(both: bool, homes: Homes) -> None:
    uv = find_uv()
    assert uv is not None, "uv comes with the extra dev"
    lists = [spec.requirements for spec in BOTH]
    for requirements in [lists[0] + lists[1]] if both else lists:
        done = subprocess.run(
            [uv, "pip", "compile", "--quiet", "--no-header", "-"], input="\n".join(requirements), capture_output=True,
            text=True, check=False, timeout=300, env=variables(),
        )  # fmt: skip
        assert (done.returncode != 0) is both, done.stderr
        assert ("No solution found" in done.stderr and "soxr" in done.stderr) is both, done.stderr
        assert ("soxr==" in done.stdout) is not both, done.stdout


def test_the_environments_hold_what_clashes(homes: Homes) -> None:
    held = {}
    for spec in BOTH:
        environment = Environments(homes).find(spec)
        assert environment is not None
        held[spec.name] = next(package for package in environment.packages if package.startswith("soxr=="))
    assert held["rnnoise"] >= "soxr==1"
    assert held["signalsmith"] < "soxr==1"


@pytest.mark.parametrize(("snr_db", "gain_db"), [(0, 9), (5, 6), (10, 3)])
def test_rnnoise_takes_noise_out(snr_db: float, gain_db: float, homes: Homes, spoken: Audio, tmp_path: Path) -> None:
    mixture = noisy(spoken, snr_db)
    requests = [Request("enhance", {"strength": strength}, {"audio": mixture}) for strength in (1.0, 0.0, 1.0)]
    clean, same, again = done(RnnoiseTool(), homes, tmp_path, *requests)
    assert si_sdr_db(spoken, clean) - si_sdr_db(spoken, mixture) > gain_db
    assert np.array_equal(same.samples, mixture.samples)
    assert np.array_equal(clean.samples, again.samples)


def test_rnnoise_takes_any_rate_and_channels(homes: Homes, tmp_path: Path) -> None:
    sound = Audio(np.random.default_rng(3).standard_normal((2, 16001)).astype(np.float32) * 0.1, 16000, tail=160)
    (clean,) = done(RnnoiseTool(), homes, tmp_path, Request("enhance", {}, {"audio": sound}))
    assert (clean.channels, clean.rate, clean.tail) == (2, RATE, 480)
    assert abs(clean.frames - 3 * 16001) <= 1


@pytest.mark.parametrize(
    ("op", "params", "length_s", "hz"),
    [("pitch", {"semitones": 7.0}, 2.0, 440 * 2 ** (7 / 12)), ("stretch", {"factor": 1.5}, 3.0, 440.0)],
)
def test_signalsmith_moves_pitch_and_length_apart(
    op: str, params: dict[str, float], length_s: float, hz: float, homes: Homes, tmp_path: Path
) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)
    said = Speech(np.stack([tone, -tone]).astype(np.float32), RATE, 0, "ah", "en", (Word("ah", 0.5, 1.5),))
    (made,) = done(SignalsmithTool(), homes, tmp_path, Request(op, params, {"audio": said}))
    assert isinstance(made, Speech)
    assert made.words == (Word("ah", 0.5 * length_s / 2, 1.5 * length_s / 2),)
    assert made.length_s == length_s
    assert np.abs(made.samples[0] + made.samples[1]).max() < 1e-3
    middle = made.samples[0, RATE // 2 : RATE // 2 + RATE]
    assert abs(np.abs(np.fft.rfft(middle * np.hanning(RATE))).argmax() - hz) < 6


class Told(NullObserver):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def message(self, text: str, *, warning: bool = False) -> None:
        self.lines.append(text)


def test_one_story_uses_both(
    homes: Homes, spoken: Audio, fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert homes.environments is not None
    (fresh_home / "environments").symlink_to(homes.environments)
    soundfile.write(tmp_path / "note.wav", noisy(spoken, 5).samples.T, RATE, subtype="FLOAT")
    (tmp_path / "story.yaml").write_text(STORY)
    told = Told()
    tools = {"enhance": "rnnoise", "stretch": "signalsmith", "pitch": "signalsmith"}
    out = tmp_path / "story.flac"
    rendered = sw.render(tmp_path / "story.yaml", out, tools=tools, observer=told)
    assert rendered.duration_s == pytest.approx(spoken.length_s * 1.25, abs=1.0)
    manifest = json.loads(out.with_suffix(".manifest.json").read_text())
    used = {node["tool"]: node for node in _nodes(manifest) if node.get("tool") in {"rnnoise", "signalsmith"}}
    assert set(used) == {"rnnoise", "signalsmith"}
    for name, node in used.items():
        environment = Environments(homes).find(next(spec for spec in BOTH if spec.name == name))
        assert environment is not None
        assert node["weights"] == {"environment": environment.identity}
    again = sw.render(tmp_path / "story.yaml", out, observer=told)
    assert (again.made, again.warnings) == (0, ())


def _nodes(value: object) -> list[dict[str, object]]:
    """All mappings of the manifest that name a tool."""
    if isinstance(value, list):
        return [node for item in value for node in _nodes(item)]
    if isinstance(value, dict):
        return [*([value] if "tool" in value else []), *(node for item in value.values() for node in _nodes(item))]
    return []
