"""What differs between two scripts, as it is told."""

from __future__ import annotations

import pytest

from soundwright.orchestrator.revision.diff import compare, to_text
from soundwright.scripts_compiler.document import Document, loads
from soundwright.scripts_compiler.edits import Move, Remove, Set, edit, give_ids
from soundwright.scripts_compiler.script import Script


def script(*cues: str) -> Script:
    voices = "voices:\n  - {name: Ann, description: a woman}\n"
    return loads("version: 1\n" + voices + "cues:\n" + "".join(f"  - {{{cue}}}\n" for cue in cues)).script


def pauses(names: str) -> Script:
    return script(*(f"type: pause, id: {name}, length: 1" for name in names))


def test_equal_scripts_differ_in_nothing(story: Document) -> None:
    assert compare(story.script, story.script) == ()


def test_ids_alone_are_no_difference(story: Document) -> None:
    named = give_ids(story).script
    assert compare(story.script, named) == ()
    assert compare(named, story.script) == ()


def test_a_change_is_told_although_one_script_has_no_ids(story: Document) -> None:
    louder = edit(give_ids(story), [Set("cues[6].length", 2), Set("cues[4].gain", -3), Remove("cues[7]")])
    back = to_text(compare(louder.script, story.script))
    assert back.splitlines() == [
        '~ knock sound "three slow knocks"', "    gain: -3 -> 0", "~ pause1 pause 2 s", "    length: 2 -> 1",
        '+ hit sound "knocking at the gate" (after pause1)',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [("abcde", "bcdea", "a"), ("abcde", "eabcd", "e"), ("abcde", "acbde", "c"), ("ab", "ab", "")],
)
def test_the_fewest_cues_count_as_moved(before: str, after: str, moved: str) -> None:
    changes = compare(pauses(before), pauses(after))
    assert [each.name for each in changes if each.kind == "moved"] == list(moved)


def test_the_cue_that_a_patch_moved_is_the_one_that_is_told(story: Document) -> None:
    named = give_ids(story)
    after = edit(named, [Move("cues[4]", 5)])
    assert [each.name for each in compare(named.script, after.script, ["knock"])] == ["knock"]


def test_a_renamed_voice_is_told_once() -> None:
    before = script("type: speech, id: a, voice: Ann, text: Hi")
    renamed = before.model_copy(update={"voices": [before.voices[0].model_copy(update={"name": "Eva", "age": "old"})]})
    renamed = renamed.model_copy(update={"cues": [before.cues[0].model_copy(update={"voice": "Eva"})]})
    assert to_text(compare(before, renamed)).splitlines() == [
        "~ voice Ann", '    name: "Ann" -> "Eva"', '    age: (default) -> "old"'
    ]  # fmt: skip


def test_long_values_are_cut_and_whole_numbers_have_no_point() -> None:
    before, after = script("type: pause, id: p, length: 1"), script("type: pause, id: p, length: 2.5")
    assert "length: 1 -> 2.5" in to_text(compare(before, after))
    long = script(f"type: speech, id: p, voice: Ann, text: {'word ' * 200}")
    assert all(
        len(line) < 400
        for line in to_text(compare(script("type: speech, id: p, voice: Ann, text: x"), long)).splitlines()
    )
