"""Noise removal by RNNoise (Valin, MMSP 2018), in an environment of its own: its package needs soxr 1.0 or newer."""

from __future__ import annotations

from pathlib import Path

from soundwright.tools.base import ToolSpec
from soundwright.tools.homes.isolated import IsolatedTool


class RnnoiseTool(IsolatedTool):
    """The tool ``rnnoise``: speech at 48 kHz, twice real time on a slow core and small in memory."""

    spec = ToolSpec(
        name="rnnoise",
        version="0.4.5",
        operations=("enhance",),
        licence_code="Apache-2.0 AND BSD-3-Clause",
        licence_weights="BSD-3-Clause",
        memory_mb=150,
        honours=("strength",),
        determinism="exact",
        rank=30,
        speed=9.0,
        home="venv",
        requirements=("pyrnnoise==0.4.5",),
        proven="real",
        proven_note="the network in its library, on speech with white noise",
        help="Removes noise from recorded speech; light. Its environment (330 MB) is made on first use.",
    )
    engine = Path(__file__).with_name("rnnoise_engine.py")
