"""When the cues of a script are heard: measured where all its sounds are made, else estimated."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.pipeline import RenderOptions
from soundwright.orchestrator.planner.estimate import estimated_length
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.placement import Measured, own_length, place
from soundwright.scripts_compiler.script import SceneCue

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Times:
    """(start, end) of each cue by its index and the programme's length, in seconds; ``measured`` or estimated."""

    spans: Mapping[int, Span]
    duration_s: float
    measured: bool

    def length(self, index: int) -> float:
        """Seconds of one cue; 0 where it is not heard."""
        start, end = self.spans.get(index, (0.0, 0.0))
        return end - start


def times_of(document: Document, options: RenderOptions) -> Times:
    """The times of a document.

    Raises:
        ScriptError: it cannot be placed.
    """
    try:
        ready = pipeline.check(document, options).forecast.to_make == 0
    except SoundwrightError:  # an engine is missing: an estimate needs none
        ready = False
    return _measured(document, options) if ready else estimated(document)


def estimated(document: Document) -> Times:
    """The times of a document by letters and pauses, before anything is made.

    Raises:
        ScriptError: it cannot be placed.
    """
    script = document.script
    lengths = {n: Measured(estimated_length(script, n)) for n in range(len(script.cues)) if own_length(script, n)}
    placements = place(script, lengths)
    spans = {placed.index: (placed.start_s, placed.end_s) for placed in placements.cues}
    return Times(spans, placements.duration_s, measured=False)


def _measured(document: Document, options: RenderOptions) -> Times:
    """By the timeline stage: all of it comes from the cache."""
    with tempfile.TemporaryDirectory(prefix="soundwright-") as folder:
        asked = replace(options, stop_after="timeline")
        rendered = pipeline.render(document, Path(folder) / "times.flac", asked)
        timeline = json.loads(rendered.files[0].read_text(encoding="utf-8"))
    spans: dict[int, Span] = {clip["index"]: (clip["start_s"], clip["end_s"]) for clip in timeline["clips"]}
    spans |= {line["index"]: (line["start_s"], line["end_s"]) for line in timeline["lines"]}
    scenes = [n for n, cue in enumerate(document.script.cues) if isinstance(cue, SceneCue)]
    spans |= {n: (s["start_s"], s["end_s"]) for n, s in zip(scenes, timeline["scenes"], strict=True)}
    return Times(spans, timeline["duration_s"], measured=True)
