"""Pitch and length by Signalsmith Stretch, in an environment of its own: audiomentations holds soxr below 1.0."""

from __future__ import annotations

from pathlib import Path

from soundwright.tools.base import ToolSpec
from soundwright.tools.homes.isolated import IsolatedTool


class SignalsmithTool(IsolatedTool):
    """The tool ``signalsmith``: a spectral method, for music and mixtures; ``signal`` joins pieces of waveform."""

    spec = ToolSpec(
        name="signalsmith",
        version="0.43.1",
        operations=("pitch", "stretch"),
        licence_code="MIT",
        memory_mb=400,
        max_batch=8,
        honours=("semitones", "factor"),
        determinism="exact",
        rank=30,
        speed=15.0,
        home="venv",
        requirements=("audiomentations==0.43.1",),
        proven="real",
        proven_note="signal processing without weights",
        help="Shifts pitch and stretches music and mixtures. Its environment (530 MB) is made on first use.",
    )
    engine = Path(__file__).with_name("signalsmith_engine.py")
