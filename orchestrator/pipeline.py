"""The whole flow, from a document to files: compile, bind, execute, time, mix, deliver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from soundwright.orchestrator import deliver, signing
from soundwright.orchestrator.binding import Options, bind
from soundwright.orchestrator.devices import resolved_device
from soundwright.orchestrator.errors import ExecutionError
from soundwright.orchestrator.executor import Execution, execute
from soundwright.orchestrator.fallback import Failed, execute_with_others
from soundwright.orchestrator.lock import Lock, lock_path, read_lock, write_lock
from soundwright.orchestrator.mix.mixer import mix
from soundwright.orchestrator.observers import NullObserver, Observer
from soundwright.orchestrator.plan import Forecast, Plan
from soundwright.orchestrator.prepare import with_environments
from soundwright.orchestrator.project import read_settings
from soundwright.orchestrator.timeline import Sound, build_timeline
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import printer
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.graph import Graph, NodeId
from soundwright.scripts_compiler.paths import resolve_inputs
from soundwright.tools.errors import Cancelled

Stage = Literal["script", "graph", "assets", "timeline"]


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to render.

    ``allow``: folders beside the script's that inputs may be read from. ``tools``: a tool by operation. ``jobs``:
    cores, by default all. ``keep_going``: make what can be made after a failure; nothing is mixed then. ``recast``:
    cast and choose again instead of keeping to the lock. ``stop_after``: end after that stage and write what it gave.
    ``stems`` and ``srt`` ask for more files. ``device`` is cpu, cuda, cuda:0 or auto, by default what the settings say.
    ``fallback``: where a tool fails, the next that fits stands in, with a warning. ``sign``: write content credentials
    (C2PA) into the sound, with the certificate and key of the settings. ``max_cost``: what paid engines may ask, in US
    dollars, by default what the project's settings say.
    """

    stems: bool = False
    srt: bool = False
    allow: tuple[Path, ...] = ()
    jobs: int | None = None
    tools: Mapping[str, str] = field(default_factory=dict)
    keep_going: bool = False
    offline: bool = False
    recast: bool = False
    commercial: bool = False
    stop_after: Stage | None = None
    max_cost: float | None = None
    device: str | None = None
    fallback: bool = False
    sign: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a render gave. ``files`` lists all that was written; ``seconds`` the wall time of each stage."""

    files: tuple[Path, ...]
    duration_s: float = 0.0
    loudness_lufs: float = float("-inf")
    true_peak_dbtp: float = float("-inf")
    made: int = 0
    reused: int = 0
    made_by_operation: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "files": [str(file) for file in self.files],
            "duration_s": round(self.duration_s, 3),
            "loudness_lufs": _number(self.loudness_lufs),
            "true_peak_dbtp": _number(self.true_peak_dbtp),
            "made": self.made,
            "reused": self.reused,
            "made_by_operation": dict(self.made_by_operation),
            "warnings": [str(problem) for problem in self.warnings],
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
        }

    def to_text(self) -> str:
        """The result in a few lines."""
        lines = [str(file) for file in self.files]
        if self.duration_s:
            mixed = f", {self.loudness_lufs:.1f} LUFS, {self.true_peak_dbtp:.1f} dBTP" if "mix" in self.seconds else ""
            took = f"{self.made} made, {self.reused} from the cache, in {sum(self.seconds.values()):.1f} s"
            lines.append(f"{self.duration_s:.1f} s{mixed}; {took}")
        return "\n".join(lines)


def render(
    document: Document,
    out: Path,
    options: RenderOptions = RenderOptions(),
    *,
    observer: Observer | None = None,
    cancel: threading.Event | None = None,
) -> Rendered:
    """Render a document to ``out`` and what belongs beside it. Nothing is written half: files appear when whole.

    Raises:
        ScriptError: something in the script cannot be rendered.
        ToolMissing: an engine or its weights are not there.
        TooExpensive: paid engines would ask more than ``max_cost``; nothing was made.
        ExecutionError: an engine failed; what was finished is kept in the cache.
        SigningError: ``sign`` was asked for, and cannot be done.
        Cancelled: ``cancel`` was set.
    """
    told, stop, clock = observer or NullObserver(), cancel or threading.Event(), _Clock()
    script, stage = document.script, options.stop_after
    deliver.check_target(out)
    if stage == "script":
        return Rendered((deliver.script(document, out),))

    with clock("graph"):
        graph = compile_script(script, Workshop.catalogue())
    if stage == "graph":
        return Rendered((deliver.text(printer.to_text(graph), out, ".graph.txt"),), seconds=clock.seconds)

    workshop = Workshop.open(offline=options.offline)
    if options.sign:  # what cannot be signed is refused before any work is done
        signing.check_signable(out)
        signing.from_config(workshop.config)
    with workshop.cache.in_use():  # another process must not collect our assets before they are mixed
        rendered = _render(document, graph, out, options, workshop, told, stop, clock)
    workshop.cache.tidy(workshop.config.cache_max_bytes)
    return rendered


def _render(
    document: Document, graph: Graph, out: Path, options: RenderOptions, workshop: Workshop, told: Observer,
    stop: threading.Event, clock: _Clock,
) -> Rendered:  # fmt: skip
    script, stage = document.script, options.stop_after
    allowed = options.fallback or workshop.config.fallback

    def bound(failed: Failed) -> Plan:
        with clock("plan"):
            return with_environments(_bind(document, graph, workshop, options, failed=failed), told.message)

    def carried_out(plan: Plan) -> Execution:
        budget = _budget(document, options)
        if budget is not None:
            plan.describe(workshop.cache).within(budget)
        with clock("assets"):
            return execute(
                plan, workshop.cache, observer=told, jobs=options.jobs or workshop.config.jobs, cancel=stop,
                keep_going=options.keep_going or allowed, models=workshop.models,
                gpu_bytes=workshop.config.gpu_bytes,
            )  # fmt: skip

    plan, execution = execute_with_others(bound, carried_out, allowed=allowed)
    if execution.failures:
        raise ExecutionError(execution.failures, [str(node) for node in execution.skipped])
    counts, warnings = _counts(plan, execution), (*plan.warnings, *_keep_lock(document, plan))
    if stage == "assets":
        listing = deliver.assets(document, plan, execution, out)
        return Rendered((listing,), **counts, warnings=warnings, seconds=clock.seconds)

    with clock("timeline"):
        timeline = build_timeline(script, _sounds(plan, execution))
    if stage == "timeline":
        written = deliver.json_file(timeline.to_json(), out, ".timeline.json")
        warnings = (*warnings, *timeline.warnings)
        return Rendered((written,), timeline.duration_s, **counts, warnings=warnings, seconds=clock.seconds)

    with clock("mix"), deliver.staged(out, stems=options.stems) as stage_files:
        report = mix(
            timeline, script.master, stage_files.sound, stems_folder=stage_files.stems, jobs=options.jobs,
            progress=_fractions(told, "mix", timeline.duration_s), cancel=stop, title=script.title,
        )  # fmt: skip
        if stop.is_set():
            raise Cancelled("cancelled")
        deliver.manifest(document, plan, execution, report, stage_files)
        if options.srt:
            deliver.subtitles(timeline, stage_files)
        if options.sign:
            signing.sign(stage_files.sound, signing.from_config(workshop.config))
    timings = deliver.json_file(deliver.timings(plan, execution, clock.seconds), out, ".timings.json")
    return Rendered(
        (*stage_files.written, timings), report.duration_s, report.loudness_lufs, report.true_peak_dbtp, **counts,
        warnings=(*warnings, *timeline.warnings, *report.warnings), seconds=clock.seconds,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: a forecast of the render, the cast, and warnings."""

    forecast: Forecast
    plan: Plan
    warnings: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        made = self.forecast
        return {
            "nodes": made.nodes,
            "cached": made.cached,
            "to_make": made.to_make,
            "seconds": round(made.seconds, 1),
            "by_tool": dict(made.by_tool),
            "cast": {name: f"{voice.tool}/{voice.preset}" for name, voice in self.plan.cast.items()},
            "money_usd": round(made.usd, 4),
            "warnings": [str(problem) for problem in self.warnings],
        }

    def to_text(self) -> str:
        """The forecast for people."""
        made = self.forecast
        lines = [f"{name}: {voice.tool}/{voice.preset} ({voice.why})" for name, voice in self.plan.cast.items()]
        work = ", ".join(f"{tool} {count}" for tool, count in made.by_tool.items()) or "nothing"
        lines.append(f"{made.nodes} nodes, {made.cached} cached ({made.cached_share:.0%}); to make: {work}")
        money = f"about ${made.usd:.4f} for paid engines" if made.usd else "no cost"
        lines.append(f"about {made.seconds:.0f} s of work; {money}")
        return "\n".join(lines)


