"""Patches on scripts: what each edit does, what is left alone, and how everything that is wrong is told."""

from __future__ import annotations

from typing import Any

import pytest

from soundwright.orchestrator.revision.applying import Applied, apply
from soundwright.orchestrator.revision.diff import compare, to_text
from soundwright.orchestrator.revision.patch import OPS, Patch, read_patch
from soundwright.scripts_compiler.document import Document, dump_json, from_data, loads, plain
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.script import SpeechCue

Edit = dict[str, Any]


def applied(document: Document, *edits: Edit, used: tuple[str, ...] = ()) -> Applied:
    return apply(document, read_patch({"summary": "x", "edits": list(edits)}), used)


def said(document: Document, *edits: Edit, used: tuple[str, ...] = ()) -> str:
    with pytest.raises(ScriptError) as caught:
        applied(document, *edits, used=used)
    return str(caught.value)


def ids(document: Document) -> list[str | None]:
    return [cue.id for cue in document.script.cues]


def test_the_first_edit_gives_every_cue_an_id_and_touches_no_other_line(story: Document) -> None:
    after = applied(story, {"do": "change", "id": "wet", "set": {"gain": 3}}).document
    assert None not in ids(after)
    before, now = story.text.splitlines(), after.text.splitlines()
    added = [line for line in now if line not in before]
    assert [line.strip() for line in added] == ["gain: 3", "- {type: pause, id: pause1, length: 1}"]
    assert [line for line in before if line not in now] == ["  - {type: pause, length: 1}"]


def test_cues_are_added_where_they_are_asked_for_and_several_keep_their_order(story: Document) -> None:
    after = applied(
        story,
        {"do": "add", "type": "speech", "after": "k1", "set": {"voice": "Ann", "text": "Yes: {no}"}},
        {"do": "add", "type": "pause", "after": "k1", "set": {"length": 2}},
        {"do": "add", "type": "sound", "before": "theme", "set": {"description": "wind", "layer": "background"}},
        {"do": "add", "type": "scene", "id": "coda", "set": {"title": "After"}},
    ).document
    assert ids(after)[0] == "sound1"
    assert ids(after)[-1] == "coda"
    at = ids(after).index("k1")
    assert ids(after)[at : at + 3] == ["k1", "line1", "pause2"]


def test_ids_are_never_given_twice(story: Document) -> None:
    after = applied(story, {"do": "remove", "id": "hit"}, {"do": "add", "type": "sound", "set": {"description": "x"}})
    assert "sound1" in ids(after.document)
    after = applied(story, {"do": "add", "type": "sound", "set": {"description": "x"}}, used=("sound1", "sound2"))
    assert ids(after.document)[-1] == "sound3"
    text = said(story, {"do": "add", "type": "pause", "id": "old", "set": {"length": 1}}, used=("old",))
    assert 'edits[0].id: the id "old" was used before' in text


def test_a_move_keeps_the_comment_and_the_words_of_the_line(story: Document) -> None:
    after = applied(story, {"do": "move", "id": "a1", "before": "wet"}).document
    line = next(line for line in after.text.splitlines() if "id: a1" in line)
    assert line.rstrip().endswith("# keep")
    assert ids(after)[2] == "a1"
    same = applied(after, {"do": "move", "id": "a1", "after": "knock"}).document
    assert ids(same) == ids(applied(story, {"do": "change", "id": "wet", "set": {"gain": 1}}).document)


def test_a_renamed_voice_speaks_its_lines(story: Document) -> None:
    after = applied(
        story, {"do": "change_voice", "name": "Ann", "set": {"name": "Eva"}},
        {"do": "change_voice", "name": "Eva", "set": {"name": "Mia", "age": "old"}},
    )  # fmt: skip
    assert after.renamed == {"Ann": "Mia"}
    assert after.recast == ("Mia",)
    assert {c.voice for c in after.document.script.cues if isinstance(c, SpeechCue)} == {"Keeper", "Mia"}
    assert to_text(compare(after.before, after.document.script)).splitlines()[0] == "~ voice Ann"


