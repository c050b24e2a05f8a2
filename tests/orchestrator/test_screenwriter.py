# ruff: noqa: E501 - cases read better a line each
"""The screenwriter: scripts go to their importers, ideas become audible scenes without invented dialogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.orchestrator.screenwriter import Written, write
from soundwright.orchestrator.screenwriting.moods import MOODS
from soundwright.orchestrator.screenwriting.settings import AMBIENCES, EVENTS, SETTINGS
from soundwright.scripts_compiler.check import check
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import MusicCue, SceneCue, SoundCue, SpeechCue, is_bed
from soundwright.tools.sfx.parse import parse

EXAMPLES = Path(__file__).parents[2] / "examples"
GHOSTS = "a ghost story in a lighthouse, one minute, two voices"


def _spoken(written: Written) -> list[str]:
    return [str(cue.text) for cue in written.script.cues if isinstance(cue, SpeechCue)]


def _notes(written: Written) -> str:
    return "\n".join(str(note) for note in written.notes)


def _latest_end_s(written: Written) -> float:
    ends = [
        cue.start.at + cue.length
        for cue in written.script.cues
        if isinstance(cue, SoundCue | MusicCue)
        and not is_bed(cue)
        and cue.start
        and cue.start.at is not None
        and cue.length
    ]
    return max(ends)


def test_an_idea_becomes_a_scene_of_its_place_mood_and_length() -> None:
    written = write(GHOSTS)
    cues = written.script.cues
    assert (written.script.title, written.script.duration) == ("The Lighthouse", 60.0)
    assert isinstance(cues[0], SceneCue)
    assert "storm at sea" in [c.description for c in cues if isinstance(c, SoundCue) and is_bed(c)]
    assert sum(isinstance(c, SoundCue) and not is_bed(c) for c in cues) >= 3
    assert all("eerie" in c.description for c in cues if isinstance(c, MusicCue))
    assert _latest_end_s(written) == pytest.approx(60.0)


def test_no_dialogue_is_invented_and_that_is_said() -> None:
    written = write(GHOSTS)
    assert _spoken(written) == ["A ghost story in a lighthouse."]
    assert "no dialogue was invented" in _notes(written)
    assert "2 voices were asked for; the words given need 1" in _notes(written)


def test_no_speech_and_no_music_are_honoured() -> None:
    quiet = write((EXAMPLES / "idea.txt").read_text(encoding="utf-8"))
    assert _spoken(quiet) == []
    assert quiet.script.duration == 40.0
    assert {"crickets", "storm", "owl"} <= {c.description for c in quiet.script.cues if isinstance(c, SoundCue)}
    bare = write("A spaceship drifts, no music, no speech, 20 seconds")
    assert not any(isinstance(c, MusicCue | SpeechCue) for c in bare.script.cues)


def test_what_comes_late_in_an_idea_comes_late_in_the_scene() -> None:
    cues = write((EXAMPLES / "idea.txt").read_text(encoding="utf-8")).script.cues
    storm = next(c for c in cues if isinstance(c, SoundCue) and c.description == "storm")
    assert storm.start is not None
    assert storm.start.at == pytest.approx(20.0, abs=4)
    assert storm.gain == [-18.0, 0.0, -18.0]


def test_night_has_no_birdsong() -> None:
    text = " ".join(
        c.description for c in write("A quiet night in a park, no speech").script.cues if isinstance(c, SoundCue)
    )
    assert "bird" not in text
    assert "children" not in text


def test_quoted_lines_are_spoken_as_they_are_in_turn() -> None:
    written = write('A café with two voices. "Two coffees." "Coming right up." 30 s')
    assert [(c.voice, c.text) for c in written.script.cues if isinstance(c, SpeechCue)] == [
        ("First Voice", "Two coffees."),
        ("Second Voice", "Coming right up."),
    ]


@pytest.mark.parametrize(
    ("words", "length_s"),
    [("30 s", 30), ("one minute", 60), ("half a minute", 30), ("a minute and a half", 90), ("2 min", 120), ("90 seconds", 90), ("1:15", 75), ("forty seconds", 40), ("", 50)],
)  # fmt: skip
def test_the_length_is_read_from_the_idea(words: str, length_s: float) -> None:
    assert write(f"A storm in a forest, {words}").script.duration == length_s


def test_a_duration_given_apart_wins() -> None:
    assert write(GHOSTS, duration=25).script.duration == 25
    with pytest.raises(ScriptError, match="outside 8 to 600 s"):
        write(GHOSTS, duration=1)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_gives_a_scene_that_passes_the_check(setting: object) -> None:
    name = getattr(setting, "name", "")
    written = write(f"A day at the {name}, 45 s")
    assert [p for p in check(written.script, builtin()) if not p.warning] == []
    assert f"setting: {name};" in _notes(written)


def test_every_sound_of_the_tables_can_be_made() -> None:
    wanted = {d for s in SETTINGS for d in (*s.beds, *(e[0] for e in s.events))}
    wanted |= {d for _, d in AMBIENCES} | {d for _, d, _ in EVENTS} | {m.accent[0] for m in MOODS if m.accent}
    for description in sorted(wanted):
        assert parse(description), description


def test_sounds_that_cannot_be_made_are_left_out_and_named() -> None:
    written = write("A dog and an owl in a forest", known_sounds=["forest", "owl"])
    assert {c.description for c in written.script.cues if isinstance(c, SoundCue)} == {"forest with birdsong", "owl"}
    assert "no known sound for" in _notes(written)
    assert "dog barking" in _notes(written)


def test_beds_stay_well_below_speech() -> None:
    for cue in write(GHOSTS).script.cues:
        if isinstance(cue, SoundCue | MusicCue) and is_bed(cue):
            assert cue.loudness is not None
            assert cue.duck is not None
            assert cue.loudness - cue.duck <= -18 - 15


def test_the_same_idea_gives_the_same_script() -> None:
    assert write(GHOSTS).script == write(GHOSTS).script


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ferry.fountain", "fountain"), ("visit.txt", "prose"), ("news.json5", "wavjourney"), ("idea.txt", "idea")],
)
def test_what_is_a_script_already_goes_to_its_importer(name: str, kind: str) -> None:
    assert write((EXAMPLES / name).read_text(encoding="utf-8")).kind == kind


def test_a_short_dialogue_in_prose_is_no_idea() -> None:
    assert write('Ann met Bob. "Hi," said Ann. "Go," said Bob.').kind == "prose"
    assert write("Ann: Hi.\nBob: Go.").kind == write("Ann: Hi.").kind == "screenplay"


def test_orders_within_a_sentence_are_not_spoken() -> None:
    assert _spoken(write("Make me a two minute adventure of pirates at sea, three voices")) == [
        "Adventure of pirates at sea."
    ]


def test_a_quoted_line_goes_to_the_person_that_says_it() -> None:
    written = write('A farm at noon, 30 s. An old woman says "Good boy."')
    assert [(c.voice, c.text) for c in written.script.cues if isinstance(c, SpeechCue)][-1] == (
        "Old Woman",
        "Good boy.",
    )
    assert (written.script.voices[-1].gender, written.script.voices[-1].age) == ("female", "old")


def test_only_music_is_only_music() -> None:
    assert all(
        isinstance(cue, SceneCue | MusicCue) for cue in write("music only: sad piano for 15 seconds").script.cues
    )


@pytest.mark.parametrize("text", ["", "   \n", "!!! ???", "\x00"])
def test_an_instruction_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ScriptError, match="says nothing"):
        write(text)
