"""The schema of an answer: the strict schema of scripts without what a language model has no business with, made small.

Derived, never retyped: fields are dropped from the compiler's own schema, operations are those offered, and what stands
in it several times is written once, under ``$defs``.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from soundwright.orchestrator.planner.offer import Offer
from soundwright.scripts_compiler.operations import Catalogue, Operation
from soundwright.scripts_compiler.schema import strict_schema

Schema = dict[str, Any]
# What the user, the orchestrator or nobody decides: pins, recordings, the programme's loudness and seeds.
DROPPED = {
    "Script": ("version", "inputs", "seed", "master", "pronounce", "tools"),
    "Voice": ("take", "space", "tool", "preset", "sample", "consent"),
    "SceneCue": (),
    "SpeechCue": ("track", "loudness", "fade_in", "fade_out", "take"),
    "SoundCue": ("track", "loudness", "take", "duck"),
    "MusicCue": ("track", "loudness", "take", "effects", "space", "pan", "duck"),
    "ClipCue": ("track", "loudness", "duck"),
    "PauseCue": ("track",),
    "Point": ("nth",),
}
_HOISTED_CHARS = 40
# The order in which fields are answered: first what the cue is and says, then how and when.
_FIRST = (
    "title", "language", "duration", "type", "id", "voice", "text", "description", "vocal", "emotion", "source",
    "layer", "length", "until", "start",
)  # fmt: skip


def script_schema(offer: Offer) -> Schema:
    """The schema of a whole script."""
    return finish(reduced(offer), offer)


def scene_schema(offer: Offer, cast: Iterable[str]) -> Schema:
    """The schema of one scene: its cues, and a summary for those who write the next one."""
    whole = reduced(offer)
    speech = whole["$defs"]["SpeechCue"]["properties"]
    speech["voice"] = {"type": "string", "enum": list(cast)}
    branches = whole["properties"]["cues"]["items"]["anyOf"]
    whole["properties"]["cues"]["items"]["anyOf"] = [b for b in branches if not b["$ref"].endswith("/SceneCue")]
    kept = {"summary": {"type": "string"}, "cues": whole["properties"]["cues"]}
    return finish(closed(kept) | {"$defs": whole["$defs"]}, offer)


def outline_schema(offer: Offer) -> Schema:
    """The schema of an outline: title, cast, and for each scene what happens in how many seconds."""
    whole = reduced(offer)
    space = whole["$defs"]["SceneCue"]["properties"]["space"]
    scene = {
        "title": {"type": "string"}, "summary": {"type": "string"},
        "seconds": {"type": "number", "minimum": 1, "maximum": 3600},
        "space": space, "voices": {"type": "array", "items": {"type": "string"}},
    }  # fmt: skip
    fields = {name: whole["properties"][name] for name in ("title", "language", "voices")}
    fields["scenes"] = {"type": "array", "items": closed(scene)}
    return finish(closed(fields) | {"$defs": whole["$defs"]}, offer)


def closed(properties: Schema) -> Schema:
    """An object that has exactly these fields."""
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def reduced(offer: Offer, dropped: Mapping[str, Sequence[str]] = DROPPED) -> Schema:
    """The schema of scripts without what ``dropped`` names, by definition; operations are those of the offer."""
    names = dict.fromkeys([*offer.effects, *offer.steps])
    whole = copy.deepcopy(_strict(tuple(offer.catalogue[name] for name in names)))
    definitions = whole["$defs"]
    definitions["Script"] = {name: whole[name] for name in ("properties", "required")}
    for name, fields in dropped.items():
        _drop(definitions[name], fields)
    if not offer.inputs:
        _drop(definitions["Script"], ("steps",))
        items = definitions["Script"]["properties"]["cues"]["items"]
        items["anyOf"] = [branch for branch in items["anyOf"] if not branch["$ref"].endswith("/ClipCue")]
        text = definitions["SpeechCue"]["properties"]["text"]
        text["anyOf"] = [branch for branch in text["anyOf"] if "$ref" not in branch]
    elif not offer.steps:
        _drop(definitions["Script"], ("steps",))
    if offer.inputs and offer.steps:
        branches = definitions["Step"]["anyOf"]
        definitions["Step"]["anyOf"] = [b for b in branches if b["properties"]["op"]["enum"][0] in offer.steps]
    _name_effects(whole, offer)
    for definition in definitions.values():
        _order(definition)
    whole |= definitions.pop("Script")
    return whole


@lru_cache(maxsize=8)
def _strict(operations: tuple[Operation, ...]) -> Schema:
    return strict_schema(Catalogue(operations))


def _drop(schema: Schema, fields: Iterable[str]) -> None:
    for name in fields:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema["required"] if name not in fields]


def _order(schema: Schema) -> None:
    if "properties" in schema:
        fields = schema["properties"]
        schema["properties"] = {n: fields[n] for n in (*(n for n in _FIRST if n in fields), *fields)}
        schema["required"] = list(schema["properties"])


def _name_effects(whole: Schema, offer: Offer) -> None:
    """Effects are given by name: their defaults are made for stories."""
    for part in _parts(whole):
        branches = part.get("items", {}).get("anyOf", []) if isinstance(part.get("items"), dict) else []
        if {"$ref": "#/$defs/Effect"} in branches:
            part["items"] = {"type": "string", "enum": list(offer.effects)}


def finish(schema: Schema, offer: Offer) -> Schema:
    """Without words, without what is not used, and with everything that stands in it twice under ``$defs``."""
    _strip(schema)
    _flatten(schema)
    if not offer.effects:
        for part in _parts(schema):
            if "effects" in part.get("required", ()):
                _drop(part, ("effects",))
    definitions = schema.pop("$defs")
    for name in _used(schema, definitions):
        schema.setdefault("$defs", {})[name] = definitions[name]
    return _hoisted(schema)


def _strip(schema: Schema) -> None:
    for part in _parts(schema):
        for name in ("description", "$schema", "minItems", "maxItems"):
            if isinstance(part.get(name), str | int):
                part.pop(name)


def _flatten(schema: Schema) -> None:
    """``anyOf`` in ``anyOf``, and choices of one branch, say the same in one."""
    for part in _parts(schema):
        branches = part.get("anyOf")
        if isinstance(branches, list):
            inner = [deeper for branch in branches for deeper in _branches(branch)]
            part["anyOf"] = [branch for number, branch in enumerate(inner) if branch not in inner[:number]]
            if len(part["anyOf"]) == 1:
                part.update(part.pop("anyOf")[0])


def _branches(schema: Schema) -> list[Schema]:
    return list(schema["anyOf"]) if list(schema) == ["anyOf"] else [schema]


def _parts(schema: Any) -> Iterator[Schema]:  # noqa: ANN401  any JSON
    if isinstance(schema, dict):
        yield schema
        for value in list(schema.values()):
            yield from _parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _parts(value)


def _used(root: Any, definitions: Schema) -> list[str]:  # noqa: ANN401
    found: list[str] = []
    waiting = [root]
    while waiting:
        for part in _parts(waiting.pop()):
            name = str(part.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in found:
                found.append(name)
                waiting.append(definitions[name])
    return sorted(found)


def _hoisted(schema: Schema) -> Schema:
    """What is written more than once moves to ``$defs``, under the name of the field that first holds it."""
    definitions = schema.setdefault("$defs", {})
    objects = [schema, *(branch for each in definitions.values() for branch in (each, *each.get("anyOf", ())))]
    holders = [each["properties"] for each in objects if "properties" in each]
    counts = Counter(json.dumps(value) for holder in holders for value in holder.values())
    names: dict[str, str] = {}
    for holder in holders:
        for field, value in holder.items():
            text = json.dumps(value)
            if counts[text] > 1 and len(text) > _HOISTED_CHARS:
                name = names.setdefault(text, _free(field, definitions, names))
                holder[field] = {"$ref": f"#/$defs/{name}"}
    definitions |= {name: json.loads(text) for text, name in names.items()}
    return schema


def _free(field: str, definitions: Schema, names: dict[str, str]) -> str:
    taken = {*definitions, *names.values()}
    return next(name for name in (field, *(f"{field}{n}" for n in range(2, 99))) if name not in taken)
