"""Turns about recordings: operations on them, and such that make a sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from soundwright.orchestrator import asset_text, saving
from soundwright.orchestrator.chat.forecast import foresee, ids
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.state import LONG_S, State
from soundwright.orchestrator.chat.telling import clock, near_path
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.interop.operations import Result
from soundwright.scripts_compiler.errors import Problem, ScriptError, SoundwrightError
from soundwright.scripts_compiler.wording import near
from soundwright.tools.assets import Audio, Stems
from soundwright.tools.errors import Cancelled

MAX_SHOWN_CHARS = 4000


def operate(state: State, turn: Turn) -> Reply:
    """Do the steps of a turn, after asking where they cost money, take long, or take on a person's voice."""
    _check_installed(state, turn.steps)
    expected = foresee(turn.steps, state.operations)
    seconds, usd = sum(step.seconds for step in expected), sum(step.usd for step in expected)
    plan = ", then ".join(map(str, expected))
    voices = any(step.somebodys_voice for step in expected)
    if len(turn.steps) > 1:
        state.listener.note(f"plan: {plan}")
    # That somebody agreed to lend a voice is said for this voice, never beforehand.
    if not voices and (state.options.yes or not (usd > 0 or seconds > LONG_S)):
        return _done(state, turn.steps)
    said = [f"about {clock(seconds)} of work"] if seconds > LONG_S else []
    said += [f"about ${usd:.4f}"] if usd > 0 else []
    said += ["it takes on a person's voice: do you have that person's consent?"] if voices else []
    question = f"I would do: {plan} ({', '.join(said)}). Go ahead?"
    state.pending = Pending(question, lambda _: _done(state, turn.steps))
    return Reply(question, asks=True)


def perform_steps(state: State, steps: Sequence[Mapping[str, Any]]) -> list[Result]:
    """Do steps one after another; their ids become those of the results.

    Raises:
        SoundwrightError: from the step that fails.
    """
    named: dict[str, str] = {}
    results = []
    for step in steps:
        given = {name: _renamed(value, named) if _is_port(state, step, name) else value for name, value in step.items()}
        wanted = str(given.pop("id", "") or step["op"])
        result = state.operations.do(str(given.pop("op")), given, result_id=wanted)
        named[wanted] = result.item.id
        state.last = result.item.id
        if isinstance(result.done.asset, Audio | Stems):
            state.focus = result.item.id
        else:
            state.assets[result.item.id] = result.done.asset
        results.append(result)
        state.listener.note(f"{result.item.operation} by {result.done.tool}: {result.item.id}")
    return results


def _check_installed(state: State, steps: Sequence[Mapping[str, Any]]) -> None:
    usable = state.operations.operations
    problems = [
        Problem("", f"no installed engine does {step['op']}.", _instead(str(step["op"]), state))
        for step in steps
        if step["op"] not in usable
    ]
    if problems or not steps:
        raise ScriptError(problems or [Problem("", "nothing was asked for.", "Say what to do.")])


def _instead(op: str, state: State) -> str:
    catalogue = state.operations.workshop.catalogue()
    if op in catalogue:
        tools = state.operations.workshop.registry.tools_for(op)
        extras = sorted({f"soundwright[{spec.extra}]" for spec in tools if spec.extra})
        return f"Install {' or '.join(extras)}." if extras else "`soundwright tools list` lists the engines."
    return near(op, state.operations.operations)


def _is_port(state: State, step: Mapping[str, Any], name: str) -> bool:
    return any(port.name == name for port in state.operations.operations[step["op"]].inputs)


def _renamed(value: Any, named: Mapping[str, str]) -> Any:  # noqa: ANN401  what a plan calls a result has another id
    if isinstance(value, dict):
        return {"from": _renamed(value.get("from"), named)}
    if isinstance(value, list):
        return [_renamed(each, named) for each in value]
    name, dot, stem = str(value).partition(".")
    return f"{named.get(name, name)}{dot}{stem}" if isinstance(value, str) and ids(value) else value


def _done(state: State, steps: Sequence[Mapping[str, Any]]) -> Reply:
    before = set(state.operations.workspace.items)
    try:
        results = perform_steps(state, steps)
    except Cancelled:
        raise
    except SoundwrightError as error:
        made = [name for name in state.operations.workspace.items if name not in before]
        kept = f" Done before that: {', '.join(made)}." if made else ""
        return Reply(f"{error}{kept}", ok=False, error_code=error.exit_code)
    files = [
        file for result in results for file in ([result.item.file] if result.item.file else result.item.stems.values())
    ]
    return Reply("\n".join(_told(state, result) for result in results), files=tuple(files))


def _told(state: State, result: Result) -> str:
    """What came out of one step: the words themselves, or the file; with the tool that did it."""
    asset, item = result.done.asset, result.item
    text = asset_text.to_text(asset)
    text = text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]} ..."
    warned = "".join(f"\n  warning: {problem}" for problem in result.done.warnings)
    if asset.kind in saving.READABLE:
        inside = text.replace("\n", "\n  ")
        return f"{item.operation} ({result.done.tool}):\n  {inside or 'nothing'}{warned}"
    where = item.file if item.file is not None else next(iter(item.stems.values())).parent
    return f"{item.operation} ({result.done.tool}): {near_path(where, state.folder)}, {text}{warned}"
