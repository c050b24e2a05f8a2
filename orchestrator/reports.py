"""What the command line prints about tools, models, voices and the cache: rows and sheets of plain values."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from soundwright.orchestrator import doctor
from soundwright.orchestrator.config import parse_size
from soundwright.orchestrator.devices import resolved_device
from soundwright.orchestrator.observers import for_terminal
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import extensions, first_import
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.paths import printable
from soundwright.tools.base import ToolSpec, VoiceInfo

Row = dict[str, Any]
SAMPLE_TEXT = {
    "en": "The rain has stopped. Come to the window and tell me what you see.",
    "de": "Der Regen hat aufgehört. Komm ans Fenster und sag mir, was du siehst.",
    "es": "La lluvia ha parado. Ven a la ventana y dime lo que ves.",
    "fr": "La pluie s'est arrêtée. Viens à la fenêtre et dis-moi ce que tu vois.",
    "it": "La pioggia è finita. Vieni alla finestra e dimmi che cosa vedi.",
}


def tool_rows() -> list[Row]:
    """Every tool: what it does, its licences, and what keeps it from running."""
    workshop = Workshop.open()
    rows = [
        {
            "tool": spec.name,
            "version": spec.version,
            "operations": _short(spec.operations),
            "licence": spec.licence_weights or spec.licence_code,
            "commercial": spec.commercial_ok,
            "state": _state(workshop, spec),
        }
        for spec in workshop.registry.specs.values()
    ]
    broken = [
        {"tool": it.name, "version": "", "operations": "", "licence": "", "commercial": "", "state": it.reason}
        for it in workshop.registry.unusable
    ]
    return rows + broken


def tool_facts(name: str) -> Row:
    """Everything that a tool declares.

    Raises:
        ToolMissing: there is none of that name.
    """
    workshop = Workshop.open()
    workshop.registry.create(name)
    spec = workshop.registry.specs[name]
    facts = {key: value for key, value in asdict(spec).items() if key != "voices" and value not in ((), "", None)}
    return {**facts, "voices": len(spec.voices), "from": workshop.registry.owner(name), "state": _state(workshop, spec)}


def doctor_rows(names: Sequence[str], *, offline: bool, device: str | None = None) -> list[Row]:
    """A short run of every tool, or of those named, and the operations of packages that cannot be used.

    Raises:
        ConfigError: there is no such device.
        ToolMissing: a name is no tool.
    """
    first_import.forget(names)
    workshop = Workshop.open(offline=offline)
    on = resolved_device(device or workshop.config.device)
    rows = [
        {
            "tool": found.tool,
            "version": found.version,
            "state": found.state,
            "imports": found.imports,
            "weights": found.weights,
            "device": found.device,
            "load s": _seconds(found.load_s),
            "run s": _seconds(found.seconds),
            "x realtime": f"{found.realtime:.3g}" if found.realtime else "",
            "result": found.details,
        }
        for found in doctor.examine(workshop.registry, workshop.models, names, device=on)
    ]
    refused = [] if names else extensions.discover().refused
    return rows + [
        {**dict.fromkeys(rows[0] if rows else ("tool", "state", "result"), ""), "tool": it.name, "version": it.owner,
         "state": "fails", "result": f"an operation that cannot be used: {it.reason}"}
        for it in refused
    ]  # fmt: skip


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds else ""


def voice_rows(*, language: str = "", gender: str = "") -> list[Row]:
    """Every voice of the tools that are installed."""
    return [
        {
            "voice": f"{spec.name}/{voice.preset}",
            "language": voice.language,
            "gender": voice.gender,
            "age": voice.age,
            "accent": voice.accent,
            "description": voice.description,
        }
        for spec, voice in _voices(Workshop.open(offline=True))
        if voice.language.lower().startswith(language.lower()) and gender in ("", voice.gender)
    ]


def voice_sample(preset: str, text: str, out: Path | None) -> Path:
    """Speak a sentence with a voice, ``TOOL/PRESET`` or the preset alone; without ``out`` into a temporary folder.

    Raises:
        ScriptError: there is no such voice.
    """
    from soundwright.orchestrator import api  # noqa: PLC0415  it imports the whole flow

    spec, voice = _find_voice(preset)
    said = text or SAMPLE_TEXT.get(voice.language.partition("-")[0], SAMPLE_TEXT["en"])
    script = {
        "version": 1,
        "title": voice.preset,
        "language": voice.language,
        "voices": [
            {"name": "Voice", "description": voice.description or "a voice", "tool": spec.name, "preset": voice.preset}
        ],
        "cues": [{"type": "speech", "voice": "Voice", "text": said}],
    }
    from soundwright.scripts_compiler import document  # noqa: PLC0415

    target = out or Path(tempfile.mkdtemp(prefix="soundwright-")) / f"{voice.preset}.wav"
    with for_terminal(quiet=True) as observer:
        api.render(document.from_data(script), target, observer=observer, cancel=threading.Event())
    return target


def cache_facts() -> Row:
    """Where the cache is and what it holds."""
    info = Workshop.open(offline=True).cache.info()
    return {"folder": str(info.root), "assets": info.assets, "bytes": info.bytes, "size": size_text(info.bytes)}


def collect_garbage(max_size: str) -> Row:
    """Shrink the cache to a size such as ``5GB``.

    Raises:
        ConfigError: it is no size.
    """
    done = Workshop.open(offline=True).cache.gc(parse_size(max_size))
    return {
        "removed": done.removed,
        "freed": size_text(done.freed_bytes),
        "kept": done.kept,
        "size": size_text(done.kept_bytes),
    }


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as aligned columns."""
    if not rows:
        return "none"
    heads = list(rows[0])
    cells = [heads, *([_cell(row[head]) for head in heads] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)


def sheet(facts: Mapping[str, Any]) -> str:
    """One fact a line; what a fact holds by name is set in under it."""
    lines: list[tuple[str, Any]] = []
    for name, value in facts.items():
        inner = isinstance(value, Mapping)
        lines += [(name, ""), *((f"  {key}", text) for key, text in value.items())] if inner else [(name, value)]
    width = max((len(name) for name, _ in lines), default=0)
    return "\n".join(f"{name.ljust(width)}  {_cell(value)}".rstrip() for name, value in lines)


def _voices(workshop: Workshop) -> Iterator[tuple[ToolSpec, VoiceInfo]]:
    for spec in workshop.registry.specs.values():
        if workshop.registry.missing(spec) is None:
            for voice in spec.voices:
                yield spec, voice


def _find_voice(preset: str) -> tuple[ToolSpec, VoiceInfo]:
    known = {f"{spec.name}/{voice.preset}": (spec, voice) for spec, voice in _voices(Workshop.open(offline=True))}
    hits = [name for name in known if preset in (name, name.partition("/")[2])]
    if len(hits) == 1:
        return known[hits[0]]
    import difflib  # noqa: PLC0415  only for a mistake

    bare = {name.partition("/")[2]: name for name in known}
    near = hits or [bare.get(name, name) for name in difflib.get_close_matches(preset, [*bare, *known], n=3)]
    remedy = f"Did you mean {', '.join(near)}?" if near else "See `soundwright voices list`."
    raise ScriptError(
        [Problem("", f"there is no voice {preset!r}." if not hits else f"{preset!r} is ambiguous.", remedy)]
    )


def _state(workshop: Workshop, spec: ToolSpec) -> str:
    missing = workshop.registry.missing(spec)
    if missing is not None:
        return str(missing)
    if workshop.registry.environments.lacks(spec):
        why, _ = workshop.registry.environments.obstacle(spec, offline=False)
        return why or "ready; makes its environment on first use"
    absent = [model for model in spec.models if not workshop.models.is_ready(model)]
    for model in absent:
        obstacle = workshop.models.obstacle(model)
        if obstacle is not None:
            return f"{obstacle.reason.rstrip('.')}; {obstacle.remedy}"
    return f"ready; fetches {', '.join(absent)} on first use" if absent else "ready"


def _short(names: Iterable[str], most: int = 4) -> str:
    listed = list(names)
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def size_text(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(printable, value))
    return printable(value)
