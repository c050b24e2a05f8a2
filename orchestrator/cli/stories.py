"""Commands from an idea or a script to sound: make, plan, import, check, render, graph, schema."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundwright.orchestrator.cli.edge import Written, cancellation, emit, guarded, say, warn

if TYPE_CHECKING:
    from soundwright.orchestrator.pipeline import Rendered, RenderOptions
    from soundwright.orchestrator.planning import PlanOptions
    from soundwright.scripts_compiler.document import Document


class Stage(StrEnum):
    """Where a render can stop."""

    SCRIPT = "script"
    GRAPH = "graph"
    ASSETS = "assets"
    TIMELINE = "timeline"


class GraphForm(StrEnum):
    """How a graph is printed."""

    TEXT = "text"
    MERMAID = "mermaid"


ScriptFile = Annotated[
    Path, typer.Argument(help="A script (YAML or JSON), or the folder of a project.", show_default=False)
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Sound file (.flac .wav .mp3 .opus .ogg) or a folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print results, and progress, as JSON.")]
Allow = Annotated[list[Path] | None, typer.Option(help="A folder outside the script's that inputs may be read from.")]
Jobs = Annotated[int | None, typer.Option(min=1, max=256, help="Workers; by default one per core.")]
Pins = Annotated[list[str] | None, typer.Option("--tool", help="OPERATION=TOOL: use this tool for that operation.")]
Stems = Annotated[bool, typer.Option("--stems", help="Also write the stems: speech, music, sound.")]
Srt = Annotated[bool, typer.Option("--srt", help="Also write subtitles.")]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Make what can be made after a failure (nothing is mixed).")
]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]
Recast = Annotated[bool, typer.Option("--recast", help="Cast and choose again instead of keeping to the lock.")]
Commercial = Annotated[bool, typer.Option("--commercial", help="Only engines and weights that allow commercial use.")]
Device = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:0 or auto; engines that cannot use it take the CPU.")]
Fallback = Annotated[
    bool, typer.Option("--fallback", help="Where an engine fails, let the next that fits stand in, with a warning.")
]
Sign = Annotated[
    bool, typer.Option("--sign", help="Write content credentials (C2PA) into the sound; see `soundwright sign`.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress bars.")]
Llm = Annotated[
    str | None, typer.Option(help="A language model that writes the script, such as openai:gpt-5-mini or gguf:FILE.")
]
Rounds = Annotated[int, typer.Option(min=1, max=20, help="How often the model may answer until the script is right.")]
ByDescription = Annotated[
    bool, typer.Option("--cast-by-description", help="Do not ask the language model to cast the voices.")
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", min=0.0, help="US dollars that the model, and then paid engines, may cost at most."),
]
Inputs = Annotated[list[Path] | None, typer.Option("--input", help="A recording that the model may use.")]
StopAfter = Annotated[Stage | None, typer.Option("--stop-after", help="Stop after this stage.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for name, command in (
        ("make", make), ("plan", plan), ("import", import_files), ("check", check), ("render", render),
        ("graph", graph), ("schema", schema),
    ):  # fmt: skip
        app.command(name)(command)


@guarded
def make(
    idea: Annotated[
        str, typer.Argument(help="An idea in words, or a file: script, project, screenplay, prose, WavJourney list.")
    ],
    out: Out = None,
    llm: Llm = None,
    rounds: Rounds = 3,
    max_cost: MaxCost = None,
    inputs: Inputs = None,
    stems: Stems = False,
    srt: Srt = False,
    allow: Allow = None,
    jobs: Jobs = None,
    tool: Pins = None,
    keep_going: KeepGoing = False,
    offline: Offline = False,
    recast: Recast = False,
    commercial: Commercial = False,
    device: Device = None,
    fallback: Fallback = False,
    sign: Sign = False,
    by_description: ByDescription = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """From an idea or a file to sound: plan, then render. The script is kept beside the sound."""
    from soundwright.orchestrator import planning  # noqa: PLC0415

    plan_options = planning.PlanOptions(llm, rounds, max_cost, tuple(inputs or ()), not by_description)
    document = _planned(idea, plan_options)
    allow = [*(allow or ()), *(path.resolve().parent for path in inputs or ())]
    target = out if out is not None else _made_target(document)
    if document.path is None:
        document = planning.keep(document, _sound_file(target, document).with_suffix(".yaml"))
        say(f"script: {document.path}")
        _cast(idea, document, plan_options)
    options = _options(
        stems, srt, allow, jobs, tool, keep_going, offline, recast, commercial, None, device, fallback, sign, max_cost
    )
    rendered = _render(document, target, options, as_json=as_json, quiet=quiet)
    better = planning.refitted(document, rendered.duration_s) if planning.asks_model(idea, plan_options) else None
    if better is not None:
        say(f"it lasts {rendered.duration_s:.1f} s: silences are fitted to {better.script.duration:g} s")
        rendered = _render(better, target, options, as_json=as_json, quiet=quiet)
    _report(rendered, as_json=as_json)


@guarded
def plan(
    idea: Annotated[str, typer.Argument(help="An idea in words, or a file: screenplay, prose, WavJourney list.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where the script goes; by default it is printed.")
    ] = None,
    llm: Llm = None,
    rounds: Rounds = 3,
    max_cost: MaxCost = None,
    inputs: Inputs = None,
    by_description: ByDescription = False,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Print what a language model would be sent, and send nothing.")
    ] = False,
) -> None:
    """Write a script and stop: a language model, or else the deterministic screenwriter, which invents no dialogue."""
    from soundwright.orchestrator import planning  # noqa: PLC0415

    options = planning.PlanOptions(llm, rounds, max_cost, tuple(inputs or ()), not by_description)
    if show_prompt:
        typer.echo(planning.shown_prompt(idea, options))
        return
    document = _planned(idea, options)
    if out is None:
        typer.echo(document.dump(), nl=False)
    else:
        document = planning.keep(document, out)
        say(f"script: {out}")
        _cast(idea, document, options)


@guarded
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Screenplays, prose, WavJourney lists, answers of LLMs.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A script file, or a folder: one NAME.yaml each.")],
    kind: Annotated[
        str | None, typer.Option(help="wavjourney, screenplay, fountain, prose or answer; recognised by default.")
    ] = None,
) -> None:
    """Turn other formats into scripts."""
    from soundwright.orchestrator import planning  # noqa: PLC0415

    for source, target in planning.import_targets(files, out):
        document = planning.import_file(source, kind=kind)
        warn(document.warnings)
        planning.keep(document, target)
        say(f"{source} -> {target}: {len(document.script.cues)} cues")


@guarded
def check(
    script: Annotated[
        str, typer.Argument(help="A script, a project's folder, or an idea in words.", show_default=False)
    ],
    llm: Llm = None,
    max_cost: MaxCost = None,
    inputs: Inputs = None,
    allow: Allow = None,
    tool: Pins = None,
    offline: Offline = False,
    recast: Recast = False,
    commercial: Commercial = False,
    device: Device = None,
    as_json: Json = False,
) -> None:
    """Say everything that is wrong, and what a render would take: nodes, cached share, time, money.

    For an idea: the calls, tokens and money of a language model. With --llm, for a script: those of an edit.
    """
    from soundwright.orchestrator import pipeline, planning, spending  # noqa: PLC0415

    plan_options = planning.PlanOptions(llm, max_cost=max_cost, inputs=tuple(inputs or ()))
    if planning.asks_model(script, plan_options):
        plan_cost = spending.of_plan(script, plan_options)
        emit({"llm": plan_cost.to_json()}, as_json=as_json, text=str(plan_cost))
        return
    document = planning.plan(script) if planning.is_idea(script) else _load(Path(script), allow)
    edit_cost = spending.of_edit(document, llm, max_cost) if llm is not None else None
    options = _options(
        False, False, allow, None, tool, False, offline, recast, commercial, None, device, False, max_cost=max_cost
    )
    forecast = pipeline.check(document, options)
    warn(forecast.warnings)
    data, text = forecast.to_json(), forecast.to_text()
    if edit_cost is not None:
        data, text = data | {"llm": edit_cost.to_json()}, f"{text}\n{edit_cost}"
    emit(data, as_json=as_json, text=text)


@guarded
def render(
    script: ScriptFile,
    out: Out = None,
    stems: Stems = False,
    srt: Srt = False,
    max_cost: MaxCost = None,
    stop_after: StopAfter = None,
    allow: Allow = None,
    jobs: Jobs = None,
    tool: Pins = None,
    keep_going: KeepGoing = False,
    offline: Offline = False,
    recast: Recast = False,
    commercial: Commercial = False,
    device: Device = None,
    fallback: Fallback = False,
    sign: Sign = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Render a script to sound. What was made before is taken from the cache."""
    document = _load(script, allow)
    warn(document.warnings)
    target = out if out is not None else _default_target(document)
    options = _options(
        stems,
        srt,
        allow,
        jobs,
        tool,
        keep_going,
        offline,
        recast,
        commercial,
        stop_after,
        device,
        fallback,
        sign,
        max_cost,
    )
    _report(_render(document, target, options, as_json=as_json, quiet=quiet), as_json=as_json)


