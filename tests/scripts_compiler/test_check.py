from __future__ import annotations

from typing import Any

import pytest

from soundwright.scripts_compiler.check import check
from soundwright.scripts_compiler.document import from_data, loads
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue, Operation, Parameters, Port, builtin
from soundwright.scripts_compiler.script import Script

VOICES = [{"name": "Ann", "description": "young woman"}]
LINE = {"type": "speech", "id": "a1", "voice": "Ann", "text": "Let me in!"}
AUDIO = (Port("audio", Kind.AUDIO),)


class About(Parameters):
    """A text about something."""

    about: str


CATALOGUE = Catalogue(
    [
        *builtin().values(),
        Operation("test.separate", "Split a song.", Parameters, AUDIO, Kind.STEMS),
        Operation("test.write", "Write a text.", About, (), Kind.TEXT),
    ]
)


def problems(cues: list[Any], **rest: Any) -> list[Problem]:
    data = {"version": 1, "voices": VOICES, **rest, "cues": [LINE, *cues]}
    return check(Script.model_validate(data, by_alias=True, by_name=False), CATALOGUE)


def sole(found: list[Problem]) -> str:
    assert len(found) == 1, [str(problem) for problem in found]
    return str(found[0])


def test_a_sound_script_has_no_problems() -> None:
    steps = [
        {"id": "stems", "op": "test.separate", "audio": "song"},
        {"id": "voice", "op": "enhance", "audio": "stems.vocals"},
        {"id": "both", "op": "concat", "audio": ["voice", "a1"]},
        {"id": "written", "op": "test.write", "about": "rain"},
        {"id": "words", "op": "transcribe", "audio": "voice"},
        {"id": "said", "op": "speak", "voice": "Ann", "text": "Hello"},
        {"id": "read", "op": "speak", "voice": "Ann", "text": {"from": "written"}},
        {"id": "slow", "op": "stretch", "audio": "said", "factor": 2},
    ]
    cues = [
        {"type": "clip", "source": "both"},
        {"type": "clip", "source": "stems.drums"},
        {"type": "speech", "voice": "Ann", "text": {"from": "written"}},
        {"type": "speech", "voice": "Ann", "text": {"from": "words"}, "effects": [{"op": "reverb", "impulse": "song"}]},
        {"type": "sound", "description": "rain", "layer": "background", "until": "end"},
    ]
    assert problems(cues, inputs=[{"id": "song", "file": "song.wav"}], steps=steps) == []


def test_a_whole_set_of_stems_is_no_sound() -> None:
    steps = [{"id": "stems", "op": "test.separate", "audio": "a1"}]
    text = sole(problems([{"type": "clip", "source": "stems"}], steps=steps))
    assert text == 'cues[1].source: "stems" is Stems, not Audio. Name one of its stems: stems.STEM.'


def test_speech_stays_speech_through_effects() -> None:
    operation = Operation("test.lips", "Move lips.", Parameters, (Port("audio", Kind.SPEECH),), Kind.EVENTS)
    catalogue = Catalogue([*builtin().values(), operation])
    steps = [
        {"id": "slow", "op": "stretch", "audio": "a1"},
        {"id": "lips", "op": "test.lips", "audio": "slow"},
        {"id": "clean", "op": "enhance", "audio": "a1"},
        {"id": "not", "op": "test.lips", "audio": "clean"},
    ]
    script = from_data({"version": 1, "voices": VOICES, "cues": [LINE]}).script
    script = script.model_copy(
        update={"steps": Script.model_validate({"version": 1, "steps": steps, "cues": script.cues}).steps}
    )
    assert sole(check(script, catalogue)) == 'steps[3].audio: "clean" is Audio, not Speech. Name something else.'


@pytest.mark.parametrize("text", ["[laughs] Hello", "Hello (sighs)", "a <break/> b", "say {name}"])
def test_brackets_in_text_draw_a_warning(text: str) -> None:
    found = problems([{"type": "speech", "voice": "Ann", "text": text}])
    assert "will be spoken as it stands" in sole(found)
    assert found[0].warning


def test_a_voice_without_lines_draws_a_warning() -> None:
    found = problems([], voices=[*VOICES, {"name": "Bob", "description": "old man"}])
    assert found[0].warning
    assert sole(found) == 'voices[1]: the voice "Bob" says nothing. Drop it, or give it a line.'


def test_a_voice_that_only_a_step_uses_is_used() -> None:
    voices = [*VOICES, {"name": "Bob", "description": "old man"}]
    assert problems([], voices=voices, steps=[{"id": "s", "op": "speak", "voice": "Bob", "text": "hi"}]) == []


