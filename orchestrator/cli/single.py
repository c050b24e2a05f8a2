"""One operation on the user's own files: ``soundwright do``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soundwright.orchestrator.cli.edge import cancellation, emit, guarded, say, warn

if TYPE_CHECKING:
    from soundwright.orchestrator.perform import Performed
    from soundwright.scripts_compiler.operations import Operation


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("do")(do)


@guarded
def do(
    operation: Annotated[str, typer.Argument(help="An operation, as `operations list` names it.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings or pictures that it works on.", show_default=False)
    ] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="NAME=VALUE; see `operations info OPERATION`.")
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("-i", "--input", help="INPUT=FILE, where it takes several kinds of files.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A file, its ending says the format; a folder for stems.")
    ] = None,
    tool: Annotated[list[str] | None, typer.Option("--tool", help="OPERATION=TOOL, or just TOOL.")] = None,
    play: Annotated[bool, typer.Option("--play", help="Play the sound.")] = False,
    commercial: Annotated[
        bool, typer.Option("--commercial", help="Only engines and weights that allow commercial use.")
    ] = False,
    fallback: Annotated[
        bool, typer.Option("--fallback", help="Where an engine fails, let the next that fits stand in, with a warning.")
    ] = False,
    language: Annotated[str, typer.Option(help="The language of what is said, such as de: -p language=de.")] = "",
    consent: Annotated[
        bool, typer.Option("--consent", help="The person whose voice is cloned or taken on has agreed.")
    ] = False,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:0 or auto.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, max=256, help="Workers; by default one per core.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result, and progress, as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress bars.")] = False,
) -> None:
    """Do one operation: clean or separate a recording, transcribe it, make a sound, speak a line, ..."""
    from soundwright.orchestrator import observers, perform, single  # noqa: PLC0415
    from soundwright.orchestrator.binding import Options  # noqa: PLC0415
    from soundwright.orchestrator.devices import resolved_device  # noqa: PLC0415
    from soundwright.orchestrator.workshop import Workshop  # noqa: PLC0415
    from soundwright.scripts_compiler.errors import ScriptError  # noqa: PLC0415

    workshop = Workshop.open(offline=offline)
    wanted = perform.operation_named(operation, workshop)
    given = single.assign_files(wanted, files or [], _named(inputs))
    params = single.parse_parameters(wanted, [*(parameters or []), *([f"language={language}"] if language else [])])
    options = Options(
        tools=_pins(operation, tool), commercial=commercial, device=resolved_device(device) if device else ""
    )
    try:
        with cancellation() as cancel, observers.for_terminal(as_json=as_json, quiet=quiet) as observer:
            done = perform.perform(
                operation, params, given, workshop=workshop, options=options, observer=observer, cancel=cancel,
                jobs=jobs, fallback=fallback, consent=consent,
            )  # fmt: skip
    except ScriptError as error:
        raise single.plain_words(error, operation) from None
    warn(done.warnings)
    written = _save(wanted, given, done, out)
    _tell(wanted, done, written, as_json=as_json)
    if play:
        _play(done, written)


def _save(
    operation: Operation, files: Mapping[str, Sequence[Path]], done: Performed, out: Path | None
) -> tuple[Path, ...]:
    """Sounds, notes and voices become files; what can be read is printed, unless a file was named."""
    from soundwright.orchestrator import saving, single  # noqa: PLC0415

    if out is None and done.asset.kind in saving.READABLE:
        return ()
    target = saving.place(done.asset, out, Path(), single.stem(operation.name, files))
    single.spare(target, files)
    saved = saving.save(done.asset, target, tags=single.tags(operation, files, done))
    for note in saved.notes:
        say(f"note: {note}")
    return saved.files


def _tell(operation: Operation, done: Performed, written: Sequence[Path], *, as_json: bool) -> None:
    from soundwright.orchestrator import asset_text, saving  # noqa: PLC0415

    result: dict[str, Any] = {
        "operation": operation.name,
        "kind": done.asset.kind.value,
        "result": asset_text.to_json(done.asset),
        "files": [str(path) for path in written],
        "tool": done.tool,
        "licence": {"code": done.licence_code, "weights": done.licence_weights},
        "reused": done.reused,
        "warnings": [str(problem) for problem in done.warnings],
    }
    if written and not as_json:
        said = "" if done.asset.kind in saving.READABLE else f": {asset_text.to_text(done.asset)}"
        say(f"{done.tool}{said}")
    text = "\n".join(map(str, written)) or asset_text.to_text(done.asset)
    emit(result, as_json=as_json, text=text)


def _play(done: Performed, written: Sequence[Path]) -> None:
    from soundwright.orchestrator import player, saving  # noqa: PLC0415

    sounds = [path for path in written if path.suffix in saving.SOUND_SUFFIXES]
    if not sounds:
        say(f"note: {done.asset.kind.value} cannot be played")
    for sound in sounds:
        player.play(sound)


def _named(inputs: Sequence[str] | None) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for pair in inputs or ():
        port, equals, file = pair.partition("=")
        if not (port and equals and file):
            raise typer.BadParameter("write INPUT=FILE, for example -i sample=ann.wav")
        found.setdefault(port, []).append(Path(file))
    return found


def _pins(operation: str, tools: Sequence[str] | None) -> dict[str, str]:
    pairs = [pin.rpartition("=") for pin in tools or ()]
    if any(not tool for _, _, tool in pairs):
        raise typer.BadParameter("write TOOL or OPERATION=TOOL, for example --tool deepfilternet")
    return {op or operation: tool for op, _, tool in pairs}
