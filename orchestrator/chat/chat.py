"""One turn of the chat: bring it into form, understand it, choose and do, answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from soundwright.orchestrator.chat import (
    asking,
    by_model,
    choices,
    commands,
    keeping,
    making,
    operating,
    placing,
    rendering,
    revising,
    rules,
)
from soundwright.orchestrator.chat.attachments import Said, bring_in
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.state import State
from soundwright.orchestrator.chat.telling import near_path
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.scripts_compiler.errors import ScriptError, SoundwrightError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.errors import Cancelled

MAX_CHARS = 100_000
_DOING: Mapping[str, Callable[[State, Turn], Reply]] = {
    "make": making.make, "revise": revising.revise, "ask": asking.ask, "operate": operating.operate,
    "place": placing.place, "render": rendering.render, "play": keeping.play, "save": keeping.save,
    "undo": revising.undo, "redo": revising.redo,
}  # fmt: skip


class Chat:
    """A conversation about one project. ``turn`` never raises what the user could mend: that is the reply."""

    def __init__(self, state: State) -> None:
        """``took_answer``: whether the last turn answered a question of the chat."""
        self.state = state
        self.took_answer = False

    def greeting(self) -> str:
        """What there is to go on with; empty where nothing is."""
        if self.state.document is None:
            return ""
        before = f" {len(self.state.log.turns)} turns so far." if self.state.log.turns else ""
        return self.state.situation(Said("", "")).story + before

    def turn(self, text: str, cancel: threading.Event | None = None) -> Reply:
        """Answer what the user says, and keep both. What goes wrong is a reply that is not ``ok``; nothing is raised.

        ``cancel`` stops the turn: what was finished is kept, and the chat goes on.
        """
        state = self.state
        state.cancel = state.operations.cancel = cancel or threading.Event()
        before = set(state.operations.workspace.items)
        kind, reply = self._answered(text.strip())
        home = Path() if state.project is None else state.project.script.resolve().parent
        items = [item for name, item in state.operations.workspace.items.items() if name not in before]
        new = {item.id: str(near_path(item.file.resolve(), home)) for item in items if item.file is not None}
        if kind != "command":
            state.log.add(text, reply.text, kind=kind, ok=reply.ok, files=new, focus=state.focus)
        return reply

    def _answered(self, text: str) -> tuple[str, Reply]:
        try:
            if len(text) > MAX_CHARS:
                return "talk", Reply(f"That has more than {MAX_CHARS:,} characters. Put it into a file.", ok=False)
            command = commands.read(text)
            if command is not None:
                return "command", commands.run(self.state, *command)
            answered = self._to_pending(text)
            self.took_answer = answered is not None
            if answered is not None:
                return "answer", answered
            return self._new_turn(text)
        except Cancelled:
            self.state.pending = None
            said = "Stopped. What was finished is kept; nothing else was changed."
            return "cancelled", Reply(said, ok=False, error_code=Cancelled.exit_code)
        except SoundwrightError as error:
            return "error", Reply(str(error), ok=False, error_code=error.exit_code)

    def _to_pending(self, text: str) -> Reply | None:
        """The reply where a text answers the question that was asked; None where it says something new."""
        pending, self.state.pending = self.state.pending, None
        if pending is None:
            return None
        agreed = choices.yes_or_no(text)
        if agreed is False:
            return self._declined(pending)
        if pending.options:
            return self._choice(pending, text, agreed=bool(agreed))
        if pending.with_words is not None and not self._is_new(text):
            return pending.with_words(text)
        if pending.with_words is None and agreed:
            return pending.go_on(0)
        self._declined(pending)
        return None

    def _choice(self, pending: Pending, text: str, *, agreed: bool) -> Reply | None:
        number = choices.chosen(text, pending.options)
        if number is not None:
            return pending.go_on(number)
        if not agreed:
            return None
        self.state.pending = pending
        return Reply(f"Which one? {', '.join(pending.options)}", asks=True)

    def _is_new(self, text: str) -> bool:
        """Whether a text says something of its own, and does not answer a question that was asked."""
        situation = self.state.situation(Said(text, text))
        return len(text.split()) > 12 or rules.understand(situation).kind not in ("revise", "clarify", "talk")

    @staticmethod
    def _declined(pending: Pending) -> Reply:
        if pending.on_no is not None:
            pending.on_no()
        return Reply(pending.declined)

    def _new_turn(self, text: str) -> tuple[str, Reply]:
        said = bring_in(text, self.state.operations.workspace, self.state.folder)
        situation = self.state.situation(said)
        turn = rules.certain(situation) or self._understood(situation)
        if said.items and turn.kind != "save":
            sounds = [item.id for item in said.items if item.kind in (Kind.AUDIO, Kind.SPEECH)]
            self.state.focus = sounds[-1] if sounds else self.state.focus
        return turn.kind, self._done(turn, said)

    def _understood(self, situation: Situation) -> Turn:
        """By the language model where there is one; by rules where its answers cannot be used."""
        if self.state.model is None:
            return rules.understand(situation)
        session = self.state.session()
        try:
            return by_model.understand(situation, session)
        except (ScriptError, LanguageModelError) as error:
            turn = rules.understand(situation)
            if turn.kind in ("clarify", "talk"):
                raise
            first = str(error).splitlines()[0][:200]
            self.state.listener.note(f"{session.model.name} was of no help ({first}): understood by fixed patterns")
            return turn
        finally:
            self.state.usage += session.usage

    def _done(self, turn: Turn, said: Said) -> Reply:
        del said
        if turn.kind in ("clarify", "talk"):
            return Reply(turn.say, asks=turn.kind == "clarify")
        return _DOING[turn.kind](self.state, turn)