def test_voices_effects_words_master_and_title_are_edited(story: Document) -> None:
    after = applied(
        story,
        {"do": "add_voice", "name": "Bo", "set": {"description": "a boy", "age": "child"}},
        {"do": "add", "type": "speech", "set": {"voice": "Bo", "vocal": "laugh"}},
        {"do": "effect", "voice": "Ann", "effect": "radio", "on": True},
        {"do": "effect", "id": "a2", "effect": "radio", "on": False},
        {"do": "pronounce", "word": "Rhys", "say": "reese"},
        {"do": "master", "set": {"loudness": -18}},
        {"do": "script", "set": {"title": "Night", "duration": 60}},
    ).document.script
    assert [voice.name for voice in after.voices] == ["Keeper", "Ann", "Bo"]
    assert after.voices[1].effects == ["radio"]
    assert next(cue.effects for cue in after.cues if isinstance(cue, SpeechCue) and cue.id == "a2") == []
    assert (after.pronounce[0].say, after.master.loudness, after.title, after.duration) == ("reese", -18, "Night", 60)


def test_writing_one_of_two_that_exclude_each_other_clears_the_other(story: Document) -> None:
    cue = applied(story, {"do": "change", "id": "k1", "set": {"vocal": "sigh"}}).document.script.cues[3]
    assert isinstance(cue, SpeechCue)
    assert (cue.text, cue.vocal) == (None, "sigh")


def test_json_is_edited_as_json(story: Document) -> None:
    document = loads(dump_json(plain(story.script)))
    after = applied(document, {"do": "move", "id": "a1", "before": "k1"}, {"do": "remove", "id": "hit"}).document
    assert after.is_json
    assert loads(after.text).script == after.script


