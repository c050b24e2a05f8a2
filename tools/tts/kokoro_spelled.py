"""Spanish and Italian by Kokoro-82M: its styles of these languages, read by the rules of spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from soundwright.tools.base import Request, VoiceInfo
from soundwright.tools.errors import ToolError
from soundwright.tools.tts.italian import italian
from soundwright.tools.tts.kokoro import KokoroTool, Planned
from soundwright.tools.tts.kokoro_voices import KokoroVoice
from soundwright.tools.tts.sentences import pieces, sentences
from soundwright.tools.tts.spanish import spanish
from soundwright.tools.tts.spoken import text_of
from soundwright.tools.tts.text_normalise import normalise_plain
from soundwright.tools.tts.texts import language_of


def _voice(
    name: str, language: str, gender: Literal["male", "female"], words: str, age: Literal["adult", "old"] = "adult"
) -> KokoroVoice:
    info = VoiceInfo(name, language, gender, age, description=words, quality=0.65)
    return KokoroVoice(info, ((name, 1.0),))


SPANISH = {
    "ef_dora": _voice("ef_dora", "es", "female", "clear, friendly"),
    "em_alex": _voice("em_alex", "es", "male", "calm, even"),
    "em_santa": _voice("em_santa", "es", "male", "deep, jolly", "old"),
}
ITALIAN = {
    "if_sara": _voice("if_sara", "it", "female", "clear, friendly"),
    "im_nicola": _voice("im_nicola", "it", "male", "calm, even"),
}


class SpelledTool(KokoroTool):
    """What these tools share: ``own`` voices of one ``language``, whose spelling ``sounds`` reads."""

    own: Mapping[str, KokoroVoice]
    language: str
    name_of_language: str
    sounds: Callable[[str], str]

    def plan(self, request: Request) -> Planned | ToolError:
        """What has to be said: pieces, voice, speed, take; or why it cannot be said."""
        preset = str(request.params.get("preset") or next(iter(self.own)))
        if language_of(request) != self.language:
            return ToolError(f"{self.spec.name} speaks {self.name_of_language}, not {language_of(request)!r}.")
        if preset not in self.own:
            return ToolError(f"{self.spec.name} has no voice {preset!r}. See: soundwright voices list")
        pairs = [(str(p["word"]), str(p["say"])) for p in request.params.get("pronounce", ())]
        found = pieces(sentences(normalise_plain(text_of(request), pairs)), type(self).sounds)
        if not any(symbol.isalpha() for piece in found for symbol in piece.phonemes):
            return ToolError(f"There is nothing to speak in {text_of(request)[:60]!r}.")
        return found, self.own[preset], float(request.params.get("speed", 1.0)), int(request.params.get("take", 0))


class KokoroSpanishTool(SpelledTool):
    """The tool ``kokoro-es``."""

    spec = replace(
        KokoroTool.spec,
        name="kokoro-es",
        languages=("es",),
        voices=tuple(voice.info for voice in SPANISH.values()),
        modules=("onnxruntime",),
        rank=85,
        proven_note="Kokoro-82M, heard by Whisper base",
        help="Spanish of Castile in three voices, 24 kHz. The voice's manner is fixed: an emotion is not acted.",
    )
    own, language, name_of_language, sounds = SPANISH, "es", "Spanish", staticmethod(spanish)
    lead_in = "entˈonθes dˈixo: "


class KokoroItalianTool(SpelledTool):
    """The tool ``kokoro-it``."""

    spec = replace(
        KokoroTool.spec,
        name="kokoro-it",
        languages=("it",),
        voices=tuple(voice.info for voice in ITALIAN.values()),
        modules=("onnxruntime",),
        rank=85,
        proven_note="Kokoro-82M, heard by Whisper base",
        help="Italian in two voices, 24 kHz. The voice's manner is fixed: an emotion is not acted.",
    )
    own, language, name_of_language, sounds = ITALIAN, "it", "Italian", staticmethod(italian)
    lead_in = "e pˈɔi dˈisːe: "
