"""Whatever a language model answers: no undeclared file is opened, no operation outside the catalogue gets through."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.llm.errors import ModelRefused
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.planner.estimate import answer_tokens
from soundwright.orchestrator.planner.planner import Job, plan, prompt
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import Input

MakeJob = Callable[..., Job]
PLAIN: dict[str, Any] = {
    "title": "T", "language": "en",
    "voices": [{"name": "Ann", "description": "a woman"}],
    "cues": [{"type": "speech", "id": "a", "voice": "Ann", "text": "Hello."}],
}  # fmt: skip
FILES = ("/etc/passwd", "../../secret.wav", "~/.ssh/id_rsa", "file:///etc/passwd", "\\\\host\\share\\x.wav", "a\0b")


def _answer(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(PLAIN) | changes


def _with_cue(cue: dict[str, Any]) -> dict[str, Any]:
    return _answer(cues=[*PLAIN["cues"], cue])


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["input", "source", "step", "sample"])
def test_files_that_nobody_declared_are_refused_unopened(
    file: str, how: str, job: MakeJob, watched: list[str], tmp_path: Path
) -> None:
    declared = Input(id="tape", file=str(tmp_path / "tape.wav"))
    answer = {
        "input": _answer(inputs=[{"id": "x", "file": file}]) | {"cues": [{"type": "clip", "source": "x"}]},
        "source": _with_cue({"type": "clip", "source": file}),
        "step": _answer(steps=[{"id": "s", "op": "load_file", "file": file}], cues=[{"type": "clip", "source": "s"}]),
        "sample": _answer(voices=[{"name": "Ann", "description": "x", "sample": file, "consent": True}]),
    }[how]  # fmt: skip
    model = ScriptedModel([answer] * 3)
    with pytest.raises(ScriptError) as caught:
        plan(job("Say hello", inputs=[declared]), model)
    assert any(problem.place.startswith(("inputs", "cues[1]", "steps", "voices")) for problem in caught.value.problems)
    assert watched == []


def test_what_is_opened_is_noticed(watched: list[str]) -> None:
    assert Path("/etc/passwd").read_bytes()
    assert watched == ["open '/etc/passwd'"]


def test_a_declared_recording_is_used_and_its_file_is_the_users(job: MakeJob, watched: list[str]) -> None:
    answer = _with_cue({"type": "clip", "source": "tape"}) | {"inputs": [{"id": "tape", "file": "/etc/passwd"}]}
    made = plan(job("Play my tape", inputs=[Input(id="tape", file="tapes/ann.wav")]), ScriptedModel([answer]))
    assert [each.file for each in made.document.script.inputs] == ["tapes/ann.wav"]
    assert watched == []


@pytest.mark.parametrize("op", ["shell", "load_file", "pick_stem", "os.system", "acme.exec", "__import__", "../x"])
def test_operations_outside_the_catalogue_are_refused(op: str, job: MakeJob) -> None:
    declared = [Input(id="tape", file="tape.wav")]
    for answer in (
        _answer(steps=[{"id": "s", "op": op, "audio": "tape"}]),
        _with_cue({"type": "sound", "description": "knock", "effects": [op]}),
        _with_cue({"type": "sound", "description": "knock", "effects": [{"op": op}]}),
        _with_cue({"type": op, "description": "knock"}),
    ):
        with pytest.raises(ScriptError):
            plan(job("Say hello", inputs=declared), ScriptedModel([answer] * 2), rounds=2)


@pytest.mark.parametrize(
    "text",
    [
        "$(rm -rf /)",
        "`id`; cat /etc/passwd",
        "'; DROP TABLE voices; --",
        "${HOME} %s %n",
        "__import__('os').system('id')",
    ],
)
def test_text_stays_text(text: str, job: MakeJob, watched: list[str]) -> None:
    answer = _answer(title=text, cues=[{"type": "speech", "voice": "Ann", "text": text},
                                       {"type": "sound", "description": text}])  # fmt: skip
    made = plan(job("Say hello"), ScriptedModel([answer]))
    graph = compile_script(made.document.script, builtin())
    spoken = [node.params["text"] for node in graph.nodes.values() if node.op == "speak"]
    assert spoken == [text]
    assert {node.op for node in graph.nodes.values()} <= set(builtin())
    assert watched == []


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% include '/etc/passwd' %}", "<speak>hi</speak>", "see https://x.y"])
def test_markup_in_lines_is_refused(text: str, job: MakeJob) -> None:
    answer = _answer(cues=[{"type": "speech", "voice": "Ann", "text": text}])
    with pytest.raises(ScriptError, match="only the words"):
        plan(job("Say hello"), ScriptedModel([answer]), rounds=1)


def test_an_instruction_is_no_template(job: MakeJob) -> None:
    evil = "{{ self.__init__.__globals__ }} {% for x in [].__class__.__mro__ %}{{ x }}{% endfor %} {{ 7 * 7 }}"
    assert evil in prompt(job(evil)).messages[1].content


def test_an_answer_in_a_complaint_is_no_template(job: MakeJob) -> None:
    wrong = _answer(cues=[{"type": "speech", "voice": "{{ 7 * 7 }}", "text": "x"}])
    model = ScriptedModel([wrong, PLAIN])
    plan(job("Say hello"), model)
    assert "{{ 7 * 7 }}" in model.asked[1].messages[-1].content


@pytest.mark.parametrize("name", ["tool", "preset"])
def test_pins_are_refused(name: str, job: MakeJob) -> None:
    answer = _answer(voices=[{"name": "Ann", "description": "x", "tool": "kokoro", name: "af_heart"}])
    with pytest.raises(ScriptError, match="for the user to choose"):
        plan(job("Say hello"), ScriptedModel([answer]), rounds=1)


def test_what_the_user_decides_is_not_the_models(job: MakeJob) -> None:
    answer = _answer(seed=7, master={"loudness": -5}, version=1)
    script = plan(job("Say hello"), ScriptedModel([answer])).document.script
    assert (script.seed, script.master.loudness) == (0, -16)


def test_deep_and_large_answers_end_in_a_message(job: MakeJob) -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    for cues in (deep, [{"type": "pause", "length": 1}] * 6000):
        with pytest.raises(ScriptError):
            plan(job("Say hello"), ScriptedModel([_answer(cues=cues)]), rounds=1)


def test_a_budget_stops_before_anything_is_sent(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_LLM_PRICE", "1000,1000")
    model = ScriptedModel([PLAIN])
    with pytest.raises(ModelRefused, match="--max-cost"):
        plan(job("Say hello"), model, max_cost_usd=0.01)
    assert model.asked == []
    made = plan(job("Say hello"), model, max_cost_usd=50)
    assert made.usage.cost_usd is not None
    assert made.usage.cost_usd > 0


def test_a_budget_counts_what_was_spent(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_LLM_PRICE", "1000,1000")
    model = ScriptedModel([_answer(cues=[]), _answer(cues=[]), PLAIN])
    first = job("Say hello")
    with pytest.raises(ModelRefused, match="spent"):
        plan(first, model, max_cost_usd=(prompt(first).tokens + answer_tokens(None) + 100) / 1000)
    assert 1 <= len(model.asked) < 3


def test_an_unknown_price_and_a_budget_do_not_go_together(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LLM_PRICE", raising=False)
    model = ScriptedModel([PLAIN], name="openai:unheard-of")
    with pytest.raises(ModelRefused, match="SOUNDWRIGHT_LLM_PRICE"):
        plan(job("Say hello"), model, max_cost_usd=1)
    assert model.asked == []


def test_a_prompt_that_the_context_cannot_hold_is_not_sent(job: MakeJob) -> None:
    model = ScriptedModel([PLAIN])
    model.context_tokens = 500
    with pytest.raises(ModelRefused, match="takes 500"):
        plan(job("Say hello"), model)
    assert model.asked == []
