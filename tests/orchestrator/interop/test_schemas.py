"""Function schemas of all operations: valid JSON Schema, and within what OpenAI's strict mode takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from soundwright.orchestrator.interop import schemas
from soundwright.orchestrator.llm.conforms import misfits
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port, builtin

ALL = [operation for operation in builtin().values() if not operation.internal]
# What the service accepts in strict mode; anything else makes it reject the request.
KEYWORDS = {
    "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "description", "pattern",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
}  # fmt: skip
MAX_DEPTH, MAX_PROPERTIES = 10, 5000


class Odd(Parameters):
    """A parameter of a package."""

    strength: float = 1.0


ACME = Operation("acme.dehum", "Take out the hum.", Odd, (Port("audio", Kind.AUDIO),), Kind.AUDIO)


def parts(schema: Any, depth: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """Every schema within a schema with how deep it lies."""
    if isinstance(schema, dict):
        yield schema, depth
        inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
        inner += [schema["items"]] if "items" in schema else []
        for part in inner:
            yield from parts(part, depth + 1)


@pytest.mark.parametrize("operation", [*ALL, ACME], ids=lambda operation: operation.name)
def test_a_schema_is_valid_and_strict(operation: Operation) -> None:
    schema = schemas.parameters_schema(operation)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    for part, depth in parts(schema):
        assert set(part) <= KEYWORDS
        assert depth <= MAX_DEPTH
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])
        if part.get("type") in ("number", "integer") and "enum" not in part:
            assert {"minimum", "exclusiveMinimum"} & set(part)
            assert {"maximum", "exclusiveMaximum"} & set(part)
        if part.get("type") == "array":
            assert part["maxItems"] <= 64


@pytest.mark.parametrize("form", ["chat", "responses"])
def test_declarations_have_the_fields_of_the_api(form: schemas.Form) -> None:
    for operation in [*ALL, ACME]:
        declared = schemas.function(operation, form)
        facts = declared["function"] if form == "chat" else declared
        assert declared["type"] == "function"
        assert facts["strict"] is True
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", facts["name"])
        assert 10 < len(facts["description"]) <= 1024
    assert len({schemas.function_name(operation.name) for operation in ALL}) == len(ALL)


def test_nothing_of_the_compiler_is_offered_and_voices_only_with_consent() -> None:
    without = {o.name: o for o in schemas.offered(builtin(), only=None, consent=False)}
    with_ = {o.name: o for o in schemas.offered(builtin(), only=None, consent=True)}
    assert not {"load_file", "load_voice", "pick_stem"} & set(with_)
    assert set(with_) - set(without) == {"clone_voice", "convert_voice"}
    assert "sample" not in schemas.parameters_schema(without["speak"])["properties"]
    assert "sample" in schemas.parameters_schema(with_["speak"])["properties"]


def test_one_answer_can_plan_calls_of_several_operations() -> None:
    schema = schemas.step_schema([builtin()["gain"], builtin()["mix"]])
    assert misfits({"op": "gain", "id": "louder", "gain": 3, "audio": "take"}, schema) == []
    assert misfits({"op": "mix", "id": "m", "gains": None, "offsets": None, "audio": ["a", "b.vocals"]}, schema) == []
    assert misfits({"op": "shell", "id": "m", "audio": "a"}, schema)
