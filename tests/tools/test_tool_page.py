"""The page for authors of tools: its example is a tool that works."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator.doctor import examine
from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.registry import GROUP, Registry

PAGE = Path(__file__).parents[2] / "docs" / "tools.md"
ENGINE = """
import numpy as np

class _Engine:
    def hum(self, length_s, seed):
        return 0.1 * np.random.default_rng(seed).standard_normal(round(length_s * 48000))

    def close(self):
        pass

def open(threads):
    return _Engine()
"""


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_of_the_page_is_a_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_engine.py").write_text(ENGINE)
    (tmp_path / "acme_hum").mkdir()
    (tmp_path / "acme_hum" / "tool.py").write_text(block("python"))
    monkeypatch.syspath_prepend(str(tmp_path))
    points = tomllib.loads(block("toml"))["project"]["entry-points"][GROUP]
    module, _, name = points["acme-hum"].partition(":")
    registry = Registry([getattr(importlib.import_module(module), name)])

    (finding,) = examine(registry)
    assert (finding.tool, finding.state) == ("acme-hum", "fails")  # rain is no hum, and it says so
    assert "only hums are known" in finding.details
    tool = registry.create("acme-hum")
    assert isinstance(tool.spec, ToolSpec)
    tool.load(Place())
    (good,) = tool.run([Request("generate_sound", {"description": "a hum", "length": 1.0}, seed=3)], Context())
    (bad,) = tool.run([Request("generate_sound", {"description": "rain", "length": 1.0})], Context())
    tool.close()
    assert isinstance(bad[1], ToolError)
    assert isinstance(good[1], Audio)
    assert np.isfinite(good[1].samples).all()
