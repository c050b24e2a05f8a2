"""Answers of language models that a person pasted."""

from __future__ import annotations

import json

import pytest

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.importers import detect, import_text

DATA = {
    "title": "Hello", "language": None, "duration": None,
    "voices": [{"name": "Ann", "description": "a woman", "gender": None}],
    "cues": [{"type": "speech", "id": None, "voice": "Ann", "text": "Who is there?", "start": None}],
}  # fmt: skip
JSON = json.dumps(DATA)
YAML = "version: 1\ntitle: Hello\nvoices:\n  - {name: Ann, description: a woman}\ncues:\n  - {type: speech, voice: Ann, text: Who is there?}\n"  # noqa: E501
PASTED = {
    "JSON": JSON,
    "JSON in a fence": f"```json\n{JSON}\n```",
    "JSON after a greeting": f"Gladly! Here is your script:\n\n```json\n{JSON}\n```\n\nShall I change anything?",
    "JSON in a sentence": f"Here it is: {JSON} Enjoy.",
    "pretty JSON": json.dumps(DATA, indent=2),
    "YAML": YAML,
    "YAML in a fence": f"Here it is.\n```yaml\n{YAML}```\n",
    "YAML in tildes": f"~~~\n{YAML}~~~\n",
    "Windows": f"```json\r\n{JSON}\r\n```\r\n",
}


@pytest.mark.parametrize("how", PASTED)
def test_a_pasted_answer_becomes_a_script(how: str) -> None:
    assert detect(PASTED[how]) == "answer"
    imported = import_text(PASTED[how])
    assert imported.kind == "answer"
    assert imported.script.title == "Hello"
    assert [cue.model_dump()["text"] for cue in imported.script.cues] == ["Who is there?"]


def test_of_several_scripts_the_last_counts() -> None:
    first = JSON.replace("Hello", "Draft")
    assert import_text(f"```json\n{first}\n```\nBetter:\n```json\n{JSON}\n```").script.title == "Hello"


def test_a_wrong_answer_is_refused_with_every_problem() -> None:
    wrong = JSON.replace('"voice": "Ann"', '"voice": "Eve", "gain": 99')
    with pytest.raises(ScriptError) as caught:
        import_text(f"```json\n{wrong}\n```")
    assert {problem.place for problem in caught.value.problems} == {"cues[0].gain", "cues[0].voice"}


@pytest.mark.parametrize("text", ['{"cues": [{"type": "speech"', '```json\n{"cues": [{"type": "pause" oops]}\n```'])
def test_a_torn_answer_is_refused(text: str) -> None:
    with pytest.raises(ScriptError):
        import_text(text)


def test_nesting_ends_in_a_message() -> None:
    deep = '{"cues": [{"type": "pause", "length": ' + "[" * 300 + "]" * 300 + "}]}"
    with pytest.raises(ScriptError):
        import_text(deep)


@pytest.mark.parametrize("text", ["ANN: Hello.\nBOB: Hi.", '[{"audio_type": "speech", "character": "A", "text": "x"}]'])
def test_other_kinds_are_still_told_apart(text: str) -> None:
    assert detect(text) != "answer"