@guarded
def graph(
    script: ScriptFile,
    form: Annotated[GraphForm, typer.Option("--form", help="Stable text, or a mermaid diagram.")] = GraphForm.TEXT,
) -> None:
    """Print the typed graph that a script is compiled to."""
    from soundwright.scripts_compiler import printer  # noqa: PLC0415
    from soundwright.scripts_compiler.compile import compile_script  # noqa: PLC0415
    from soundwright.scripts_compiler.extensions import installed  # noqa: PLC0415

    compiled = compile_script(_load(script).script, installed())
    typer.echo(printer.to_text(compiled) if form is GraphForm.TEXT else printer.to_mermaid(compiled), nl=False)


@guarded
def schema(
    strict: Annotated[
        bool, typer.Option("--strict", help="The form for language models: every field required.")
    ] = False,
) -> None:
    """Print the JSON Schema of scripts."""
    from soundwright.scripts_compiler import schema as schemas  # noqa: PLC0415
    from soundwright.scripts_compiler.extensions import installed  # noqa: PLC0415

    made = schemas.strict_schema(installed()) if strict else schemas.json_schema(installed())
    emit(made, as_json=True, text="")


def _planned(idea: str, options: PlanOptions) -> Document:
    from soundwright.orchestrator import planning  # noqa: PLC0415

    shown = Written()
    with cancellation() as cancel:
        document = planning.plan(idea, options, on_note=shown.note, on_text=shown.piece, cancelled=cancel.is_set)
    shown.end()
    warn(document.warnings)
    return document


