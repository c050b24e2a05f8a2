"""Half precision without a GPU: every torch engine that takes it there, on toy weights, in that format on the CPU.

What is found so are numbers of one format where a network wants another, and results that are not float32. It says
nothing about CUDA's own kernels, about speed, or about how true weights bear the format.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Stems
from soundwright.tools.base import Place, Tool, ToolSpec
from soundwright.tools.neural import runtime
from soundwright.tools.registry import Registry
from soundwright.tools.testing import Kit
from tests import toys

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("half")]
REGISTRY = Registry.discover()
HALVED = [spec for spec in REGISTRY.specs.values() if spec.half and "torch" in spec.modules]
STEPS = 2
"""How often diffusers refine what they make: arithmetic of half numbers is slow on a CPU."""


def maker(spec: ToolSpec) -> Any:
    """What makes an unloaded tool that refines in few steps."""

    def make() -> Tool:
        tool: Any = REGISTRY.create(spec.name)
        if hasattr(tool, "steps"):
            tool.steps = STEPS
        made: Tool = tool
        return made

    return make


@pytest.mark.parametrize(("spec", "op"), [
    pytest.param(spec, op, id=f"{spec.name}-{op}-{spec.half}") for spec in HALVED for op in spec.operations
])  # fmt: skip
def test_an_engine_computes_in_half_precision(
    spec: ToolSpec, op: str, tmp_path: Path, weights_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = REGISTRY.missing(spec)
    if missing is not None:
        pytest.skip(str(missing))
    monkeypatch.setattr(runtime, "HALF_ON", ("cpu",))
    weights = toys.made(spec.models, weights_folder)
    kit = Kit(maker(spec), weights, dtype=spec.half)
    tool: Any = kit.tool(tmp_path)
    try:
        assert str(tool._runtime.dtype) == f"torch.{spec.half}"
        made = kit.one(kit.request(op, tmp_path), tmp_path, tmp_path)  # the kit sees to it that it is finite
    finally:
        tool.close()
    for sound in made.stems.values() if isinstance(made, Stems) else [made]:
        assert not isinstance(sound, Audio) or sound.samples.dtype == np.float32


def test_cpus_compute_in_full_precision_whatever_is_asked() -> None:
    pytest.importorskip("torch")
    found = runtime.open_runtime(Place("cpu", "float16"), HALVED[0])
    assert str(found.dtype) == "torch.float32"
