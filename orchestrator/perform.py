"""One operation on the user's own files, outside a story: a script with inputs and one step, run like any other.

    files -> inputs -> step -> graph -> plan -> asset

So a single operation is checked, bound, cached, cancelled and reported exactly as it is within a render.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator.binding import Options, bind
from soundwright.orchestrator.executor import execute
from soundwright.orchestrator.observers import Observer
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.document import from_data
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Operation, Port
from soundwright.scripts_compiler.paths import resolve_inputs
from soundwright.tools.assets import Asset

STEP = "result"
Files = Mapping[str, Path | Sequence[Path]]


@dataclass(frozen=True)
class Performed:
    """``asset`` and what made it: ``tool`` with its version, licences; ``reused`` where it was in the cache."""

    asset: Asset
    tool: str
    licence_code: str
    licence_weights: str
    key: str
    path: Path | None
    reused: bool
    warnings: tuple[Problem, ...] = ()


def perform(
    op: str,
    params: Mapping[str, Any],
    files: Files,
    *,
    workshop: Workshop | None = None,
    options: Options | None = None,
    observer: Observer | None = None,
    cancel: threading.Event | None = None,
    jobs: int | None = None,
) -> Performed:
    """Do ``op`` with ``params`` on ``files``: a file, or several, for each input of the operation by its name.

    Raises:
        ScriptError: no such operation, a parameter or an input is wrong, or a file cannot be read.
        ToolMissing: no engine does it, or its weights are not there.
        ExecutionError: the engine failed.
        Cancelled: ``cancel`` was set.
    """
    shop = workshop or Workshop.open()
    paths = {port: [given] if isinstance(given, Path) else list(given) for port, given in files.items()}
    document = from_data(_script(_operation(op, shop), params, paths), source=op, catalogue=shop.catalogue())
    script = document.script
    graph = compile_script(script, shop.catalogue(), [STEP])
    graph = replace(graph, cues={})  # the silence that makes the script whole is not asked for
    roots = [path.resolve().parent for several in paths.values() for path in several]
    plan = bind(
        graph, script, shop.registry, shop.models, files=resolve_inputs(script, Path.cwd(), roots), options=options,
        catalogue=shop.catalogue(),
    )  # fmt: skip
    execution = execute(
        plan, shop.cache, observer=observer, jobs=jobs or shop.config.jobs, cancel=cancel, models=shop.models
    )
    node = graph.steps[STEP]
    stored, tool = execution.assets[node], plan.bound[node].tool
    return Performed(
        stored.load(), f"{tool.name} {tool.version}", tool.licence_code, tool.licence_weights, stored.key, stored.path,
        node not in execution.seconds, plan.warnings,
    )  # fmt: skip


def first_input(op: str, workshop: Workshop) -> Port | None:
    """The input that a file without a name goes to: the first one that takes sound or a picture.

    Raises:
        ScriptError: no such operation.
    """
    return next((port for port in _operation(op, workshop).inputs if port.kind.value in {"Audio", "Image"}), None)


def _operation(op: str, workshop: Workshop) -> Operation:
    catalogue = workshop.catalogue()
    if op in catalogue and not catalogue[op].internal:
        return catalogue[op]
    near = [name for name in catalogue.nearest(op) if not catalogue[name].internal]
    remedy = f"Did you mean {', '.join(near)}?" if near else "`soundwright operations list` lists them."
    raise ScriptError([Problem("", f"no operation is called {op!r}.", remedy)])


def _script(operation: Operation, params: Mapping[str, Any], files: Mapping[str, Sequence[Path]]) -> dict[str, Any]:
    ports = {port.name: port for port in operation.inputs}
    problems = [
        Problem(name, f"{operation.name} has no input {name!r}.", f"Its inputs: {', '.join(ports) or 'none'}.")
        for name in files
        if name not in ports
    ]
    problems += [
        Problem(name, f"{len(several)} files are given, but {operation.name} takes one here.")
        for name, several in files.items()
        if name in ports and not ports[name].many and len(several) != 1
    ]
    if problems:
        raise ScriptError(problems, source=operation.name)
    inputs, step = [], {"id": STEP, "op": operation.name, **params}
    for port, several in files.items():
        ids = [f"{port}{number}" for number in range(1, len(several) + 1)]
        inputs += [{"id": i, "file": str(path.resolve())} for i, path in zip(ids, several, strict=True)]
        step[port] = ids if ports[port].many else {"from": ids[0]}
    return {"version": 1, "inputs": inputs, "steps": [step], "cues": [{"type": "pause", "length": 0}]}
