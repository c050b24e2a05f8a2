"""Tries every tool: are its packages there, its weights, and does a short run give what it should, how fast?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from soundwright.orchestrator.devices import device_for, dtype_for
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.orchestrator.weights import NoWeights, Weights
from soundwright.scripts_compiler.extensions import installed
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.tools.assets import Asset, Audio, Events, Notes, Scores, Stems, Text, Transcript
from soundwright.tools.base import Context, Request, Tool, ToolSpec
from soundwright.tools.errors import ToolDefect, ToolError, ToolMissing
from soundwright.tools.registry import Registry
from soundwright.tools.results import checked
from soundwright.tools.testing import samples

State = Literal["works", "missing", "fails", "not tried"]
_MEMORY_MB = 4000


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out for one tool.

    ``imports`` and ``weights`` say what is there, ``device`` where it ran, ``load_s`` and ``seconds`` how long loading
    and the run took, ``realtime`` how many seconds of sound a second of work gave (or went through). ``details`` is the
    result, held against the contract, or what is missing or failed.
    """

    tool: str
    version: str
    state: State
    details: str
    imports: str = ""
    weights: str = ""
    device: str = ""
    load_s: float = 0.0
    seconds: float = 0.0
    realtime: float = 0.0


def examine(
    registry: Registry,
    models: Weights | None = None,
    names: Sequence[str] = (),
    *,
    catalogue: Catalogue | None = None,
    device: str = "cpu",
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
            yield Finding(broken.name, broken.owner, "fails", broken.reason, "fails")
    for spec in registry.specs.values():
        if not names and spec.price_usd_per_minute > 0:
            yield Finding(spec.name, spec.version, "not tried", f"costs money: soundwright tools doctor {spec.name}")
        elif not names or spec.name in names:
            yield _examine(spec, registry, models or NoWeights(), catalogue or installed(), device)


def _examine(spec: ToolSpec, registry: Registry, models: Weights, catalogue: Catalogue, device: str) -> Finding:
    found = Finding(spec.name, spec.version, "missing", "", device=device_for(spec, device))
    missing = registry.missing(spec)
    if missing is not None:
        return replace(found, details=str(missing), imports=f"lacks {', '.join(missing.modules)}")
    found = replace(found, imports="ok")
    if registry.environments.lacks(spec):
        obstacle, _ = registry.environments.obstacle(spec, offline=False)
        return replace(found, details=obstacle or f"needs its environment: soundwright environments make {spec.name}")
    try:
        absent = [model for model in spec.models if not models.is_ready(model)]
    except ToolMissing as error:
        return replace(found, details=str(error), weights="unknown")
    if absent:
        pull = f"soundwright models pull {' '.join(absent)}"
        return replace(found, details=f"needs its weights: {pull}", weights=f"lacks {', '.join(absent)}")
    found = replace(found, weights="ok" if spec.models else "none needed")
    if found.device.partition(":")[0] not in spec.runs_on():
        return replace(found, state="not tried", details="it needs a GPU: tools doctor --device cuda")
    return _tried(found, spec, registry, models, catalogue)


def _tried(found: Finding, spec: ToolSpec, registry: Registry, models: Weights, catalogue: Catalogue) -> Finding:
    pool = ToolPool(registry, models, _MEMORY_MB)
    try:
        with tempfile.TemporaryDirectory(prefix="soundwright-") as folder:
            request = _request(spec, catalogue, Path(folder))
            if request is None:
                return replace(found, state="not tried", details=f"no sample for {', '.join(spec.operations)}")
            if refused := registry.refusal(spec.name, request.op, request.params):
                return replace(found, state="not tried", details=refused)
            start = time.perf_counter()
            with pool.lease(spec, found.device, dtype_for(spec, found.device)) as tool:
                found = replace(found, load_s=time.perf_counter() - start)
                start = time.perf_counter()
                made = _made(tool, request, Path(folder))
                seconds = time.perf_counter() - start
            kind = catalogue[request.op].output_for({port: asset.kind for port, asset in request.inputs.items()})
            checked(made, kind)
    except Exception as error:  # the boundary to the code of tools: whatever it raises is the finding
        return replace(found, state="fails", details=f"{type(error).__name__}: {error}")
    finally:
        pool.close()
    length_s = _length_s(made) or max((_length_s(asset) for asset in request.inputs.values()), default=0.0)
    return replace(
        found, state="works", details=f"{request.op}: {_described(made)}", seconds=seconds,
        realtime=length_s / max(seconds, 1e-6),
    )  # fmt: skip


def _made(tool: Tool, request: Request, scratch: Path) -> Asset:
    results = list(tool.run([request], Context(scratch)))
    if [index for index, _ in results] != [0]:
        raise ToolDefect(f"gave {len(results)} results for one request")
    made = results[0][1]
    if isinstance(made, ToolError):
        raise made
    return made


def _request(spec: ToolSpec, catalogue: Catalogue, scratch: Path) -> Request | None:
    """A small request for the first operation of the tool that one can be made for."""
    for op in spec.operations:
        if op in catalogue:
            try:
                made = samples.request(catalogue[op], spec, scratch)
            except ValidationError:  # an operation whose parameters cannot be guessed
                continue
            if made is not None:
                return replace(made, label="doctor")
    return None


def _length_s(asset: Asset) -> float:
    if isinstance(asset, Stems):
        return max((stem.length_s for stem in asset.stems.values()), default=0.0)
    return asset.length_s if isinstance(asset, Audio) else 0.0


def _described(asset: Asset) -> str:
    """A result in a few words."""
    match asset:
        case Audio():
            words = f"of {asset.length_s:.2f} s, {asset.channels} x {asset.rate} Hz"
        case Text() | Transcript():
            words = repr(asset.text[:60])
        case Events():
            words = f"with {len(asset.events)} events"
        case Scores():
            words = ", ".join(f"{name} {value:.3g}" for name, value in list(asset.scores.items())[:3])
        case Stems():
            words = ", ".join(asset.stems)
        case Notes():
            words = f"with {sum(len(part.notes) for part in asset.parts)} notes"
        case _:
            words = ""
    return f"{asset.kind.value} {words}".rstrip()
