"""``soundwright tools new``: a whole plug-in package for one operation, made from templates, that works at once.

The engine of it is a few lines that give a real result of the right kind; marks (``ENGINE``) tell where one's own goes.
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from soundwright.orchestrator.operation_reports import known
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation

TEMPLATES = Path(__file__).resolve().parents[1] / "tools" / "data" / "plugin"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_COPY = "from dataclasses import replace\n"
_PATH = "from pathlib import Path\n"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the generated code goes about an operation: its template, what that imports and which parameters it heeds."""

    template: str
    assets: tuple[str, ...]
    imports: str = ""
    numpy: bool = True
    heeds: tuple[str, ...] = ()
    rate: int = 0
    reader: str = ""
    read: str = ""
    errors: str = ""


_MADE = Shape("made", ("Asset", "Audio"), heeds=("length",), rate=48000)
_CHANGED = Shape("changed", ("Asset", "Audio"), _COPY)
_FILES: Mapping[Kind, Shape] = {
    kind: Shape("file", assets, _PATH, numpy=False, heeds=("file",), reader=reader, read=read, errors=errors)
    for kind, assets, reader, read, errors in (
        (Kind.AUDIO, ("Asset",), "audio_files", "audio_files.read(path)", ", audio_files.AudioFileError"),
        (Kind.IMAGE, ("Asset", "Image"), "", "Image(path.read_bytes())", ""),
        (Kind.TEXT, ("Asset", "Text"), "", 'Text(path.read_text(encoding="utf-8"))', ""),
        (Kind.NOTES, ("Asset",), "midi", "midi.decode(path.read_bytes())", ", midi.MidiError"),
        (Kind.VOICE, ("Asset",), "voice_file", "voice_file.decode(path.read_bytes())", ", voice_file.VoiceFileError"),
    )
}
_FROM_NOTHING: Mapping[Kind, Shape] = {
    Kind.AUDIO: _MADE,
    Kind.SPEECH: Shape(
        "speech", ("Asset", "Speech", "Text", "Word"), heeds=("text", "speed", "preset", "language"), rate=24000
    ),
    Kind.TEXT: Shape("text", ("Asset", "Text")),
}
_FROM_SOUND: Mapping[Kind, Shape] = {
    Kind.AUDIO: _CHANGED,
    Kind.SPEECH: Shape("aligned", ("Asset", "Speech", "Word"), numpy=False, heeds=("text",)),
    Kind.TEXT: Shape("sound_text", ("Asset", "Text")),
    Kind.TRANSCRIPT: Shape("transcript", ("Asset", "Audio", "Transcript", "Word")),
    Kind.EVENTS: Shape("events", ("Asset", "Audio", "Event", "Events")),
    Kind.NOTES: Shape("notes", ("Asset", "Audio", "Note", "Notes", "Part")),
    Kind.SCORES: Shape("scores", ("Asset", "Scores")),
    Kind.STEMS: Shape("stems", ("Asset", "Stems"), _COPY),
    Kind.VOICE: Shape("voice", ("Asset", "Voice")),
}
_OTHERS: Mapping[tuple[Kind, Kind], Shape] = {
    (Kind.TEXT, Kind.TEXT): _FROM_NOTHING[Kind.TEXT],
    (Kind.TEXT, Kind.NOTES): Shape("melody", ("Asset", "Note", "Notes", "Part", "Text")),
    (Kind.TEXT, Kind.SPEECH): _FROM_NOTHING[Kind.SPEECH],
    (Kind.TEXT, Kind.AUDIO): _MADE,
    (Kind.NOTES, Kind.AUDIO): Shape("notes_sound", ("Asset", "Audio", "Notes"), rate=44100),
    (Kind.IMAGE, Kind.AUDIO): Shape("image_sound", ("Asset", "Audio", "Image"), heeds=("length",), rate=48000),
    (Kind.STEMS, Kind.AUDIO): Shape("stem", ("Asset", "Audio", "Stems"), numpy=False),
}


