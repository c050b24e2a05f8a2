"""Whatever a patch says: no undeclared file is opened, nothing that is not installed gets in, text stays text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from soundwright.orchestrator.llm.errors import ModelRefused
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.planner.offer import make_offer
from soundwright.orchestrator.revision.reviser import Job, prompt, revise
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.document import Document, loads
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.base import ToolSpec

MakeJob = Callable[..., Job]
FILES = ("/etc/passwd", "../../secret.wav", "~/.ssh/id_rsa", "file:///etc/passwd", "\\\\host\\share\\x.wav", "a\0b")


def answer(*edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"question": None, "summary": "x", "edits": list(edits), **more}


def refused(job: Job, data: dict[str, Any]) -> str:
    with pytest.raises(ScriptError) as caught:
        revise(job, ScriptedModel([data] * 2), rounds=2)
    return str(caught.value)


@pytest.fixture(scope="module")
def taped() -> Document:
    return loads(
        "version: 1\ninputs:\n  - {id: tape, file: tape.wav}\nvoices:\n  - {name: Ann, description: a woman}\ncues:\n"
        "  - {type: clip, id: c, source: tape}\n  - {type: speech, id: a, voice: Ann, text: Hello.}\n"
    )


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["source", "new clip", "load", "sample", "inputs", "script"])
def test_files_that_nobody_declared_are_refused_unopened(
    file: str, how: str, job: MakeJob, taped: Document, watched: list[str]
) -> None:
    data = {
        "source": answer({"do": "change", "id": "c", "set": {"source": file}}),
        "new clip": answer({"do": "add", "type": "clip", "set": {"source": file}}),
        "load": answer({"do": "add_step", "step": {"id": "s", "op": "load_file", "file": file}}),
        "sample": answer({"do": "change_voice", "name": "Ann", "set": {"sample": file, "consent": True}}),
        "inputs": answer({"do": "change", "id": "a", "set": {"gain": 1}}, inputs=[{"id": "x", "file": file}]),
        "script": answer({"do": "script", "set": {"inputs": [{"id": "tape", "file": file}]}}),
    }[how]
    assert refused(job(taped), data)
    assert watched == []


@pytest.mark.parametrize("op", ["shell", "load_file", "pick_stem", "os.system", "acme.exec", "__import__", "../x"])
def test_operations_outside_the_catalogue_are_refused(op: str, job: MakeJob, taped: Document) -> None:
    for edit in (
        {"do": "add_step", "step": {"id": "s", "op": op, "audio": "tape"}},
        {"do": "effect", "id": "a", "voice": None, "effect": op, "on": True},
        {"do": "change", "id": "a", "set": {"effects": [op]}},
        {"do": "change", "id": "a", "set": {"effects": [{"op": op}]}},
        {"do": "change_voice", "name": "Ann", "set": {"effects": [op]}},
        {"do": "add", "type": op, "set": {"description": "x"}},
        {"do": op, "id": "a"},
    ):
        assert refused(job(taped), answer(edit))


def test_what_no_installed_tool_does_is_refused(taped: Document) -> None:
    specs = (ToolSpec("voice", "1", ("speak",), "Apache-2.0"),)
    offer = make_offer("Change it", builtin(), specs, inputs=taped.script.inputs, sounds=())
    made = Job(taped, "Change it", offer, builtin(), frozenset())
    text = refused(made, answer({"do": "effect", "id": "a", "voice": None, "effect": "radio", "on": True}))
    assert 'edits[0].effect: no installed tool does "radio"' in text


@pytest.mark.parametrize("name", ["tool", "preset", "sample", "consent"])
def test_pins_are_refused_and_cannot_be_cleared(name: str, job: MakeJob, story: Document) -> None:
    value: Any = True if name == "consent" else "x"
    for edit in (
        {"do": "change_voice", "name": "Ann", "set": {name: value}},
        {"do": "add_voice", "name": "Bo", "set": {"description": "x", name: value}},
        {"do": "change_voice", "name": "Ann", "set": {}, "clear": [name]},
    ):
        assert "for the user to choose" in refused(job(story), answer(edit))


@pytest.mark.parametrize("text", ["$(rm -rf /)", "`id`; cat /etc/passwd", "'; DROP TABLE voices; --", "${HOME} %s %n"])
def test_text_stays_text(text: str, job: MakeJob, story: Document, watched: list[str]) -> None:
    data = answer(
        {"do": "change", "id": "a1", "set": {"text": text}},
        {"do": "change", "id": "wet", "set": {"description": text}},
        {"do": "script", "set": {"title": text}}, {"do": "change_voice", "name": "Ann", "set": {"name": text[:60]}},
    )  # fmt: skip
    made = revise(job(story), ScriptedModel([data]))
    assert made.applied is not None
    graph = compile_script(made.applied.document.script, builtin())
    assert text in [node.params["text"] for node in graph.nodes.values() if node.op == "speak"]
    assert watched == []


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% include '/etc/passwd' %}", "<speak>hi</speak>", "see https://x.y"])
def test_markup_in_lines_is_refused(text: str, job: MakeJob, story: Document) -> None:
    for edit in (
        {"do": "change", "id": "a1", "set": {"text": text}}, {"do": "pronounce", "word": "x", "say": text},
        {"do": "add", "type": "speech", "set": {"voice": "Ann", "text": text}},
    ):  # fmt: skip
        assert "only the words" in refused(job(story), answer(edit))


def test_requests_scripts_and_answers_are_no_templates(job: MakeJob, story: Document) -> None:
    evil = "{{ self.__init__.__globals__ }} {% for x in [].__class__.__mro__ %}{{ x }}{% endfor %} {{ 7 * 7 }}"
    assert evil in prompt(job(story, evil)).messages[1].content
    model = ScriptedModel([answer({"do": "remove", "id": "{{ 7 * 7 }}"}), answer({"do": "remove", "id": "hit"})])
    revise(job(story), model)
    assert "{{ 7 * 7 }}" in model.asked[1].messages[-1].content


def test_deep_and_large_answers_end_in_a_message(job: MakeJob, story: Document) -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    for edits in (deep, [{"do": "remove", "id": "a1"}] * 2000):
        assert refused(job(story), {"question": None, "summary": "", "edits": edits})


def test_a_budget_stops_before_anything_is_sent(job: MakeJob, story: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_LLM_PRICE", "1000,1000")
    model = ScriptedModel([answer({"do": "remove", "id": "hit"})])
    with pytest.raises(ModelRefused, match="--max-cost"):
        revise(job(story), model, max_cost_usd=0.01)
    assert model.asked == []
    made = revise(job(story), model, max_cost_usd=50)
    assert made.usage.cost_usd is not None
    assert made.usage.cost_usd > 0


def test_a_prompt_that_the_context_cannot_hold_is_not_sent(job: MakeJob, story: Document) -> None:
    model = ScriptedModel([answer({"do": "remove", "id": "hit"})])
    model.context_tokens = 500
    with pytest.raises(ModelRefused, match="takes 500"):
        revise(job(story), model)
    assert model.asked == []
