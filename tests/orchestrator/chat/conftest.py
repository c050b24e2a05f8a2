"""A project with a short story, and chats about it in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator import new_project
from soundwright.orchestrator.chat.chat import Chat
from soundwright.orchestrator.chat.state import ChatOptions, State
from soundwright.orchestrator.llm.scripted import Prepared, ScriptedModel
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio

STORY = """version: 1
title: Late
voices:
  - {name: Ann, description: calm woman, gender: female, tool: hibari, preset: heart}
  - {name: Ben, description: old man, gender: male, tool: pico, preset: en-GB}
cues:
  - {type: scene, id: door, title: At the door}
  - {type: sound, id: rain, description: rain, layer: background}
  - {type: sound, id: k1, description: a knock on a wooden door, length: 1}
  - {type: speech, id: a1, voice: Ann, text: "Who is it, at this late hour of the night?"}
  - {type: sound, id: k2, description: a knock on a wooden door, length: 1, take: 1}
  - {type: speech, id: b1, voice: Ben, text: "It is me, and I am late."}
  - {type: scene, id: hall, title: In the hall, space: hall}
  - {type: speech, id: a2, voice: Ann, text: "Come in then."}
"""
Talk = Callable[..., Chat]


class Heard:
    """Keeps what a chat tells while it works."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.pieces: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def piece(self, text: str) -> None:
        self.pieces.append(text)


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ``story.yaml`` and the recording ``take.wav``."""
    del home
    for name in ("SOUNDWRIGHT_LLM",):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    time_s = np.arange(48000) / 24000
    tone = 0.2 * np.sin(2 * np.pi * 220 * time_s)
    audio_files.write(tmp_path / "take.wav", Audio(tone[None].astype(np.float32), 24000))
    return tmp_path


@pytest.fixture
def late(folder: Path) -> Path:
    """The project of the story."""
    new_project.create(folder / "late", str(folder / "story.yaml"))
    return folder / "late"


@pytest.fixture
def talk(folder: Path) -> Talk:
    """Opens a chat; ``answers`` are those of a scripted language model, none means that there is no model."""

    def open_(
        project: Path | None = None, answers: Sequence[Prepared] | None = None, *, render: bool = False,
        yes: bool = False,
    ) -> Chat:  # fmt: skip
        model = None if answers is None else ScriptedModel(answers)
        options = ChatOptions(yes=yes, render=render)
        return Chat(State.open(project, model, options, folder=folder, listener=Heard()))

    return open_
