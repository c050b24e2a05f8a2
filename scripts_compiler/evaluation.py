"""The times of all moments of a script, for given lengths (rules 3 to 9 of SCRIPT.md section 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from soundwright.scripts_compiler.defaults import place_of
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.moments import Moment, Moments, Rule
from soundwright.scripts_compiler.script import ClipCue, PauseCue, Point, SceneCue, SoundCue, SpeechCue
from soundwright.scripts_compiler.units import nanoseconds
from soundwright.scripts_compiler.words import TimedWord, count_matches, nearest_words, word_start_s

SPEECH_GAP_S = 0.3
LONGEST_SOUND_S = 10.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a cue's audio once it is made: its length in seconds after effects, without tails.

    ``words`` are (text, start, end) in seconds from its start, one for each run between spaces of the written text.
    """

    length_s: float
    words: tuple[TimedWord, ...] | None = None


@dataclass(slots=True)
class Evaluation:
    """Times of all moments for given lengths, in order of need. ``decider`` is the cue that a latest end belongs to."""

    built: Moments
    measured: Callable[[int], Measured]
    quiet: bool = False
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    decider: list[int] = field(default_factory=list)

    def run(self, order: list[int]) -> list[float]:
        """Seconds by number of moment; fills ``warnings`` and ``problems``."""
        self.times = [0.0] * len(self.built.all)
        self.decider = [-1] * len(self.built.all)
        for number in order:
            moment = self.built.all[number]
            self.times[number] = nanoseconds(self._time(number, moment))
            if moment.rule is not Rule.LATEST:
                self.decider[number] = moment.cue
        return self.times

    def _time(self, number: int, moment: Moment) -> float:
        needs, time = moment.needs, 0.0
        match moment.rule:
            case Rule.FIXED:
                time = self.built.script.duration or 0.0
            case Rule.SAME:
                time = self.times[needs[0]]
            case Rule.LATEST:
                time = self._latest(number, needs)
            case Rule.START | Rule.POINT:
                time = self._point(moment)
            case Rule.END:
                time = self.times[needs[0]] + self._length(moment.cue)
            case Rule.STOP:
                time = self._stop(moment)
        return time

    def _latest(self, number: int, needs: tuple[int, ...]) -> float:
        last = max(needs, key=lambda n: (self.times[n], self.decider[n]))
        self.decider[number] = self.decider[last]
        return self.times[last]

    def _length(self, index: int) -> float:
        cue = self.built.script.cues[index]
        if isinstance(cue, SceneCue):
            return 0.0
        if isinstance(cue, PauseCue):
            return cue.length
        if isinstance(cue, SpeechCue):
            return self.measured(index).length_s
        if isinstance(cue, ClipCue):
            written = cue.to is not None and not cue.effects
            return (cue.to or 0.0) - (cue.from_ or 0.0) if written else self.measured(index).length_s
        if cue.length is not None:
            return cue.length
        longest = LONGEST_SOUND_S if isinstance(cue, SoundCue) else float("inf")
        return min(self.measured(index).length_s, longest)

    def _stop(self, moment: Moment) -> float:
        start, until = (self.times[n] for n in moment.needs)
        if isinstance(self.built.script.cues[moment.cue], ClipCue):
            until = min(until, start + self.measured(moment.cue).length_s)
        return max(start, until)

    def _point(self, moment: Moment) -> float:
        anchor, point = moment.needs[0], moment.point
        time, where = self.times[anchor], f"cues[{moment.cue}].{field_of(moment)}"
        if point is None:
            return time + (SPEECH_GAP_S if self._gap(moment.cue, anchor) else 0.0)
        time += (point.at or 0.0) + (point.offset or 0.0)
        if point.on_word is not None:
            time += self._word(where, point)
        if time < 0 and not self.quiet:
            found = f"{time:.2f} s lies before the programme's start; it becomes 0."
            self.warnings.append(Problem(where, found, warning=True))
        return max(0.0, time)

    def _gap(self, index: int, anchor: int) -> bool:
        """Rule 3."""
        cues, last = self.built.script.cues, self.decider[anchor]
        return isinstance(cues[index], SpeechCue) and last >= 0 and isinstance(cues[last], SpeechCue)

    def _word(self, where: str, point: Point) -> float:
        """Rule 7: seconds from the start of the speech to the word."""
        script, of = self.built.script, self.built.by_id.get(point.of or "", -1)
        cue = script.cues[of] if of >= 0 else None
        if not isinstance(cue, SpeechCue) or self.quiet:
            return 0.0
        spoken, phrase = self.measured(of), point.on_word or ""
        text = cue.text if isinstance(cue.text, str) else " ".join(w[0] for w in spoken.words or ())
        found = word_start_s(text, phrase, point.nth or 1, spoken.length_s, spoken.words)
        if found is None:
            self.problems.append(no_match(where, point, text))
            return 0.0
        if found[1]:
            note = f"the moment of {phrase!r} in {place_of(script, of)} is estimated: its words could not be aligned."
            self.warnings.append(Problem(where, note, warning=True))
        return found[0]


def field_of(moment: Moment) -> str:
    """The field of a cue that a moment is written in."""
    return "start" if moment.rule is Rule.START else "until"


def no_match(where: str, point: Point, text: str) -> Problem:
    """The problem of a phrase that the words of a speech do not hold (often enough)."""
    phrase, count = point.on_word or "", count_matches(text, point.on_word or "")
    times = "is not" if count == 0 else f"occurs {count} times, not {point.nth}," if count > 1 else "occurs only once"
    near = nearest_words(text, phrase) if count == 0 else []
    remedy = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Write a word or phrase as the text has it."
    if not text:
        remedy = "A vocal has no words; use with or after."
    return Problem(where, f"{phrase!r} {times} in the words of {point.of}.", remedy)
