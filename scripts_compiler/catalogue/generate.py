"""Operations that make sound from words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port

VOCALS = ("laugh", "chuckle", "sigh", "gasp", "breath", "sob", "cough", "scream", "groan", "hum")
Vocal = Literal["laugh", "chuckle", "sigh", "gasp", "breath", "sob", "cough", "scream", "groan", "hum"]


class Pronounce(Parameters):
    """What is spoken in place of a written word."""

    word: str
    say: str


class Speak(Parameters):
    """``voice`` is the character's name until it is bound; then ``preset`` is the tool's own voice id."""

    text: str = Field(default="", max_length=20000)
    voice: str = ""
    preset: str = ""
    language: str = "en"
    emotion: str = Field(default="", max_length=100)
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    pronounce: list[Pronounce] = Field(default_factory=list)
    take: int = Field(default=0, ge=0)


class Vocalise(Parameters):
    """A sound of the voice without words, as ``voice`` (described by ``description``) would make it."""

    vocal: Vocal
    voice: str = ""
    preset: str = ""
    description: str = ""
    gender: str = ""
    age: str = ""
    emotion: str = Field(default="", max_length=100)
    take: int = Field(default=0, ge=0)


class GenerateSound(Parameters):
    """``length`` in seconds; None leaves it to the tool, at most 10 s. ``loop``: must repeat without a join."""

    description: str = Field(min_length=1, max_length=500)
    length: float | None = Field(default=None, ge=0.1, le=3600)
    loop: bool = False
    take: int = Field(default=0, ge=0)


class GenerateMusic(Parameters):
    """``length`` in seconds. ``loop``: must repeat without an audible join."""

    description: str = Field(min_length=1, max_length=500)
    length: float = Field(default=30.0, ge=0.1, le=3600)
    loop: bool = False
    take: int = Field(default=0, ge=0)


class Nothing(Parameters):
    """No parameters."""


class LoadFile(Parameters):
    """``file`` as the script names it; the orchestrator resolves and checks it before anything is read."""

    file: str


class Align(Parameters):
    """``text`` that is spoken in the audio, as written."""

    text: str
    language: str = "en"


OPERATIONS = (
    Operation(
        "speak", "Speak a text in a voice.", Speak,
        (Port("text", Kind.TEXT, optional=True), Port("sample", Kind.AUDIO, optional=True)), Kind.SPEECH,
    ),
    Operation("vocalise", "A laugh, sigh, gasp, ... in a voice.", Vocalise, (), Kind.AUDIO),
    Operation("generate_sound", "A sound effect or ambience from its description.", GenerateSound, (), Kind.AUDIO),
    Operation("generate_music", "Music from its description.", GenerateMusic, (), Kind.AUDIO),
    Operation(
        "render_notes", "Play notes.", Nothing, (Port("notes", Kind.NOTES),), Kind.AUDIO,
    ),
    Operation("load_file", "Read a recording.", LoadFile, (), Kind.AUDIO, internal=True),
    Operation(
        "align", "Find when each word of a known text is spoken.", Align, (Port("audio", Kind.AUDIO),), Kind.SPEECH,
    ),
)  # fmt: skip
