"""Composing and playing music: CPU seconds and peak memory. Pulls the soundfont where it is missing."""

from __future__ import annotations

import resource
import sys
import time

from soundwright.tools.analysis.loudness import integrated_loudness, true_peak_db
from soundwright.tools.model_store import ModelStore, default_root
from soundwright.tools.music.compose import compose
from soundwright.tools.music.composer_tool import FONT_FILE, RATE
from soundwright.tools.music.soundfont import SoundFont, render_piece

CASES = (
    ("epic orchestral battle music", 60.0, False),
    ("relaxed café jazz", 60.0, False),
    ("sad piano", 60.0, False),
    ("techno, 128 bpm", 60.0, False),
    ("ambient pad", 30.0, True),
    ("slow uneasy strings", 8.0, False),
    ("sting", 2.0, False),
    ("adventure film music", 600.0, False),
)


def main() -> None:
    """Each piece once with its samples undecoded, once again as a worker that goes on has it."""
    store = ModelStore(default_root())
    store.pull("musescore-general")
    path = store.path("musescore-general", FONT_FILE)
    for description, length_s, loop in CASES:
        font, spent = SoundFont(path, RATE), []
        for seed in (1, 2):
            start = time.process_time()
            samples = render_piece(compose(description, length_s, loop, seed), font)
            spent.append(time.process_time() - start)
        lufs, peak = integrated_loudness(samples, RATE), true_peak_db(samples, RATE)
        sys.stdout.write(
            f"{description:30} {length_s:5.0f} s  first {spent[0]:5.2f}  again {spent[1]:5.2f} CPU s"
            f"  {lufs:6.1f} LUFS {peak:5.1f} dBTP\n"
        )
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory {peak_mb:.0f} MB\n")


if __name__ == "__main__":
    main()
