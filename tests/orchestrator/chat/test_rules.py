"""What common requests are understood as without a language model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.chat import rules
from soundwright.orchestrator.chat.attachments import Said
from soundwright.orchestrator.chat.operation_rules import makings, treatments
from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.interop.workspace import Item
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import builtin

TAKE = Item("take", Kind.AUDIO, Path("take.wav"))
USABLE = {name: operation for name, operation in builtin().items() if not operation.internal}


def understood(text: str, *, story: bool = True, focus: str = "", attached: bool = False) -> Turn:
    said = Said(text, text, (TAKE,) if attached else ())
    return rules.understand(Situation(said, {"take": TAKE}, USABLE, "'Late': 3 lines" if story else "", focus))


@pytest.mark.parametrize(
    ("text", "topic", "phrase"),
    [
        ("How long is scene two?", "length", "scene two"),
        ("how long is it", "length", "it"),
        ("how long does Ann's first line last?", "length", "Ann's first line"),
        ("Who speaks most?", "speakers", ""),
        ("who has the most lines", "speakers", ""),
        ("how many lines does Ben have?", "lines", "Ben"),
        ("what is under Ann's last line?", "under", "Ann's last line"),
        ("what can be heard during scene two", "under", "scene two"),
        ("list the sounds", "list", "sounds"),
        ("show me all the scenes", "list", "scenes"),
        ("when does the second knock come?", "start", "the second knock"),
        ("what does Ben say?", "said", "Ben"),
        ("what does Ben say last?", "said", "Ben's last line"),
        ("which tool made Ann's last line?", "made", "Ann's last line"),
        ("which voice plays Ann?", "cast", "Ann"),
        ("how much did it cost?", "cost", ""),
        ("summarise the story", "summary", ""),
        ("please, can you list the music?", "list", "music"),
    ],
)
def test_questions(text: str, topic: str, phrase: str) -> None:
    turn = understood(text)
    assert (turn.kind, turn.topic, turn.phrase) == ("ask", topic, phrase)


@pytest.mark.parametrize(
    ("text", "kind", "request_"),
    [
        ("undo that", "undo", ""), ("Undo.", "undo", ""), ("redo", "redo", ""), ("render it", "render", ""),
        ("play scene two", "play", "scene two"), ("save it as late.mp3", "save", "it as late.mp3"),
        ("make the rain louder", "revise", "make the rain louder"),
        ("let Ann interrupt Ben", "revise", "let Ann interrupt Ben"),
        ("put the knock before Ann's first line", "revise", "put the knock before Ann's first line"),
        ("write a story about a lighthouse", "make", "write a story about a lighthouse"),
    ],
)  # fmt: skip
def test_what_to_do_with_the_story(text: str, kind: str, request_: str) -> None:
    turn = understood(text)
    assert (turn.kind, turn.request) == (kind, request_)


@pytest.mark.parametrize(
    ("text", "ops"),
    [
        ("transcribe take", ["transcribe"]),
        ("what is said in take?", ["transcribe"]),
        ("clean take", ["enhance"]),
        ("remove the noise from take and transcribe it", ["enhance", "transcribe"]),
        ("isolate the vocals of take", ["separate"]),
        ("how loud is take", ["measure_loudness"]),
        ("translate take to German", ["translate_audio"]),
        ("cut take from 2 to 5 seconds", ["slice"]),
        ("make take louder by 3 dB and reverse it", ["gain", "reverse"]),
        ("slow take down by 10 %", ["stretch"]),
        ("make take deeper by two semitones", ["pitch"]),
        ("put take into a church", ["reverb"]),
        ("take sounds as if from a telephone", ["telephone"]),
    ],
)
def test_operations_on_a_recording(text: str, ops: list[str]) -> None:
    turn = understood(text, story=False, attached=True)
    assert turn.kind == "operate"
    assert [step["op"] for step in turn.steps] == ops
    assert turn.steps[0]["audio"] == "take"
    for step in turn.steps:
        params = {name: value for name, value in step.items() if name not in ("op", "id", "audio")}
        USABLE[str(step["op"])].resolve(params)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("make a sound of three knocks on a door for 2 seconds",
         ("generate_sound", {"description": "three knocks on a door", "length": 2.0})),
        ("generate ten seconds of slow sad music",
         ("generate_music", {"description": "slow sad music", "length": 10.0})),
        ('say "The bridge is closed." in an old man\'s voice',
         ("speak", {"text": "The bridge is closed.", "voice": "an old man's voice"})),
    ],
)  # fmt: skip
def test_sounds_of_words(text: str, call: tuple[str, dict[str, Any]]) -> None:
    assert makings(text) == call
    USABLE[call[0]].resolve(call[1])


def test_it_is_what_was_spoken_of_last() -> None:
    assert understood("transcribe it", focus="take").kind == "operate"
    assert understood("make it louder", focus="take").kind == "operate"
    assert understood("make it louder").kind == "revise"
    assert understood("transcribe this", story=False).say.startswith("Which recording?")


def test_a_recording_is_placed_with_what_is_done_to_it_first() -> None:
    turn = understood("clean take and put it under Ann's line", attached=True)
    assert (turn.kind, turn.file, turn.where, turn.phrase) == ("place", "take", "under", "Ann's line")
    assert [step["op"] for step in turn.steps] == ["enhance"]
    assert understood("put take after the knock").where == "after"
    assert "no story yet" in understood("put it under Ann's line", story=False, focus="take").say


@pytest.mark.parametrize("text", ["", "?!", "yes", "hello", "is there any hope?"])
def test_what_says_nothing_is_answered_in_words(text: str) -> None:
    assert understood(text).kind in ("clarify", "talk")


def test_a_bare_idea_is_a_story_where_there_is_none() -> None:
    assert understood("rain on a quiet street, ten seconds", story=False).kind == "make"


def test_a_sentence_about_the_story_is_no_operation() -> None:
    assert [op for op, _ in treatments("Ann opens the door and goes in")] == []
