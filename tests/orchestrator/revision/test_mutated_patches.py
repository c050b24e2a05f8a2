"""Mutated answers and random patches: each ends in a patch or an error of ours, and what is applied can be undone."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.revision.applying import Applied
from soundwright.orchestrator.revision.patch import read_patch
from soundwright.orchestrator.revision.revise import propose_patch
from soundwright.orchestrator.revision.reviser import Job, read_answer, revise
from soundwright.orchestrator.revision.steps import accept, undo
from soundwright.scripts_compiler.document import Document, loads
from soundwright.scripts_compiler.errors import ScriptError
from tests.mutation import mutated, torn

MakeJob = Callable[..., Job]
SEED: dict[str, Any] = {
    "question": None,
    "summary": "Everything.",
    "edits": [
        {"do": "add", "type": "speech", "id": None, "after": "k1", "set": {"voice": "Ann", "text": "Yes"}},
        {"do": "add", "type": "sound", "id": "boom", "before": "a1", "set": {"description": "thunder", "length": 2}},
        {"do": "remove", "id": "hit"},
        {"do": "move", "id": "a2", "before": "quay", "after": None},
        {"do": "change", "id": "wet", "set": {"gain": [0, 3], "until": "end"}, "clear": []},
        {"do": "change", "id": "knock", "set": {"start": {"after": "k1", "offset": 0.5}}, "clear": ["length"]},
        {"do": "add_voice", "name": "Bo", "set": {"description": "a boy", "age": "child"}},
        {"do": "change_voice", "name": "Ann", "set": {"name": "Eva"}, "clear": ["age"]},
        {"do": "effect", "id": "k2", "voice": None, "effect": "radio", "on": True},
        {"do": "pronounce", "word": "Rhys", "say": "reese"},
        {"do": "master", "set": {"loudness": -18}},
        {"do": "script", "set": {"title": "Night", "duration": 60}, "clear": []},
    ],
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, float("inf"), 10**40, 0.5, "", " ", "end", "k1", "wet", "line1", "a\x00b",
    "\ud800",     "é" * 300, "x" * 3000, "/etc/passwd", "{{ x }}", "a: b # c", "- x", [], [[]], [None], {}, {"a": None},
    {"after": "k1"},    {"op": "echo"}, ["radio"], "remove", "add_step", "speech", "Ann", "Keeper", "cues[2]", "3",
)  # fmt: skip
KEYS = (
    "do",
    "id",
    "after",
    "before",
    "set",
    "clear",
    "name",
    "type",
    "text",
    "start",
    "tool",
    "op",
    "step",
    "start",
    "gain",
)


def answer(rng: random.Random) -> Any:
    data = copy.deepcopy(SEED)
    data["edits"] = rng.sample(data["edits"], rng.randint(1, 6))
    return mutated(data, rng, rng.randint(0, 3), ODD, KEYS)


def ends(count: int, start: int, job: MakeJob, story: Document) -> dict[str, int]:
    """How many answers end how: every fourth torn and read by the model's client, the others as data."""
    made = job(story)
    found: dict[str, int] = {}
    for seed in range(start, start + count):
        rng = random.Random(seed)  # noqa: S311  no secret
        data = answer(rng)
        try:
            applied = _through_a_model(data, made, rng) if seed % 4 == 0 else read_answer(made, data)[1]
        except (ScriptError, LanguageModelError) as error:
            end = type(error).__name__ if str(error).strip() else "without a word"
        else:
            end = "question" if applied is None else "patch"
            if applied is not None:
                assert loads(applied.document.text).script == applied.document.script
        found[end] = found.get(end, 0) + 1
    return found


def _through_a_model(data: Any, made: Job, rng: random.Random) -> Applied | None:
    model = ScriptedModel([torn(json.dumps(data), rng), json.dumps(answer(rng))])
    return revise(made, model, rounds=2).applied


def test_a_thousand_mutated_answers_end_well(job: MakeJob, story: Document) -> None:
    found = ends(1000, 0, job, story)
    assert "without a word" not in found
    assert found["patch"] >= 200
    assert found["WrongAnswer"] >= 20
    assert found["ScriptError"] >= 200


@pytest.mark.engines
def test_five_thousand_mutated_answers_end_well(job: MakeJob, story: Document) -> None:
    found = ends(5000, 10_000, job, story)
    assert "without a word" not in found
    assert found["patch"] >= 1000


def test_what_is_applied_is_undone_to_the_same_bytes(project: Path) -> None:
    before = (project / "script.yaml").read_bytes()
    applied = 0
    for seed in range(60):
        rng = random.Random(seed)  # noqa: S311  no secret
        try:
            proposal = propose_patch(project, answer(rng), forecast=False)
        except ScriptError:
            continue
        if proposal.question:
            continue
        accept(project, proposal)
        assert (project / "script.yaml").read_bytes() == proposal.document.text.encode()
        undo(project)
        assert (project / "script.yaml").read_bytes() == before
        applied += 1
    assert applied >= 10


def test_every_patch_that_is_read_reads_back(job: MakeJob) -> None:
    del job
    read = 0
    for seed in range(400):
        rng = random.Random(seed)  # noqa: S311  no secret
        try:
            patch = read_patch(answer(rng))
        except ScriptError:
            continue
        if "inf" in repr(patch):
            continue  # JSON knows no infinity
        assert read_patch(patch.to_json()) == patch
        read += 1
    assert read >= 100
