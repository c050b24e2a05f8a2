"""What a plan, an edit or a render will cost is said before, and a budget stops it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from soundwright.orchestrator.cli import app
from soundwright.orchestrator.errors import TooExpensive
from soundwright.orchestrator.plan import Plan, make_plan
from soundwright.tools.base import ToolSpec
from soundwright.tools.null import NullTool

pytestmark = pytest.mark.xdist_group("commands")
SCRIPT = "version: 1\ntitle: T\ncues:\n  - {type: sound, id: rain, description: rain, length: 3}\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def llm(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    assert home.is_dir()
    monkeypatch.setenv("SOUNDWRIGHT_LLM_PRICE", "1000,4000")
    monkeypatch.delenv("SOUNDWRIGHT_LLM", raising=False)
    (tmp_path / "answers.json").write_text("[]")
    return f"scripted:{tmp_path / 'answers.json'}"


@pytest.mark.parametrize(
    ("idea", "calls"), [("A 10 s scene in a lift", (1, 1)), ("A thirty-minute serial in ten scenes", (11, 11))]
)
def test_check_says_calls_tokens_and_money_of_a_plan(idea: str, calls: tuple[int, int], llm: str) -> None:
    done = run("check", idea, "--llm", llm, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)["llm"]
    assert calls[0] <= told["calls"] <= calls[1]
    assert told["input_tokens"] > 1000
    expected = (told["input_tokens"] + 4 * told["output_tokens"]) / 1000
    assert told["cost_usd"] == pytest.approx(expected)
    text = run("check", idea, "--llm", llm).stdout
    assert "tokens in" in text
    assert f"${expected:.4f}" in text


@pytest.mark.parametrize("command", ["check", "plan", "make"])
def test_a_budget_stops_a_plan_before_anything_is_sent(command: str, llm: str, tmp_path: Path) -> None:
    out = () if command == "check" else ("-o", str(tmp_path / ("x.yaml" if command == "plan" else "x.flac")))
    done = run(command, "A 10 s scene in a lift", "--llm", llm, "--max-cost", "0.5", *out)
    assert done.exit_code == 3
    assert "more than --max-cost 0.5" in done.stderr
    assert not (tmp_path / "x.yaml").exists()


def test_check_says_what_an_edit_of_a_script_takes(llm: str, tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(SCRIPT)
    done = run("check", tmp_path / "story.yaml", "--llm", llm, "--json")
    told = json.loads(done.stdout)
    assert (told["llm"]["what"], told["llm"]["calls"], told["money_usd"]) == ("an edit", 1, 0)
    assert run("check", tmp_path / "story.yaml", "--llm", llm, "--max-cost", "0.001").exit_code == 3


def test_an_idea_without_a_model_is_checked_as_the_screenwriter_writes_it(llm: str) -> None:
    assert llm
    done = run("check", "a storm at sea, no speech, 5 s", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["money_usd"] == 0


def test_an_idea_in_a_file_is_an_idea(llm: str, tmp_path: Path) -> None:
    (tmp_path / "idea.txt").write_text("A 10 s scene in a lift\n")
    one = json.loads(run("check", tmp_path / "idea.txt", "--llm", llm, "--json").stdout)
    other = json.loads(run("check", "A 10 s scene in a lift", "--llm", llm, "--json").stdout)
    assert one == other


def paid(plan_of: Callable[..., Plan], sound: Callable[..., Any], price: float) -> Plan:
    plan = plan_of([sound("a", length=30.0), sound("b", length=30.0), sound("c", "b", length=30.0)], NullTool())
    spec = ToolSpec("paid", "1", ("generate_sound",), "service", price_usd_per_minute=price)
    bound = {node: _priced(each, spec) for node, each in plan.bound.items()}
    return make_plan(plan.graph, bound, plan.registry)


def _priced(bound: Any, spec: ToolSpec) -> Any:
    from dataclasses import replace  # noqa: PLC0415

    return replace(bound, tool=spec)


def test_paid_engines_are_counted_once_for_equal_requests_and_held_to_a_budget(
    plan_of: Callable[..., Plan], sound: Callable[..., Any]
) -> None:
    forecast = paid(plan_of, sound, price=0.3).describe()
    assert forecast.usd == pytest.approx(0.3)
    assert forecast.missing == ("a", "b", "c")
    assert forecast.within(0.3) is forecast
    assert forecast.within(None) is forecast
    with pytest.raises(TooExpensive, match=r"about \$0\.3000, more than --max-cost 0\.2") as caught:
        forecast.within(0.2)
    assert caught.value.exit_code == 3


def test_a_free_render_keeps_to_any_budget(llm: str, tmp_path: Path) -> None:
    assert llm
    (tmp_path / "story.yaml").write_text(SCRIPT)
    done = run("render", tmp_path / "story.yaml", "--max-cost", "0", "-q")
    assert done.exit_code == 0, done.stderr
