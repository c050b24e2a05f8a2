"""Spanish and Italian, as Whisper base hears them: at most 15 of 100 letters wrong."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from soundwright.tools.asr.whisper import WhisperTool
from soundwright.tools.assets import Audio, Transcript
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.kokoro_spelled import KokoroItalianTool, KokoroSpanishTool, SpelledTool

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("heard")]
LINES = {
    "es": ("La niña corre por la calle con su perro.", "Mañana iremos a la ciudad con nuestros amigos."),
    "it": ("La bambina corre per la strada con il suo cane.", "Il chitarrista ha cantato una canzone molto antica."),
}


def letters(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in bare if letter.isascii() and letter.isalpha())


def errors(wanted: str, heard: str) -> int:
    row = list(range(len(heard) + 1))
    for number, letter in enumerate(wanted, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != other))
    return row[-1]


@pytest.mark.parametrize("tool", [KokoroSpanishTool(), KokoroItalianTool()], ids=["es", "it"])
def test_every_voice_is_understood(tool: SpelledTool, models_folder: Path) -> None:
    pytest.importorskip("faster_whisper")
    store = ModelStore(models_folder)
    store.pull("whisper-base")
    tool.load(Place(weights=store.paths(["kokoro-82m"]), threads=2))
    whisper = WhisperTool()
    whisper.load(Place(weights=store.paths(["whisper-base"]), threads=2))
    lines = LINES[tool.language]
    for voice in tool.own:
        params = [{"text": line, "language": tool.language, "preset": voice} for line in lines]
        spoken = [made for _, made in tool.run([Request("speak", p, {}, 1) for p in params], Context())]
        audio = [made for made in spoken if isinstance(made, Audio)]
        asked = [Request("transcribe", {"language": tool.language}, {"audio": made}) for made in audio]
        heard = [made.text for _, made in whisper.run(asked, Context()) if isinstance(made, Transcript)]
        wanted = [letters(line) for line in lines]
        wrong = sum(errors(one, letters(other)) for one, other in zip(wanted, heard, strict=True))
        assert wrong <= 0.15 * sum(map(len, wanted)), (voice, heard)
