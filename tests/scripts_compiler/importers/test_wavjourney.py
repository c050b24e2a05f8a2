# ruff: noqa: E501 - cases read better a line each
"""The WavJourney list and its table form: every known trap imports as meant, or fails with its place."""

from __future__ import annotations

import json

import json5
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.importers import detect, import_text
from soundwright.scripts_compiler.importers.common import Report
from soundwright.scripts_compiler.importers.literal import Item, read_list
from soundwright.scripts_compiler.script import MusicCue, Point, SoundCue, SpeechCue

SPEECH = '{"audio_type": "speech", "layout": "foreground", "character": "Ann", "vol": -15, "text": "Hello."}'
BEGIN = '{"audio_type": "music", "layout": "background", "id": 1, "action": "begin", "vol": -35, "desc": "slow piano"}'
END = '{"audio_type": "music", "layout": "background", "id": 1, "action": "end"}'


def _list(*lines: str) -> str:
    return "[\n" + ",\n".join(lines) + "\n]"


def _speech(**fields: object) -> str:
    return json.dumps(json.loads(SPEECH) | fields)


def _problems(text: str, kind: str = "wavjourney") -> list[str]:
    with pytest.raises(ScriptError) as caught:
        import_text(text, kind)
    return [str(problem) for problem in caught.value.problems]


def test_a_bed_runs_from_the_next_foreground_line_to_the_last_before_its_end() -> None:
    cues = import_text(
        _list(_speech(text="One."), BEGIN, _speech(text="Two."), _speech(text="Three."), END, SPEECH)
    ).script.cues
    bed = cues[1]
    assert isinstance(bed, MusicCue)
    assert bed.start == Point.model_validate({"with": cues[2].id})
    assert (bed.until, bed.loudness, bed.duck) == (cues[3].id, -35.0, 0.0)
    assert cues[0].id is None
    assert cues[4].id is None


def test_foreground_lines_become_holding_cues_in_order() -> None:
    effect = '{"audio_type": "sound_effect", "layout": "foreground", "vol": -35, "len": 2, "desc": "bell"}'
    cues = import_text(_list(SPEECH, effect)).script.cues
    assert isinstance(cues[0], SpeechCue)
    assert isinstance(cues[1], SoundCue)
    assert (cues[0].loudness, cues[1].loudness, cues[1].length) == (-15.0, -35.0, 2.0)
    assert cues[0].start is None
    assert cues[1].start is None


def test_a_quote_in_a_text_is_text() -> None:
    for written in (r'"He said \"no\"."', '"He said "no"."', "'He said \"no\".'", '"He said "no"."'):
        line = SPEECH.replace('"Hello."', written)
        cue = import_text(_list(line)).script.cues[0]
        assert isinstance(cue, SpeechCue)
        assert cue.text == 'He said "no".'


def test_a_quote_that_swallows_other_fields_is_refused() -> None:
    assert "cannot be told from its end" in _problems(_list(SPEECH.replace('"Hello."', '"He said "no": and "yes"')))[0]


def test_code_in_a_text_stays_text() -> None:
    code = "__import__('os').system('true') {{ 7 * 7 }}"
    cue = import_text(_list(_speech(text=code))).script.cues[0]
    assert isinstance(cue, SpeechCue)
    assert cue.text == code


@pytest.mark.parametrize("expression", ["-30 - 5", "2*3", "abs(-15)", "__import__('os').getpid()", "vol", "-15dB + x"])
def test_an_expression_for_a_number_is_never_evaluated(expression: str) -> None:
    problems = _problems(_list(SPEECH.replace("-15", expression)))
    assert len(problems) == 1
    assert problems[0].startswith("item 1 (line 2): vol is ")
    assert "Write a number of LUFS." in problems[0]


@pytest.mark.parametrize("expression", ['"a" + name', 'f"{x}"', '"ab" * 3', 'open("f").read()', '"a".upper()'])
def test_an_expression_for_a_text_is_never_evaluated(expression: str) -> None:
    problems = _problems(_list(SPEECH.replace('"Hello."', expression)))
    assert any("the expression" in problem and "never evaluated" in problem for problem in problems)


