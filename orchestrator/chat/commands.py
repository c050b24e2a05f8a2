"""Commands of the chat, which begin with a slash and never go to a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from soundwright.orchestrator import operation_reports, reports
from soundwright.orchestrator.chat import asking, facts, keeping, rendering, revising
from soundwright.orchestrator.chat.reply import Reply
from soundwright.orchestrator.chat.state import State
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.revision.plainly import UNDERSTOOD
from soundwright.scripts_compiler.wording import near

_COMMAND = re.compile(r"/(?P<name>[a-z]+)(?:\s+(?P<rest>.*))?", re.S)
MAX_ROWS = 60


@dataclass(frozen=True, slots=True)
class Command:
    """``help`` in one line, ``takes`` what may follow."""

    do: Callable[[State, str], Reply]
    help: str
    takes: str = ""


def read(text: str) -> tuple[str, str] | None:
    """The name and what follows, where a text is a command; a path such as ``/home/a.wav`` is none."""
    match = _COMMAND.fullmatch(text.strip())
    return None if match is None else (match["name"], (match["rest"] or "").strip())


def run(state: State, name: str, rest: str) -> Reply:
    """Do a command."""
    command = COMMANDS.get(name)
    if command is None:
        meant = near(name, COMMANDS) or "/help lists the commands."
        return Reply(f"There is no command /{name}. {meant}", ok=False)
    return command.do(state, rest)


def _turn(kind: str) -> Callable[[State, str], Reply]:
    do = {
        "render": rendering.render, "undo": revising.undo, "redo": revising.redo, "play": keeping.play,
        "save": keeping.save,
    }[kind]  # fmt: skip
    return lambda state, rest: do(state, Turn(kind, request=rest))


def _script(state: State, rest: str) -> Reply:
    del rest
    return Reply(state.story().text.rstrip("\n"))


def _voices(state: State, rest: str) -> Reply:
    rows = reports.voice_rows(language=rest, gender="")
    cast = ""
    if state.document is not None and state.document.script.voices:
        cast = facts.answer(state.facts(), "cast", "") + "\n\n"
    return Reply(cast + _table(rows))


def _sounds(state: State, rest: str) -> Reply:
    del state
    from soundwright.tools.sfx.procedural import known_sounds, nearest_sounds  # noqa: PLC0415  reads all of them

    return Reply(", ".join(nearest_sounds(rest) if rest else known_sounds()))


def _operations(state: State, rest: str) -> Reply:
    if rest:
        return Reply(reports.sheet(operation_reports.operation_facts(rest)))
    usable = state.operations.operations.values()
    return Reply("\n".join(f"{operation.name}: {operation.help}" for operation in usable))


def _files(state: State, rest: str) -> Reply:
    del rest
    items = state.operations.workspace.items.values()
    lines = [f"{item.id} ({item.kind.value}): {', '.join(map(str, item.files))}" for item in items]
    return Reply("\n".join(lines) or "No files yet: name one, or drop it here.")


def _changes(state: State, rest: str) -> Reply:
    del state, rest
    return Reply("\n".join(UNDERSTOOD))


def _cost(state: State, rest: str) -> Reply:
    del rest
    return Reply(asking.cost(state))


def _help(state: State, rest: str) -> Reply:
    del rest
    width = max(len(f"/{name} {command.takes}") for name, command in COMMANDS.items())
    lines = [f"{f'/{name} {command.takes}'.ljust(width)}  {command.help}" for name, command in COMMANDS.items()]
    how = (
        "Tell an idea to have a story made. Say what to change: \"make the rain louder\".\n"
        "Ask about it: \"how long is scene two?\", \"who speaks most?\"\n"
        "Name or drop a recording: \"transcribe take.wav\", \"clean it and put it under Ann's last line\"."
    )  # fmt: skip
    model = (
        "No language model is used: fixed English patterns are understood. Name one with --llm."
        if state.model is None
        else f"Understood by {state.model.name}."
    )
    return Reply("\n".join([how, model, *lines]))


def _quit(state: State, rest: str) -> Reply:
    del state, rest
    return Reply("", leave=True)


def _table(rows: list[reports.Row]) -> str:
    shown = reports.table(rows[:MAX_ROWS])
    return shown if len(rows) <= MAX_ROWS else f"{shown}\n... and {len(rows) - MAX_ROWS} more"


COMMANDS: Mapping[str, Command] = {
    "render": Command(_turn("render"), "make the sound"),
    "play": Command(_turn("play"), "play the story, a part of it or a result", "[WHAT]"),
    "save": Command(_turn("save"), "save the story or the last result", "[FILE]"),
    "undo": Command(_turn("undo"), "take the last change back"),
    "redo": Command(_turn("redo"), "make it again"),
    "script": Command(_script, "show the script"),
    "files": Command(_files, "list files and results with their ids"),
    "voices": Command(_voices, "list the cast and the voices there are", "[LANGUAGE]"),
    "sounds": Command(_sounds, "list the sounds that come out best", "[LIKE]"),
    "operations": Command(_operations, "list what can be done with recordings", "[NAME]"),
    "changes": Command(_changes, "list changes that are understood without a language model"),
    "cost": Command(_cost, "say what the language model took"),
    "help": Command(_help, "show this"),
    "quit": Command(_quit, "leave"),
}
