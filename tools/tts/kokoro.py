"""Speech by Kokoro-82M in 8 bits on onnxruntime: many English voices.

The network takes phoneme symbols, a style that depends on their count, and a speed; see the model's card. It holds no
random node, and each piece is computed by one thread, so equal requests give equal bytes in any batch.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from soundwright.tools.assets import Asset, Samples, Speech
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.tts.joining import after_pause, joined
from soundwright.tools.tts.kokoro_symbols import SYMBOLS
from soundwright.tools.tts.kokoro_voices import STYLES, KokoroVoice, voices
from soundwright.tools.tts.resizing import resized
from soundwright.tools.tts.sentences import Piece, pieces, sentences
from soundwright.tools.tts.spoken import spoken_words, text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL = "kokoro-82m"
NETWORK_FILE = "kokoro-v1.0.int8.onnx"
STYLES_FILE = "kokoro-v1.0-voices.f32"
RATE = 24000
LANGUAGES = ("en", "en-US", "en-GB")
_STYLE_SHAPE = (510, 256)
_SHORT = 6  # phoneme symbols with the mark: "Sit."
_LEAST_PAUSE_S = 0.15  # longer than the closure of a consonant
_NEIGHBOUR_WEIGHT = (0.12, 0.24)
_TAKE_SPEEDS = (0.94, 1.06, 0.97, 1.03)

Planned = tuple[list[Piece], KokoroVoice, float, int]


class KokoroTool:
    """The tool ``kokoro``: speaks English in many voices, several pieces at once on ``Place.threads`` threads."""

    spec = ToolSpec(
        name="kokoro",
        version="1.0",
        operations=("speak",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=LANGUAGES,
        voices=tuple(voice.info for voice in voices().values()),
        extra="local",
        modules=("onnxruntime", "hibari"),
        models=(MODEL,),
        cores=2,
        memory_mb=600,
        max_batch=32,
        honours=("text", "preset", "language", "speed", "pronounce", "take"),
        take_varies=("style blend", "speed"),
        determinism="exact",
        rank=90,
        speed=1.6,
        streams=True,
        proven="real",
        proven_note="Kokoro-82M, heard by Whisper",
        help="English speech in many voices, 24 kHz. The voice's manner is fixed: an emotion is not acted.",
    )

    lead_in = "ænd ðˈɛn hi sˈɛd: "

    def __init__(self) -> None:
        self._network: Any = None
        self._styles: NDArray[np.float32] | None = None
        self._threads = 1

    def load(self, place: Place) -> None:
        """Read the network and the styles.

        Raises:
            ToolMissing: onnxruntime, hibari-tts or the weights are not there.
        """
        network, styles = place.weights.get(NETWORK_FILE), place.weights.get(STYLES_FILE)
        if network is None or styles is None:
            raise ToolMissing(f"Kokoro has no weights. Run: soundwright models pull {MODEL}")
        self._network = _session(network)
        self._styles = np.fromfile(styles, dtype="<f4").reshape(len(STYLES), *_STYLE_SHAPE)
        self._threads = max(1, place.threads)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak every request; pieces of all requests are computed side by side, chunks and results come in order."""
        context.check()
        stop = threading.Event()

        def speak_piece(piece: Piece, voice: KokoroVoice, speed: float, take: int) -> Samples:
            if stop.is_set():
                return np.zeros(0, dtype=np.float32)
            return self.say(piece.phonemes, voice, speed, take)

        with ThreadPoolExecutor(self._threads) as pool:
            try:
                planned = [self.plan(request) for request in batch]
                waiting = [
                    plan if isinstance(plan, ToolError) else [pool.submit(speak_piece, p, *plan[1:]) for p in plan[0]]
                    for plan in planned
                ]
                for index, (request, plan, futures) in enumerate(zip(batch, planned, waiting, strict=True)):
                    if isinstance(plan, ToolError) or isinstance(futures, ToolError):
                        yield index, plan if isinstance(plan, ToolError) else ToolError("not planned")
                    else:
                        yield index, _speech(request, plan[0], _results(futures, context), context)
                    context.progress((index + 1) / len(batch))
            finally:
                stop.set()

    def close(self) -> None:
        """Free the network and the styles."""
        self._network = self._styles = None

    def plan(self, request: Request) -> Planned | ToolError:
        """What has to be said: pieces, voice, speed, take; or why it cannot be said."""
        return _planned(request)

    def say(self, phonemes: str, voice: KokoroVoice, speed: float, take: int) -> Samples:
        """Phonemes as mono samples (frames,) at 24 kHz.

        The network puts a false start before a single short word; so this is said after a lead-in, which is cut off
        where a clear pause parts them.
        """
        if len(phonemes) <= _SHORT:
            found = after_pause(self._spoken(self.lead_in + phonemes, voice, speed, take), RATE, _LEAST_PAUSE_S)
            if found is not None:
                return found
        return self._spoken(phonemes, voice, speed, take)

    def _spoken(self, phonemes: str, voice: KokoroVoice, speed: float, take: int) -> Samples:
        ids = [SYMBOLS[symbol] for symbol in phonemes if symbol in SYMBOLS]
        tokens = np.array([[0, *ids, 0]], dtype=np.int64)
        style = self._style(voice, len(ids), take)
        tempo = np.array([speed * voice.speed * _take_speed(take) / voice.size], dtype=np.float32)
        (sound,) = self._network.run(None, {"tokens": tokens, "style": style, "speed": tempo})
        return resized(np.asarray(sound, dtype=np.float32).reshape(-1), voice.size, RATE)

    def _style(self, voice: KokoroVoice, count: int, take: int) -> NDArray[np.float32]:
        if self._styles is None:
            raise ToolError("Kokoro was asked to speak before it was loaded", addressee="developer")
        row = min(max(count - 1, 0), _STYLE_SHAPE[0] - 1)
        style = sum(
            (np.float32(weight) * self._styles[STYLES.index(name), row] for name, weight in voice.mix),
            start=np.zeros(_STYLE_SHAPE[1], dtype=np.float32),
        )
        if take:
            neighbour, weight = _take_blend(voice, take)
            style = (1 - weight) * style + weight * self._styles[STYLES.index(neighbour), row]
        return np.asarray(style, dtype=np.float32)[None]


