"""A plain tool of a package, in an environment of its own: it sees what it required, and Soundwright."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.homes.bridged import BridgedTool, core_requirements
from soundwright.tools.homes.settings import Homes
from soundwright.tools.registry import Registry

PLUGIN = """
from importlib.metadata import version
import numpy as np
from soundwright.tools.assets import Audio
from soundwright.tools.base import ToolSpec, each

class Hum:
    spec = ToolSpec("bridged-hum", "1", ("generate_sound",), "MIT", home="venv", requirements=("soxr<1",))
    def load(self, place):
        import soxr
        self.major = int(version("soxr").split(".")[0])
    def run(self, batch, context):
        return each(batch, context, self.made)
    def made(self, request):
        return Audio(np.full((1, 2400), 0.1 * self.major + 0.05, np.float32), 24000)
    def close(self):
        pass
"""


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    (tmp_path / "bridged_hum.py").write_text(PLUGIN)
    info = tmp_path / "bridged_hum-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bridged_hum\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[soundwright.tools]\nbridged-hum = bridged_hum:Hum\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    return Registry.discover(Homes(environments=tmp_path / "environments"))


def test_its_environment_has_to_hold_our_core_too(registry: Registry) -> None:
    assert isinstance(registry.create("bridged-hum"), BridgedTool)
    spec = registry.specs["bridged-hum"]
    assert set(spec.requirements) == {"soxr<1", *core_requirements()}
    assert any(line.startswith("pydantic") for line in core_requirements())
    assert registry.environments.lacks(spec)


@pytest.mark.engines
def test_it_runs_with_what_it_required(registry: Registry, tmp_path: Path) -> None:
    tool = registry.create("bridged-hum")
    tool.load(Place())
    try:
        ((_, made),) = tool.run([Request("generate_sound", {})], Context(tmp_path))
    finally:
        tool.close()
    assert not isinstance(made, ToolError), made
    assert isinstance(made, Audio)
    assert made.samples[0, 0] == pytest.approx(0.05)  # soxr 0.x there, 1.x or newer here
