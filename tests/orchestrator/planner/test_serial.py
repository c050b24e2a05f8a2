"""Long stories: an outline, then scene by scene, merged into one script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.planner.estimate import programme_s, speech_s
from soundwright.orchestrator.planner.merging import merge
from soundwright.orchestrator.planner.planner import Job, forecast, plan
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.document import from_data
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import Point, SceneCue, SoundCue, SpeechCue

MakeJob = Callable[..., Job]
SERIAL = "A thirty-minute serial in scenes about two keepers of a lighthouse"
SCENES = 15
LINE = "The lamp went out twice last night, and both times somebody had climbed the stairs before me."


def outline(**more: Any) -> dict[str, Any]:
    scenes = [
        {"title": f"Night {n}", "summary": f"Something is found on night {n}.", "seconds": 100, "space": "room",
         "voices": ["Ann", "Bob"]}
        for n in range(1, SCENES + 1)
    ]  # fmt: skip
    voices = [{"name": "Ann", "description": "a young keeper"}, {"name": "Bob", "description": "an old keeper"},
              {"name": "Eve", "description": "never heard"}]  # fmt: skip
    return {"title": "The Lamp", "language": "en", "voices": voices, "scenes": scenes} | more


def scene(number: int, seconds: float = 120.0) -> dict[str, Any]:
    lines = round(seconds / (speech_s(LINE) + 0.3))
    cues: list[dict[str, Any]] = [
        {"type": "sound", "id": "bed", "description": "wind", "layer": "background", "until": "end"},
        {"type": "sound", "id": "hit", "description": "knock", "length": 1, "start": {"at": 2, "offset": 0.5}},
    ]
    cues += [
        {"type": "speech", "id": f"l{n}", "voice": ("Ann", "Bob")[n % 2], "text": LINE, "start": None}
        for n in range(lines)
    ]
    cues.append({"type": "sound", "description": "thunder", "start": {"on_word": "stairs", "of": "l1"}, "length": 2})
    return {"summary": f"Night {number} is over.", "cues": cues}


def test_thirty_minutes_are_written_scene_by_scene(job: MakeJob) -> None:
    model = ScriptedModel([outline(), *(scene(n) for n in range(1, SCENES + 1))])
    made = plan(job(SERIAL), model)
    script = made.document.script
    assert made.rounds == 1 + SCENES
    assert 1620 <= programme_s(script) <= 1980
    assert sum(isinstance(cue, SceneCue) for cue in script.cues) == SCENES
    assert [voice.name for voice in script.voices] == ["Ann", "Bob"]
    ids = [cue.id for cue in script.cues if cue.id]
    assert len(ids) == len(set(ids))
    compile_script(script, builtin())


def test_no_request_grows_with_the_story(job: MakeJob) -> None:
    model = ScriptedModel([outline(), *(scene(n) for n in range(1, SCENES + 1))])
    plan(job(SERIAL), model)
    sizes = [sum(len(message.content) for message in asked.messages) for asked in model.asked[1:]]
    assert max(sizes) - min(sizes) < 2500
    last = model.asked[-1].messages[-1].content
    assert "Night 14 is over." in last
    assert "Night 2 is over." not in last
    assert LINE in last


def test_a_large_cast_does_not_make_requests_large(job: MakeJob) -> None:
    voices = [{"name": f"Keeper {n}", "description": "old " * 100} for n in range(58)]
    crowd = outline(voices=[*outline()["voices"], *voices])
    few, many = (ScriptedModel([first, *(scene(n) for n in range(1, SCENES + 1))]) for first in (outline(), crowd))
    for model in (few, many):
        plan(job(SERIAL), model)
    small, large = (len(model.asked[5].messages[-1].content) for model in (few, many))
    assert large - small < 1000
    assert "Keeper 57" in many.asked[5].messages[-1].content


def test_times_stay_within_their_scene(job: MakeJob) -> None:
    model = ScriptedModel([outline(), *(scene(n) for n in range(1, SCENES + 1))])
    cues = plan(job(SERIAL), model).document.script.cues
    knocks = [cue for cue in cues if isinstance(cue, SoundCue) and cue.description == "knock"]
    assert [knock.start for knock in knocks[:2]] == [
        Point.model_validate({"with": f"scene_{n}", "offset": 2.5}) for n in (1, 2)
    ]  # fmt: skip
    assert [cue.until for cue in cues if isinstance(cue, SoundCue) and cue.layer == "background"][:2] == [
        "scene_1", "scene_2",
    ]  # fmt: skip


def test_errors_of_a_scene_come_back_with_places_in_the_answer(job: MakeJob) -> None:
    wrong = scene(1)
    wrong["cues"][3]["voice"] = "Eva"
    model = ScriptedModel([outline(), wrong, *(scene(n) for n in range(1, SCENES + 1))])
    made = plan(job(SERIAL), model)
    assert made.rounds == 2 + SCENES
    assert "cues[3].voice" in model.asked[2].messages[-1].content


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (outline(voices=[{"name": "Ann"}]), "voices[0]"),
        (outline(scenes=[]), "scenes"),
        (outline(scenes=[{"title": "x", "summary": "y", "seconds": "long", "voices": ["Ann"]}]), "scenes[0].seconds"),
        (outline(scenes=[{"title": "x", "summary": "y", "seconds": 9, "voices": ["Zed"]}]), "scenes[0].voices"),
        (outline(scenes=[{"title": "x", "summary": None, "seconds": 9, "voices": []}]), "scenes[0].summary"),
    ],
)
def test_a_wrong_outline_is_returned(wrong: dict[str, Any], place: str, job: MakeJob) -> None:
    model = ScriptedModel([wrong, outline(), *(scene(n) for n in range(1, SCENES + 1))])
    plan(job(SERIAL), model)
    assert place in model.asked[1].messages[-1].content


def test_a_scene_that_stays_wrong_says_which(job: MakeJob) -> None:
    model = ScriptedModel([outline(), scene(1), *[{"summary": "x", "cues": [{"type": "boom"}]}] * 3])
    with pytest.raises(ScriptError, match="scene 2"):
        plan(job(SERIAL), model)


def test_a_scene_that_is_too_short_is_asked_for_again_once(job: MakeJob) -> None:
    model = ScriptedModel([outline(), scene(1, 40), scene(1), *(scene(n) for n in range(2, SCENES + 1))])
    made = plan(job(SERIAL), model)
    assert made.rounds == 2 + SCENES
    assert "Add about" in model.asked[2].messages[-1].content


def test_what_a_long_plan_takes_is_told_before(job: MakeJob) -> None:
    told: list[str] = []
    model = ScriptedModel([outline(), *(scene(n) for n in range(1, SCENES + 1))])
    long = job(SERIAL)
    made = plan(long, model, on_note=told.append)
    expected = forecast(long, model)
    assert "16 calls" in told[0]
    assert expected.input_tokens > made.usage.input_tokens
    assert expected.output_tokens > made.usage.output_tokens  # these answers leave out what is null


def test_merging_makes_ids_unique_and_short() -> None:
    long = "a_very_long_name_of_a_cue_0123456"[:32]
    one = from_data({
        "version": 1, "voices": [{"name": "A", "description": "a"}],
        "cues": [{"type": "scene", "id": "scene_1"}, {"type": "speech", "id": long, "voice": "A", "text": "Yes."},
                 {"type": "speech", "id": f"{long[:31]}b", "voice": "A", "text": "No.", "start": {"after": long}}],
    }).script  # fmt: skip
    merged = merge("T", "en", [{"name": "A", "description": "a"}], [one])
    script = from_data({"version": 1, **merged}).script
    spoken = [cue for cue in script.cues if isinstance(cue, SpeechCue)]
    assert spoken[0].id != spoken[1].id
    assert spoken[1].start == Point(after=spoken[0].id)
