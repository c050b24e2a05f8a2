"""Commands about what is installed: tools, models, voices, the cache; and playing a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from soundwright.orchestrator.cli import weights
from soundwright.orchestrator.cli.edge import emit, guarded, say

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Device = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:0 or auto.")]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]


def register(app: typer.Typer) -> None:
    """Add the command groups to the application."""
    groups: tuple[tuple[str, str, dict[str, Callable[..., Any]]], ...] = (
        ("tools", "Engines: what is installed, why one is chosen, whether it works.",
         {"list": tools_list, "info": tools_info, "why": tools_why, "doctor": tools_doctor, "new": tools_new,
          "table": tools_table}),
        ("operations", "Operations: what scripts, and chats, can ask for.",
         {"list": operations_list, "info": operations_info}),
        ("models", "Weights: what is there, fetching, checking and dropping it.", weights.COMMANDS),
        ("voices", "Voices that can be cast.", {"list": voices_list, "play": voices_play}),
        ("cache", "Finished assets, shared by all projects.", {"info": cache_info, "gc": cache_gc}),
    )  # fmt: skip
    for name, text, commands in groups:
        group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None)
        for command_name, command in commands.items():
            group.command(command_name)(command)
        app.add_typer(group, name=name)
    app.command("play")(play)


@guarded
def tools_list(as_json: Json = False) -> None:
    """List engines: operations, licence, and what is missing."""
    from soundwright.orchestrator import reports  # noqa: PLC0415

    rows = reports.tool_rows()
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def tools_info(name: Annotated[str, typer.Argument(help="A tool's name.")], as_json: Json = False) -> None:
    """Say everything about one engine."""
    from soundwright.orchestrator import reports  # noqa: PLC0415

    facts = reports.tool_facts(name)
    emit(facts, as_json=as_json, text=reports.sheet(facts))


@guarded
def tools_why(
    operation: Annotated[str, typer.Argument(help="An operation, for example speak.")],
    language: Annotated[str, typer.Option(help="For this language.")] = "",
    length: Annotated[float | None, typer.Option(min=0.0, help="For a sound of so many seconds.")] = None,
    text: Annotated[int | None, typer.Option(min=0, help="For a text of so many characters.")] = None,
    device: Device = None,
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="NAME=VALUE: for a request with this parameter.")
    ] = None,
    commercial: Annotated[bool, typer.Option("--commercial", help="Only for commercial use.")] = False,
    as_json: Json = False,
) -> None:
    """Explain which engine an operation gets, and why the others do not."""
    from soundwright.orchestrator import choice_reports, reports  # noqa: PLC0415

    rows = choice_reports.choice_rows(
        operation, language=language, commercial=commercial, length_s=length, text_length=text, device=device,
        parameters=parameters or (),
    )  # fmt: skip
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def tools_doctor(
    names: Annotated[list[str] | None, typer.Argument(help="Only these tools.")] = None,
    device: Device = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Try every installed engine: imports, weights, a short run on its device, its speed, its result."""
    from soundwright.orchestrator import reports  # noqa: PLC0415

    rows = reports.doctor_rows(names or [], offline=offline, device=device)
    emit(rows, as_json=as_json, text=reports.table(rows))
    if any(row["state"] == "fails" for row in rows):
        raise typer.Exit(3)


@guarded
def tools_new(
    name: Annotated[str, typer.Argument(help="The name of the package and the tool, such as acme-hum.")],
    operation: Annotated[str, typer.Option(help="What it does: an operation, see `operations list`.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder that the package is written into.")] = Path(),
) -> None:
    """Write a plug-in package that works at once: tool, entry point, tests, README. Put your engine into it."""
    from soundwright.orchestrator import scaffold  # noqa: PLC0415

    folder = scaffold.new_plugin(name, operation, out)
    typer.echo(str(folder))
    say(f"next: pip install -e '{folder}[test]' && pytest {folder} && soundwright tools doctor {name}")


@guarded
def tools_table(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write a file instead of printing.")] = None,
) -> None:
    """Print the table of capabilities, as Markdown: every operation, its engines, licences, what they ran on."""
    from soundwright.orchestrator import coverage  # noqa: PLC0415

    page = coverage.page()
    if out is None:
        typer.echo(page, nl=False)
    else:
        out.write_text(page, encoding="utf-8")
        typer.echo(str(out))


@guarded
def operations_list(as_json: Json = False) -> None:
    """List operations: what they take and give, and the engines that do them (in brackets: not installed)."""
    from soundwright.orchestrator import operation_reports, reports  # noqa: PLC0415

    rows = operation_reports.operation_rows()
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def operations_info(
    name: Annotated[str, typer.Argument(help="An operation, for example speak.")], as_json: Json = False
) -> None:
    """Say everything about one operation: inputs, parameters and their ranges, output, engines."""
    from soundwright.orchestrator import operation_reports, reports  # noqa: PLC0415

    facts = operation_reports.operation_facts(name)
    emit(facts, as_json=as_json, text=reports.sheet(facts))


@guarded
def voices_list(
    language: Annotated[str, typer.Option(help="Only this language.")] = "",
    gender: Annotated[str, typer.Option(help="Only male or female.")] = "",
    as_json: Json = False,
) -> None:
    """List the voices that can be cast."""
    from soundwright.orchestrator import reports  # noqa: PLC0415

    rows = reports.voice_rows(language=language, gender=gender)
    emit(rows, as_json=as_json, text=reports.table(rows))


@guarded
def voices_play(
    preset: Annotated[str, typer.Argument(help="A voice, as `voices list` names it.")],
    text: Annotated[str, typer.Option(help="What it says.")] = "",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write a file instead of playing.")] = None,
) -> None:
    """Hear a voice."""
    from soundwright.orchestrator import player, reports  # noqa: PLC0415

    sample = reports.voice_sample(preset, text, out)
    if out is None:
        player.play(sample)
    else:
        typer.echo(str(sample))


@guarded
def cache_info(as_json: Json = False) -> None:
    """Say where the cache is and how much it holds."""
    from soundwright.orchestrator import reports  # noqa: PLC0415

    facts = reports.cache_facts()
    emit(facts, as_json=as_json, text=reports.sheet(facts))


@guarded
def cache_gc(
    max_size: Annotated[
        str, typer.Option("--max-size", help="Keep at most this much, such as 500MB or 5GB; 0 empties it.")
    ] = "5GB",
    as_json: Json = False,
) -> None:
    """Drop the assets that were not used for longest."""
    from soundwright.orchestrator import reports  # noqa: PLC0415

    facts = reports.collect_garbage(max_size)
    emit(facts, as_json=as_json, text=reports.sheet(facts))


@guarded
def play(file: Annotated[Path, typer.Argument(help="A sound file.")]) -> None:
    """Play a sound file with a player of this system."""
    from soundwright.orchestrator import player  # noqa: PLC0415

    player.play(file)
