"""Operations that measure, recognise or clean sound."""

from __future__ import annotations

from pydantic import Field

from soundwright.scripts_compiler.catalogue.generate import Nothing
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port

AUDIO_IN = (Port("audio", Kind.AUDIO),)


class Transcribe(Parameters):
    """``language`` as a BCP 47 tag, or empty to have it recognised."""

    language: str = ""


class Enhance(Parameters):
    """``strength`` 0 leaves the sound as it is, 1 removes as much noise as the engine can."""

    strength: float = Field(default=1.0, ge=0, le=1)


class PickStem(Parameters):
    """``stem`` by the name that the separator gave it (``vocals``, ``drums``, ...)."""

    stem: str = Field(min_length=1, max_length=64)


OPERATIONS = (
    Operation("transcribe", "Write down what is said.", Transcribe, AUDIO_IN, Kind.TRANSCRIPT),
    Operation("enhance", "Remove noise from a recording.", Enhance, AUDIO_IN, Kind.AUDIO),
    Operation("detect_speech", "Find where somebody speaks.", Nothing, AUDIO_IN, Kind.EVENTS),
    Operation("measure_loudness", "Loudness (LUFS) and true peak (dBTP) by EBU R 128.", Nothing, AUDIO_IN, Kind.SCORES),
    Operation(
        "pick_stem", "Take one stem.", PickStem, (Port("stems", Kind.STEMS),), Kind.AUDIO, internal=True,
    ),
)  # fmt: skip
