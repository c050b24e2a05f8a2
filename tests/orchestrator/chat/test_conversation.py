"""Conversations without a language model, on a real project: each kind of turn, questions, consent, what goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from soundwright.orchestrator.chat.chat import Chat
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.script import ClipCue, SoundCue

Talk = Callable[..., Chat]


def said(chat: Chat, *texts: str) -> list[str]:
    return [chat.turn(text).text for text in texts]


def test_questions_are_answered_from_the_script(late: Path, talk: Talk) -> None:
    chat = talk(late)
    answers = said(
        chat, "who speaks most?", "how many lines does Ann have?", "what does Ben say?", "list the scenes",
        "what is under Ben's line?", "which tool made the rain?", "how long is Ben's lime?",
    )  # fmt: skip
    assert answers[0].startswith("Ann speaks most: Ann ")
    assert answers[1].splitlines() == [
        "Ann has 2 lines:",
        "  Ann: Who is it, at this late hour of the night?",
        "  Ann: Come in then.",
    ]
    assert "It is me, and I am late." in answers[2]
    assert answers[3].startswith("2 scenes:")
    assert "rain" in answers[4]
    assert "k2" not in answers[4]
    assert "not rendered yet" in answers[5]
    assert answers[6].startswith("No cue is") or "may mean" in answers[6] or "lime" in answers[6]


def test_an_ambiguous_question_is_asked_back_and_answered_by_number_rank_or_name(late: Path, talk: Talk) -> None:
    chat = talk(late)
    for choice in ("2", "the second one", "k2"):
        asked = chat.turn("when does the knock come?")
        assert asked.asks
        assert "Which one?" in asked.text
        assert chat.turn(choice).text.startswith("k2 ")
    assert chat.turn("how long is the knock?").asks
    assert "Ann speaks most" in chat.turn("who speaks most?").text  # something else: the question is dropped


def test_a_change_is_shown_made_on_consent_and_undone(late: Path, talk: Talk) -> None:
    chat, before = talk(late), (late / "script.yaml").read_bytes()
    shown = chat.turn("make the rain louder by 3 dB")
    assert shown.asks
    assert "gain: 0 -> 3" in shown.text
    assert (late / "script.yaml").read_bytes() == before
    assert chat.turn("no").text == "Left as it is."
    assert (late / "script.yaml").read_bytes() == before
    said(chat, "make the rain louder by 3 dB", "yes")
    rain = documents.load(late / "script.yaml").script.cues[1]
    assert isinstance(rain, SoundCue)
    assert rain.gain == 3
    assert chat.turn("undo").text.startswith("Undone")
    assert documents.load(late / "script.yaml").script.cues[1].gain == 0  # type: ignore[union-attr]
    assert chat.turn("redo").ok


def test_an_ambiguous_change_is_asked_back(late: Path, talk: Talk) -> None:
    chat = talk(late)
    assert chat.turn("remove the knock").asks
    shown = chat.turn("the second one")
    assert "k2" in shown.text
    assert chat.turn("yes").ok
    ids = [cue.id for cue in documents.load(late / "script.yaml").script.cues]
    assert "k1" in ids
    assert "k2" not in ids


def test_a_recording_is_cleaned_and_put_under_a_line(late: Path, folder: Path, talk: Talk) -> None:
    chat = talk(late)
    shown = chat.turn("normalise take.wav and put it under Ben's line")
    assert shown.asks, shown.text
    assert "+ input take" in shown.text
    assert chat.turn("yes").ok
    script = documents.load(late / "script.yaml").script
    (clip,) = [cue for cue in script.cues if isinstance(cue, ClipCue)]
    assert (clip.layer, clip.until, clip.source) == ("background", "b1", "take_normalise")
    assert clip.start is not None
    assert clip.start.with_ == "b1"
    assert [(step.op, step.params["audio"]) for step in script.steps] == [("normalise", "take")]
    assert (late / script.inputs[0].file).read_bytes() == (folder / "take.wav").read_bytes()
    assert "take_normalise" in chat.turn("what is under Ben's line?").text
    assert chat.turn("undo").ok
    assert not documents.load(late / "script.yaml").script.inputs


def test_a_declined_recording_leaves_nothing(late: Path, talk: Talk) -> None:
    chat = talk(late)
    said(chat, "put take.wav after Ann's first line", "no")
    assert not any((late / "recordings").iterdir())
    assert documents.load(late / "script.yaml").script.inputs == []


def test_operations_follow_one_another_on_what_was_spoken_of(folder: Path, talk: Talk) -> None:
    chat = talk()
    answers = said(
        chat, "how loud is take.wav?", "how long is it?", "reverse it and make it louder by 3 dB",
        "save it as loud.wav", "/files",
    )  # fmt: skip
    assert "integrated_lufs" in answers[0]
    assert "2.0 s" in answers[1]
    assert "soundwright-results/reverse.wav" in answers[2]
    assert "soundwright-results/gain.wav" in answers[2]
    assert answers[3] == "Saved loud.wav."
    assert (folder / "loud.wav").is_file()
    assert answers[4].splitlines()[0].startswith("take (Audio)")
    assert chat.turn("save it as loud.wav").asks
    assert chat.turn("no").text == "Left as it is."


def test_measurements_are_saved_in_any_form(folder: Path, talk: Talk) -> None:
    said(talk(), "how loud is take.wav?", "save it as loudness.csv")
    assert (folder / "loudness.csv").read_text().startswith("name,value")


def test_a_story_is_made_in_a_project_of_its_own_and_the_chat_is_kept(folder: Path, talk: Talk) -> None:
    chat = talk()
    made = chat.turn("rain on a quiet street at night, ten seconds, no speech, no music")
    assert made.ok, made.text
    (script,) = folder.glob("*/script.yaml")
    # "about" where nothing was made yet; another test may have made the same rain before
    assert re.match(r"The story lasts (about )?10", chat.turn("how long is it?").text)
    log = [json.loads(line) for line in (script.parent / "history" / "chat.jsonl").read_text().splitlines()]
    assert [entry["kind"] for entry in log] == ["make", "ask"]
    again = talk(script.parent)
    assert len(again.state.log.turns) == 2
    assert "10" in again.greeting()


def test_a_second_story_leaves_the_first(late: Path, folder: Path, talk: Talk) -> None:
    chat, before = talk(late), (late / "script.yaml").read_bytes()
    assert chat.turn("write a story: wind and waves at a beach, ten seconds, no speech, no music").ok
    assert (late / "script.yaml").read_bytes() == before
    assert chat.state.project is not None
    assert chat.state.project.script.parent != late
    assert len(list(folder.glob("*/script.yaml"))) == 2


def test_a_screenplay_becomes_the_story(folder: Path, talk: Talk) -> None:
    (folder / "hello.fountain").write_text("INT. ROOM - DAY\n\nANN\nHello.\n\nBEN\nGood evening.\n", encoding="utf-8")
    assert "2 lines" in talk().turn("open hello.fountain").text


def test_results_have_their_ids_again_but_files_from_elsewhere_must_be_named(
    late: Path, folder: Path, talk: Talk
) -> None:
    said(talk(late), "reverse take.wav")
    again = talk(late)
    assert "reverse" in again.state.operations.workspace.items
    assert "take" not in again.state.operations.workspace.items
    log = late / "history" / "chat.jsonl"
    log.write_text(
        log.read_text()
        + json.dumps({"user": "x", "answer": "y", "files": {"key": str(folder / "story.yaml")}})
        + "\nnot json\n"
    )
    assert "key" not in talk(late).state.operations.workspace.items


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("transcribe nothing.wav", "There is no file nothing.wav"),
        ("/nothing", "There is no command"),
        ("/undo", "0 steps can be undone"),
        ("play it", "not rendered yet"),
        ("put take.wav under the trumpet", "No cue is"),
        ("how long is scene nine?", "There are only 2"),
        ("x" * 200_000, "characters"),
        ("make the trumpet louder", "trumpet"),
    ],
)
def test_what_goes_wrong_is_said_and_the_chat_goes_on(late: Path, talk: Talk, text: str, words: str) -> None:
    chat = talk(late)
    reply = chat.turn(text)
    assert words in reply.text
    assert not reply.ok or reply.asks
    assert chat.turn("who speaks most?").ok


@pytest.mark.parametrize(
    "command", ["help", "script", "voices", "sounds", "sounds knock", "operations", "operations gain", "cost", "files"]
)
def test_commands_that_show_something(late: Path, talk: Talk, command: str) -> None:
    reply = talk(late).turn(f"/{command}")
    assert reply.ok
    assert len(reply.text) > 10


def test_the_story_is_rendered_played_in_parts_and_saved(
    late: Path, folder: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[float] = []
    from soundwright.orchestrator import player  # noqa: PLC0415
    from soundwright.tools import audio_files  # noqa: PLC0415

    monkeypatch.setattr(player, "play", lambda file: played.append(audio_files.probe(file).length_s))
    chat = talk(late, render=True)
    made = chat.turn("/render")
    assert made.ok, made.text
    measured = said(chat, "how long is it?", "how loud is the story?", "which tool made Ann's last line?")
    assert "about" not in measured[0]
    assert "LUFS" in measured[1]
    assert "hibari" in measured[2]
    said(chat, "play it", "play Ben's line", "save the story as late.mp3")
    assert len(played) == 2
    assert 0.5 < played[1] < played[0]
    assert (folder / "late.mp3").is_file()
