"""Questions about the story, answered from what is known of it; a language model only words the answer."""

from __future__ import annotations

from soundwright.orchestrator.chat import facts
from soundwright.orchestrator.chat.by_model import words
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.state import State
from soundwright.orchestrator.chat.telling import clock
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.tools import audio_files


def ask(state: State, turn: Turn, chosen: int | None = None) -> Reply:
    """Answer a question about the story from what is known of it; a language model only words the answer."""
    if turn.topic == "cost":
        return Reply(cost(state))
    if turn.file:
        return _recording(state, turn.file)
    story = state.facts(chosen)
    try:
        found = facts.answer(story, turn.topic, turn.phrase)
    except facts.Ambiguous as several:
        cues = several.options
        options = tuple(describe(story.script, index) for index in cues)
        question = f"{several} Which one?"
        state.pending = Pending(question, lambda n: ask(state, turn, cues[n]), options, declined="Never mind.")
        return Reply(question, asks=True)
    except facts.Unknown as unknown:
        return Reply(str(unknown), ok=False)
    return Reply(_worded(state, turn, found))


def _recording(state: State, name: str) -> Reply:
    """What the file of a recording says of itself."""
    item = state.operations.workspace.items[name]
    infos = [(path, audio_files.probe(path)) for path in item.files]
    told = [f"{path.name}: {clock(i.length_s)}, {i.rate} Hz, {i.channels} channels" for path, i in infos]
    return Reply("\n".join(told))


def cost(state: State) -> str:
    """What the language model took in this chat; the engines' costs are those of the last render's tools."""
    used = state.usage
    if state.model is None:
        return "No language model is used, and all engines run here: nothing."
    money = "of unknown price" if used.cost_usd is None else f"${used.cost_usd:.4f}"
    return f"{state.model.name}: {used.input_tokens:,} tokens in, {used.output_tokens:,} out, {money}."


def _worded(state: State, turn: Turn, found: str) -> str:
    """One line of facts may be worded by the model; lists stay as they are."""
    if state.model is None or turn.by != "model" or "\n" in found:
        return found
    session = state.session()
    try:
        return words(turn.request or f"{turn.topic} {turn.phrase}", found, session)
    except LanguageModelError:
        return found
    finally:
        state.usage += session.usage
