"""The one space of ids that inputs, steps and cues share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from soundwright.scripts_compiler.errors import MAX_PRINTED, Problem
from soundwright.scripts_compiler.script import PauseCue, SceneCue, Script
from soundwright.scripts_compiler.wording import near, quoted


class Names:
    """Indices of inputs, steps and cues by id (the first of each, where an id is used twice)."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.inputs: dict[str, int] = {}
        self.steps: dict[str, int] = {}
        self.cues: dict[str, int] = {}
        self._twice: list[Problem] = []
        self._hints = 0
        first: dict[str, str] = {}
        for section, index, name in self._written():
            place = f"{section}[{index}]"
            if name in first:
                found = f"the id {quoted(name)} is used twice (first by {first[name]})."
                self._twice.append(Problem(f"{place}.id", found, "Inputs, steps and cues need ids of their own."))
                continue
            first[name] = place
            getattr(self, section)[name] = index

    def _written(self) -> Iterator[tuple[str, int, str]]:
        for section in ("inputs", "steps", "cues"):
            for index, part in enumerate(getattr(self.script, section)):
                if part.id is not None:
                    yield section, index, part.id

    def problems(self) -> list[Problem]:
        """Ids that are used twice."""
        return self._twice

    def cue_problems(self, name: str, place: str, extra: tuple[str, ...] = ()) -> Iterator[Problem]:
        """What is wrong with a name that must be a cue's."""
        if name in self.cues:
            return
        if name in self.inputs or name in self.steps:
            what = "an input" if name in self.inputs else "a step"
            remedy = "Name a cue; a clip cue with this source has a time."
            yield Problem(place, f"{quoted(name)} is {what} and has no place in time.", remedy)
            return
        remedy = self.near(name, [*self.cues, *extra]) if self.cues else ""
        remedy = remedy or "Give the cue that is meant this id."
        yield Problem(place, f"no cue is called {quoted(name)}.", remedy)

    def near(self, name: str, candidates: Collection[str]) -> str:
        """``near``, but for the first names only: nobody reads more, and thousands would take long."""
        self._hints += 1
        return near(name, candidates) if self._hints <= MAX_PRINTED else ""

    @cached_property
    def given(self) -> dict[str, None]:
        """Ids of inputs and steps."""
        return dict.fromkeys([*self.inputs, *self.steps])

    @cached_property
    def sounding(self) -> dict[str, None]:
        """Ids of all that makes a sound or other data: what references may name."""
        silent = (SceneCue, PauseCue)
        cues = (name for name, index in self.cues.items() if not isinstance(self.script.cues[index], silent))
        return self.given | dict.fromkeys(cues)
