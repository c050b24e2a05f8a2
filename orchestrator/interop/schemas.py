"""Operations as functions that a language model may call: strict schemas, derived from those of scripts.

Files are named by ids, so that no path is the model's to choose.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

from soundwright.scripts_compiler.consent import PORTS_OF_VOICES, SOMEBODYS_VOICE
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port
from soundwright.scripts_compiler.schema import MAX_MANY, REFERENCE_PATTERN, strict_schema

Schema = dict[str, Any]
Form = Literal["chat", "responses"]
_MOST_ITEMS = 64
_PREFIX = "#/$defs/"
_ID = r"^[A-Za-z][A-Za-z0-9_]{0,31}$"


def offered(catalogue: Mapping[str, Operation], *, only: Collection[str] | None, consent: bool) -> list[Operation]:
    """The operations that may be called, by name: none that the compiler keeps to itself."""
    return [
        _without_voices(operation, consent)
        for name, operation in sorted(catalogue.items())
        if not operation.internal
        and (consent or name not in SOMEBODYS_VOICE)
        and (only is None or name in only)
    ]  # fmt: skip


def function_name(operation: str) -> str:
    """The name of the function: letters, digits, ``_`` and ``-`` only, so ``acme.dehum`` becomes ``acme-dehum``."""
    return operation.replace(".", "-")


def function(operation: Operation, form: Form = "chat") -> Schema:
    """The declaration of one function, as ``tools`` of the Chat Completions or the Responses API takes it."""
    facts = {
        "name": function_name(operation.name),
        "description": description(operation),
        "parameters": parameters_schema(operation),
        "strict": True,
    }
    return {"type": "function", "function": facts} if form == "chat" else {"type": "function", **facts}


def description(operation: Operation) -> str:
    """What the operation does, what its parameters mean, and what comes out."""
    about = " ".join((operation.parameters.__doc__ or "").replace("``", "`").split())
    about = "" if about.rstrip(".") == "No parameters" else f" {about}"
    return f"{operation.help}{about} Gives {operation.output.value}."[:1024]


def parameters_schema(operation: Operation) -> Schema:
    """The strict schema of the arguments; definitions it uses stand where they are used."""
    return copy.deepcopy(_variant(operation))


@lru_cache(maxsize=512)
def _variant(operation: Operation) -> Schema:
    """The compiler's schema of a step, without its id, its operation and consent."""
    whole = strict_schema(Catalogue([operation]))
    definitions = whole["$defs"]
    variant = copy.deepcopy(definitions["Step"]["anyOf"][0])
    properties = {name: _inlined(part, definitions) for name, part in variant["properties"].items()}
    for name in ("id", "op", "consent"):  # consent is the caller's to give, never a language model's
        properties.pop(name, None)
    fields = operation.parameters.model_fields
    for port in operation.inputs:
        properties[port.name] = _port(port, properties[port.name] if port.name in fields else None)
    for part in _parts(properties):
        if part.get("type") == "array":
            part.setdefault("maxItems", _MOST_ITEMS)
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _port(port: Port, parameter: Schema | None) -> Schema:
    one = {"type": "string", "pattern": REFERENCE_PATTERN, "description": _wanted(port)}
    if parameter is not None:  # a text, or the id of one
        branches = [b for b in parameter.get("anyOf", [parameter]) if b.get("type") not in ("object", "null")]
        given = {"type": "object", "properties": {"from": one}, "required": ["from"], "additionalProperties": False}
        return {"anyOf": [*branches, given, {"type": "null"}]}
    if port.many:
        return {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_MANY}
    return {"anyOf": [one, {"type": "null"}]} if port.optional else one


def _wanted(port: Port) -> str:
    kind = "sound" if port.kind is Kind.AUDIO else port.kind.value.lower()
    stem = ", or id.stem of stems" if port.kind is Kind.AUDIO else ""
    return f"id of a {kind}: a declared file or an earlier result{stem}"


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON
    if isinstance(part, dict):
        if "$ref" in part:
            return _inlined(copy.deepcopy(definitions[part["$ref"].removeprefix(_PREFIX)]), definitions)
        return {name: _inlined(value, definitions) for name, value in part.items()}
    return [_inlined(value, definitions) for value in part] if isinstance(part, list) else part


def _parts(part: Any) -> Iterator[Schema]:  # noqa: ANN401
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _parts(value)


def _without_voices(operation: Operation, consent: bool) -> Operation:
    if consent or not PORTS_OF_VOICES & {port.name for port in operation.inputs}:
        return operation
    return replace(operation, inputs=tuple(port for port in operation.inputs if port.name not in PORTS_OF_VOICES))


def step_schema(operations: Iterable[Operation]) -> Schema:
    """One call as an object: ``op``, an ``id`` for its result, and the arguments; for answers that plan several."""
    branches = []
    for operation in operations:
        schema = parameters_schema(operation)
        head = {"op": {"type": "string", "enum": [operation.name]}, "id": {"type": "string", "pattern": _ID}}
        fields = {**head, **schema["properties"]}
        branches.append({**schema, "properties": fields, "required": list(fields)})
    return {"anyOf": branches} if len(branches) != 1 else branches[0]
