"""The audio script: what is heard and when. SCRIPT.md (docs/script.md) is its reference.

The models fix the shape only. What depends on more than one field of one object (names, cycles, operations) is
checked in ``check.py``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from soundwright.scripts_compiler.catalogue.generate import Vocal
from soundwright.scripts_compiler.consent import NEEDED, takes_on_a_voice

ID_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,31}$"
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
RESERVED_ID = "end"


def _not_reserved(name: str) -> str:
    if name == RESERVED_ID:
        raise ValueError(f'the name "{RESERVED_ID}" means the programme\'s end: choose another')
    return name


def _whole(number: object) -> object:
    """``true`` and ``1.0`` equal 1, so a choice of numbers would take them."""
    if type(number) is not int:
        raise PydanticCustomError("whole_number", "not a whole number")
    return number


class Closed(BaseModel):
    """Base of all parts of a script: closed, frozen, no silent conversions, finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True)


Id = Annotated[
    str,
    Field(pattern=ID_PATTERN, description="a name of letters, digits and _ that begins with a letter, at most 32 long"),
    AfterValidator(_not_reserved),
]
Reference = Annotated[str, Field(min_length=1, max_length=65, description="an id")]
Language = Annotated[
    str, Field(pattern=LANGUAGE_PATTERN, max_length=64, description="a language tag such as en or pt-BR")
]
VoiceName = Annotated[str, Field(min_length=1, max_length=64, description="the name of a voice")]
OperationName = Annotated[str, Field(min_length=1, max_length=64, description="the name of an operation")]
Seconds = Annotated[float, Field(ge=0, le=86400)]
GainDb = Annotated[float, Field(ge=-60, le=20)]
PanPosition = Annotated[float, Field(ge=-1, le=1)]
Gain = GainDb | Annotated[list[GainDb], Field(min_length=2, max_length=8)]
Pan = PanPosition | Annotated[list[PanPosition], Field(min_length=2, max_length=8)]
Loudness = Annotated[float, Field(ge=-70, le=-5)]
Fade = Annotated[float, Field(ge=0, le=120)]
DuckDb = Annotated[float, Field(ge=0, le=40)]
Length = Annotated[float, Field(ge=0.1, le=3600)]
Take = Annotated[int, Field(ge=0, le=2**31 - 1)]
Space = Literal["none", "small_room", "room", "large_room", "hall", "church", "cave", "tunnel", "outdoors", "car"]
Layer = Literal["foreground", "background"]


class Point(Closed):
    """A moment: at most one anchor (``with``, ``after``, ``on_word`` + ``of``, ``at``), plus ``offset`` seconds."""

    with_: Reference | None = Field(default=None, alias="with")
    after: Reference | None = None
    on_word: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    of: Reference | None = None
    nth: Annotated[int, Field(ge=1, le=99)] | None = None
    at: Seconds | None = None
    offset: Annotated[float, Field(ge=-600, le=600)] | None = None

    @model_validator(mode="after")
    def _one_anchor(self) -> Point:
        written = {"with": self.with_, "after": self.after, "on_word": self.on_word, "at": self.at}
        anchors = [name for name, value in written.items() if value is not None]
        if len(anchors) > 1:
            raise ValueError(f"a point takes one anchor, not {' and '.join(anchors)}")
        if (self.on_word is None) != (self.of is None):
            raise ValueError("on_word and of belong together: {on_word: WORD, of: SPEECH}")
        if self.nth is not None and self.on_word is None:
            raise ValueError("nth belongs to on_word")
        if not anchors and self.offset is None:
            raise ValueError("a point needs with, after, on_word, at or offset")
        return self

    @property
    def anchored(self) -> bool:
        """Whether the point names an anchor: ``{offset: s}`` alone does not (rule 1)."""
        return not (self.with_ is None and self.after is None and self.on_word is None and self.at is None)


class Effect(Closed):
    """An operation of the catalogue with its parameters; these are checked against the catalogue, not here."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, allow_inf_nan=False)
    op: OperationName

    @property
    def params(self) -> dict[str, Any]:
        """All fields but ``op``."""
        return dict(self.__pydantic_extra__ or {})


Effects = Annotated[list[OperationName | Effect], Field(max_length=8)]


class Voice(Closed):
    """A character's voice, described for casting."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    description: Annotated[str, Field(min_length=1, max_length=500)]
    gender: Literal["male", "female", "neutral"] | None = None
    age: Literal["child", "young", "adult", "old"] | None = None
    accent: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    language: Language | None = None
    take: Take = 0
    pan: Pan | None = None
    effects: Effects | None = None
    space: Space | None = None
    sample: Reference | None = None
    consent: bool | None = None
    tool: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    preset: Annotated[str, Field(min_length=1, max_length=128)] | None = None

    @model_validator(mode="after")
    def _consent(self) -> Voice:
        if self.sample is not None and self.consent is not True:
            raise ValueError(NEEDED)
        if self.preset is not None and self.tool is None:
            raise ValueError("a preset belongs to a tool: name the tool too")
        return self


class Pronunciation(Closed):
    """``say`` is spoken for the written ``word`` (whole word, any case)."""

    word: Annotated[str, Field(min_length=1, max_length=100)]
    say: Annotated[str, Field(min_length=1, max_length=200)]


class Pin(Closed):
    """The tool that does an operation in this script, whatever the settings say."""

    op: OperationName
    tool: Annotated[str, Field(min_length=1, max_length=64)]


class Input(Closed):
    """A recording that the user declared."""

    id: Id
    file: Annotated[str, Field(min_length=1, max_length=1024)]


