"""The acoustics of the named spaces, as figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tap:
    """One distinct echo: when it comes, how loud, from which side (-1 left to 1 right)."""

    delay_s: float
    gain_db: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """How a space answers a click.

    ``size_m`` is a box (width, depth, height) whose walls give the early reflections, or None in the open. ``decay_s``
    is the time to fall by 60 dB at 500 Hz, scaled by ``bass`` at 63 Hz and ``treble`` at 8 kHz. ``wet_db`` is the power
    of the whole answer beside the dry sound, mean of 200 Hz to 4 kHz; ``early_db`` that of the first reflections beside
    the late ringing. ``low_hz`` to ``high_hz`` is the band in which the space rings at all.
    """

    size_m: tuple[float, float, float] | None
    decay_s: float
    wet_db: float
    early_db: float = 0.0
    bass: float = 1.1
    treble: float = 0.5
    absorption: float = 0.3
    low_hz: float = 80.0
    high_hz: float = 14000.0
    taps: tuple[Tap, ...] = ()


SPACES: dict[str, Room] = {
    "small_room": Room((2.6, 3.1, 2.4), 0.28, -9.0, early_db=3.0, bass=1.0, absorption=0.4, high_hz=12000),
    "room": Room((4.2, 5.3, 2.7), 0.5, -9.0, early_db=1.0, absorption=0.35),
    "large_room": Room((8.5, 11.0, 4.2), 0.9, -9.0, early_db=-1.0, treble=0.55),
    "hall": Room((18.0, 28.0, 11.0), 1.9, -8.0, early_db=-4.0, bass=1.2, treble=0.45, absorption=0.2),
    "church": Room(
        (19.0, 46.0, 21.0), 4.2, -7.0, early_db=-7.0, bass=1.25, treble=0.35, absorption=0.12, high_hz=10000,
    ),
    "cave": Room(
        (9.0, 17.0, 6.0), 2.6, -5.0, early_db=-1.0, bass=1.4, treble=0.25, absorption=0.15, low_hz=60, high_hz=7000,
        taps=(Tap(0.11, -9, -0.6), Tap(0.19, -12, 0.7), Tap(0.31, -16, -0.2)),
    ),
    "tunnel": Room(
        (4.5, 70.0, 4.0), 2.2, -5.0, early_db=1.0, bass=1.2, treble=0.3, absorption=0.1, low_hz=120, high_hz=6000,
    ),
    "outdoors": Room(
        None, 0.7, -20.0, early_db=2.0, bass=0.8, treble=0.3, low_hz=200, high_hz=4000,
        taps=(Tap(0.009, 0, 0.1), Tap(0.083, -7, -0.7), Tap(0.147, -10, 0.8), Tap(0.29, -15, -0.3)),
    ),
    "car": Room(
        (1.4, 2.3, 1.1), 0.09, -8.0, early_db=4.0, bass=1.8, treble=0.5, absorption=0.5, low_hz=60, high_hz=7000,
    ),
}  # fmt: skip
"""The spaces of a script; ``none`` is the absence of one."""
