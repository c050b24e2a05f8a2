"""The key of music: pitch classes held against the profiles of Albrecht and Shanahan (2013), as Krumhansl does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
NAMES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")


@dataclass(frozen=True, slots=True)
class Key:
    """``tonic`` 0 to 11 from C; ``fit`` is the correlation with its profile, ``lead`` how far it is before the next."""

    tonic: int
    minor: bool
    fit: float
    lead: float

    def __str__(self) -> str:
        return f"{NAMES[self.tonic]} {'minor' if self.minor else 'major'}"


def key_of(chroma: NDArray[np.float64]) -> Key | None:
    """The key of the strengths of the pitch classes from C, shape (12,); None where nothing stands out."""
    if float(np.std(chroma)) < 1e-9:
        return None
    rated = sorted(
        (
            (float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]), tonic, minor)
            for profile, minor in ((_MAJOR, False), (_MINOR, True))
            for tonic in range(12)
        ),
        reverse=True,
    )
    fit, tonic, minor = rated[0]
    return Key(tonic, minor, fit, fit - rated[1][0])
