"""Placement: when each cue of a script is heard, by the twelve timing rules of SCRIPT.md section 4.

Symbolic until the lengths are known: ``placement_problems`` needs none, ``place`` needs one for each cue that has a
length of its own. Pure functions; times in seconds on a grid of 1e-9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from soundwright.scripts_compiler.defaults import place_of
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.evaluation import Evaluation, Measured, field_of, no_match
from soundwright.scripts_compiler.moments import Moment, Moments, Rule, moments
from soundwright.scripts_compiler.order import cycles, in_order
from soundwright.scripts_compiler.overlaps import overlap_warnings
from soundwright.scripts_compiler.script import ClipCue, PauseCue, SceneCue, Script, SpeechCue, is_bed
from soundwright.scripts_compiler.words import count_matches

__all__ = ["Measured", "Placed", "Placements", "own_length", "place", "placement_problems"]

LONGEST_PROGRAMME_S = 86400.0


@dataclass(frozen=True, slots=True)
class Placed:
    """From when to when a cue lasts, in seconds; a bed's fade out begins then. ``left_out``: a bed without span."""

    index: int
    start_s: float
    end_s: float
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Placements:
    """All cues in order of the list, the programme's end in seconds, and what the user should know."""

    cues: tuple[Placed, ...]
    duration_s: float
    warnings: tuple[Problem, ...] = ()

    def __getitem__(self, index: int) -> Placed:
        return self.cues[index]


def own_length(script: Script, index: int) -> bool:
    """Whether ``place`` needs the measured length of this cue."""
    cue = script.cues[index]
    if isinstance(cue, SceneCue | PauseCue):
        return False
    return isinstance(cue, SpeechCue | ClipCue) or (not is_bed(cue) and cue.length is None)


def placement_problems(script: Script) -> list[Problem]:
    """What makes a script impossible to place, whatever its sounds turn out to be: cycles, words, no end, no bounds."""
    built = moments(script)
    order, stuck = in_order([m.needs for m in built.all])
    problems = [_cycle_problem(built, chain) for chain in _cycles(built, stuck)] if stuck else []
    problems += [p for m in built.all if m.point is not None and (p := _word_problem(built, m)) is not None]
    if built.all[built.programme].rule is Rule.FIXED and script.duration is None:
        found = "nothing in the foreground ends the programme."
        problems.append(Problem("duration", found, "Add a foreground cue, or duration in seconds."))
    elif not stuck:
        shortest = Evaluation(built, lambda _: Measured(0.0), quiet=True).run(order)[built.programme]
        problems += _bounds(shortest)
    return problems


def place(script: Script, measured: Mapping[int, Measured]) -> Placements:
    """When each cue is heard.

    ``measured`` holds the index of every cue for which ``own_length`` is true; others are ignored.

    Raises:
        ScriptError: the script cannot be placed (``placement_problems``), or the programme would be empty or too long.
        KeyError: a length is missing.
    """
    problems = placement_problems(script)
    if problems:
        raise ScriptError(problems)
    built = moments(script)
    order, _ = in_order([m.needs for m in built.all])
    evaluation = Evaluation(built, measured.__getitem__)
    times = evaluation.run(order)
    problems = [*evaluation.problems, *_bounds(times[built.programme])]
    if times[built.programme] <= 0:
        problems.append(Problem("cues", "the programme would last 0 seconds.", "Add a cue that sounds, or a pause."))
    if problems:
        raise ScriptError(problems)
    return _placements(built, times, evaluation.warnings)


def _placements(built: Moments, times: list[float], warnings: list[Problem]) -> Placements:
    script, placed = built.script, []
    for i in range(len(script.cues)):
        start, end = times[built.start[i]], times[built.end[i]]
        left_out = i in built.stop and times[built.stop[i]] <= start
        placed.append(Placed(i, start, end, left_out))
        if left_out:
            stop = times[built.stop[i]]
            found = f"the bed would stop at {stop:.2f} s, not after its start at {start:.2f} s; it is left out."
            warnings.append(Problem(place_of(script, i), found, "Give it a later until, or an earlier start.", True))
    spans = [(p.start_s, p.end_s) for p in placed]
    warnings += overlap_warnings(script, spans)
    duration = times[built.programme]
    if script.duration is not None and duration > script.duration:
        found = f"the programme lasts {duration:.1f} s, the budget is {script.duration:g} s; nothing is cut."
        warnings.append(Problem("duration", found, warning=True))
    return Placements(tuple(placed), duration, tuple(warnings))


def _bounds(duration_s: float) -> list[Problem]:
    if duration_s <= LONGEST_PROGRAMME_S:
        return []
    found = f"the programme would last at least {duration_s / 3600:.1f} h; 24 h is the most."
    return [Problem("cues", found, "Shorten lengths, pauses or at.")]


def _cycles(built: Moments, stuck: list[int]) -> list[list[int]]:
    written = [n for n, m in enumerate(built.all) if m.rule in (Rule.START, Rule.POINT) and m.point is not None]
    written += [built.end[i] for i in built.stop]
    return cycles([m.needs for m in built.all], stuck, written)


def _cycle_problem(built: Moments, chain: list[int]) -> Problem:
    names = [name for number in chain if (name := built.name(number))]
    cue = next((built.all[n].cue for n in chain if built.all[n].cue >= 0), 0)
    field_name = field_of(next((built.all[n] for n in chain if built.all[n].cue == cue), built.all[chain[0]]))
    text = f"{names[0]} needs " + ", which needs ".join([*names[1:], names[0]])
    return Problem(f"cues[{cue}].{field_name}", f"times go in a circle: {text}.", "Anchor one of these cues elsewhere.")


def _word_problem(built: Moments, moment: Moment) -> Problem | None:
    point = moment.point
    if point is None or point.on_word is None:
        return None
    of = built.by_id.get(point.of or "")
    cue = None if of is None else built.script.cues[of]
    if not isinstance(cue, SpeechCue) or not (isinstance(cue.text, str) or cue.vocal is not None):
        return None
    text = cue.text if isinstance(cue.text, str) else ""
    if count_matches(text, point.on_word) >= (point.nth or 1):
        return None
    return no_match(f"cues[{moment.cue}].{field_of(moment)}", point, text)
