"""Styles of music: harmony, layers, grooves and tempo, read from ``data/music_styles.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Role = Literal["melody", "chords", "pad", "arp", "bass", "counter", "hits"]
FILE = Path(__file__).resolve().parent.parent / "data" / "music_styles.toml"


@dataclass(frozen=True, slots=True)
class Layer:
    """One part: what it plays (``pattern``), with which of several ``programs``, how loud beside the melody.

    Pitches lie from ``low`` to ``high``. ``from_energy``: the layer is silent below this energy (0 to 1) of a section.
    """

    role: Role
    programs: tuple[int, ...]
    pattern: str = ""
    level_db: float = -6.0
    low: int = 48
    high: int = 76
    pan: float = 0.0
    from_energy: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of music goes; the data file explains the fields."""

    name: str
    words: tuple[str, ...]
    tempo: tuple[int, int]
    layers: tuple[Layer, ...]
    major: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    major_mode: str = "major"
    minor_mode: str = "minor"
    beats: int = 4
    groove: str = ""
    swing: float = 0.0
    loose_ms: float = 10.0
    density: float = 0.5
    space: str = "large_room"
    valence: float = 0.2
    energy: float = 0.5
    tension: float = 0.0
    cadence_major: str = "V7 I"
    cadence_minor: str = "V7 i"
    kit: int = 0


@cache
def styles() -> tuple[Style, ...]:
    """All styles, in the order of the file."""
    return tuple(_style(raw) for raw in tomllib.loads(FILE.read_text(encoding="utf-8"))["styles"])


def style(name: str) -> Style:
    """The style of that name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in styles()}[name]


def _style(raw: dict[str, Any]) -> Style:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Style(**fields | {"layers": tuple(_layer(layer) for layer in raw["layers"])})


def _layer(raw: dict[str, Any]) -> Layer:
    low, high = raw.pop("range")
    return Layer(programs=tuple(raw.pop("programs")), low=low, high=high, **raw)
