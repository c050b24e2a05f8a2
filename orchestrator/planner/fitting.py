"""Brings a script to its length by its silences and interludes alone: no word is touched.

Works on estimated and on measured lengths alike (``lengths``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.planner.estimate import Lengths, estimated_length, programme_s
from soundwright.scripts_compiler.script import MusicCue, PauseCue, Script, SpeechCue, is_bed

TOLERANCE = 0.10
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 4.0
LONGEST_SILENT_S = 600.0  # a pause where nobody speaks: ambience and events fill it
SHORTEST_MUSIC_S = 2.0
MUSIC_STRETCH = 1.5
GAP_BETWEEN_LINES_S = 1.2  # the most that is put between two lines that stood close


@dataclass(frozen=True, slots=True)
class Fitted:
    """A script with its length in seconds, and whether that is within the tolerance of the target."""

    script: Script
    duration_s: float
    changed: bool
    fits: bool


def fit(script: Script, target_s: float, lengths: Lengths = estimated_length) -> Fitted:
    """The script with pauses and interludes stretched, shortened or put in so that it lasts ``target_s``.

    Within the tolerance nothing is changed; where silences cannot do it the script comes back as it was.

    Raises:
        ScriptError: the script cannot be placed.
    """
    found = programme_s(script, lengths)
    if within(found, target_s):
        return Fitted(script, found, False, True)
    longer = found < target_s
    for tried in (_scaled(script, target_s - found), _spaced(script, target_s - found, lengths) if longer else None):
        if tried is None:
            continue
        lasts = programme_s(tried, lengths)
        if within(lasts, target_s):
            return Fitted(tried, lasts, True, True)
    return Fitted(script, found, False, False)


def within(found_s: float, target_s: float) -> bool:
    """Whether a length is no more than the tolerance off."""
    return abs(found_s - target_s) <= TOLERANCE * target_s


def _scaled(script: Script, change_s: float) -> Script | None:
    """Pauses and foreground music, all by the same share of what each can give."""
    silent = not any(isinstance(cue, SpeechCue) for cue in script.cues)
    rooms = {i: _room(cue, longer=change_s > 0, silent=silent) for i, cue in enumerate(script.cues)}
    room = sum(rooms.values())
    if room <= 0:
        return None
    share = min(1.0, abs(change_s) / room) * (1 if change_s > 0 else -1)
    cues = [
        cue.model_copy(update={"length": round(cue.length + share * rooms[i], 2)})
        if isinstance(cue, PauseCue | MusicCue) and cue.length is not None and rooms[i] > 0
        else cue
        for i, cue in enumerate(script.cues)
    ]
    return script.model_copy(update={"cues": cues})


def _room(cue: Any, *, longer: bool, silent: bool) -> float:  # noqa: ANN401  any cue
    """Seconds by which a cue may become longer or shorter."""
    if isinstance(cue, PauseCue):
        most = LONGEST_SILENT_S if silent else LONGEST_PAUSE_S
        return max(0.0, most - cue.length if longer else cue.length - SHORTEST_PAUSE_S)
    if isinstance(cue, MusicCue) and not is_bed(cue) and cue.length is not None:
        return cue.length * (MUSIC_STRETCH - 1) if longer else max(0.0, cue.length - SHORTEST_MUSIC_S)
    return 0.0


def _spaced(script: Script, change_s: float, lengths: Lengths) -> Script | None:
    """Pauses put between lines of different voices that stand next to each other, after stretching what is there."""
    stretched = _scaled(script, change_s) or script
    left = change_s - (programme_s(stretched, lengths) - programme_s(script, lengths))
    places = [i for i in range(1, len(stretched.cues)) if _between_lines(stretched, i)]
    if left <= 0 or not places or left / len(places) > GAP_BETWEEN_LINES_S:
        return None
    # The gap of 0.3 s between two lines is only made where they touch: the pause stands for it too.
    pause = PauseCue(length=round(left / len(places) + 0.3, 2))
    cues: list[Any] = []
    for i, cue in enumerate(stretched.cues):
        cues += [pause, cue] if i in places else [cue]
    return stretched.model_copy(update={"cues": cues})


def _between_lines(script: Script, index: int) -> bool:
    before, here = script.cues[index - 1], script.cues[index]
    if not (isinstance(before, SpeechCue) and isinstance(here, SpeechCue)):
        return False
    return before.start is None and here.start is None and before.voice != here.voice and not here.track
