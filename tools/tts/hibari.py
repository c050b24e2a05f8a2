"""Speech by hibari: one small, very fast American voice whose weights travel in its package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Samples, Speech
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.tts.joining import joined
from soundwright.tools.tts.sentences import pieces, sentences
from soundwright.tools.tts.spoken import spoken_words, text_of

RATE = 24000
VOICE = VoiceInfo("heart", "en", "female", "adult", "american", "warm, clear", pitch_hz=197, quality=0.6)
_TAKE_SPEEDS = (0.95, 1.05, 0.98, 1.03)


class HibariTool:
    """The tool ``hibari``: American English in one female voice, about a hundred times faster than speech."""

    spec = ToolSpec(
        name="hibari",
        version="0.2.1",
        operations=("speak",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en", "en-US"),
        voices=(VOICE,),
        extra="local",
        modules=("hibari", "onnxruntime"),
        memory_mb=250,
        max_batch=16,
        honours=("text", "preset", "language", "speed", "pronounce", "take"),
        take_varies=("seed", "speed"),
        determinism="exact",
        rank=50,
        speed=100.0,
        streams=True,
        proven="real",
        proven_note="the weights in its package, heard by Whisper",
        help="American English in one female voice, 24 kHz, very fast. An emotion is not acted.",
    )

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self, place: Place) -> None:
        """Read the network inside the package; it runs on one thread whatever ``place`` offers.

        Raises:
            ToolMissing: hibari-tts is not installed.
        """
        del place
        try:
            from hibari import Hibari  # noqa: PLC0415  heavy
        except ImportError as error:
            raise ToolMissing("hibari needs hibari-tts. Run: pip install 'soundwright[local]'") from error
        self._engine = Hibari(voice=VOICE.preset, threads=1)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak each request in turn."""
        return each(batch, context, lambda request: self._speak(request, context))

    def close(self) -> None:
        """Free the network."""
        self._engine = None

    def _speak(self, request: Request, context: Context) -> Speech:
        from soundwright.tools.tts.g2p import phonemes  # noqa: PLC0415  so that it can be missing until it is used

        preset = str(request.params.get("preset") or VOICE.preset)
        if preset != VOICE.preset:
            raise ToolError(f"hibari has one voice, {VOICE.preset}, and none called {preset!r}.")
        take = int(request.params.get("take", 0))
        pace = float(request.params.get("speed", 1.0))
        tempo = pace * (_TAKE_SPEEDS[(take - 1) % len(_TAKE_SPEEDS)] if take else 1.0)
        words = spoken_words(request, british=False)
        said = pieces(sentences(words), lambda text: phonemes(text, british=False))

        def sounds() -> Iterator[Samples]:
            for piece in said:
                context.check()
                yield np.asarray(self._engine.from_phonemes(piece.phonemes, tempo, request.seed + take), np.float32)

        whole = joined(sounds(), [piece.pause_s / pace for piece in said], RATE, context.emit)
        language = str(request.params.get("language") or "en")
        return Speech(whole[None], RATE, text=text_of(request), language=language)
