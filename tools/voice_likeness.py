"""How alike two voices sound: cosines of speaker-embedding centroids, measured once and kept as a table.

Measured by ``bench/voices.py`` with resemblyzer (Apache-2.0), an implementation of generalized end-to-end loss
(Wan et al., ICASSP 2018). The same voice on other sentences scores 0.94 on average.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "data" / "voice_likeness.json"


def likeness(one: tuple[str, str], other: tuple[str, str]) -> float | None:
    """Cosine of two voices, each (tool, preset); 1 for the same voice, None where one was never measured."""
    if one == other:
        return 1.0
    rows, index = _table()
    first, second = index.get("/".join(one)), index.get("/".join(other))
    if first is None or second is None:
        return None
    high, low = max(first, second), min(first, second)
    return rows[high][low] / 100


@functools.lru_cache(maxsize=1)
def _table() -> tuple[list[list[int]], Mapping[str, int]]:
    """The lower triangle of the cosines in hundredths, and the row of each voice."""
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    return data["cosines"], {voice: row for row, voice in enumerate(data["voices"])}
