"""Tries every tool: are its packages there, its weights, and does a short run give what it should?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from soundwright.orchestrator.results import checked
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.orchestrator.weights import NoWeights, Weights
from soundwright.scripts_compiler.extensions import installed
from soundwright.scripts_compiler.operations import Catalogue, Operation
from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Audio, Speech, Stems, Text
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.registry import Registry

State = Literal["works", "missing", "fails", "not tried"]

TEXT = "One, two, three, four."
SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "speak": {"text": TEXT},
    "vocalise": {"vocal": "sigh", "description": "a man", "gender": "male", "age": "adult"},
    "generate_sound": {"description": "rain", "length": 1.0},
    "generate_music": {"description": "calm piano", "length": 2.0},
    "align": {"text": TEXT},
    "slice": {"from": 0.1, "to": 0.5},
    "mix": {},
}
_RATE_HZ = 24000
_MEMORY_MB = 4000


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out for one tool: ``details`` says what is missing, what failed, or how long the run took."""

    tool: str
    version: str
    state: State
    details: str
    seconds: float = 0.0


def examine(
    registry: Registry,
    models: Weights | None = None,
    names: Sequence[str] = (),
    *,
    catalogue: Catalogue | None = None,
) -> Iterator[Finding]:
    """Try each tool, or those of ``names``, one operation each; broken plug-ins are listed too.

    Raises:
        ToolMissing: a name is no tool.
    """
    for name in names:
        if name not in registry.specs and name not in {broken.name for broken in registry.unusable}:
            raise ToolMissing(registry.unknown(name))
    for broken in registry.unusable:
        if not names or broken.name in names:
            yield Finding(broken.name, broken.owner, "fails", broken.reason)
    for spec in registry.specs.values():
        if not names or spec.name in names:
            yield _examine(spec, registry, models or NoWeights(), catalogue or installed())


def _examine(spec: ToolSpec, registry: Registry, models: Weights, catalogue: Catalogue) -> Finding:
    missing = registry.missing(spec)
    if missing is not None:
        return Finding(spec.name, spec.version, "missing", str(missing))
    try:
        absent = [model for model in spec.models if not models.is_ready(model)]
    except ToolMissing as error:
        return Finding(spec.name, spec.version, "missing", str(error))
    if absent:
        pull = f"soundwright models pull {' '.join(absent)}"
        return Finding(spec.name, spec.version, "missing", f"needs its weights: {pull}")
    return _tried(spec, registry, models, catalogue)


def _tried(spec: ToolSpec, registry: Registry, models: Weights, catalogue: Catalogue) -> Finding:
    start = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="soundwright-") as scratch:
            request = _request(spec, catalogue, Path(scratch))
            if request is None:
                return Finding(spec.name, spec.version, "not tried", f"no sample for {', '.join(spec.operations)}")
            made = _run(spec, request, registry, models, Path(scratch))
            kind = catalogue[request.op].output_for({port: asset.kind for port, asset in request.inputs.items()})
            checked(made, kind)
    except Exception as error:  # the boundary to the code of tools: whatever it raises is the finding
        return Finding(spec.name, spec.version, "fails", f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    return Finding(spec.name, spec.version, "works", f"{request.op} in {seconds:.2f} s", seconds)


def _run(spec: ToolSpec, request: Request, registry: Registry, models: Weights, scratch: Path) -> Asset:
    pool = ToolPool(registry, models, _MEMORY_MB)
    try:
        with pool.lease(spec, "cpu", "float32") as tool:
            results = dict(tool.run([request], Context(scratch)))
    finally:
        pool.close()
    made = results.get(0)
    if made is None:
        raise ToolError("gave no result")
    if isinstance(made, ToolError):
        raise made
    return made


def _request(spec: ToolSpec, catalogue: Catalogue, scratch: Path) -> Request | None:
    """A small request for the first operation of the tool that one can be made for."""
    for op in spec.operations:
        operation = catalogue.get(op)
        inputs = None if operation is None else _inputs(operation)
        if operation is None or inputs is None:
            continue
        params = dict(SAMPLES.get(op, {}))
        if op == "speak" and spec.voices:
            params |= {"preset": spec.voices[0].preset, "language": spec.voices[0].language}
        if op == "load_file":
            params["file"] = str(audio_files.write(scratch / "tone.wav", _tone()))
        try:
            return Request(op, operation.resolve(params), inputs, 1, "doctor")
        except ValidationError:  # an operation that we have no sample of
            continue
    return None


def _inputs(operation: Operation) -> dict[str, Asset] | None:
    samples: dict[str, Asset] = {
        "Audio": _tone(),
        "Speech": Speech(_tone().samples, _RATE_HZ, 0, TEXT, "en"),
        "Text": Text(TEXT),
        "Stems": Stems({"tone": _tone()}),
    }
    ports = [port for port in operation.inputs if not port.optional]
    if any(port.kind.value not in samples for port in ports):
        return None
    return {f"{port.name}.0" if port.many else port.name: samples[port.kind.value] for port in ports}


def _tone() -> Audio:
    """A second of a sweep that swells and fades: something to cut, filter and measure."""
    time_s = np.arange(_RATE_HZ) / _RATE_HZ
    sweep = np.sin(2 * np.pi * (200 + 400 * time_s) * time_s) * np.sin(np.pi * time_s)
    return Audio((0.3 * sweep)[None, :].astype(np.float32), _RATE_HZ)