def check(document: Document, options: RenderOptions = RenderOptions(), *, lock: Lock | None = None) -> Checked:
    """A dry run: everything up to the tools, and what they would have to do. ``lock`` stands in for the lock file.

    Raises:
        ScriptError: something in the script cannot be rendered.
        ToolMissing: an engine is not there.
        TooExpensive: paid engines would ask more than ``max_cost``.
    """
    workshop = Workshop.open(offline=options.offline)
    graph = compile_script(document.script, workshop.catalogue())
    plan = _bind(document, graph, workshop, options, lock)
    forecast = plan.describe(workshop.cache).within(_budget(document, options))
    return Checked(forecast, plan, (*document.warnings, *plan.warnings))


def _budget(document: Document, options: RenderOptions) -> float | None:
    """What paid engines may ask: as said, else as the project's settings say."""
    return read_settings(document.path).max_cost if options.max_cost is None else options.max_cost


def _bind(
    document: Document, graph: Graph, workshop: Workshop, options: RenderOptions, lock: Lock | None = None,
    *, failed: Failed = frozenset(),
) -> Plan:  # fmt: skip
    folder = document.path.parent if document.path is not None else Path.cwd()
    config = workshop.config
    own = {pin.op: pin.tool for pin in document.script.tools}
    pins = {**config.tools, **read_settings(document.path).tools, **own, **options.tools}
    return bind(
        graph, document.script, workshop.registry, workshop.models, lock=lock or _lock(document),
        files=resolve_inputs(document.script, folder, options.allow),
        options=Options(
            tools=pins, commercial=options.commercial or config.commercial, recast=options.recast,
            device=resolved_device(options.device or config.device), failed=failed,
            fallback=options.fallback or config.fallback,
        ),
        catalogue=workshop.catalogue(),
    )  # fmt: skip


