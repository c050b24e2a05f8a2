"""Files in what is said: named, quoted, dropped; and none that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.orchestrator.chat.attachments import bring_in
from soundwright.orchestrator.chat.choices import chosen, yes_or_no
from soundwright.orchestrator.interop.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("take.wav", "My Take.wav", "b.mid", "play.fountain", "secret.key"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("transcribe this: take.wav", "transcribe this: take"),
        ("clean 'My Take.wav' please", "clean My_Take please"),
        ('what is "take.wav"?', "what is take?"),
        ("clean My\\ Take.wav", "clean My_Take"),
        ("clean (take.wav).", "clean (take)."),
        ("play file://{folder}/My%20Take.wav", "play My_Take"),
        ("{folder}/take.wav", "take"),
        ("render b.mid", "render b"),
        ("say 'I am late' to her", "say 'I am late' to her"),
        ("what's this? it isn't loud", "what's this? it isn't loud"),
    ],
)
def test_files_become_ids(folder: Path, said: str, text: str) -> None:
    space = Workspace(folder / "results")
    assert bring_in(said.replace("{folder}", str(folder)), space, folder).text == text


def test_the_same_file_keeps_its_id_and_others_are_never_declared(folder: Path) -> None:
    space = Workspace(folder / "results")
    for _ in range(2):
        bring_in("clean take.wav", space, folder)
    bring_in("send secret.key and /etc/passwd and play.fountain", space, folder)
    assert list(space.items) == ["take"]


def test_missing_files_and_stories_are_told_apart(folder: Path) -> None:
    said = bring_in("clean nothing.wav, make play.fountain", Workspace(folder / "r"), folder)
    assert said.missing == ("nothing.wav",)
    assert [path.name for path in said.stories] == ["play.fountain"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("the second one", 1), ("2", 1), ("first", 0), ("the last", 1), ("k2", 1), ("the loud one", 1), ("blue", None),
     ("the knock", None), ("3", None)],
)  # fmt: skip
def test_a_choice_is_made_by_number_rank_id_or_words(text: str, number: int | None) -> None:
    assert chosen(text, ["k1 (a soft knock)", "k2 (a loud knock)"]) == number


def test_yes_and_no() -> None:
    said = [yes_or_no(text) for text in ("Yes!", "ok", "no.", "never mind", "louder")]
    assert said == [True, True, False, False, None]
