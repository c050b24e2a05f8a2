"""Compose forty sounds in Python: a day from night to night, one sound after the other on a slow circle around you."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import soundwright as sw

DAY = (
    "crickets", "owl hoots twice", "distant dog bark", "light wind in leaves", "rooster crows",
    "birds singing", "church bell", "door creaks open", "footsteps on gravel", "bicycle bell",
    "car starts", "traffic passing", "train whistle", "train passing", "station crowd murmur",
    "telephone ringing", "typing on a keyboard", "paper rustling", "clock ticking", "elevator ding",
    "coins on a counter", "cup set on a saucer", "crowd murmur in a restaurant", "applause", "hammer on wood",
    "saw cutting wood", "motorboat engine", "seagulls", "waves on a beach", "ship horn",
    "splash in water", "light rain", "heavy rain", "distant thunder", "close thunder",
    "dripping water", "fire crackling", "wolf howl", "heartbeat", "static on a radio",
)  # fmt: skip


def compose(length_s: float = 2.0, step_s: float = 1.2) -> sw.Script:
    """One sound every ``step_s`` seconds, each ``length_s`` long, panned around a circle."""
    cues: list[sw.Cue] = [
        sw.SoundCue(
            id=f"s{n}",
            description=description,
            length=length_s,
            start=sw.Point(at=n * step_s),
            pan=round(math.sin(2 * math.pi * n / len(DAY)), 3),
            fade_in=0.1,
            fade_out=0.5,
        )
        for n, description in enumerate(DAY)
    ]
    return sw.Script(version=1, title="Forty Sounds", cues=cues)


def main() -> None:
    """Render the day to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("out/forty_sounds.flac"))
    out = parser.parse_args().out
    result = sw.render(compose(), out)
    print(f"{out}: {result.duration_s:.1f} s, {result.loudness_lufs:.1f} LUFS")


if __name__ == "__main__":
    main()
