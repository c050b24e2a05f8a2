"""The sound of the story: made at once, or after asking where that takes long or costs money."""

from __future__ import annotations

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.state import LONG_S, State
from soundwright.orchestrator.chat.telling import clock, near_path
from soundwright.orchestrator.chat.turns import Turn
from soundwright.scripts_compiler.errors import SoundwrightError


def render(state: State, turn: Turn) -> Reply:
    """Make the sound, after asking where that takes long or costs money."""
    del turn
    return _rendered(state, [])


def after_change(state: State, told: list[str]) -> Reply:
    """Go on after the story was changed: render it, where that is wanted."""
    state.focus = state.last = ""
    return _rendered(state, told) if state.options.render else Reply("\n".join(told))


def _rendered(state: State, told: list[str]) -> Reply:
    checked = pipeline.check(state.story(), state.render_options)
    usd = float(checked.to_json().get("money_usd") or 0.0)
    if not state.options.yes and (checked.forecast.seconds > LONG_S or usd > 0):
        money = f" and cost about ${usd:.4f}" if usd else ""
        question = "\n".join(
            [*told, f"To render it takes about {clock(checked.forecast.seconds)} of work{money}. Render?"]
        )
        state.pending = Pending(question, lambda _: _sound(state, []), declined="Not rendered. /render does it.")
        return Reply(question, asks=True)
    return _sound(state, told)


def _sound(state: State, told: list[str]) -> Reply:
    document = state.story()
    target = state.its_project().render_file(document)
    try:
        made = pipeline.render(document, target, state.render_options, cancel=state.cancel)
    except SoundwrightError as error:  # what was changed stays changed, and is told with what went wrong after it
        return Reply("\n".join([*told, f"Not rendered: {error}"]), ok=False, error_code=error.exit_code)
    state.render = made.files[0]
    warned = [f"warning: {problem}" for problem in made.warnings]
    counts = f"{made.made} parts made, {made.reused} from the cache"
    sound = (
        f"{near_path(state.render, state.folder)}: {clock(made.duration_s)}, {made.loudness_lufs:.1f} LUFS; {counts}"
    )
    return Reply("\n".join([*told, *warned, sound]), files=made.files)
