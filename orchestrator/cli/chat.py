"""``soundwright chat``: the loop around the turns."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soundwright.orchestrator.cli.edge import CANCELLED, Written, cancellation, guarded, say
from soundwright.orchestrator.cli.stories import Allow, Llm, MaxCost

if TYPE_CHECKING:
    from soundwright.orchestrator.chat.chat import Chat
    from soundwright.orchestrator.chat.reply import Reply
    from soundwright.orchestrator.llm.base import LanguageModel
    from soundwright.orchestrator.project import Settings

UNANSWERED = 2


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("chat")(chat)


@guarded
def chat(
    project: Annotated[
        Path | None, typer.Argument(help="A project or a script; a new folder is made with the first story.")
    ] = None,
    llm: Llm = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to every change, cost and long work beforehand.")] = False,
    no_render: Annotated[bool, typer.Option("--no-render", help="Render only when asked to.")] = False,
    max_cost: MaxCost = None,
    allow: Allow = None,
    commercial: Annotated[
        bool, typer.Option("--commercial", help="Only engines and weights that allow commercial use.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
) -> None:
    """Talk about a story and about recordings: make, change, ask, render, clean, transcribe. Works with a pipe too."""
    from soundwright.orchestrator.chat.chat import Chat  # noqa: PLC0415
    from soundwright.orchestrator.chat.state import ChatOptions, State  # noqa: PLC0415

    settings = _settings(project)
    dearest = max_cost if max_cost is not None else settings.max_cost
    options = ChatOptions(yes, not no_render, dearest, commercial, offline, tuple(allow or ()))
    shown = Written()
    talk = Chat(State.open(project, _model(llm, settings), options, listener=shown))
    code = _at_terminal(talk, shown) if sys.stdin.isatty() else _piped(talk, shown)
    _leave(code)


def _model(name: str | None, settings: Settings) -> LanguageModel | None:
    from soundwright.orchestrator.llm.choose import configured_name, open_model  # noqa: PLC0415

    wanted = name or settings.llm or configured_name()
    return None if wanted is None else open_model(wanted)


def _settings(project: Path | None) -> Settings:
    from soundwright.orchestrator.project import Project, Settings  # noqa: PLC0415

    there = project is not None and (project / "script.yaml").is_file()
    return Project.at(project).settings() if project is not None and there else Settings()


def _leave(code: int) -> None:
    """End with an exit code. An engine that was stopped may still be busy in a thread, which nobody waits for."""
    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise typer.Exit(code)


def _at_terminal(talk: Chat, shown: Written) -> int:
    """Lines of a person, until the exit code is known."""
    from soundwright.orchestrator.chat.rules import HELLO  # noqa: PLC0415
    from soundwright.orchestrator.chat.terminal import Prompter  # noqa: PLC0415
    from soundwright.orchestrator.config import load_config  # noqa: PLC0415

    home = load_config().home
    home.mkdir(parents=True, exist_ok=True)
    prompter = Prompter(talk, home / "chat_history.txt")
    typer.echo(talk.greeting() or HELLO)
    leaving = False
    while True:
        try:
            line = prompter.read()
        except EOFError:
            return 0
        except KeyboardInterrupt:
            if leaving:
                return CANCELLED
            leaving = True
            say("Ctrl-C again, or /quit, to leave")
            continue
        leaving = False
        if line.strip() and _answer(talk, line, shown).leave:
            return 0


def _piped(talk: Chat, shown: Written) -> int:
    """Every line is a turn; the exit code is that of the first one that failed or was left open."""
    from soundwright.orchestrator.chat.terminal import piped_lines  # noqa: PLC0415

    code, open_ = 0, False
    for line in piped_lines(sys.stdin):
        reply = _answer(talk, line, shown)
        code = code or (UNANSWERED if open_ and not talk.took_answer else 0) or reply.code
        open_ = reply.asks
        if reply.leave or reply.code == CANCELLED:
            break
    if open_:
        say("the last question was left unanswered")
    return code or (UNANSWERED if open_ else 0)


def _answer(talk: Chat, line: str, shown: Written) -> Reply:
    """One turn, which Ctrl-C stops; a second Ctrl-C leaves."""
    with cancellation() as cancel:
        reply = talk.turn(line, cancel)
    shown.end()
    if reply.text:
        typer.echo(reply.text)
    return reply
