"""Operations that listen: who speaks, what sounds, what it is about, how good it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from soundwright.scripts_compiler.catalogue.analysis import AUDIO_IN
from soundwright.scripts_compiler.catalogue.generate import Nothing
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port

Label = Annotated[str, Field(min_length=1, max_length=200)]


class Diarize(Parameters):
    """``speakers``: how many there are, where that is known."""

    speakers: int | None = Field(default=None, ge=1, le=20)


class IdentifySpeaker(Parameters):
    """Events are labelled ``sample1``, ``sample2``, ... where the likeness reaches ``threshold``, else ``unknown``."""

    threshold: float = Field(default=0.7, ge=0, le=1)


class Tag(Parameters):
    """The ``top`` labels by score."""

    top: int = Field(default=10, ge=1, le=100)


class Detect(Parameters):
    """Where each of ``descriptions`` is heard with a score of at least ``threshold``."""

    descriptions: list[Label] = Field(min_length=1, max_length=50)
    threshold: float = Field(default=0.3, ge=0, le=1)


class Answer(Parameters):
    """``question`` about the sound."""

    question: str = Field(min_length=1, max_length=1000)


class ScoreMatch(Parameters):
    """``description`` that the sound is held against."""

    description: str = Field(min_length=1, max_length=500)


class ScoreWords(Parameters):
    """``text`` that should be heard."""

    text: str = Field(min_length=1, max_length=20000)
    language: str = "en"


class TranslateAudio(Parameters):
    """``to`` and ``language`` (of the recording; empty to have it recognised) as BCP 47 tags."""

    to: str = Field(default="en", min_length=2, max_length=35)
    language: str = ""


SAMPLES_IN = (*AUDIO_IN, Port("samples", Kind.AUDIO, many=True))

OPERATIONS = (
    Operation("diarize", "Find who speaks when.", Diarize, AUDIO_IN, Kind.EVENTS),
    Operation("identify_speaker", "Find where known voices speak.", IdentifySpeaker, SAMPLES_IN, Kind.EVENTS),
    Operation("recognize_emotion", "Tell with what emotion somebody speaks.", Nothing, AUDIO_IN, Kind.EVENTS),
    Operation("tag", "Name what is heard.", Tag, AUDIO_IN, Kind.EVENTS),
    Operation("detect", "Find where the sounds that are described are heard.", Detect, AUDIO_IN, Kind.EVENTS),
    Operation("caption", "Describe a sound in a sentence.", Nothing, AUDIO_IN, Kind.TEXT),
    Operation("answer", "Answer a question about a sound.", Answer, AUDIO_IN, Kind.TEXT),
    Operation("analyse_music", "Tempo, key and other measures of music.", Nothing, AUDIO_IN, Kind.SCORES),
    Operation("find_beats", "Find the beats of music, and the downbeats.", Nothing, AUDIO_IN, Kind.EVENTS),
    Operation("transcribe_notes", "Write down the notes of music.", Nothing, AUDIO_IN, Kind.NOTES),
    Operation("score_speech", "Rate how natural and clean speech is (MOS from 1 to 5).", Nothing, AUDIO_IN,
              Kind.SCORES),
    Operation("score_match", "Rate how well a sound fits a description.", ScoreMatch, AUDIO_IN, Kind.SCORES),
    Operation("score_words", "Rate how well a text is understood: word errors of speech heard back.", ScoreWords,
              AUDIO_IN, Kind.SCORES),
    Operation("read_watermark", "Look for a hidden mark.", Nothing, AUDIO_IN, Kind.SCORES),
    Operation("translate_audio", "Write down what is said in another language.", TranslateAudio, AUDIO_IN,
              Kind.TRANSCRIPT),
    Operation("translate_speech", "Say the same in another language.", TranslateAudio, AUDIO_IN, Kind.AUDIO),
)  # fmt: skip
