"""What a sound is to the synthesiser: its names, its manner in time, and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from soundwright.tools.sfx.dsp import RATE, Rng, Signal
from soundwright.tools.sfx.words import stem

Style = Literal["bed", "once", "steady", "sparse"]


@dataclass(frozen=True)
class Manner:
    """How a sound is to be made, as its description says.

    ``frames`` is the length to fill (beds must be circular over it; events may ignore it). ``intensity`` 0 to 1 (light
    to heavy), ``speed`` a factor, ``distance`` 0 (near) to 1 (far), ``size`` a factor (small 0.7, large 1.4), ``words``
    all words of the description and their stems. ``course`` and ``pace`` are those of ``motion``.
    """

    frames: int
    intensity: float = 0.5
    speed: float = 1.0
    distance: float = 0.0
    size: float = 1.0
    material: str = ""
    inside: bool = False
    muffled: bool = False
    echo: float = 0.0
    count: int | None = None
    words: frozenset[str] = field(default_factory=frozenset)
    course: tuple[float, ...] = ()
    pace: float = 1.0

    @property
    def length_s(self) -> float:
        """The length to fill in seconds."""
        return self.frames / RATE

    def says(self, *beginnings: str) -> bool:
        """Whether the description has one of these words, in any form; four letters may be a beginning."""
        return any(
            begin in self.words
            or stem(begin) in self.words
            or (len(begin) >= 4 and any(word.startswith(begin) for word in self.words))
            for begin in beginnings
        )

    def but(self, **changes: object) -> Manner:
        """A copy with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]  # field names are checked by dataclasses


Render = Callable[[Rng, Manner], Signal]


@dataclass(frozen=True, eq=False)
class Sound:
    """One known sound.

    ``names`` lists, between commas, the sets of words that name it. ``style``: a ``bed`` fills any length; ``once``
    happens and is over; ``steady`` repeats every ``gap_s`` (0: back to back) as long as it lasts; ``sparse`` comes back
    now and then. ``count`` is how often it happens where neither text nor length says so. ``stretch`` lets a single
    event last as long as asked, within a factor of two of ``natural_s``. ``absorbs`` lists words that belong to it and
    name no second sound.
    """

    name: str
    names: str
    render: Render
    style: Style = "once"
    gap_s: float = 1.0
    count: int = 1
    jitter: float = 0.05
    natural_s: float = 6.0
    stretch: bool = False
    absorbs: str = ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name, each a set of words that must all be there."""
        return (self.name, *(name.strip() for name in self.names.split(",") if name.strip()))
