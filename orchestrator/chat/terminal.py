"""Where the chat is read and shown: a terminal with history and completion, or a pipe with plain lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from soundwright.orchestrator.chat.chat import Chat
from soundwright.orchestrator.chat.commands import COMMANDS

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

PROMPT = "> "
MAX_HISTORY = 1000


def piped_lines(stream: TextIO) -> Iterator[str]:
    """Lines that say something; a backslash at the end joins the next."""
    held = ""
    for line in stream:
        text = line.rstrip("\n")
        if text.endswith("\\"):
            held += text[:-1] + " "
            continue
        if (held + text).strip():
            yield held + text
        held = ""
    if held.strip():
        yield held


class Prompter:
    """Reads lines from a terminal, with what was typed before and completion of commands, ids and files."""

    def __init__(self, chat: Chat, history: Path | None) -> None:
        self._session = _session(chat, history)

    def read(self) -> str:
        """The next line.

        Raises:
            EOFError: the user closed the input.
            KeyboardInterrupt: Ctrl-C.
        """
        return self._session.prompt(PROMPT)


def completions(chat: Chat, text: str) -> list[str]:
    """What the last word of a line may become."""
    word = text.rsplit(" ", 1)[-1]
    if text.startswith("/") and " " not in text:
        return [f"/{name}" for name in COMMANDS if f"/{name}".startswith(text)]
    script = chat.state.document.script if chat.state.document is not None else None
    names = [*chat.state.operations.workspace.items]
    if script is not None:
        names += [voice.name for voice in script.voices]
        names += [cue.id for cue in script.cues if cue.id is not None]
    found = [name for name in dict.fromkeys(names) if word and name.lower().startswith(word.lower())]
    return [*found, *_files(word, chat.state.folder)]


def _files(word: str, folder: Path, most: int = 50) -> list[str]:
    if not word:
        return []
    head, slash, tail = word.rpartition("/")
    place = (folder / Path(f"{head}{slash}").expanduser()) if slash else folder
    try:
        with os.scandir(place) as entries:
            names = sorted(entry.name + "/" * entry.is_dir() for entry in entries if entry.name.startswith(tail))
    except OSError:
        return []
    return [f"{head}{slash}{name}" for name in names if " " not in name][:most] if tail or slash else []


def _session(chat: Chat, history: Path | None) -> PromptSession[str]:
    from prompt_toolkit import PromptSession  # noqa: PLC0415  only for a terminal
    from prompt_toolkit.completion import Completer, Completion  # noqa: PLC0415
    from prompt_toolkit.document import Document  # noqa: PLC0415
    from prompt_toolkit.history import FileHistory, InMemoryHistory  # noqa: PLC0415

    class Words(Completer):
        def get_completions(self, document: Document, complete_event: object) -> Iterator[Completion]:
            del complete_event
            text = document.text_before_cursor
            for found in completions(chat, text):
                yield Completion(found, start_position=-len(text.rsplit(" ", 1)[-1]))

    kept = InMemoryHistory() if history is None else FileHistory(str(history))
    return PromptSession(history=kept, completer=Words(), complete_while_typing=False, enable_open_in_editor=False)
