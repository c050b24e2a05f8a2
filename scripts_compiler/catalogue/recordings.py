"""Operations that make another recording of one: parts taken out, rebuilt, replaced, moved, marked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from soundwright.scripts_compiler.catalogue.analysis import AUDIO_IN
from soundwright.scripts_compiler.catalogue.generate import Nothing
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port

Described = Annotated[str, Field(min_length=1, max_length=500)]


class Separate(Parameters):
    """``stems`` 2 gives vocals and accompaniment, 4 gives vocals, drums, bass and other."""

    stems: Literal[2, 4] = 4


class SeparateSpeakers(Parameters):
    """``speakers`` who talk at once; the stems are ``speaker1``, ``speaker2``, ..."""

    speakers: int = Field(default=2, ge=2, le=4)


class Extract(Parameters):
    """``description`` of the sound that is meant, such as "a dog barking"."""

    description: Described


class ContinueAudio(Parameters):
    """The sound and ``length`` seconds more in its manner, as one; ``description`` may lead what is added."""

    length: float = Field(default=10.0, ge=0.1, le=600)
    description: str = Field(default="", max_length=500)
    take: int = Field(default=0, ge=0)


# ``from`` is a word of Python, so no class body can hold it.
_INPAINT: dict[str, Any] = {
    "from": (Annotated[float, Field(ge=0, le=86400)], ...),
    "to": (Annotated[float, Field(gt=0, le=86400)], ...),
    "description": (Annotated[str, Field(max_length=500)], ""),
    "take": (Annotated[int, Field(ge=0)], 0),
}
Inpaint: type[Parameters] = create_model(
    "Inpaint",
    __base__=Parameters,
    __doc__="Make the part between ``from`` and ``to`` (s) anew, so that it fits what is around it.",
    **_INPAINT,
)


class Vary(Parameters):
    """The same again, otherwise: ``strength`` 0 keeps the sound, 1 keeps hardly more than ``description``."""

    description: str = Field(default="", max_length=500)
    strength: float = Field(default=0.5, ge=0, le=1)
    take: int = Field(default=0, ge=0)


class CloneVoice(Parameters):
    """``language`` of the recording as a BCP 47 tag."""

    language: str = "en"


class ConvertVoice(Parameters):
    """``semitones`` move the pitch first; None lets the engine match the voice of the sample."""

    semitones: float | None = Field(default=None, ge=-24, le=24)


class Position(Parameters):
    """Seen from the listener: ``azimuth`` 0 in front, 90 right, ``elevation`` 90 above (degrees); ``distance`` in m."""

    azimuth: float = Field(default=0.0, ge=-180, le=180)
    elevation: float = Field(default=0.0, ge=-90, le=90)
    distance: float = Field(default=1.0, ge=0.2, le=100)


class Spatialize(Parameters):
    """Binaural sound for headphones along ``path``: positions evenly spread in time; none is 30 degrees right."""

    path: list[Position] = Field(default_factory=list, max_length=32)


class Watermark(Parameters):
    """``message``: up to 16 bits as four hexadecimal digits."""

    message: str = Field(default="0000", pattern=r"^[0-9a-fA-F]{4}$")


SAMPLE_IN = (*AUDIO_IN, Port("sample", Kind.AUDIO))

OPERATIONS = (
    Operation("separate", "Take music apart into stems.", Separate, AUDIO_IN, Kind.STEMS),
    Operation("separate_speakers", "Take people who talk at once apart.", SeparateSpeakers, AUDIO_IN, Kind.STEMS),
    Operation("extract", "Keep only the sound that is described.", Extract, AUDIO_IN, Kind.AUDIO),
    Operation("remove", "Take out the sound that is described.", Extract, AUDIO_IN, Kind.AUDIO),
    Operation("restore", "Rebuild a bad recording of speech: noise, echo, clipping, lost bands.", Nothing, AUDIO_IN,
              Kind.AUDIO),
    Operation("super_resolve", "Add the high frequencies that a recording lost.", Nothing, AUDIO_IN, Kind.AUDIO,
              keeps_speech=True),
    Operation("continue_audio", "Go on after the end, in the same manner.", ContinueAudio, AUDIO_IN, Kind.AUDIO),
    Operation("inpaint", "Make a damaged or unwanted part anew.", Inpaint, AUDIO_IN, Kind.AUDIO),
    Operation("vary", "A variation of a sound, or its style changed.", Vary, AUDIO_IN, Kind.AUDIO),
    Operation("clone_voice", "Learn a voice from a recording.", CloneVoice, AUDIO_IN, Kind.VOICE),
    Operation("convert_voice", "Say the same in the voice of a sample.", ConvertVoice, SAMPLE_IN, Kind.AUDIO,
              keeps_speech=True),
    Operation("spatialize", "Place and move around the listener's head.", Spatialize, AUDIO_IN, Kind.AUDIO,
              keeps_speech=True, effect=True),
    Operation("watermark", "Hide a mark that tells the sound was generated.", Watermark, AUDIO_IN, Kind.AUDIO,
              keeps_speech=True),
)  # fmt: skip
