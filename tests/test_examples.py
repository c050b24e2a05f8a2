"""Every example becomes sound, by the real local engines, and measures what it should."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyebur128
import pyloudnorm
import pytest
import soundfile

import soundwright as sw

pytestmark = pytest.mark.xdist_group("examples")
ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
TARGET_LUFS, LIMIT_DBTP = -16.0, -1.0
STORIES = ("lighthouse.yaml", "cafe.yaml", "news.json5", "ferry.fountain", "visit.txt", "idea.txt")


@pytest.fixture(scope="session")
def rendered(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Rendered examples by name; filled by ``render``."""
    return {}


def render(name: str, rendered: dict[str, Path], home: Path) -> Path:
    if name not in rendered:
        folder = home / "stories" / name.replace(".", "_")
        folder.mkdir(parents=True)
        source = shutil.copy(EXAMPLES / name, folder)
        document = sw.plan(str(source))
        out = folder / "story.flac"
        sw.render(document, out, stems=True, srt=True)
        rendered[name] = out
    return rendered[name]


def meters(file: Path) -> tuple[float, float, float]:
    """(LUFS, dBTP, seconds): by pyloudnorm and libebur128, which the mix does not use for these."""
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    state = pyebur128.R128State(samples.shape[1], rate, pyebur128.MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(samples).reshape(-1), len(samples))
    loudness = float(pyloudnorm.Meter(rate).integrated_loudness(samples.astype(np.float64)))
    peak = max(float(pyebur128.get_true_peak(state, c)) for c in range(samples.shape[1]))
    return loudness, 20 * float(np.log10(peak)), len(samples) / rate


def manifest_of(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(out.with_suffix(".manifest.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", STORIES)
def test_an_example_meets_loudness_and_peak(name: str, rendered: dict[str, Path], home: Path) -> None:
    loudness, peak, seconds = meters(render(name, rendered, home))
    assert abs(loudness - TARGET_LUFS) <= 0.5
    assert peak <= LIMIT_DBTP + 0.05
    assert seconds >= 10


@pytest.mark.parametrize("name", STORIES)
def test_the_stems_of_an_example_sum_to_its_mix_before_the_limiter(
    name: str, rendered: dict[str, Path], home: Path
) -> None:
    out = render(name, rendered, home)
    stems = [soundfile.read(file, dtype="float64")[0] for file in sorted(out.with_suffix(".stems").iterdir())]
    mixed, _ = soundfile.read(out, dtype="float64")
    assert 2 <= len(stems) <= 3  # a story without speech has no stem of it
    assert all(stem.shape == mixed.shape for stem in stems)
    quiet = np.abs(mixed).max(axis=1) < 0.5  # where the limiter rests
    difference = np.abs(sum(stems) - mixed)[quiet]
    assert np.quantile(difference, 0.5) < 1e-4


@pytest.mark.parametrize("name", STORIES)
def test_every_asset_of_an_example_has_tool_licence_and_hash(name: str, rendered: dict[str, Path], home: Path) -> None:
    assets = manifest_of(render(name, rendered, home))["assets"]
    assert assets
    for row in assets:
        assert re.fullmatch(r"[0-9a-f]{64}", row["hash"])
        assert all(node["tool"] and node["version"] and node["licence"]["code"] for node in row["nodes"])


def test_the_story_has_three_voices_music_beds_and_effects_in_45_seconds(rendered: dict[str, Path], home: Path) -> None:
    out = render("lighthouse.yaml", rendered, home)
    manifest = manifest_of(out)
    assert manifest["sound"]["seconds"] >= 45
    assert len({(v["tool"], v["preset"]) for v in manifest["cast"].values()}) == 3
    kinds = {node["op"] for row in manifest["assets"] for node in row["nodes"]}
    assert kinds >= {"speak", "generate_sound", "generate_music"}
    assert any(node["params"].get("loop") for row in manifest["assets"] for node in row["nodes"])
    assert out.with_suffix(".srt").read_text(encoding="utf-8").count("-->") >= 8


def test_the_screenplay_has_twenty_lines_and_three_characters(rendered: dict[str, Path], home: Path) -> None:
    manifest = manifest_of(render("ferry.fountain", rendered, home))
    assert len(manifest["cast"]) >= 3
    assert sum(row["type"] == "speech" for row in manifest["assets"]) >= 20


def test_the_python_example_composes_forty_sounds(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "forty.flac"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "forty_sounds.py"), "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert len(manifest_of(out)["assets"]) == 40
    loudness, peak, seconds = meters(out)
    assert abs(loudness - TARGET_LUFS) <= 0.5
    assert peak <= LIMIT_DBTP + 0.05
    assert seconds > 48
