"""Conversations that a scripted language model understands: each kind of turn, and wrong or hopeless answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.chat import by_model
from soundwright.orchestrator.chat.attachments import bring_in
from soundwright.orchestrator.chat.chat import Chat
from soundwright.orchestrator.llm.base import LanguageModel
from soundwright.orchestrator.llm.errors import ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.script import ClipCue, SoundCue

Talk = Callable[..., Chat]
EMPTY = dict.fromkeys(("request", "topic", "phrase", "file", "where", "steps", "say"))


def turn(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, **EMPTY, **fields}


def asked(chat: Chat) -> ScriptedModel:
    model: LanguageModel | None = chat.state.model
    assert isinstance(model, ScriptedModel)
    return model


def notes(chat: Chat) -> list[str]:
    found: list[str] = vars(chat.state.listener)["notes"]
    return found


PATCH = {
    "question": None,
    "summary": "The rain is louder.",
    "edits": [{"do": "change", "id": "rain", "set": {"gain": 4}}],
}
SCRIPT = {
    "title": "Gulls", "language": "en", "duration": None, "voices": [],
    "cues": [{"type": "sound", "description": "seagulls", "length": 3}, {"type": "pause", "length": 1}],
}  # fmt: skip


def test_a_change_goes_from_turn_to_patch_to_consent(late: Path, talk: Talk) -> None:
    chat = talk(late, [turn("revise", request="make the rain louder"), PATCH])
    shown = chat.turn("could the rain be more present?")
    assert shown.asks, shown.text
    assert "0 -> 4" in shown.text
    assert chat.turn("yes").text.startswith("The rain is louder.")
    rain = documents.load(late / "script.yaml").script.cues[1]
    assert isinstance(rain, SoundCue)
    assert rain.gain == 4
    assert asked(chat).left == 0
    assert "output" not in chat.turn("/cost").text
    assert "$0" in chat.turn("/cost").text


def test_a_question_of_the_reviser_is_answered_in_the_next_turn(late: Path, talk: Talk) -> None:
    question = {"question": "How much louder?", "summary": "", "edits": []}
    chat = talk(late, [turn("revise", request="make the rain louder"), question, PATCH])
    assert chat.turn("more rain, please").text == "How much louder?"
    assert chat.turn("a good deal").asks
    assert "make the rain louder (a good deal)" in str(asked(chat).asked[-1].messages)
    assert chat.turn("yes").ok


def test_a_story_is_written_by_the_model(folder: Path, talk: Talk) -> None:
    chat = talk(None, [turn("make", request="gulls at a quiet sea"), SCRIPT])
    made = chat.turn("Gulls at a quiet sea")
    assert made.ok, made.text
    assert (folder / "gulls" / "script.yaml").is_file()
    assert "".join(vars(chat.state.listener)["pieces"]).startswith("{")  # what it writes is streamed


def test_facts_are_worded_but_never_changed(late: Path, talk: Talk) -> None:
    question = turn("ask", topic="length", phrase="scene one")
    for worded, kept in (("Scene one runs for {} seconds.", True), ("It lasts 99 s.", False), ("", False)):
        facts = talk(late).turn("how long is scene one?").text
        numbers = [word for word in facts.replace(",", "").split() if word[0].isdigit()]
        words = f"It lasts {numbers[0]} s, from {numbers[1]} s to {numbers[2]} s." if kept else worded
        answer = talk(late, [question, words]).turn("tell me about the length of the first scene").text
        assert answer == (words if kept else facts)


def test_a_voice_is_asked_for_even_where_all_else_was_agreed_to(folder: Path, talk: Talk) -> None:
    step = {"op": "convert_voice", "id": "other", "semitones": None, "audio": "take", "sample": "take"}
    chat = talk(None, [turn("operate", steps=[step])], yes=True)
    reply = chat.turn("say take.wav in the voice of take.wav")
    assert reply.asks
    assert "consent" in reply.text
    assert not list(folder.glob("other*"))


def test_operations_are_chosen_and_done_in_order(folder: Path, talk: Talk) -> None:
    steps = [
        {"op": "reverse", "id": "back", "audio": "take"},
        {"op": "measure_loudness", "id": "loud", "audio": "back"},
    ]
    chat = talk(None, [turn("operate", steps=steps)])
    reply = chat.turn("turn take.wav around and reverse its order, then measure the loudness")
    assert reply.ok, reply.text
    assert "back.wav" in reply.text
    assert "integrated_lufs" in reply.text
    assert "plan: reverse by signal, then measure_loudness by loudness" in notes(chat)


def test_a_recording_is_placed(late: Path, talk: Talk) -> None:
    place = turn("place", file="take", where="under", phrase="Ben's line", steps=[])
    chat = talk(late, [place], yes=True)
    assert chat.turn("use take.wav as a bed for what Ben says").ok
    assert any(isinstance(cue, ClipCue) for cue in documents.load(late / "script.yaml").script.cues)


@pytest.mark.parametrize(
    "answers",
    [
        ["certainly!", turn("talk", say="Hello.")],
        [{"kind": "sing"}, turn("talk", say="Hello.")],
        [turn("operate", steps=[{"op": "reverse", "id": "x", "audio": "nothing"}]), turn("talk", say="Hello.")],
        [turn("talk"), turn("talk", say="Hello.")],
        [turn("operate", steps=[{"op": "shell", "command": "ls"}]), turn("talk", say="Hello.")],
    ],
)
def test_a_wrong_answer_is_returned_with_its_errors(folder: Path, talk: Talk, answers: list[Any]) -> None:
    chat = talk(None, answers)
    assert chat.turn("good day to you, machine").text == "Hello."
    complaint = asked(chat).asked[1].messages[-1].content
    assert len(complaint) > 40


def test_a_hopeless_model_is_replaced_by_rules_where_they_understand(late: Path, talk: Talk) -> None:
    chat = talk(late, ["no", "no", "no", "no"])
    assert "Ann speaks most" in chat.turn("who speaks most?").text
    assert any("was of no help" in note for note in notes(chat))
    lost = chat.turn("quux?")
    assert not lost.ok
    assert "JSON" in lost.text


def test_a_hopeless_model_does_not_stand_in_the_way_of_a_plain_change(late: Path, talk: Talk) -> None:
    chat = talk(late, [turn("revise", request="make the rain louder"), *["no"] * 3])
    assert "gain: 0 -> 3" in chat.turn("make the rain louder").text
    assert any("read by fixed patterns" in note for note in notes(chat))


@pytest.mark.parametrize("error", [ModelUnavailable("no server. Start it."), ModelRefused("refused. Ask otherwise.")])
def test_a_model_that_cannot_be_asked_is_said(late: Path, talk: Talk, error: Exception) -> None:
    chat = talk(late, [error, error])
    assert str(error) in chat.turn("quux?").text
    assert chat.turn("who speaks most?").ok


def test_certain_words_never_go_to_the_model(late: Path, talk: Talk) -> None:
    chat = talk(late, [])
    for text in ("undo", "/help", "save it", "yes"):
        chat.turn(text)
    assert asked(chat).asked == []


def test_the_model_sees_ids_and_a_bounded_past(late: Path, folder: Path, talk: Talk) -> None:
    chat = talk(late, [turn("talk", say="Hm. " * 200)] * 40)
    for number in range(30):
        chat.turn(f"tell me something, number {number} take.wav")
    sent = asked(chat).asked[-1]
    text = "\n".join(message.content for message in sent.messages)
    assert str(folder) not in text
    assert "take (Audio)" in text
    assert "number 28" in text
    assert "number 3 " not in text
    situation = chat.state.situation(bring_in("hello", chat.state.operations.workspace, folder))
    assert by_model.prompt(situation).tokens < 4000


def test_what_a_model_says_can_neither_read_nor_write_elsewhere(late: Path, folder: Path, talk: Talk) -> None:
    (folder / "secret.wav").write_bytes((folder / "take.wav").read_bytes())
    outside = folder.parent / "escaped.wav"
    answers: list[Any] = [
        turn("operate", steps=[{"op": "reverse", "id": "x", "audio": "../secret"}]),
        turn("operate", steps=[{"op": "reverse", "id": "x", "audio": "secret"}]),
        turn("place", file="secret", where="under", phrase="Ben's line"),
        turn("save", request=f"it as {outside}"),
        turn("save", request="it as ../escaped.wav"),
        turn("make", request=str(folder / "story.yaml")),
        turn("operate", steps=[{"op": "load_file", "id": "x", "file": "/etc/passwd"}]),
    ]
    for answer in answers:
        chat = talk(late, [answer, answer, json.dumps({"raise": 1})])
        chat.turn("quux the frobnicator")
        assert "secret" not in chat.state.operations.workspace.items
        assert chat.state.project is not None
        assert chat.state.project.script == late / "script.yaml"
    assert not outside.exists()
    assert {path.name for path in folder.iterdir()} <= {
        "late",
        "story.yaml",
        "take.wav",
        "secret.wav",
        "late.flac",
        "home",
    }
