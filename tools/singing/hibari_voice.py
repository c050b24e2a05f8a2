"""Hibari's network as an instrument: what it says before it is made sound, and when each symbol is said.

For every 12.5 ms the network gives the spectra of a voice (for any pitch), of noise, and of the rest. Held longer or
shorter and given another pitch they are sound again by hibari's own synthesis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.errors import ToolMissing
from soundwright.tools.singing.graph_output import with_output

RATE, FRAME_S = 24000, 0.0125
_DURATIONS = "/Clip_output_0"  # frames of each symbol, within the network of hibari-tts 0.2
_VOICED_HZ = 40.0
_QUIET = -12.0  # logarithm of an amplitude that nobody hears
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frames:
    """Spectra (bins, frames) as the network gives them, ``voiced`` for each frame, and where each symbol starts.

    ``starts`` has one entry more than symbols were said: the last is the number of frames.
    """

    voice: Array
    phase: Array
    noise: Array
    rest: Array
    rest_phase: Array
    voiced: NDArray[np.bool_]
    starts: NDArray[np.int64]


class HibariVoice:
    """The network, opened."""

    def __init__(self) -> None:
        try:
            import onnxruntime  # noqa: PLC0415  heavy
            from hibari import Hibari  # noqa: PLC0415  heavy
            from hibari.voices import voice_path  # noqa: PLC0415  heavy
        except ImportError as error:
            raise ToolMissing("singer needs hibari-tts. Run: pip install 'soundwright[local]'") from error
        self._engine: Any = Hibari(voice="heart", threads=1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        with open(voice_path("heart"), "rb") as file:
            model = with_output(file.read(), _DURATIONS)
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def knows(self, symbol: str) -> bool:
        """Whether it can say a symbol."""
        return symbol in self._engine.vocab

    def say(self, symbols: str, speed: float) -> Frames:
        """Symbols (all known) as frames."""
        ids = np.array([self._engine.ids(symbols)], dtype=np.int64)
        made = self._session.run(None, {"ids": ids, "speed": np.array([speed], dtype=np.float32)})
        voice, phase, noise, rest, rest_phase, pitch = (part[0] for part in made[:6])
        spans = np.concatenate([[0], np.cumsum(np.asarray(made[6]).reshape(-1))]).astype(np.int64)
        starts = np.append(spans[1:-1], voice.shape[1])  # without the silence before the first
        starts = np.round(starts * voice.shape[1] / max(spans[-1], 1)).astype(np.int64) if spans[-1] else starts
        return Frames(voice, phase, noise, rest, rest_phase, pitch > _VOICED_HZ, np.minimum(starts, voice.shape[1]))


def sounded(
    frames: Frames, where: NDArray[np.float64], pitch_hz: NDArray[np.float64], throat: float, seed: int
) -> Samples:
    """Samples at 24 kHz that say ``frames`` at the places ``where``, at ``pitch_hz``; one entry of both per 12.5 ms.

    ``throat``: how much longer than hibari's own the singer's is; every resonance lies lower by that.
    """
    from hibari import dsp  # noqa: PLC0415  heavy

    low = np.clip(np.floor(where).astype(int), 0, frames.voice.shape[1] - 1)
    high, part = np.minimum(low + 1, frames.voice.shape[1] - 1), (where - low).astype(np.float32)
    near = np.where(part < 0.5, low, high)

    def between(values: Array) -> Array:
        return _sized(values[:, low] * (1 - part) + values[:, high] * part, throat)

    voiced = frames.voiced[near]
    rest = between(frames.rest)
    rest[:, voiced] = _QUIET  # it holds the pitch at which the words were said
    pitch = np.where(voiced, pitch_hz, 0.0).astype(np.float32)
    made = dsp.synth(
        between(frames.voice), _sized(frames.phase[:, near], throat), between(frames.noise), rest,
        frames.rest_phase[:, near], pitch, np.random.default_rng(seed),
    )  # fmt: skip
    return np.asarray(made, dtype=np.float32)


def _sized(values: Array, throat: float) -> Array:
    if throat == 1.0:
        return np.array(values, dtype=np.float32)
    place = np.minimum(np.arange(len(values)) * throat, len(values) - 1.001)
    low = place.astype(int)
    part = (place - low).astype(np.float32)[:, None]
    return np.asarray(values[low] * (1 - part) + values[low + 1] * part, dtype=np.float32)