def _session(network: Path) -> Any:  # noqa: ANN401  onnxruntime has no type information
    try:
        import onnxruntime  # noqa: PLC0415  heavy
    except ImportError as error:
        raise ToolMissing("Kokoro needs onnxruntime. Run: pip install 'soundwright[local]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # more than one changes the order of sums
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])


def _planned(request: Request) -> Planned | ToolError:
    from soundwright.tools.tts.g2p import phonemes  # noqa: PLC0415  so that it can be missing until it is used

    try:
        voice = _voice_of(request)
        words = spoken_words(request, british=voice.british)
        found = pieces(sentences(words), lambda text: phonemes(text, british=voice.british))
    except ToolError as error:
        return error
    if not found:
        return ToolError(f"There is nothing to speak in {request.params.get('text', '')!r}.")
    return found, voice, float(request.params.get("speed", 1.0)), int(request.params.get("take", 0))


def _voice_of(request: Request) -> KokoroVoice:
    language, preset = str(request.params.get("language") or "en"), str(request.params.get("preset") or "af_heart")
    if language.split("-", maxsplit=1)[0].lower() != "en":
        raise ToolError(f"Kokoro speaks English here, not {language!r}.")
    if preset not in voices():
        raise ToolError(f"Kokoro has no voice {preset!r}. See: soundwright voices list")
    return voices()[preset]


def _results(futures: Sequence[Future[Samples]], context: Context) -> Iterator[Samples]:
    for future in futures:
        context.check()
        yield future.result()
    context.check()


def _speech(request: Request, said: Sequence[Piece], sounds: Iterator[Samples], context: Context) -> Speech:
    pace = max(0.5, float(request.params.get("speed", 1.0)))
    whole = joined(sounds, [piece.pause_s / pace for piece in said], RATE, context.emit)
    text, language = text_of(request), str(request.params.get("language") or "en")
    return Speech(whole[None], RATE, text=text, language=language)


def _take_speed(take: int) -> float:
    return _TAKE_SPEEDS[(take - 1) % len(_TAKE_SPEEDS)] if take else 1.0


def _take_blend(voice: KokoroVoice, take: int) -> tuple[str, float]:
    """A style of the same accent and gender and its weight, drawn from preset and take alone."""
    first = voice.mix[0][0]
    kin = [name for name in STYLES if name[:2] == first[:2] and name not in dict(voice.mix)] or list(STYLES)
    draw = hashlib.sha256(f"{voice.info.preset} {take}".encode()).digest()
    low, high = _NEIGHBOUR_WEIGHT
    return kin[draw[0] % len(kin)], low + (high - low) * draw[1] / 255
