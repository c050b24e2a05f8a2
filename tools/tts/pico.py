"""Speech by SVOX Pico: six languages from 5 MB, plain but clear; more voices by resizing the one of each language."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from soundwright.tools.assets import Asset, Speech
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.tts.joining import faded
from soundwright.tools.tts.resizing import resized
from soundwright.tools.tts.spoken import spoken_words, text_of
from soundwright.tools.tts.text_normalise import normalise_plain, spoken_text

_PROCESS = Path(__file__).with_name("pico_process.py")
_TIMEOUT_S = 60

RATE = 16000
_LINGWARE = {
    "en": "en-US",
    "en-US": "en-US",
    "en-GB": "en-GB",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
}
_ACCENTS = {"en-US": "american", "en-GB": "british"}
_SIZES = {"": 1.0, "-low": 0.76, "-small": 1.22, "-broad": 0.88}
_TAKE_SPEEDS = (0.95, 1.05, 0.98, 1.03)


def _voices() -> tuple[VoiceInfo, ...]:
    found = []
    for tag in dict.fromkeys(_LINGWARE.values()):
        accent, language = _ACCENTS.get(tag, ""), tag.partition("-")[0]
        found += [
            VoiceInfo(tag, language, "female", "adult", accent, "clear, plain", 190, 0.35),
            VoiceInfo(f"{tag}-low", language, "male", "adult", accent, "deep, plain", 145, 0.3),
            VoiceInfo(f"{tag}-small", language, "female", "child", accent, "small, high", 232, 0.3),
            VoiceInfo(f"{tag}-broad", language, "female", "old", accent, "low, slow", 167, 0.3),
        ]
    return tuple(found)


class PicoTool:
    """The tool ``pico``: German, Spanish, French, Italian and English."""

    spec = ToolSpec(
        name="pico",
        version="0.1.1",
        operations=("speak",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en", "en-US", "en-GB", "de", "es", "fr", "it"),
        voices=_voices(),
        extra="local",
        modules=("py_nanotts",),
        memory_mb=60,
        max_batch=16,
        honours=("text", "preset", "language", "speed", "pronounce", "take"),
        take_varies=("speed",),
        determinism="exact",
        rank=20,
        speed=150.0,
        proven="real",
        proven_note="the voices in its package, heard by Whisper",
        help="German, Spanish, French, Italian and English in plain synthetic voices, 16 kHz. An emotion is not acted.",
    )

    def load(self, place: Place) -> None:
        """See that the engine is there; its data lies in its package.

        Raises:
            ToolMissing: py-nanotts is not installed.
        """
        del place
        if importlib.util.find_spec("py_nanotts") is None:
            raise ToolMissing("pico needs py-nanotts. Run: pip install 'soundwright[local]'")

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak each request in turn."""
        return each(batch, context, self._speak)

    def close(self) -> None:
        """Nothing to free: each text has a process of its own."""

    def _speak(self, request: Request) -> Speech:
        language = str(request.params.get("language") or "en")
        tag, size = _voice_of(str(request.params.get("preset") or ""), language)
        said = _spoken(request, tag)
        take = int(request.params.get("take", 0))
        pace = float(request.params.get("speed", 1.0))
        tempo = pace * (_TAKE_SPEEDS[(take - 1) % len(_TAKE_SPEEDS)] if take else 1.0)
        pcm = _pcm(said, tag, tempo / size)
        sound = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)
        if len(sound) == 0:
            raise ToolError(f"Pico made no sound of {said[:60]!r}.")
        return Speech(faded(resized(sound, size, RATE), RATE)[None], RATE, text=text_of(request), language=language)


def _pcm(text: str, voice: str, speed: float) -> bytes:
    """16-bit sound at 16 kHz, by a process that ends with it (see ``pico_process``)."""
    wanted = json.dumps({"text": text, "voice": voice, "speed": speed}).encode()
    try:
        done = subprocess.run(  # noqa: S603  our own file, no shell
            [sys.executable, str(_PROCESS)], input=wanted, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"Pico did not end within {_TIMEOUT_S} s on {text[:60]!r}.") from None
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise ToolError(f"Pico failed on {text[:60]!r}: {why[0]}")
    return done.stdout


def _voice_of(preset: str, language: str) -> tuple[str, float]:
    """The engine's voice and the size it is bent to.

    Raises:
        ToolError: the language or the preset is not there, or they do not belong together.
    """
    base = _LINGWARE.get(language) or _LINGWARE.get(language.partition("-")[0].lower())
    if base is None:
        raise ToolError(f"Pico does not speak {language!r}; it speaks {', '.join(sorted(_LINGWARE))}.")
    tag, ending = (preset[:5], preset[5:]) if preset else (base, "")
    if tag not in _LINGWARE.values() or ending not in _SIZES:
        raise ToolError(f"Pico has no voice {preset!r}. See: soundwright voices list")
    if tag[:2] != base[:2]:
        raise ToolError(f"Pico's voice {preset!r} does not speak {language!r}.")
    return tag, _SIZES[ending]


def _spoken(request: Request, tag: str) -> str:
    """What the engine is given: words without its own markup signs."""
    if tag.startswith("en"):
        text = spoken_text(spoken_words(request, british=tag == "en-GB"))
    else:
        pairs = [(str(p["word"]), str(p["say"])) for p in request.params.get("pronounce", ())]
        text = spoken_text(normalise_plain(text_of(request), pairs))
    foreign = next((c for c in text if c.isalpha() and not unicodedata.name(c, "LATIN").startswith("LATIN")), None)
    if foreign is not None:
        raise ToolError(f"{foreign!r} cannot be spoken in {tag}. Add its word to `pronounce`.")
    if not any(character.isalnum() for character in text):
        raise ToolError(f"There is nothing to speak in {text_of(request)[:60]!r}.")
    return text.replace("…", "...").replace("—", ", ").replace("–", ", ")