def _lock(document: Document) -> Lock:
    return Lock() if document.path is None else read_lock(lock_path(document.path))


def _keep_lock(document: Document, plan: Plan) -> list[Problem]:
    """A script in a closed folder can be rendered all the same: then only its cast is not kept, which is said."""
    if document.path is None:
        return []
    try:
        write_lock(lock_path(document.path), plan.lock)
    except OSError as error:
        found = f"the lock could not be kept ({error.strerror or error}): another render may cast and choose anew."
        return [Problem(str(lock_path(document.path)), found, warning=True)]
    return []


def _sounds(plan: Plan, execution: Execution) -> dict[int, Sound]:
    sounds = {}
    for cue, node in plan.graph.cues.items():
        asset = execution.assets[node]
        if asset.path is None:
            raise TypeError(f"{node} gave {asset.kind.value}, no sound")
        sounds[cue] = Sound(
            asset.path, asset.rate, asset.channels, asset.frames, asset.tail, asset.words, _seamless(plan, node),
            asset.loudness_lufs,
        )  # fmt: skip
    return sounds


def _seamless(plan: Plan, node: NodeId) -> bool:
    """Whether a bed's base recording repeats without a join: its tool was asked for a loop and makes loops."""
    bound = plan.bound[node]
    while "loop" not in bound.params and bound.node.inputs:
        bound = plan.bound[next(iter(bound.node.inputs.values()))]
    return bool(bound.params.get("loop")) and "loop" in bound.tool.honours


def _fractions(observer: Observer, stage: str, work: float) -> Callable[[float], None]:
    """Tell an observer of a stage whose progress comes as fractions from 0 to 1."""
    observer.stage(stage, work)
    told = 0.0

    def report(fraction: float) -> None:
        nonlocal told
        observer.advance((fraction - told) * work)
        told = fraction

    return report


def _counts(plan: Plan, execution: Execution) -> dict[str, Any]:
    by_operation: dict[str, int] = {}
    for node in execution.seconds:
        op = plan.bound[node].node.op
        by_operation[op] = by_operation.get(op, 0) + 1
    return {"made": execution.made, "reused": execution.reused, "made_by_operation": by_operation}


class _Clock:
    """Wall seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


def _number(value: float) -> float | None:
    return round(value, 2) if value > float("-inf") else None
