"""Mutated answers: each ends in a document or in an error of ours, never in a traceback."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.planner.planner import Job, plan
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.script import Input
from tests.mutation import mutated, torn

SEEDS: dict[str, Any] = {
    "title": "Seed", "language": "en", "duration": None,
    "voices": [{"name": "Ann", "description": "a woman", "gender": "female", "effects": ["radio"], "pan": [0, 1]}],
    "steps": [{"id": "clean", "op": "enhance", "audio": "tape", "strength": 0.5}],
    "cues": [
        {"type": "scene", "id": "s", "title": "One", "space": "room"},
        {"type": "sound", "id": "bed", "description": "wind", "layer": "background", "until": {"after": "a"}},
        {"type": "speech", "id": "a", "voice": "Ann", "text": "Hello there, world.", "emotion": "glad", "start": None},
        {"type": "sound", "description": "knock", "length": 1, "start": {"on_word": "world", "of": "a", "offset": 0.2}},
        {"type": "speech", "voice": "Ann", "vocal": "laugh", "gain": [-3, 0]},
        {"type": "clip", "source": "tape", "from": 1, "to": 4},
        {"type": "music", "id": "m", "description": "piano", "length": 5, "fade_out": 2},
        {"type": "pause", "length": 2},
    ],
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**40, 0.5, "", " ", "a", "end", "s", "a\x00b", "\ud800", "é" * 300, "x" * 3000,
    "/etc/passwd", "{{ x }}", [], [[]], [None], {}, {"a": None}, {"after": "a"}, {"with": "m"}, ["radio"], "speech",
)  # fmt: skip
KEYS = ("volume", "id", "start", "tool", "text", "layer", "until", "op")
REQUESTS = ("A greeting", "One minute on tea, without music", 'Two people and three lines; Ann says "Hello there."')


def _answer(rng: random.Random) -> str:
    data = mutated(copy.deepcopy(SEEDS), rng, rng.randint(1, 3), ODD, KEYS)
    return torn(json.dumps(data), rng)


def _run(seed: int, job: Callable[..., Job], jobs: dict[str, Job]) -> str:
    rng = random.Random(seed)  # noqa: S311  no secret
    request = rng.choice(REQUESTS)
    if request not in jobs:
        jobs[request] = job(request, inputs=[Input(id="tape", file="tape.wav")])
    model = ScriptedModel([_answer(rng), _answer(rng)])
    try:
        made = plan(jobs[request], model, rounds=2)
    except (ScriptError, LanguageModelError) as error:
        return type(error).__name__ if str(error).strip() else "without a word"
    assert isinstance(made.document, Document)
    return "Document"


def _all(count: int, start: int, job: Callable[..., Job]) -> dict[str, int]:
    jobs: dict[str, Job] = {}
    ends: dict[str, int] = {}
    for seed in range(start, start + count):
        end = _run(seed, job, jobs)
        ends[end] = ends.get(end, 0) + 1
    return ends


def test_two_hundred_mutated_answers_end_well(job: Callable[..., Job]) -> None:
    ends = _all(200, 0, job)
    assert ends["Document"] >= 10
    assert "without a word" not in ends
    assert ends["ScriptError"] + ends.get("WrongAnswer", 0) >= 50


@pytest.mark.engines
def test_five_thousand_mutated_answers_end_well(job: Callable[..., Job]) -> None:
    ends = _all(5000, 1000, job)
    assert ends["Document"] >= 200
    assert "without a word" not in ends