def new_plugin(name: str, operation: str, folder: Path) -> Path:
    """Write the package ``name`` into ``folder/name`` and return that folder. Nothing is overwritten.

    Raises:
        ScriptError: the name or the operation cannot be used, or the folder is there already.
    """
    module = _module(name)
    wanted = known(operation)
    target = folder / name
    if target.exists():
        raise ScriptError([Problem(str(target), "is there already.", "Take another name, or move it away.")])
    for path, text in _files(name, module, wanted).items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    return target


def shape_of(operation: Operation) -> Shape:
    """How generated code goes about an operation.

    Raises:
        ScriptError: there is no template for what it takes and gives.
    """
    needed = [port for port in operation.inputs if not port.optional]
    shape: Shape | None
    if not needed:
        reads = "file" in operation.parameters.model_fields
        shape = (_FILES if reads else _FROM_NOTHING).get(operation.output)
    elif needed[0].kind.accepts(Kind.SPEECH):
        joins = needed[0].many and operation.output is Kind.AUDIO
        shape = Shape("joined", ("Asset", "Audio")) if joins else _FROM_SOUND.get(operation.output)
    else:
        shape = _OTHERS.get((needed[0].kind, operation.output))
    if shape is None:
        takes = ", ".join(port.kind.value for port in needed) or "nothing"
        found = f"there is no template for an operation that takes {takes} and gives {operation.output.value}."
        raise ScriptError([Problem("", found, "Begin with another operation, and change what it takes and gives.")])
    return shape


def _module(name: str) -> str:
    module = name.replace("-", "_")
    if not _NAME.fullmatch(name) or len(name) > 60:
        found = f"{name!r} is no name of a package."
        raise ScriptError([Problem("", found, "Use small letters, digits and single hyphens, such as acme-hum.")])
    if module in sys.stdlib_module_names or keyword.iskeyword(module) or module in {"soundwright", "tests", "numpy"}:
        raise ScriptError([Problem("", f"{name!r} is taken.", f"Name it after you too, such as acme-{name}.")])
    return module


def _files(name: str, module: str, operation: Operation) -> dict[str, str]:
    """The text of each file by its path in the package."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  only here

    shape = shape_of(operation)
    environment = Environment(  # noqa: S701  what is written is Python, not HTML
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True
    )
    values: dict[str, Any] = {
        "name": name, "module": module, "operation": operation, "shape": _with_honours(shape, operation),
        "class_name": "".join(part.capitalize() for part in name.split("-")),
        "voice": shape.template == "speech", "takes": "take" in operation.parameters.model_fields,
        "others": [port for port in operation.inputs[1:] if not port.optional],
    }  # fmt: skip
    values["body"] = environment.get_template(f"shapes/{shape.template}.j2").render(values).rstrip("\n")
    made = {
        "pyproject.toml": "pyproject.toml.j2", "README.md": "README.md.j2", "LICENSE": "LICENSE.j2",
        f"src/{module}/__init__.py": "init.py.j2", f"src/{module}/tool.py": "tool.py.j2",
        f"tests/test_{module}.py": "test_tool.py.j2",
    }  # fmt: skip
    files = {path: environment.get_template(template).render(values) for path, template in made.items()}
    return {**files, f"src/{module}/py.typed": ""}


def _with_honours(shape: Shape, operation: Operation) -> dict[str, Any]:
    """The shape, with the parameters that the generated code heeds: a ``take`` by its seed, others by name."""
    fields = operation.parameters.model_fields
    honours = [name for name in (*shape.heeds, "take") if name in fields]
    # An empty list would say that everything is heeded; a required parameter says what is asked for.
    required = [str(info.alias or name) for name, info in fields.items() if info.is_required()]
    chosen = list(dict.fromkeys([*honours, *required])) or list(fields)[:1]
    listed = ", ".join(f'"{name}"' for name in chosen) + ("," if len(chosen) == 1 else "")
    return {**asdict(shape), "honours": listed, "assets": sorted(shape.assets), "imports": shape.imports.rstrip("\n")}
