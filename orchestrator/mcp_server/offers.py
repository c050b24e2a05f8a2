"""The tools that clients see: an operation each, and those for whole productions, with schemas of their arguments."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from soundwright.orchestrator import saving
from soundwright.orchestrator.choice import Need
from soundwright.orchestrator.mcp_server.answers import Answer
from soundwright.orchestrator.mcp_server.places import ASSETS
from soundwright.orchestrator.mcp_server.watch import Watch
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.consent import takes_on_a_voice
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Port

Arguments = Mapping[str, Any]
_WHAT = {
    Kind.AUDIO: "A recording", Kind.SPEECH: "A recording of speech", Kind.IMAGE: "A picture", Kind.NOTES: "A MIDI file",
    Kind.VOICE: "A voice (.voice)", Kind.TEXT: "A text file (.txt)", Kind.STEMS: "Stems",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One call: who watches it, and the event that ends it."""

    watch: Watch = field(default_factory=Watch)
    cancel: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Offer:
    """A tool: ``schema`` is the JSON Schema of its arguments. ``reads``: it changes nothing, not even a file.

    ``is_operation``: it does one operation, which checks its own arguments and answers by ``OUTPUT``.
    """

    name: str
    title: str
    help: str
    schema: Mapping[str, Any]
    do: Callable[[Arguments, Call], Answer]
    reads: bool = False
    is_operation: bool = False


def usable(workshop: Workshop, *, commercial: bool = False, device: str | None = None) -> Iterator[Operation]:
    """Operations that an installed tool can do now, by name."""
    chooser = workshop.chooser(commercial=commercial, device=device)
    for operation in sorted(workshop.catalogue().values(), key=lambda each: each.name):
        if not operation.internal and any(verdict.fits for verdict in chooser.verdicts(Need(operation.name))):
            yield operation


def tool_name(operation: str) -> str:
    """The name of an operation's tool: some clients take letters, digits, hyphens and underscores alone."""
    return operation.replace(".", "__")


def schema_of(operation: Operation) -> dict[str, Any]:
    """The arguments of an operation: its inputs as files, its parameters, where to save, which engine."""
    given = operation.parameters.model_json_schema(by_alias=True)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for port in operation.inputs:
        if port.name in given.get("properties", {}):
            continue  # the parameter of that name says it in words
        properties[port.name] = _port(port)
        required += [] if port.optional else [port.name]
    properties |= {name: _plain(field) for name, field in given.get("properties", {}).items() if name != "take"}
    if "take" in given.get("properties", {}):
        properties["take"] = {**_plain(given["properties"]["take"]), "description": "Another number, another result."}
    if takes_on_a_voice(operation.name, properties):
        properties["consent"] = {"type": "boolean", "description": "The person whose voice it takes on agreed: ask."}
    properties["save_as"] = {
        "type": "string",
        "description": f"A name in the output folder, such as result{_suffix(operation)}; left out, nothing is saved "
        "and the result has an address.",
    }
    properties["tool"] = {"type": "string", "description": "The engine; left out, the best that fits."}
    made = {
        "type": "object",
        "properties": properties,
        "required": [*required, *given.get("required", [])],
        "additionalProperties": False,
    }
    return {**made, "$defs": given["$defs"]} if "$defs" in given else made


def help_of(operation: Operation) -> str:
    """What an operation does, for a language model that chooses among tools."""
    about = " ".join((operation.parameters.__doc__ or "").replace("``", "").split())
    own = about if operation.parameters.__name__ != "Nothing" else ""
    return f"{operation.help} Gives {operation.output.value}. {own}".strip()


_WORDS, _FACTS = {"type": "string"}, {"type": "object"}
OUTPUT: Mapping[str, Any] = {
    "type": "object",
    "properties": {"kind": _WORDS, "asset": _WORDS, "result": _FACTS, "tool": _WORDS, "licence": _FACTS},
    "required": ["kind", "asset", "result", "tool", "licence"],
}
"""What every operation answers, in short: the list of tools is read by language models, so it is kept small."""


def _port(port: Port) -> dict[str, Any]:
    what = _WHAT.get(port.kind, port.kind.value)
    one = {"type": "string", "minLength": 1}
    text = f"{what}: a path, a file: URI, or the address of an earlier result ({ASSETS}...)."
    return (
        {"type": "array", "items": one, "minItems": 1, "description": text}
        if port.many
        else {**one, "description": text}
    )


def _plain(field: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "title"}


def _suffix(operation: Operation) -> str:
    return saving.SUFFIXES.get(operation.output, (".flac",))[0]
