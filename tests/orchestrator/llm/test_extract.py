"""JSON out of what models write, and whether it fits."""

from __future__ import annotations

import random
from typing import Any

import json5
import pytest

from soundwright.orchestrator.llm.conforms import misfits
from soundwright.orchestrator.llm.errors import BadAnswer
from soundwright.orchestrator.llm.extract import MAX_CHARS, extract_json

GOOD = '{"title": "Rain", "lines": 3}'
DATA = {"title": "Rain", "lines": 3}


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n  {GOOD}\n",
        f"```json\n{GOOD}\n```",
        f"Sure!\n\n```\n{GOOD}\n```\nShall I go on?",
        f"~~~json5\n{GOOD}\n~~~",
        f"````json\n{GOOD}\n````",
        f"  ```json\n  {GOOD}\n  ```",
        f"```json\n{GOOD}",  # the fence was never closed
        f"Here it is: {GOOD} I hope you like it.",
        f'<think>Maybe {{"title": "Snow", "lines": 1}}?</think>{GOOD}',
        "```json\n{'title': 'Rain', lines: 3, /* three */}\n```",
        'The answer: {"title": "Rain", "lines": 3,}',
        f'For example {{"title": 7}} is wrong, so:\n```json\n{GOOD}\n```',
        f"{{braces}} in prose, then {GOOD}",
        f"[1] My source says: {GOOD}",
    ],
)
def test_json_is_found(text: str, schema: Any) -> None:
    assert extract_json(text, schema) == DATA


def test_of_several_the_one_that_fits(schema: Any) -> None:
    assert extract_json(f'```json\n{{"lines": 3}}\n```\nor\n```json\n{GOOD}\n```', schema) == DATA


def test_where_none_fits_the_largest_is_given_for_repair(schema: Any) -> None:
    found = extract_json('{"a": 1} or {"title": "A long one", "lines": 99}', schema)
    assert found == {"title": "A long one", "lines": 99}
    assert misfits(found, schema) == ["lines: is 99, but the maximum is 9"]


@pytest.mark.parametrize("form", ["{}", "```json\n{}\n```", "Here it is: {} Is that right?"])
def test_what_is_json_but_does_not_fit_is_not_read_by_the_slow_reader(
    form: str, schema: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json5, "loads", lambda *_, **__: pytest.fail("read again"))
    assert extract_json(form.replace("{}", '{"title": 7}'), schema) == {"title": 7}


@pytest.mark.parametrize(
    "text",
    ["", "No.", "{", '{"title": "Rai', "[1, 2]", "3", '"text"', "null", '{"a": NaN}', '{"a": Infinity}', "[" * 100_000,
     '{"a":' * 5_000, "```json\n```", "{" * 5_000 + "}" * 5_000, '{"a": ' + "9" * 5_000 + "}"],
)  # fmt: skip
def test_where_there_is_none_the_model_is_told(text: str, schema: Any) -> None:
    with pytest.raises(BadAnswer, match=r"holds no JSON object.*Answer with one JSON object") as caught:
        extract_json(text, schema)
    assert caught.value.text == text
    assert len(str(caught.value)) < 300


def test_an_endless_answer() -> None:
    with pytest.raises(BadAnswer, match="2,000,001 characters"):
        extract_json("x" * (MAX_CHARS + 1))


def test_no_answer_ends_in_anything_but_json_or_its_absence(schema: Any) -> None:
    chance = random.Random(7)  # noqa: S311  no secret
    text = f"Well:\n```json\n{GOOD}\n```\nand 'so' /* on */ [1, {{2: 3}}]"
    outcomes: set[bool | None] = set()
    for _ in range(2_000):
        letters = list(text)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(letters))
            letters[at : at + chance.randint(0, 4)] = chance.choice(["", "{", "}", '"', "`", "\\", "\ud800", "\0", "["])
        try:
            outcomes.add(isinstance(extract_json("".join(letters), schema), dict))
        except BadAnswer:
            outcomes.add(None)
    assert outcomes == {True, None}


def test_misfits_are_told_with_their_place() -> None:
    cue = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["speech", "sound"]},
            "gain_db": {"type": ["number", "null"]},
        },
        "required": ["kind"],
        "additionalProperties": False,
    }
    pause = {
        "type": "object",
        "properties": {"pause_s": {"type": "number", "exclusiveMinimum": 0}},
        "required": ["pause_s"],
    }
    schema = {
        "type": "object",
        "properties": {"cues": {"type": "array", "minItems": 1, "items": {"anyOf": [{"$ref": "#/$defs/cue"}, pause]}}},
        "required": ["cues"],
        "$defs": {"cue": cue},
    }
    good: dict[str, Any] = {"cues": [{"kind": "speech", "gain_db": None}, {"pause_s": 0.5}]}
    assert misfits(good, schema) == []
    assert misfits({}, schema) == ["the answer: has no 'cues'"]
    assert misfits({"cues": []}, schema) == ["cues: has 0 parts; allowed are 1 to any number"]
    assert misfits({"cues": [{"kind": "speech", "gain_db": True}]}, schema) == ["cues[0].gain_db: is no number or null"]
    assert misfits({"cues": [{"kind": "music"}]}, schema) == ["cues[0].kind: is 'music', not one of 'speech', 'sound'"]
    assert misfits({"cues": [{"pause_s": 0}]}, schema) == ["cues[0].pause_s: is 0, but the exclusiveMinimum is 0"]


def test_misfits_agree_with_a_reference(schema: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema)
    values: list[Any] = [None, True, 0, 1, 5, 10, 2.0, 2.5, "Rain", [], {}, DATA, {**DATA, "x": 1}]
    for title in values:
        for lines in values:
            for data in (title, {"title": title}, {"title": title, "lines": lines}):
                assert (misfits(data, schema) == []) == validator.is_valid(data), data
