"""Signal processing: one sound in, one sound out (``concat`` and ``mix`` take several)."""

from __future__ import annotations

from pydantic import Field

from soundwright.scripts_compiler.catalogue.analysis import AUDIO_IN
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters


class TrimSilence(Parameters):
    """Cut what lies ``threshold`` dB below the peak: at the head, at the ``tail`` too, or up to the attack.

    ``attack``: also drop what precedes the first moment within 12 dB of the peak.
    """

    threshold: float = Field(default=50.0, ge=6, le=120)
    tail: bool = True
    attack: bool = False


OPERATIONS = (
    Operation(
        "trim_silence",
        "Cut the silence at the ends.",
        TrimSilence,
        AUDIO_IN,
        Kind.AUDIO,
        keeps_speech=True,
        effect=True,
    ),
)