class Step(Closed):
    """An operation without a place in time. Inputs (by port name) and parameters are checked against the catalogue."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, allow_inf_nan=False)
    id: Id
    op: OperationName
    consent: bool | None = None

    @model_validator(mode="after")
    def _consent(self) -> Step:
        if takes_on_a_voice(self.op, self.params) and self.consent is not True:
            raise ValueError(NEEDED)
        return self

    @property
    def params(self) -> dict[str, Any]:
        """All fields but ``id``, ``op`` and ``consent``."""
        return dict(self.__pydantic_extra__ or {})


class TextFrom(Closed):
    """A text that a step makes."""

    from_: Reference = Field(alias="from")


class _Sounding(Closed):
    id: Id | None = None
    track: Id | None = None
    start: Point | None = None
    gain: Gain = 0.0
    pan: Pan | None = None
    loudness: Loudness | None = None
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    effects: Effects | None = None
    space: Space | None = None


class _Bedable(_Sounding):
    layer: Layer = "foreground"
    until: Reference | Point | None = None
    duck: DuckDb | None = None

    @model_validator(mode="after")
    def _bed_fields(self) -> _Bedable:
        if self.layer == "foreground":
            for name in ("until", "duck"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} belongs to beds: add layer: background, or drop {name}")
        elif self.track is not None:
            raise ValueError("track belongs to foreground cues: drop it, or drop layer: background")
        return self


class SceneCue(Closed):
    """A heading: the cues after it, up to the next scene, belong to it."""

    type: Literal["scene"] = "scene"
    id: Id
    title: Annotated[str, Field(max_length=200)] = ""
    space: Space | None = None


class SpeechCue(_Sounding):
    """A line, or a vocal sound, of a character."""

    type: Literal["speech"] = "speech"
    voice: VoiceName
    text: Annotated[str, Field(min_length=1, max_length=2000)] | TextFrom | None = None
    vocal: Vocal | None = None
    emotion: Annotated[str, Field(max_length=100)] = ""
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    language: Language | None = None
    take: Take = 0

    @model_validator(mode="after")
    def _text_or_vocal(self) -> SpeechCue:
        if (self.text is None) == (self.vocal is None):
            raise ValueError("a speech has exactly one of text and vocal")
        return self


class SoundCue(_Bedable):
    """A sound effect, or an ambience."""

    type: Literal["sound"] = "sound"
    description: Annotated[str, Field(min_length=1, max_length=500)]
    length: Length | None = None
    take: Take = 0

    @model_validator(mode="after")
    def _length_or_until(self) -> SoundCue:
        return _not_both(self)


class MusicCue(_Bedable):
    """Music in the foreground (then with a length), or a bed of it."""

    type: Literal["music"] = "music"
    description: Annotated[str, Field(min_length=1, max_length=500)]
    length: Length | None = None
    take: Take = 0

    @model_validator(mode="after")
    def _length(self) -> MusicCue:
        if self.layer == "foreground" and self.length is None:
            raise ValueError("music in the foreground needs a length in seconds")
        return _not_both(self)


class ClipCue(_Bedable):
    """A recording, or what a step made of one."""

    type: Literal["clip"] = "clip"
    source: Reference
    from_: Seconds | None = Field(default=None, alias="from")
    to: Seconds | None = None

    @model_validator(mode="after")
    def _order(self) -> ClipCue:
        if self.to is not None and self.to <= (self.from_ or 0.0):
            raise ValueError("to must lie after from")
        return self


class PauseCue(Closed):
    """Silence that holds its place."""

    type: Literal["pause"] = "pause"
    id: Id | None = None
    track: Id | None = None
    length: Annotated[float, Field(ge=0, le=600)]


_T = TypeVar("_T", "SoundCue", "MusicCue")


def _not_both(cue: _T) -> _T:
    if cue.length is not None and cue.until is not None:
        raise ValueError("length and until exclude each other")
    return cue


Cue = Annotated[
    SceneCue | SpeechCue | SoundCue | MusicCue | ClipCue | PauseCue,
    Field(discriminator="type", description="a cue such as {type: pause, length: 1}"),
]
SoundingCue = SpeechCue | SoundCue | MusicCue | ClipCue
BedableCue = SoundCue | MusicCue | ClipCue


class Master(Closed):
    """The programme: loudness in LUFS, true peak in dBTP, rate in Hz."""

    loudness: Annotated[float, Field(ge=-40, le=-5)] = -16.0
    true_peak: Annotated[float, Field(ge=-20, le=0)] = -1.0
    sample_rate: Annotated[Literal[16000, 22050, 24000, 32000, 44100, 48000, 96000], BeforeValidator(_whole)] = 48000
    channels: Annotated[Literal[1, 2], BeforeValidator(_whole)] = 2


class Script(Closed):
    """One audio production."""

    version: Annotated[Literal[1], BeforeValidator(_whole)]
    title: Annotated[str, Field(max_length=200)] = ""
    language: Language = "en"
    duration: Annotated[float, Field(ge=0.1, le=86400)] | None = None
    voices: Annotated[list[Voice], Field(max_length=64)] = []
    pronounce: Annotated[list[Pronunciation], Field(max_length=200)] = []
    inputs: Annotated[list[Input], Field(max_length=1000)] = []
    steps: Annotated[list[Step], Field(max_length=200)] = []
    cues: Annotated[list[Cue], Field(min_length=1, max_length=5000)]
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    master: Master = Master()
    tools: Annotated[list[Pin], Field(max_length=200)] = []


def is_bed(cue: object) -> bool:
    """Whether a cue lies in the background."""
    return isinstance(cue, SoundCue | MusicCue | ClipCue) and cue.layer == "background"
