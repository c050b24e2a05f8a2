"""``plan`` and ``import`` at the command line, with a language model and without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from soundwright.orchestrator.cli import stories
from soundwright.orchestrator.llm.ask import with_schema
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.planner import planner
from soundwright.orchestrator.planning import PlanOptions, plan, shown_prompt
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.document import loads
from soundwright.scripts_compiler.errors import ScriptError

ANSWER = {
    "title": "Hello", "language": "en", "duration": None, "voices": [{"name": "Ann", "description": "a woman"}],
    "cues": [{"type": "speech", "voice": "Ann", "text": "Who is there?"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_model_is_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LLM", raising=False)
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps([ANSWER]))
    return f"scripted:{path}"


def run(*arguments: str) -> Result:
    app = typer.Typer()
    stories.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_a_named_model_writes_the_script(answers: str) -> None:
    result = run("plan", "Somebody knocks", "--llm", answers)
    assert result.exit_code == 0
    assert loads(result.stdout).script.title == "Hello"
    assert "1 answer," in result.stderr


def test_a_configured_model_writes_the_script(answers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_LLM", answers)
    assert plan("Somebody knocks").script.title == "Hello"


def test_without_a_model_the_screenwriter_writes() -> None:
    result = run("plan", "A storm at sea for ten seconds")
    assert result.exit_code == 0
    assert loads(result.stdout).script.duration == 10
    assert "no dialogue was invented" in result.stderr


def test_a_file_is_read_and_no_model_asked(answers: str, tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("version: 1\ntitle: Mine\ncues:\n  - {type: sound, description: rain, length: 3}\n")
    assert plan(str(script), PlanOptions(llm=answers)).script.title == "Mine"


def test_an_idea_in_a_file_goes_to_the_model(answers: str, tmp_path: Path) -> None:
    idea = tmp_path / "idea.txt"
    idea.write_text("Somebody knocks\n")
    assert plan(str(idea), PlanOptions(llm=answers)).script.title == "Hello"


def test_show_prompt_prints_exactly_what_is_sent_and_sends_nothing(answers: str) -> None:
    shown = run("plan", "Somebody knocks", "--llm", answers, "--show-prompt").stdout
    workshop = Workshop.open(offline=True)
    specs = [spec for spec in workshop.registry.specs.values() if workshop.registry.missing(spec) is None]
    model = ScriptedModel([ANSWER])
    planner.plan(planner.make_job("Somebody knocks", workshop.catalogue(), specs), model)
    asked = model.asked[0]
    assert asked.schema is not None
    parts = [f"----- {m.role} -----\n{m.content}" for m in with_schema(asked.messages, asked.schema)]
    assert shown == "\n\n".join(parts) + "\n"


def test_a_pasted_answer_is_imported(tmp_path: Path) -> None:
    pasted = tmp_path / "answer.txt"
    pasted.write_text(f"Here you are:\n```json\n{json.dumps(ANSWER)}\n```\n")
    result = run("import", str(pasted), "-o", str(tmp_path / "out.yaml"))
    assert result.exit_code == 0
    assert loads((tmp_path / "out.yaml").read_text()).script.title == "Hello"


def test_a_recording_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="is not a file"):
        shown_prompt("Play it", PlanOptions(inputs=(tmp_path / "no.wav",)))


def test_a_recording_without_a_model_is_refused(tmp_path: Path) -> None:
    tape = tmp_path / "tape.wav"
    tape.write_bytes(b"")
    with pytest.raises(ScriptError, match="--llm"):
        plan("A storm", PlanOptions(inputs=(tape,)))


def test_a_declared_recording_is_offered_by_its_id_alone(tmp_path: Path) -> None:
    tape = tmp_path / "Grandma 1970.wav"
    tape.write_bytes(b"")
    shown = shown_prompt("Play it", PlanOptions(inputs=(tape,)))
    assert "\n  grandma_1970\n" in shown
    assert str(tmp_path) not in shown


def test_a_budget_that_is_too_small_ends_with_a_message(answers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_LLM_PRICE", "1000,1000")
    result = run("plan", "Somebody knocks", "--llm", answers, "--max-cost", "0.01")
    assert result.exit_code == 3
    assert "--max-cost" in result.stderr


def test_what_is_left_after_the_last_round_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps([ANSWER | {"cues": [{"type": "speech", "voice": "Bob", "text": "Hi."}]}]))
    result = run("plan", "Somebody knocks", "--llm", f"scripted:{path}", "--rounds", "1")
    assert result.exit_code == 2
    assert 'no voice is called "Bob"' in result.stderr