def _cast(idea: str, document: Document, options: PlanOptions) -> None:
    """A language model that wrote the script also chooses its voices."""
    from soundwright.orchestrator import planning  # noqa: PLC0415

    if planning.asks_model(idea, options):
        with cancellation() as cancel:
            planning.cast(document, options, on_note=say, cancelled=cancel.is_set)


def _load(script: Path, allow: list[Path] | None = None) -> Document:
    from soundwright.orchestrator.project import script_at  # noqa: PLC0415
    from soundwright.scripts_compiler import document  # noqa: PLC0415

    return document.load(script_at(script), allow=allow or ())


def _default_target(document: Document) -> Path:
    from soundwright.orchestrator.api import default_out  # noqa: PLC0415

    return default_out(document)


def _made_target(document: Document) -> Path:
    """What is made of a file that stands alone is named by its title, here; what is made of a project lies in it."""
    from soundwright.orchestrator import planning  # noqa: PLC0415
    from soundwright.orchestrator.project import Project  # noqa: PLC0415

    if document.path is not None and Project(document.path).is_folder:
        return _default_target(document)
    return Path(f"{planning.slug(document.script)}.flac")


def _options(
    stems: bool, srt: bool, allow: list[Path] | None, jobs: int | None, pins: list[str] | None, keep_going: bool,
    offline: bool, recast: bool, commercial: bool, stop_after: Stage | None, device: str | None, fallback: bool,
    sign: bool = False, max_cost: float | None = None,
) -> RenderOptions:  # fmt: skip
    from soundwright.orchestrator.pipeline import RenderOptions  # noqa: PLC0415

    return RenderOptions(
        stems=stems, srt=srt, allow=tuple(allow or ()), jobs=jobs, tools=pins_of(pins), keep_going=keep_going,
        offline=offline, recast=recast, commercial=commercial, device=device, fallback=fallback, sign=sign,
        stop_after=None if stop_after is None else stop_after.value, max_cost=max_cost,
    )  # fmt: skip


def options_of(allow: list[Path] | None, pins: list[str] | None) -> RenderOptions:
    """Options for a forecast."""
    from soundwright.orchestrator.pipeline import RenderOptions  # noqa: PLC0415

    return RenderOptions(allow=tuple(allow or ()), tools=pins_of(pins))


def pins_of(pins: list[str] | None) -> dict[str, str]:
    """Tools by operation."""
    pairs = [pin.partition("=") for pin in pins or ()]
    if any(not (op and tool) for op, _, tool in pairs):
        raise typer.BadParameter("write OPERATION=TOOL, for example --tool speak=hibari")
    return {op: tool for op, _, tool in pairs}


def _sound_file(target: Path, document: Document) -> Path:
    return target / _default_target(document).name if target.is_dir() else target


def _render(document: Document, target: Path, options: RenderOptions, *, as_json: bool, quiet: bool) -> Rendered:
    from soundwright.orchestrator import observers, pipeline  # noqa: PLC0415

    with cancellation() as cancel, observers.for_terminal(as_json=as_json, quiet=quiet) as observer:
        return pipeline.render(document, _sound_file(target, document), options, observer=observer, cancel=cancel)


def _report(rendered: Rendered, *, as_json: bool) -> None:
    warn(rendered.warnings)
    emit(rendered.to_json(), as_json=as_json, text=rendered.to_text())
