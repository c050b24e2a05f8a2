"""``edit``, ``undo``, ``redo`` and ``history`` as people and scripts call them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from soundwright.orchestrator.cli import app
from soundwright.orchestrator.revision import revise

pytestmark = pytest.mark.xdist_group("commands")
ANSWER: dict[str, Any] = {
    "question": None, "summary": "The rain is louder.", "edits": [{"do": "change", "id": "wet", "set": {"gain": 3}}],
}  # fmt: skip


def run(*arguments: str | Path, given: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LLM", raising=False)


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps([ANSWER]))
    return f"scripted:{path}"


def test_where_nobody_can_be_asked_nothing_is_changed(project: Path) -> None:
    before = (project / "script.yaml").read_bytes()
    done = run("edit", project, "make the rain louder")
    assert done.exit_code == 2
    assert "nothing was changed" in done.stderr
    assert "--yes" in done.stderr
    assert done.stdout.splitlines() == ['~ wet sound "light rain"', "    gain: 0 -> 3"]
    assert (project / "script.yaml").read_bytes() == before
    assert not (project / "history").exists()


def test_yes_does_it_and_undo_takes_it_back(project: Path) -> None:
    before = (project / "script.yaml").read_bytes()
    done = run("edit", project, "make the rain louder", "--yes")
    assert done.exit_code == 0, done.stderr
    assert "soundwright undo" in done.stderr
    assert "anew" in done.stderr
    assert b"gain: 3" in (project / "script.yaml").read_bytes()
    listed = run("history", project).stdout
    assert "make the rain louder" in listed
    back = run("undo", project)
    assert back.exit_code == 0
    assert "gain: 3 -> 0" in back.stdout
    assert (project / "script.yaml").read_bytes() == before
    assert run("redo", project, "--json").exit_code == 0
    kinds = [entry["kind"] for entry in json.loads(run("history", project, "--json").stdout)]
    assert kinds == ["edit", "undo", "redo"]
    assert "gain: 0 -> 3" in run("history", project, "1").stdout
    assert run("history", project, "9").exit_code == 2


def test_steps_are_counted_in_the_folder_that_one_is_in(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    for request in ("make the rain louder", "mute the rain"):
        assert run("edit", ".", request, "-y").exit_code == 0
    assert run("undo", "2").exit_code == 0
    assert run("undo").exit_code == 2


def test_a_dry_run_shows_and_stops(project: Path) -> None:
    done = run("edit", project, "remove the second knock", "--dry-run", "--json")
    assert done.exit_code == 0
    shown = json.loads(done.stdout)
    assert shown["changes"][0]["kind"] == "removed"
    assert shown["entry"] is None
    assert set(shown["forecast"]) >= {"by_tool", "seconds", "money_usd"}
    assert not (project / "history").exists()


def test_a_question_changes_nothing(project: Path) -> None:
    done = run("edit", project, "make the knock louder", "--yes")
    assert done.exit_code == 2
    assert "Which one?" in done.stderr
    data = json.loads(run("edit", project, "make the knock louder", "--yes", "--json").stdout)
    assert "Which one?" in data["question"]
    assert not (project / "history").exists()


def test_a_language_model_edits(project: Path, answers: str) -> None:
    done = run("edit", project, "Mach den Regen lauter", "--llm", answers, "--yes")
    assert done.exit_code == 0, done.stderr
    assert "The rain is louder." in done.stderr
    assert "1 answer" in done.stderr
    entry = json.loads((project / "history" / "0001" / "entry.json").read_text())
    assert entry["by"] == answers


def test_the_settings_of_a_project_name_the_model_and_its_budget(
    project: Path, answers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "project.toml").write_text(f'llm = "{answers}"\nmax_cost = 0.01\n')
    assert run("edit", project, "Mach den Regen lauter", "--yes").exit_code == 0
    monkeypatch.setenv("SOUNDWRIGHT_LLM_PRICE", "1000,1000")
    done = run("edit", project, "Mach den Regen lauter", "--yes")
    assert done.exit_code == 3
    assert "--max-cost" in done.stderr
    assert run("edit", project, "Mach den Regen lauter", "--max-cost", "0.02").exit_code == 3


def test_the_prompt_is_shown_and_its_pasted_answer_applied(project: Path, tmp_path: Path) -> None:
    shown = run("edit", project, "make the rain louder", "--show-prompt").stdout
    assert shown == revise.shown_prompt(project, "make the rain louder") + "\n"
    assert "id: wet" in shown
    pasted = tmp_path / "answer.txt"
    pasted.write_text(f"Here you are:\n```json\n{json.dumps(ANSWER)}\n```\n")
    assert run("edit", project, "--patch", pasted, "--yes").exit_code == 0
    assert run("undo", project).exit_code == 0
    assert run("edit", project, "--patch", "-", "--yes", given=json.dumps(ANSWER)).exit_code == 0
    assert b"gain: 3" in (project / "script.yaml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["edit", "nowhere.yaml", "make the rain louder"], "no such file"), (["edit", "{project}", ""], "says nothing"),
        (["edit", "{project}", "--patch", "nowhere.json"], "does not exist"), (["undo", "{project}"], "no history yet"),
        (["edit", "{project}", "x", "--llm", "nonsense"], "names no language model"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_ends_with_a_message(arguments: list[str], said: str, project: Path) -> None:
    done = run(*[each.replace("{project}", str(project)) for each in arguments])
    assert done.exit_code in (2, 4)
    assert said in done.stderr


def test_a_wrong_patch_is_told_by_its_places(project: Path) -> None:
    wrong = {
        "summary": "x",
        "edits": [{"do": "remove", "id": "strom"}, {"do": "change", "id": "wet", "set": {"gain": 99}}],
    }
    done = run("edit", project, "--patch", "-", "--yes", given=json.dumps(wrong))
    assert done.exit_code == 2
    assert "edits[0].id" in done.stderr
    assert "edits[1].set.gain (wet)" in done.stderr


def test_a_sound_that_nobody_can_make_is_said_before_it_is_done(project: Path, home: Path) -> None:
    assert home.is_dir()
    done = run("edit", project, "add zzgrbl xyzzy after a1", "--dry-run")
    assert "cannot be told" in done.stderr
    assert "zzgrbl" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("answer", "changed"), [(b"y\n", True), (b"n\n", False)])
def test_at_a_terminal_one_is_asked_and_sees_colours(answer: bytes, changed: bool, project: Path) -> None:
    import pty  # noqa: PLC0415  not on Windows

    program = str(Path(sys.executable).with_name("soundwright"))
    ours, theirs = pty.openpty()
    command = [program, "edit", str(project), "make the rain louder"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"Do it?" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, answer)
        while process.poll() is None:
            shown += _read(ours)
        shown += _read(ours)
    os.close(ours)
    assert b"\x1b[" in shown
    assert process.returncode == (0 if changed else 2), shown.decode()
    assert (b"gain: 3" in (project / "script.yaml").read_bytes()) == changed
    assert (b"nothing was changed" in shown) != changed


def _read(terminal: int) -> bytes:
    try:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        return os.read(terminal, 4096) if ready else b""
    except OSError:  # the other side is closed
        return b""