def test_pan_in_a_mono_programme_draws_one_warning() -> None:
    cues = [{"type": "sound", "description": "rain", "pan": 0.5}] * 3
    found = problems(cues, master={"channels": 1})
    assert found[0].warning
    assert "mono" in sole(found)
    assert problems(cues) == []


def test_a_circle_through_voice_sample_and_cue() -> None:
    voices = [{"name": "Ann", "description": "x", "sample": "clean", "consent": True}]
    text = sole(problems([], voices=voices, steps=[{"id": "clean", "op": "enhance", "audio": "a1"}]))
    assert text.startswith("steps[0].audio: these need each other in a circle: clean needs a1, which needs clean.")


def test_a_circle_through_the_effects_of_a_voice() -> None:
    voices = [{"name": "Ann", "description": "x", "effects": [{"op": "reverb", "impulse": "room"}]}]
    text = sole(problems([], voices=voices, steps=[{"id": "room", "op": "reverse", "audio": "a1"}]))
    assert "circle: room needs a1, which needs room" in text
    own = [{**LINE, "effects": []}]
    script = {"version": 1, "voices": voices, "steps": [{"id": "room", "op": "reverse", "audio": "a1"}], "cues": own}
    assert check(Script.model_validate(script), CATALOGUE) == []


def test_what_hangs_on_a_circle_is_not_blamed() -> None:
    steps = [
        {"id": "s", "op": "enhance", "audio": "t"},
        {"id": "t", "op": "enhance", "audio": "s"},
        {"id": "u", "op": "enhance", "audio": "t"},
    ]
    assert "circle" in sole(problems([{"type": "clip", "source": "u"}], steps=steps))


def places_of(text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        loads(text)
    return [problem.place for problem in caught.value.problems]


def test_names_and_shapes_are_checked_in_one_go() -> None:
    text = """\
version: 1
voices: [{name: Ann, description: x, ag: old}]
steps: [{id: s, op: enhance, audio: nothing}]
cues:
  - {type: speech, voice: Bob, text: hi}
  - {type: sound, description: rain, gain: loud, id: rain, start: {after: nowhere}}
  - {type: sound, description: rain, start: {after: rain}}
"""
    expected = ["voices[0].ag", "steps[0].audio", "cues[0].voice", "cues[1].gain", "cues[1].start.after"]
    assert places_of(text) == expected


def test_a_broken_field_does_not_hide_a_broken_rule() -> None:
    text = "version: 1\ncues:\n  - {type: music, description: slow, gain: loud}\n"
    assert places_of(text) == ["cues[0].gain", "cues[0]"]


def test_a_rule_about_a_broken_field_is_not_blamed() -> None:
    assert places_of("version: 1\ncues:\n  - {type: music, description: slow, length: long}\n") == ["cues[0].length"]
    bed = "{type: sound, description: rain, layer: backround, until: end}"
    assert places_of(f"version: 1\ncues:\n  - {bed}\n") == ["cues[0].layer"]


def test_a_name_that_is_not_well_formed_is_reported_once() -> None:
    cues = "[{type: pause, id: 1st, length: 1}, {type: sound, description: rain, start: {after: 1st}}]"
    assert places_of(f"version: 1\ncues: {cues}\n") == ["cues[0].id"]


def test_a_wrong_list_does_not_hide_the_rest() -> None:
    with pytest.raises(ScriptError) as caught:
        loads("version: 1\nvoices: 5\ncues: [{type: clip, source: nothing}]\n")
    assert [problem.place for problem in caught.value.problems] == ["voices", "cues[0].source"]


def test_the_catalogue_passed_in_decides() -> None:
    data = {
        "version": 1,
        "steps": [{"id": "s", "op": "test.write", "about": "x"}],
        "cues": [{"type": "pause", "length": 1}],
    }
    assert from_data(data, catalogue=CATALOGUE).warnings == ()
    with pytest.raises(ScriptError, match=r'no operation is called "test\.write"'):
        from_data(data)


def test_thousands_of_broken_cues_are_judged_quickly() -> None:
    cues = [{"type": "clip", "id": f"c{i}", "source": f"d{i}", "gian": 3} for i in range(2500)]
    cues += [{"type": "clip", "id": f"e{i}", "source": f"d{i}"} for i in range(2500)]
    with pytest.raises(ScriptError) as caught:
        from_data({"version": 1, "cues": cues})
    assert len(caught.value.problems) == 7500
