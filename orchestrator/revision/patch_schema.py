"""The schema that a patch of a language model is held to: derived from that of scripts; no field is typed twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from soundwright.orchestrator.planner.answer_schema import Schema, closed, finish, reduced
from soundwright.orchestrator.planner.offer import Offer

# Unlike a planner, who writes for somebody who asks again, a reviser may be asked for most fields. Effects have an edit
# of their own; small models that are given a list of names go on listing for ever.
_DROPPED = {
    "Script": ("version", "inputs", "seed", "master", "pronounce", "tools"),
    "Voice": ("take", "space", "tool", "preset", "sample", "consent", "effects"),
    "SceneCue": (),
    "SpeechCue": ("track", "loudness", "effects"),
    "SoundCue": ("track", "loudness", "effects"),
    "MusicCue": ("track", "loudness", "effects"),
    "ClipCue": ("track", "loudness", "effects"),
    "PauseCue": ("track",),
    "Point": ("nth",),
}
_CUES = ("SpeechCue", "SoundCue", "MusicCue", "ClipCue", "PauseCue", "SceneCue")
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"anyOf": [{"type": "string"}, {"type": "null"}]}
MAX_LISTED_IDS = 80


def patch_schema(offer: Offer, ids: Sequence[str], voices: Sequence[str]) -> Schema:
    """The schema of a patch of a script that has these ids and voices; few of them are listed, many are any text."""
    whole = reduced(offer, _DROPPED)
    definitions: Schema = whole["$defs"]
    cues = [str(branch["$ref"]).rsplit("/", 1)[-1] for branch in whole["properties"]["cues"]["items"]["anyOf"]]
    definitions["CueFields"] = closed(_fields(definitions, [name for name in _CUES if name in cues]))
    definitions["VoiceFields"] = closed({n: _nullable(s) for n, s in definitions["Voice"]["properties"].items()})
    top = ("title", "language", "duration")
    definitions["ScriptFields"] = closed({name: _nullable(whole["properties"][name]) for name in top})
    definitions["Id"] = _one_of(ids)
    definitions["VoiceName"] = _one_of(voices)
    branches = []
    optional = {
        name: _optional([definitions[each] for each in found])
        for name, found in (("CueFields", [name for name in _CUES if name in cues]), ("VoiceFields", ["Voice"]))
    }
    for name, fields in _edits(cues, offer, optional, voices=bool(voices)):
        definitions[_title(name)] = closed({"do": {"type": "string", "enum": [name]}, **fields})
        branches.append({"$ref": f"#/$defs/{_title(name)}"})
    edits: Schema = {"type": "array", "items": {"anyOf": branches}}
    root = closed({"question": _MAYBE, "edits": edits, "summary": _TEXT})
    return finish(root | {"$defs": definitions}, offer)


def _edits(
    cues: Sequence[str], offer: Offer, optional: Mapping[str, Sequence[str]], *, voices: bool
) -> Iterator[tuple[str, Schema]]:
    ident: Schema = {"$ref": "#/$defs/Id"}
    maybe: Schema = {"anyOf": [ident, {"type": "null"}]}
    place = {"after": maybe, "before": maybe}
    voice: Schema = {"$ref": "#/$defs/VoiceName"}
    types = [name.removesuffix("Cue").lower() for name in cues]
    fields: Schema = {"$ref": "#/$defs/CueFields"}
    about: Schema = {"$ref": "#/$defs/VoiceFields"}
    yield "add", {"type": {"type": "string", "enum": types}, "id": _MAYBE, **place, "set": fields}
    yield "remove", {"id": ident}
    yield "move", {"id": ident, **place}
    yield "change", {"id": ident, "set": fields, "clear": _list(optional["CueFields"])}
    yield "add_voice", {"name": _TEXT, "set": about}
    if voices:
        yield "change_voice", {"name": voice, "set": about, "clear": _list(optional["VoiceFields"])}
        yield "remove_voice", {"name": voice}
    if offer.effects:
        names = {"type": "string", "enum": list(offer.effects)}
        owner = {"id": maybe, "voice": {"anyOf": [voice, {"type": "null"}]} if voices else {"type": "null"}}
        yield "effect", {**owner, "effect": names, "on": {"type": "boolean"}}
    yield "pronounce", {"word": _TEXT, "say": _MAYBE}
    yield "master", {"set": closed({"loudness": {"type": "number", "minimum": -40, "maximum": -5}})}
    yield "script", {"set": {"$ref": "#/$defs/ScriptFields"}, "clear": _list(["duration"])}
    if offer.inputs and offer.steps:
        yield "add_step", {"step": {"$ref": "#/$defs/Step"}}


def _fields(definitions: Schema, names: Sequence[str]) -> Schema:
    """The fields of all types of cues, each of which may stay as it is."""
    fields: Schema = {}
    for name in names:
        for field, schema in definitions[name]["properties"].items():
            if field not in ("type", "id"):
                fields.setdefault(field, _nullable(schema))
    return fields


def _optional(definitions: Sequence[Schema]) -> list[str]:
    """The fields that some part may go without."""
    fields = [pair for definition in definitions for pair in definition["properties"].items()]
    return list(dict.fromkeys(name for name, schema in fields if schema == _nullable(schema) and name != "id"))


def _list(names: Sequence[str]) -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": list(names)}}


def _nullable(schema: Schema) -> Schema:
    branches = list(schema["anyOf"]) if list(schema) == ["anyOf"] else [schema]
    return {"anyOf": [*branches, *([] if {"type": "null"} in branches else [{"type": "null"}])]}


def _one_of(names: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(names)} if 0 < len(names) <= MAX_LISTED_IDS else dict(_TEXT)


def _title(name: str) -> str:
    return "".join(part.title() for part in name.split("_")) + "Edit"
