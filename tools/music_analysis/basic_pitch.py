"""The notes of music by Basic Pitch (Bittner et al., A Lightweight Instrument-Agnostic Model, ICASSP 2022)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Notes, Part, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.music_analysis.note_tracking import Array, notes_from
from soundwright.tools.networks import session, weights_file

MODEL = "basic-pitch"
RATE, HOP = 22050, 256
_WINDOW, _FRAMES, _OVERLAP = 43844, 172, 30
_STEP = _WINDOW - _OVERLAP * HOP
_INPUT, _NOTE, _ONSET = "serving_default_input_2:0", "StatefulPartitionedCall:1", "StatefulPartitionedCall:2"


class BasicPitchTool:
    """The tool ``basic-pitch``: one part with all notes of a piece, whatever plays them; no drums."""

    spec = ToolSpec(
        name="basic-pitch",
        version="icassp-2022",
        operations=("transcribe_notes",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        extra="local",
        modules=("onnxruntime",),
        models=(MODEL,),
        memory_mb=250,
        take_varies=(),
        determinism="exact",
        rank=60,
        speed=10.0,
        proven="real",
        proven_note="note F1 on played scores (bench/listening.py)",
        help="Pitches, times and strengths of notes of any pitched instruments, best of one at a time.",
    )

    def __init__(self) -> None:
        self._network: Any = None

    def load(self, place: Place) -> None:
        """Open the network.

        Raises:
            ToolMissing: onnxruntime or the weights are not there.
        """
        self._network = session(weights_file(place.weights, "basic-pitch.onnx", MODEL), "Basic Pitch")

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Write down each piece in turn."""
        return each(batch, context, lambda request: self._write_down(request, context))

    def close(self) -> None:
        """Free the network."""
        self._network = None

    def _write_down(self, request: Request, context: Context) -> Notes:
        audio = request.audio()
        frames, onsets = self._heard(mono_at(audio, RATE), context)
        return Notes((Part(notes_from(frames, onsets, HOP / RATE, audio.frames / audio.rate)),))

    def _heard(self, mono: Samples, context: Context) -> tuple[Array, Array]:
        """(frames, 88) how likely each key sounds, and begins, from A0, every 256 samples.

        Windows overlap by 30 frames; the outer half of each overlap, where a window hears only one side, is dropped.
        """
        edge, kept = _OVERLAP // 2, _FRAMES - _OVERLAP
        wanted = -(-mono.size // HOP)
        count = 1 + max(0, -(-(wanted - kept) * HOP // _STEP))
        padded = np.pad(mono, (edge * HOP, count * _STEP + _WINDOW))
        sounding, beginning = np.zeros((wanted, 88), np.float32), np.zeros((wanted, 88), np.float32)
        for number in range(count):
            context.check()
            piece = np.ascontiguousarray(padded[number * _STEP : number * _STEP + _WINDOW], np.float32)
            notes, onsets = self._network.run([_NOTE, _ONSET], {_INPUT: piece[None, :, None]})
            # A step is no whole number of frames: each window goes where its time is, and hides the last one's end.
            at = round(number * _STEP / HOP)
            end = min(wanted, at + kept)
            sounding[at:end] = notes[0, edge : edge + end - at]
            beginning[at:end] = onsets[0, edge : edge + end - at]
        return sounding, beginning
