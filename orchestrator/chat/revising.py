"""Changes of the story: proposed, shown, made when the user agrees, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from soundwright.orchestrator.chat.rendering import after_change
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.state import State
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.orchestrator.revision import revise as revisions
from soundwright.orchestrator.revision import steps
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.orchestrator.revision.references import resolve
from soundwright.orchestrator.revision.revise import Proposal
from soundwright.scripts_compiler.errors import ScriptError

CONTEXT_TURNS = 4


def revise(state: State, turn: Turn) -> Reply:
    """Propose a change, show what it does, and make it when the user agrees."""
    proposal = _proposal(state, turn.request)
    state.usage += proposal.usage
    if proposal.question:
        return _asked_back(state, turn, proposal)
    return proposed(state, proposal)


def _proposal(state: State, request: str) -> Proposal:
    """By the language model; by fixed patterns where there is none, or where its answers cannot be used."""
    project, options = state.its_project(), state.render_options
    if state.model is None:
        return revisions.propose(project, request, options=options)
    turns = state.log.turns[-CONTEXT_TURNS:]
    said = [line for user, answer in turns for line in (f"user: {user}", f"program: {answer}")]
    try:
        return revisions.propose(
            project, request, state.model, context=said, options=options,
            max_cost_usd=state.session().max_cost_usd, on_text=state.listener.piece, cancelled=state.cancel.is_set,
        )  # fmt: skip
    except (ScriptError, LanguageModelError) as error:
        plain = revisions.propose(project, request, options=options)
        if plain.question:
            raise
        first = str(error).splitlines()[0][:200]
        state.listener.note(f"{state.model.name} was of no help ({first}): read by fixed patterns")
        return plain


def proposed(state: State, proposal: Proposal, clean_up: Path | None = None) -> Reply:
    """Ask whether a change is to be made; with ``--yes`` it is made at once."""
    if state.options.yes:
        return _accepted(state, proposal)
    forecast = "" if proposal.forecast is None else f"\n{proposal.forecast}"
    question = f"{proposal.diff}{forecast}\nShall I make this change?"
    state.pending = Pending(question, lambda _: _accepted(state, proposal), on_no=_remover(clean_up))
    return Reply(question, asks=True)


def _asked_back(state: State, turn: Turn, proposal: Proposal) -> Reply:
    """The reviser's question; the next turn is read together with the request."""

    several = _ambiguous(state, proposal.question, turn.request)
    if several is not None:
        phrase, cues = several
        script = state.story().script
        options = tuple(describe(script, index) for index in cues)

        def chosen(number: int) -> Reply:
            name = script.cues[cues[number]].id or f"cues[{cues[number]}]"
            return revise(state, replace(turn, request=turn.request.replace(phrase, name, 1)))

        state.pending = Pending(proposal.question, chosen, options, declined="Never mind.")
        return Reply(proposal.question, asks=True)
    if state.model is None:
        return Reply(proposal.question, ok=False)  # no words would help: only the patterns that it lists

    def again(said: str) -> Reply:
        return revise(state, replace(turn, request=f"{turn.request} ({said})"))

    state.pending = Pending(proposal.question, lambda _: again("yes"), with_words=again)
    return Reply(proposal.question, asks=True)


def _ambiguous(state: State, question: str, request: str) -> tuple[str, tuple[int, ...]] | None:
    """The phrase of the request that the question is about, with the cues that it may mean."""
    for match in re.finditer(r'"([^"]{1,200})" may mean', question):
        phrase = match[1]
        found = resolve(state.story().script, phrase)
        if found.ambiguous and phrase in request:
            return phrase, found.cues
    return None


def _accepted(state: State, proposal: Proposal) -> Reply:
    step = steps.accept(state.its_project(), proposal)
    state.reload()
    notes = [f"note: {note}" for note in step.notes]
    return after_change(state, [proposal.summary or "Changed.", *notes])


def undo(state: State, turn: Turn) -> Reply:
    """Take the last change back."""
    del turn
    done = steps.undo(state.its_project())
    state.reload()
    return after_change(state, [f"Undone: {step.entry.summary}" for step in done])


def redo(state: State, turn: Turn) -> Reply:
    """Make the change again that was undone last."""
    del turn
    done = steps.redo(state.its_project())
    state.reload()
    return after_change(state, [f"Done again: {step.entry.summary}" for step in done])


def _remover(path: Path | None) -> Callable[[], None] | None:
    return None if path is None else lambda: path.unlink(missing_ok=True)
