"""One operation on the user's own files, outside a story: a script with inputs and one step, run like any other.

    files -> inputs -> step -> graph -> plan -> asset

So a single operation is checked, bound, cached, cancelled and reported exactly as it is within a render.
"""

from __future__ import annotations

import difflib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator.binding import Options, bind
from soundwright.orchestrator.config import Config
from soundwright.orchestrator.devices import resolved_device
from soundwright.orchestrator.errors import ExecutionError
from soundwright.orchestrator.executor import Execution, execute
from soundwright.orchestrator.fallback import Failed, execute_with_others
from soundwright.orchestrator.observers import Observer
from soundwright.orchestrator.plan import Plan
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.consent import takes_on_a_voice
from soundwright.scripts_compiler.document import from_data
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.input_kinds import kind_of_file
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Port
from soundwright.scripts_compiler.paths import resolve_inputs
from soundwright.tools import voice_file
from soundwright.tools.assets import Asset
from soundwright.tools.registry import Registry

STEP = "result"
SPEAKER = "speaker"
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
    fallback: bool = False,
    consent: bool = False,
) -> Performed:
    """Do ``op`` with ``params`` on ``files``: a file, or several, for each input of the operation by its name.

    ``fallback``: where a tool fails, the next that fits stands in, with a warning. ``consent``: the person whose voice
    is taken on has agreed.

    Raises:
        ScriptError: no such operation, a parameter or an input is wrong, or a file cannot be read.
        ToolMissing: no engine does it, or its weights are not there.
        ExecutionError: the engine failed.
        Cancelled: ``cancel`` was set.
    """
    shop = workshop or Workshop.open()
    paths = {port: [given] if isinstance(given, Path) else list(given) for port, given in files.items()}
    voices, params = _voice(operation_named(op, shop), params, paths, shop.registry)
    given = {**params, "consent": True} if consent and takes_on_a_voice(op, {*params, *paths}) else params
    data = _script(operation_named(op, shop), given, paths)
    document = from_data({**data, "voices": voices}, source=op, catalogue=shop.catalogue())
    script = document.script
    graph = compile_script(script, shop.catalogue(), [STEP])
    graph = replace(graph, cues={})  # the silence that makes the script whole is not asked for
    roots = [path.resolve().parent for several in paths.values() for path in several]
    settled = _settled(_learned_by(op, paths, options or Options()), shop.config)
    allowed = fallback or shop.config.fallback

    def bound(failed: Failed) -> Plan:
        return bind(
            graph, script, shop.registry, shop.models, files=resolve_inputs(script, Path.cwd(), roots),
            options=replace(settled, failed=failed, fallback=allowed), catalogue=shop.catalogue(),
        )  # fmt: skip

    def carried_out(plan: Plan) -> Execution:
        return execute(
            plan, shop.cache, observer=observer, jobs=jobs or shop.config.jobs, cancel=cancel, keep_going=allowed,
            models=shop.models, gpu_bytes=shop.config.gpu_bytes,
        )  # fmt: skip

    plan, execution = execute_with_others(bound, carried_out, allowed=allowed)
    if execution.failures:
        raise ExecutionError(execution.failures, [str(node) for node in execution.skipped])
    node = graph.steps[STEP]
    stored, tool = execution.assets[node], plan.bound[node].tool
    return Performed(
        stored.load(), f"{tool.name} {tool.version}", tool.licence_code, tool.licence_weights, stored.key, stored.path,
        node not in execution.seconds, plan.warnings,
    )  # fmt: skip


def _settled(options: Options, config: Config) -> Options:
    """The options, with what the user's settings say where nothing was said."""
    return replace(
        options, tools={**config.tools, **options.tools}, commercial=options.commercial or config.commercial,
        device=options.device or resolved_device(config.device),
    )  # fmt: skip


def first_input(op: str, workshop: Workshop) -> Port | None:
    """The input that a file without a name goes to: the first one that takes sound or a picture.

    Raises:
        ScriptError: no such operation.
    """
    return next((port for port in operation_named(op, workshop).inputs if port.kind.value in {"Audio", "Image"}), None)


def operation_named(op: str, workshop: Workshop) -> Operation:
    """The operation of that name that users may ask for.

    Raises:
        ScriptError: there is none; near names are in the message.
    """
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


def _voice(
    operation: Operation, params: Mapping[str, Any], files: Mapping[str, object], registry: Registry
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The one voice of an operation that speaks: ``voice`` describes it, or ``preset`` (or ``TOOL/PRESET``) pins it."""
    fields, wanted = operation.parameters.model_fields, dict(params)
    if not {"voice", "preset"} <= set(fields) or {"clone", "sample"} & set(files):
        return [], wanted
    described, preset = wanted.get("voice"), wanted.pop("preset", "")
    voice = {"name": SPEAKER, "description": described if isinstance(described, str) and described else SPEAKER}
    if preset:
        tool, known = _preset(str(preset), registry)
        voice |= {"tool": tool, "preset": known}
    return [voice], {**wanted, "voice": SPEAKER}


def _preset(preset: str, registry: Registry) -> tuple[str, str]:
    known = {f"{spec.name}/{voice.preset}": (spec.name, voice.preset)
             for spec in registry.specs.values() for voice in spec.voices}  # fmt: skip
    found = [pair for name, pair in known.items() if preset in (name, pair[1])]
    if len(found) == 1:
        return found[0]
    if found:
        both = " or ".join("/".join(pair) for pair in found)
        raise ScriptError([Problem("preset", f"{preset!r} is a voice of several tools.", f"Write {both}.")])
    near = difflib.get_close_matches(preset, {*known, *(pair[1] for pair in known.values())}, n=3)
    remedy = f"Did you mean {', '.join(near)}?" if near else "`soundwright voices list` lists them."
    raise ScriptError([Problem("preset", f"no voice is called {preset!r}.", remedy)])


def _learned_by(op: str, files: Mapping[str, Sequence[Path]], options: Options) -> Options:
    """A saved voice is spoken by the tool that learned it, unless another is pinned."""
    voices = [path for several in files.values() for path in several if kind_of_file(path.name) is Kind.VOICE]
    tool = voice_file.tool_of(voices[0]) if voices else ""
    return replace(options, tools={op: tool, **options.tools}) if tool else options
