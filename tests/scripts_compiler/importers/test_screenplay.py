# ruff: noqa: E501 - cases read better a line each
"""Screenplays: what is spoken, what is heard, what is only noted."""

from __future__ import annotations

import pytest

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.importers import import_text
from soundwright.scripts_compiler.importers.common import Imported
from soundwright.scripts_compiler.script import PauseCue, Point, SceneCue, SoundCue, SpeechCue


def _read(text: str, kind: str = "screenplay", *, narrate: bool = False) -> Imported:
    return import_text(text, kind, narrate=narrate)


def _speeches(imported: Imported) -> list[tuple[str, object, str]]:
    return [(c.voice, c.text or c.vocal, c.emotion) for c in imported.script.cues if isinstance(c, SpeechCue)]


def test_the_manner_in_parentheses_becomes_the_emotion() -> None:
    assert _speeches(_read("ANN (whispering): Hush.\nBOB: (angrily) No!")) == [
        ("Ann", "Hush.", "whispering"),
        ("Bob", "No!", "angrily"),
    ]


def test_parentheses_within_a_sentence_are_spoken() -> None:
    assert _speeches(_read("ANN: I came (as you know) alone.\nBOB: Fine.")) == [
        ("Ann", "I came as you know alone.", ""),
        ("Bob", "Fine.", ""),
    ]


@pytest.mark.parametrize(
    ("extension", "effects"),
    [("ON PHONE", ["telephone"]), ("FILTERED", ["telephone"]), ("OVER RADIO", ["radio"]), ("through the door", ["muffled"]), ("V.O.", None), ("CONT'D", None)],
)  # fmt: skip
def test_extensions_become_effects_and_are_never_spoken(extension: str, effects: list[str] | None) -> None:
    cue = _read(f"INT. OFFICE - DAY\n\nANN ({extension})\nHello.", "fountain").script.cues[1]
    assert isinstance(cue, SpeechCue)
    assert (cue.effects, cue.voice, cue.text, cue.emotion) == (effects, "Ann", "Hello.", "")


def test_dual_dialogue_starts_with_its_partner() -> None:
    cues = _read("ANN\nStop!\n\nBOB ^\nGo!", "fountain").script.cues
    assert isinstance(cues[1], SpeechCue)
    assert cues[1].start == Point.model_validate({"with": cues[0].id})


def test_a_bed_lasts_from_its_begin_to_its_stop() -> None:
    cues = _read("[rain begins]\nANN: One.\nANN: Two.\n[rain stops]\nANN: Three.").script.cues
    assert isinstance(cues[0], SoundCue)
    assert (cues[0].layer, cues[0].description, cues[0].until) == ("background", "rain", cues[2].id)


def test_a_named_length_is_taken_out_of_the_description() -> None:
    cue = _read("[a door slams, two seconds]\nANN: Oh.").script.cues[0]
    assert isinstance(cue, SoundCue)
    assert (cue.description, cue.length, cue.layer) == ("a door slams", 2.0, "foreground")


def test_action_that_is_heard_sounds_and_the_rest_is_noted() -> None:
    imported = _read("INT. CAVE - NIGHT\n\nAnn smiles. Thunder rolls in the distance.\n\nANN\nHello.", "fountain")
    assert [c.description for c in imported.script.cues if isinstance(c, SoundCue)] == ["distant thunder"]
    assert ["Ann smiles." in str(note) for note in imported.notes] == [True]


def test_a_narrator_reads_action_where_that_is_asked_for() -> None:
    imported = _read("INT. CAVE - NIGHT\n\nAnn smiles.\n\nANN\nHello.", "fountain", narrate=True)
    assert _speeches(imported) == [("Narrator", "Ann smiles.", ""), ("Ann", "Hello.", "")]
    assert imported.notes == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "There was no thunder.",
        "It was as if a door slammed.",
        "He wished the phone rang.",
        "The rain had stopped.",
        "The door is red.",
    ],
)
def test_sounds_that_are_denied_compared_or_only_named_are_not_heard(sentence: str) -> None:
    assert not any(isinstance(c, SoundCue) for c in _read(f"ANN: Hello.\n\n{sentence}\n\nBOB: Bye.").script.cues)


@pytest.mark.parametrize(
    ("heading", "space"),
    [("INT. CHURCH - NIGHT", "church"), ("EXT. BEACH - DAY", "outdoors"), ("INT. CAR - MOVING", "car"), ("INT. KITCHEN", "room"), ("INT. CASTLE HALL", "hall"),
     ("INT. CAVE", "cave"), ("INT. SUBWAY TUNNEL", "tunnel"), ("INT. CLOSET", "small_room"), ("INT. NOWHERE", "room"), ("Scene 3: In the church", "church"),
     ("Scene 3: Later", None)],
)  # fmt: skip
def test_a_heading_tells_the_space(heading: str, space: str | None) -> None:
    cue = _read(f"{heading}\n\nANN: Hello.\nBOB: Hi.").script.cues[0]
    assert isinstance(cue, SceneCue)
    assert cue.space == space


def test_pauses_of_every_form_are_pauses() -> None:
    cues = _read("ANN: One (beat) two.\n(long pause)\nANN: Three.\n[pause 4s]\nANN: Four.").script.cues
    assert [c.length for c in cues if isinstance(c, PauseCue)] == [1.0, 3.0, 4.0]


def test_vocal_sounds_are_voiced() -> None:
    assert [what for _, what, _ in _speeches(_read("ANN: (sighs) Well (laughs softly) yes.\nBOB: No."))] == [
        "sigh",
        "Well",
        "laugh",
        "yes.",
        "No.",
    ]


def test_emphasis_notes_boneyard_and_transitions_are_never_spoken() -> None:
    text = "Title: _X_\n\nINT. HALL - DAY\n\nANN\nI am **very** *cold* [[check]] /* cut */ now.\n\nCUT TO:\n\nBOB\nYes \\*.\n\n> FADE OUT."
    imported = _read(text, "fountain")
    assert [what for _, what, _ in _speeches(imported)] == ["I am very cold now.", "Yes *."]
    assert imported.script.title == "X"


def test_a_text_without_anything_to_hear_is_refused() -> None:
    with pytest.raises(ScriptError, match="nothing to be heard"):
        _read("INT. HALL - DAY\n\nNothing moves.")


def test_more_voices_or_cues_than_a_script_holds_are_refused() -> None:
    with pytest.raises(ScriptError, match="names 70 voices, more than 64"):
        _read("\n".join(f"Name{n}: Hi." for n in range(70)))
    with pytest.raises(ScriptError, match="more than 5,000 cues"):
        _read("ANN: Hi.\nBOB: Hi.\n" * 3000)
