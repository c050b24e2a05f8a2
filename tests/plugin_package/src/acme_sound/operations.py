"""An operation that Soundwright does not know."""

from __future__ import annotations

from pydantic import Field

from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port


class Dehum(Parameters):
    """``mains``: the frequency of the hum in Hz; ``depth`` in dB."""

    mains: float = Field(default=50.0, ge=40, le=70)
    depth: float = Field(default=40.0, ge=0, le=80)


OPERATIONS = (
    Operation(
        "acme.dehum", "Take out the hum of the mains.", Dehum, (Port("audio", Kind.AUDIO),), Kind.AUDIO,
        keeps_speech=True, effect=True,
    ),
)  # fmt: skip