TRAPS = [
    (_list('{"audio_type": "speech", "layout": "foreground", "vol": -15, "text": "Hi"}'), "item 1 (line 2): the speech has no character"),
    (_list(_speech(character="")), "the speech has no character"),
    (_list(_speech(text="")), "the speech has no text"),
    (_list(_speech(text="...")), "has no word to say"),
    (_list(SPEECH, END), "item 2 (line 3): the id 1 ends, but it did not begin"),
    (_list(BEGIN, BEGIN, SPEECH, END), "item 2 (line 3): the id 1 begins again before it ended (item 1 (line 2))"),
    (_list(BEGIN.replace("music", "sound_effect"), SPEECH, END), "began as sound and ends as music"),
    ("[]", "the list is empty"),
    ("```json\n[\n]\n```", "line 2: the list is empty"),
    (_list(_speech(layout="background")), "a speech cannot lie in the background"),
    (_list(_speech(vol=5)), "vol is 5, outside -70 to -5 LUFS"),
    (_list(_speech(vol=-71)), "vol is -71, outside"),
    (_list(SPEECH.replace("-15", "-1e999")), "vol is -inf, outside"),
    (_list(SPEECH.replace("-15", "NaN")), "vol is nan, not a number"),
    (_list('{"audio_type": "music", "layout": "foreground", "vol": -35, "desc": "x", "len": 0}'), "len is 0, outside 0.1 to 3600 seconds"),
    (_list('{"audio_type": "sound_effect", "layout": "foreground", "vol": -35, "desc": "x", "len": 1e9}'), "len is 1e+09, outside"),
    (_list('{"audio_type": "music", "layout": "foreground", "vol": -35, "desc": "x"}'), "music in the foreground has no length"),
    (_list('{"audio_type": "music", "layout": "foreground", "vol": -35, "len": 3}'), "the description is missing"),
    (_list(SPEECH, "4"), "item 2: an object in braces was expected, 4 was found"),
    (_list(BEGIN, END), "there is no foreground line"),
    (_list(BEGIN.replace("begin", "start"), SPEECH), "the action of a background line is 'start'"),
    (_list(BEGIN.replace('"id": 1, ', ""), SPEECH), "the id of a background line is missing"),
    (_list(SPEECH.replace('"speech"', '"song"')), "audio_type is 'song'"),
    (_list(SPEECH)[:-2], "the list opened in line 1 is not closed"),
    (_list(SPEECH.replace('"Hello."', '"Hello.')), "the text that opens here is not closed"),
    (_list(SPEECH.replace('"vol"', '"text": "Hi", "vol"')), "'text' is given twice"),
    ("no list", "there is no list of script lines"),
    ("[" * 100, "line 1: the list opened in line 1 is not closed"),
    ("[{a: " + "[" * 100, "nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), TRAPS)
def test_a_trap_fails_with_its_place_and_finding(text: str, message: str) -> None:
    assert any(message in problem for problem in _problems(text))


def test_all_problems_are_reported_at_once() -> None:
    problems = _problems(_list(_speech(vol=5, character=""), END, _speech(text="")))
    assert [problem.split(":")[0] for problem in problems] == [
        "item 1 (line 2)",
        "item 1 (line 2)",
        "item 2 (line 3)",
        "item 3 (line 4)",
    ]


def test_a_bed_that_never_ends_lasts_to_the_end_and_is_noted() -> None:
    imported = import_text(_list(BEGIN, SPEECH))
    bed = imported.script.cues[0]
    assert isinstance(bed, MusicCue)
    assert bed.until == "end"
    assert any("never ends" in str(note) for note in imported.notes)


def test_an_id_may_come_back_after_its_end() -> None:
    assert len(import_text(_list(BEGIN, SPEECH, END, BEGIN, SPEECH, END)).script.cues) == 4


def test_two_musics_at_once_are_both_kept_and_noted() -> None:
    imported = import_text(
        _list(BEGIN, BEGIN.replace('"id": 1', '"id": 2'), SPEECH, END, END.replace('"id": 1', '"id": 2'))
    )
    assert sum(isinstance(cue, MusicCue) for cue in imported.script.cues) == 2
    assert any("other music is playing" in str(note) for note in imported.notes)


def test_a_bed_over_nothing_is_left_out_and_noted() -> None:
    imported = import_text(_list(SPEECH, BEGIN, END))
    assert len(imported.script.cues) == 1
    assert any("left out" in str(note) for note in imported.notes)


def test_text_that_is_not_ascii_stays_as_it_is() -> None:
    text = "Grüße aus 東京 — ça va? 😀"
    script = import_text(_list(_speech(text=text, character="Zoë"))).script
    assert isinstance(script.cues[0], SpeechCue)
    assert (script.cues[0].text, script.voices[0].name, script.voices[0].gender) == (text, "Zoë", "female")


def test_python_literals_fences_and_prose_around_are_read() -> None:
    line = "{'audio_type': 'speech', 'layout': 'foreground', 'character': 'Ann', 'vol': -15, 'text': 'It\\'s me', 'id': None,}"
    text = f"Here is your script:\n```python\n[\n  # first\n  {line},\n]\n```\nEnjoy [it]!"
    assert detect(text) == "wavjourney"
    cue = import_text(text).script.cues[0]
    assert isinstance(cue, SpeechCue)
    assert cue.text == "It's me"


def test_a_long_text_becomes_several_speeches_of_one_voice() -> None:
    text = " ".join(f"This is sentence number {n} of a long report." for n in range(200))
    cues = [c for c in import_text(_list(_speech(text=text))).script.cues if isinstance(c, SpeechCue)]
    assert len(cues) > 4
    assert all(isinstance(c.text, str) and len(c.text) <= 2000 and c.text.endswith(".") for c in cues)
    assert " ".join(str(c.text) for c in cues) == text


TABLE = [
    ["Audio Type", "Layout", "ID", "Character", "Action", "Volume", "Description", "Length"],
    ["Music", "Background", "1", "N/A", "Begin", "-35", "Soft piano", "Auto"],
    ["Speech", "Foreground", "N/A", "Old Man", "N/A", "-15", "Good, day", "Auto"],
    ["Sound_effect", "Foreground", "N/A", "N/A", "N/A", "-30 dB", "Bell", "2"],
    ["Music", "Background", "1", "N/A", "End", "N/A", "N/A", "N/A"],
]


@pytest.mark.parametrize("mark", ["|", "\t", ",", ";"])
def test_every_form_of_the_table_gives_the_same_script(mark: str) -> None:
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in TABLE]
    text = "\n".join(mark.join(row) for row in quoted)
    assert detect(text) == "wavjourney_table"
    cues = import_text(text).script.cues
    assert isinstance(cues[0], MusicCue)
    assert isinstance(cues[1], SpeechCue)
    assert isinstance(cues[2], SoundCue)
    assert (cues[0].until, cues[1].text, cues[2].length, cues[2].loudness) == (cues[2].id, "Good, day", 2.0, -30.0)


def test_a_markdown_table_with_a_rule_and_an_escaped_bar_is_read() -> None:
    rows = ["| " + " | ".join(row) + " |" for row in TABLE]
    text = (
        "Script:\n\n"
        + "\n".join([rows[0], "|" + "---|" * 8, *rows[1:]]).replace("Good, day", r"Good \| day")
        + "\n\nThat is all."
    )
    cue = import_text(text).script.cues[1]
    assert isinstance(cue, SpeechCue)
    assert cue.text == "Good | day"


def test_a_row_of_another_width_is_refused_with_its_line() -> None:
    text = "\n".join("|".join(row) for row in [*TABLE[:3], ["Speech", "Foreground"]])
    assert _problems(text, "wavjourney_table")[0].startswith("line 4: the row has 2 cells, the head has 8.")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _plain(value: object) -> object:
    if isinstance(value, Item):
        return {key: _plain(member.value) for key, member in value.members.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


@given(st.lists(PLAIN, max_size=3), st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_reader_gives_back_what_a_json5_writer_wrote(data: list[object], quote_keys: bool) -> None:
    text = json5.dumps(data, quote_keys=quote_keys, trailing_commas=True, indent=2)
    report = Report()
    assert _plain(read_list(text, report)) == data
    assert report.errors == []
