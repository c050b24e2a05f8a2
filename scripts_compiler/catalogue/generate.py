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


class Sing(Parameters):
    """``text`` are the lyrics; ``description`` says style and voice; ``length`` in s (None: as needed)."""

    text: str = Field(default="", max_length=5000)
    description: str = Field(default="", max_length=500)
    preset: str = ""
    language: str = "en"
    length: float | None = Field(default=None, ge=0.1, le=600)
    take: int = Field(default=0, ge=0)


class RetrieveSound(Parameters):
    """The recording of the user's library that fits ``description`` best; ``length`` cuts it."""

    description: str = Field(min_length=1, max_length=500)
    length: float | None = Field(default=None, ge=0.1, le=3600)
    take: int = Field(default=0, ge=0)


class ImageToSound(Parameters):
    """The ambience of a picture, ``length`` seconds."""

    length: float = Field(default=10.0, ge=0.1, le=600)
    take: int = Field(default=0, ge=0)


class Translate(Parameters):
    """``to`` and ``language`` (of the text; empty to have it recognised) as BCP 47 tags."""

    to: str = Field(min_length=2, max_length=35)
    language: str = ""


class WriteLyrics(Parameters):
    """``description`` of the song: what it is about, mood, form."""

    description: str = Field(min_length=1, max_length=500)
    language: str = "en"
    take: int = Field(default=0, ge=0)


class LyricsToMelody(Parameters):
    """``description`` of the music (mood, genre); ``tempo`` in beats per minute, None leaves it to the tool."""

    description: str = Field(default="", max_length=500)
    tempo: float | None = Field(default=None, ge=30, le=240)
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
        (Port("text", Kind.TEXT, optional=True), Port("sample", Kind.AUDIO, optional=True),
         Port("clone", Kind.VOICE, optional=True)), Kind.SPEECH,
    ),
    Operation("vocalise", "A laugh, sigh, gasp, ... in a voice.", Vocalise, (), Kind.AUDIO),
    Operation("generate_sound", "A sound effect or ambience from its description.", GenerateSound, (), Kind.AUDIO),
    Operation(
        "generate_music", "Music from its description, along a melody where one is given.", GenerateMusic,
        (Port("melody", Kind.AUDIO, optional=True),), Kind.AUDIO,
    ),
    Operation(
        "sing", "Sing lyrics, to notes where they are given.", Sing,
        (Port("text", Kind.TEXT, optional=True), Port("notes", Kind.NOTES, optional=True)), Kind.AUDIO,
    ),
    Operation("retrieve_sound", "A recording from a library of sounds.", RetrieveSound, (), Kind.AUDIO),
    Operation("image_to_sound", "What a picture sounds like.", ImageToSound, (Port("image", Kind.IMAGE),), Kind.AUDIO),
    Operation("translate", "Translate a text.", Translate, (Port("text", Kind.TEXT),), Kind.TEXT),
    Operation("write_lyrics", "Write the lyrics of a song.", WriteLyrics, (), Kind.TEXT),
    Operation("lyrics_to_melody", "A melody for lyrics.", LyricsToMelody, (Port("text", Kind.TEXT),), Kind.NOTES),
    Operation(
        "render_notes", "Play notes.", Nothing, (Port("notes", Kind.NOTES),), Kind.AUDIO,
    ),
    Operation("load_file", "Read a recording.", LoadFile, (), Kind.AUDIO, internal=True),
    Operation("load_image", "Read a picture.", LoadFile, (), Kind.IMAGE, internal=True),
    Operation("load_notes", "Read notes (MIDI).", LoadFile, (), Kind.NOTES, internal=True),
    Operation("load_text", "Read a text.", LoadFile, (), Kind.TEXT, internal=True),
    Operation("load_voice", "Read a voice.", LoadFile, (), Kind.VOICE, internal=True),
    Operation(
        "align", "Find when each word of a known text is spoken.", Align, (Port("audio", Kind.AUDIO),), Kind.SPEECH,
    ),
)  # fmt: skip
