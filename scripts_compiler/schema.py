"""JSON Schemas of the script: the full one for editors and programs, and the strict one that language models fill in.

The strict form keeps to what constrained decoding of current LLM services supports: ``anyOf`` as the only combination,
every field required and nullable instead of optional, no defaults, closed objects, bounded numbers. ``from_strict``
turns such an answer into plain script data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from soundwright.scripts_compiler.consent import SOMEBODYS_VOICE, takes_on_a_voice
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port
from soundwright.scripts_compiler.script import ID_PATTERN, OperationName, Script
from soundwright.scripts_compiler.wording import Plain, describe

DRAFT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,31}(\.[A-Za-z0-9_]{1,32})?$"
MAX_MANY = 64
MAX_INTEGER = 2**31 - 1
MAX_NUMBER = 1e6
Schema = dict[str, Any]

_CUES = ("SceneCue", "SpeechCue", "SoundCue", "MusicCue", "ClipCue", "PauseCue")
_REFERENCE: Schema = {
    "type": "string", "pattern": REFERENCE_PATTERN, "description": "id of an input, a step or a cue, or id.stem",
}  # fmt: skip
_FROM: Schema = {
    "type": "object", "properties": {"from": _REFERENCE}, "required": ["from"], "additionalProperties": False,
}  # fmt: skip
_DROPPED = ("title", "default", "minLength", "maxLength", "discriminator", "examples", "format", "$schema")


def json_schema(catalogue: Catalogue) -> Schema:
    """The schema of a script (draft 2020-12), steps and effects spelled out for every operation of the catalogue."""
    operations = [operation for operation in catalogue.values() if not operation.internal]
    models: list[type[BaseModel]] = list(dict.fromkeys([Script, *(o.parameters for o in operations)]))
    by_model, whole = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    definitions: Schema = whole["$defs"]
    parameters = {o.name: _resolve(by_model[(o.parameters, "validation")], definitions) for o in operations}
    root = definitions.pop("Script")
    for model in models:
        definitions.pop(model.__name__, None)
    effects = [operation for operation in operations if operation.effect]
    definitions["Step"] = {"anyOf": [_variant(o, o.inputs, parameters[o.name], step=True) for o in operations]}
    definitions["Effect"] = {"anyOf": [_variant(o, o.inputs[1:], parameters[o.name], step=False) for o in effects]}
    for name in _CUES:
        definitions[name] = _with_type(definitions[name])
    _name_effects(root, definitions, [o.name for o in effects if not parameters[o.name].get("required")])
    used = _closure(root, definitions)
    return {"$schema": DRAFT, **root, "$defs": {name: definitions[name] for name in sorted(used)}}


def strict_schema(catalogue: Catalogue) -> Schema:
    """The same for constrained decoding; what it allows loads after ``from_strict``, but for rules beyond a schema."""
    return dict(_strict(json_schema(catalogue)))


def from_strict(data: Plain) -> Plain:
    """Plain script data of an answer in the strict form: fields that are null were not given."""
    if isinstance(data, dict):
        return {name: from_strict(value) for name, value in data.items() if value is not None}
    return [from_strict(value) for value in data] if isinstance(data, list) else data


def _with_type(cue: Schema) -> Schema:
    """In Python a cue's class tells its type; in a file the field must stand."""
    kind = _without_default(cue["properties"]["type"])
    return {**cue, "properties": {**cue["properties"], "type": kind}, "required": ["type", *cue.get("required", [])]}


def _resolve(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _variant(operation: Operation, ports: Iterable[Port], parameters: Schema, *, step: bool) -> Schema:
    properties: Schema = {"id": {"type": "string", "pattern": ID_PATTERN}} if step else {}
    properties["op"] = {"const": operation.name, "type": "string", "description": operation.help}
    required = [*properties, *parameters.get("required", [])]
    properties |= parameters.get("properties", {})
    for port in ports:
        clash = properties.get(port.name)
        properties[port.name] = {"anyOf": [_without_default(clash), _FROM]} if clash else _port(port)
        if not port.optional and port.name not in required:
            required.append(port.name)
    if step and takes_on_a_voice(operation.name, properties):
        properties["consent"] = {"const": True, "type": "boolean", "description": "The person who is heard has agreed."}
        required += ["consent"] if operation.name in SOMEBODYS_VOICE else []
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _without_default(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "default"}


def _port(port: Port) -> Schema:
    if port.many:
        return {"type": "array", "items": _REFERENCE, "minItems": 1, "maxItems": MAX_MANY}
    return _REFERENCE


def _name_effects(root: Schema, definitions: Schema, names: list[str]) -> None:
    """Where an effect may be named without parameters, list the names instead of any text."""
    words = describe(OperationName)
    for schema in _all_of([root, *definitions.values()]):
        branches = schema.get("anyOf")
        if branches and {"$ref": "#/$defs/Effect"} in branches:
            schema["anyOf"] = [{"enum": names, "type": "string", "description": words}, {"$ref": "#/$defs/Effect"}]


def _all_of(parts: Iterable[Plain]) -> Iterator[Schema]:
    for part in parts:
        if isinstance(part, dict):
            yield part
            yield from _all_of(list(part.values()))
        elif isinstance(part, list):
            yield from _all_of(part)


def _closure(root: Schema, definitions: Schema) -> set[str]:
    """Names of the definitions that are used."""
    used: set[str] = set()
    waiting = [root]
    while waiting:
        for schema in _all_of([waiting.pop()]):
            name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in used:
                used.add(name)
                waiting.append(definitions[name])
    return used


# --- the strict form ----------------------------------------------------------------------------------------------


def _strict(schema: Plain) -> Plain:
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kept = {name: value for name, value in schema.items() if name not in _DROPPED}
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(branch) for branch in kept["anyOf"]]
    if "items" in kept:
        kept["items"] = _strict(kept["items"])
    if "$defs" in kept:
        kept["$defs"] = {name: _strict(definition) for name, definition in kept["$defs"].items()}
    if "properties" in kept:
        kept |= _closed(kept["properties"], kept.get("required", []))
    return kept | _bounds(kept)


def _closed(properties: Schema, required: list[str]) -> Schema:
    fields = {name: _strict(schema) for name, schema in properties.items()}
    fields = {name: schema if name in required else _nullable(schema) for name, schema in fields.items()}
    return {"properties": fields, "required": list(fields), "additionalProperties": False}


def _nullable(schema: Schema) -> Schema:
    branches = schema.get("anyOf", [schema])
    if {"type": "null"} not in branches:
        branches = [*branches, {"type": "null"}]
    rest = {"description": schema["description"]} if "anyOf" in schema and "description" in schema else {}
    return {"anyOf": branches, **rest}


def _bounds(schema: Schema) -> Schema:
    """Bounds of numbers that have none."""
    limit = {"integer": MAX_INTEGER, "number": MAX_NUMBER}.get(str(schema.get("type")))
    if limit is None or "enum" in schema:
        return {}
    low = {} if "minimum" in schema or "exclusiveMinimum" in schema else {"minimum": -limit}
    return low if "maximum" in schema or "exclusiveMaximum" in schema else {**low, "maximum": limit}