@pytest.mark.parametrize(
    ("edits", "parts"),
    [
        ([{"do": "remove", "id": "strom"}], ["edits[0].id", 'called "strom"']),
        ([{"do": "remove", "id": "konck"}], ["edits[0].id", 'Did you mean "knock"']),
        ([{"do": "change", "id": "cues[2]", "set": {"gain": 1}}], ["edits[0].id", "is a number", 'has the id "wet"']),
        ([{"do": "remove", "id": "3"}], ["is a number", 'has the id "k1"']),
        ([{"do": "move", "id": "a1"}], ["edits[0].after", "neither after nor before"]),
        ([{"do": "move", "id": "a1", "after": "a1"}], ["beside itself"]),
        ([{"do": "add", "type": "pause", "after": "k1", "before": "a1", "set": {"length": 1}}], ["after is given too"]),
        ([{"do": "add", "type": "pause", "id": "wet", "set": {"length": 1}}], ["edits[0].id", "is taken"]),
        ([{"do": "add", "type": "thunder", "set": {}}], ["edits[0].set.type", "thunder"]),
        ([{"do": "add", "type": "pause", "set": {"type": "pause", "length": 1}}], ["stands beside set"]),
        ([{"do": "change", "id": "wet", "set": {"gain": 50}}], ["edits[0].set.gain (wet)", "from -60 to 20"]),
        ([{"do": "change", "id": "wet", "set": {"text": "x"}}], ["edits[0].set", '"text" is no field']),
        ([{"do": "change", "id": "wet", "set": {"id": "x"}}], ['"id" is no field']),
        (
            [{"do": "change", "id": "k1", "set": {"start": {"after": "k1"}}}],
            ["edits[0].set.start.after (k1)", "itself"],
        ),
        (
            [{"do": "change", "id": "k1", "set": {"start": {"after": "hit"}}},
             {"do": "change", "id": "hit", "set": {"start": {"after": "k1"}}}],
            ["edits[0].set.start (k1)", "circle", "Anchor one"],
        ),
        ([{"do": "change", "id": "k1", "set": {"voice": "Bob"}}], ["edits[0].set.voice (k1)", "Bob"]),
        ([{"do": "change", "id": "knock", "set": {"start": {"after": "hti"}}}], ["edits[0].set.start", 'mean "hit"']),
        ([{"do": "remove_voice", "name": "Ann"}], ["edits[0].name", "still speaks a1, a2"]),
        ([{"do": "change_voice", "name": "An", "set": {"age": "old"}}], ["edits[0].name", 'Did you mean "Ann"']),
        ([{"do": "change_voice", "name": "Ann", "set": {"name": "Keeper"}}], ["voices", "Keeper"]),
        ([{"do": "change_voice", "name": "Ann", "set": {"age": "ancient"}}], ["edits[0].set.age (Ann)", "child"]),
        ([{"do": "effect", "id": "a1", "effect": "radio", "on": False}], ["edits[0].effect", "is not on it"]),
        ([{"do": "effect", "effect": "radio"}], ["one cue or to one voice"]),
        ([{"do": "effect", "id": "a1", "effect": "raido"}], ["raido"]),
        ([{"do": "pronounce", "word": "Rhys"}], ["spoken as it is written already"]),
        ([{"do": "remove_step", "id": "clean"}], ["no step is called"]),
        ([{"do": "add_step", "step": {"id": "s", "op": "nope"}}], ["edits[0].step", "nope"]),
        ([{"do": "master", "set": {"loudness": 3}}], ["edits[0].set.loudness", "from -40 to -5"]),
        ([{"do": "script", "set": {"cues": []}}], ['"cues" is no field']),
        ([{"do": "script", "set": {"title": "The Lighthouse"}}], ["nothing would change"]),
        ([{"do": "remove", "id": "a1"}, {"do": "change", "id": "a1", "set": {"gain": 1}}], ["removed by edits[0]"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_edit_and_id(edits: list[Edit], parts: list[str], story: Document) -> None:
    text = said(story, *edits)
    assert all(part in text for part in parts), text


def test_a_cue_that_others_are_placed_by_cannot_go_alone() -> None:
    document = loads(
        "version: 1\ncues:\n  - {type: sound, id: bang, description: bang}\n"
        "  - {type: sound, id: echo, description: echo, start: {after: bang}}\n"
        "  - {type: sound, id: bed, description: wind, layer: background, until: bang}\n"
    )
    text = said(document, {"do": "remove", "id": "bang"})
    assert text.startswith('the patch: edits[0].id: "bang" cannot go: echo, bed name it.')
    after = applied(
        document, {"do": "remove", "id": "bang"}, {"do": "change", "id": "echo", "clear": ["start"]},
        {"do": "change", "id": "bed", "set": {"until": "end"}},
    )  # fmt: skip
    assert ids(after.document) == ["echo", "bed"]


def test_everything_wrong_is_told_at_once(story: Document) -> None:
    text = said(story, {"do": "remove", "id": "x"}, {"do": "change", "id": "wet", "set": {"gain": 99}})
    assert "edits[0]" in text
    assert "edits[1].set.gain" in text


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (3, "A patch has fields"), ({"edits": [], "x": 1}, "x: is no field of a patch"),
        ({"edits": []}, "changes nothing"),
        ({"edits": [{"do": "kill"}]}, "edits[0].do"), ({"edits": [{"do": "mvoe"}]}, 'Did you mean "move"'),
        ({"edits": ["remove a1"]}, "edits[0]"), ({"edits": [{"do": "remove", "id": "a", "why": 1}]}, "edits[0].why"),
        ({"edits": [{"do": "remove"}]}, "id is missing"), ({"edits": 3}, "at most 500"),
        ({"summary": 3}, "It takes text"),
        ({"question": "?", "edits": [{"do": "remove", "id": "a"}]}, "there are edits too"),
        ({"edits": [{"do": "remove", "id": "a"}] * 501}, "at most 500"),
    ],
)  # fmt: skip
def test_what_is_no_patch_is_told_where(data: Any, part: str) -> None:
    with pytest.raises(ScriptError) as caught:
        read_patch(data)
    assert part in str(caught.value)


def test_a_patch_reads_back_as_it_was_written(story: Document) -> None:
    patch = read_patch(
        {
            "question": None,
            "summary": "All kinds.",
            "edits": [
                {
                    "do": "add",
                    "type": "pause",
                    "id": None,
                    "after": "a1",
                    "before": None,
                    "set": {"length": 1, "gain": None},
                },
                {"do": "effect", "id": None, "voice": "Ann", "effect": "radio", "on": False},
                {"do": "change", "id": "wet", "set": {"gain": [0, -6]}, "clear": []},
            ],
        }
    )
    assert read_patch(patch.to_json()) == patch
    assert set(OPS) == {
        "add", "remove", "move", "change", "add_voice", "change_voice", "remove_voice", "effect", "pronounce",
        "add_step", "remove_step", "script", "master",
    }  # fmt: skip
    assert apply(story, Patch("x", patch.edits[:1] + patch.edits[2:])).document.script.cues[2].id == "wet"


def test_steps_and_clips_of_declared_recordings_are_edited() -> None:
    document = from_data(
        {
            "version": 1,
            "inputs": [{"id": "tape", "file": "t.wav"}],
            "cues": [{"type": "clip", "id": "c", "source": "tape"}],
        }
    )
    after = applied(
        document, {"do": "add_step", "step": {"id": "clean", "op": "enhance", "audio": "tape"}},
        {"do": "change", "id": "c", "set": {"source": "clean"}},
    ).document  # fmt: skip
    assert after.script.steps[0].op == "enhance"
    assert "cannot go: c names it" in said(after, {"do": "remove_step", "id": "clean"})
