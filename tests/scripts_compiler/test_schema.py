from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from soundwright.scripts_compiler.catalogue.signal import Equalise
from soundwright.scripts_compiler.document import from_data, load, plain
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port, builtin
from soundwright.scripts_compiler.reading import read
from soundwright.scripts_compiler.schema import from_strict, json_schema, strict_schema

ROOT = Path(__file__).parents[2]
SOUND = [*sorted((ROOT / "examples").glob("*.yaml")), *sorted((ROOT / "tests/golden/old").glob("*.yaml"))]
BROKEN = ROOT / "tests" / "golden" / "broken"
SCHEMA = json_schema(builtin())
STRICT = strict_schema(builtin())
ALLOWED = {
    "$defs", "$ref", "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "description",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "minItems", "maxItems",
}  # fmt: skip


def is_valid(data: Any, schema: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(schema).iter_errors(data))


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    named = {**schema.get("properties", {}), **schema.get("$defs", {})}
    for part in (*named.values(), *schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])):
        yield from schemas(part)


def filled(data: Any, schema: dict[str, Any]) -> Any:
    """Script data as a language model answers in the strict form: what is not given is null."""
    if "$ref" in schema:
        return filled(data, STRICT["$defs"][schema["$ref"].rsplit("/", 1)[-1]])
    if "anyOf" in schema:
        for branch in schema["anyOf"]:
            answer = filled(data, branch)
            if is_valid(answer, {**branch, "$defs": STRICT["$defs"]}):
                return answer
        return data
    if isinstance(data, dict) and "properties" in schema:
        given = {name: filled(data.get(name), inner) for name, inner in schema["properties"].items()}
        return {**given, **{name: value for name, value in data.items() if name not in given}}
    if isinstance(data, list) and "items" in schema:
        return [filled(entry, schema["items"]) for entry in data]
    return data


def test_both_are_schemas() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(STRICT)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_sound_scripts_fit_the_schema(path: Path) -> None:
    document = load(path)
    assert is_valid(read(document.text, path.name).data, SCHEMA)
    assert is_valid(plain(document.script), SCHEMA)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_strict_answers_load_to_the_same_script(path: Path) -> None:
    document = load(path)
    answer = json.loads(json.dumps(filled(plain(document.script), STRICT)))
    assert is_valid(answer, STRICT)
    assert set(answer) == set(STRICT["properties"])
    assert from_data(from_strict(answer)).script == document.script


SHAPES = """
cue_type_unknown cue_type_missing cue_is_text cue_wavjourney cue_python_name speech_vocal speech_length speech_layer
sound_length_zero pause_negative scene_space gain_out_of_range gain_ramp_of_one gain_text pan_left fade_negative
id_letters start_text start_number start_unknown_key start_far effect_unknown effect_parameter effects_text
effects_too_many effect_without_op step_unknown_op step_without_input step_parameter step_internal step_list
master_rate master_loudness voices_mapping voice_without_description voice_gender version_missing version_future
cues_missing cues_empty unknown_section seed_negative seed_fraction language_words title_number
""".split()  # noqa: SIM905  reads better


@pytest.mark.parametrize("name", SHAPES)
def test_both_schemas_refuse_broken_shapes(name: str) -> None:
    data = read((BROKEN / f"{name}.yaml").read_text(encoding="utf-8"), name).data
    assert not is_valid(data, SCHEMA)
    assert not is_valid(filled(data, STRICT), STRICT)


def test_the_strict_form_uses_only_what_constrained_decoding_supports() -> None:
    assert STRICT["type"] == "object"
    for schema in schemas(STRICT):
        assert set(schema) <= ALLOWED
        if "$ref" in schema:
            assert set(schema) == {"$ref"}
        else:
            assert "type" in schema or "anyOf" in schema


def test_the_strict_form_requires_every_field_and_closes_every_object() -> None:
    for schema in schemas(STRICT):
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])


def test_the_strict_form_bounds_every_number_and_list() -> None:
    for schema in schemas(STRICT):
        if schema.get("type") in ("number", "integer") and "enum" not in schema:
            assert {"minimum", "exclusiveMinimum"} & set(schema)
            assert {"maximum", "exclusiveMaximum"} & set(schema)


def test_the_strict_form_stays_within_the_limits_of_services() -> None:
    """OpenAI, Structured Outputs: 5,000 properties, 10 levels, 1,000 enum values, 120,000 characters of names."""
    properties = [name for schema in schemas(STRICT) for name in schema.get("properties", {})]
    choices = [str(value) for schema in schemas(STRICT) for value in schema.get("enum", [])]
    assert len(properties) <= 5000
    assert len(choices) <= 1000
    assert sum(map(len, [*properties, *STRICT["$defs"], *choices])) <= 120_000
    assert depth(STRICT) <= 10


def depth(schema: dict[str, Any]) -> int:
    if "$ref" in schema:
        return depth(STRICT["$defs"][schema["$ref"].rsplit("/", 1)[-1]])
    parts = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    inside = 1 + max(map(depth, parts)) if parts else 0
    return max([inside, *map(depth, schema.get("anyOf", []))])


def test_every_operation_of_the_catalogue_is_there() -> None:
    names = {step["properties"]["op"]["const"] for step in SCHEMA["$defs"]["Step"]["anyOf"]}
    assert names == {name for name, operation in builtin().items() if not operation.internal}
    effects = {effect["properties"]["op"]["const"] for effect in SCHEMA["$defs"]["Effect"]["anyOf"]}
    assert effects == {name for name, operation in builtin().items() if operation.effect}


def test_operations_of_packages_enter_the_schema() -> None:
    ports = (Port("audio", Kind.AUDIO), Port("noise", Kind.AUDIO, optional=True))
    catalogue = Catalogue([*builtin().values(), Operation("acme.dehum", "Remove hum.", Equalise, ports, Kind.AUDIO)])
    data = {"version": 1, "cues": [{"type": "pause", "length": 1}]}
    step = {"id": "s", "op": "acme.dehum", "audio": "x", "bands": [{"frequency": 50, "gain": -20}]}
    assert is_valid({**data, "steps": [step]}, json_schema(catalogue))
    assert not is_valid({**data, "steps": [step]}, SCHEMA)
    assert not is_valid({**data, "steps": [{**step, "bands": [{"frequency": 5, "gain": 0}]}]}, json_schema(catalogue))


def test_nulls_are_dropped_and_nothing_else() -> None:
    assert from_strict({"a": None, "b": [{"c": None, "d": 0}], "e": "", "f": False}) == {
        "b": [{"d": 0}],
        "e": "",
        "f": False,
    }
