"""Tempo, beats, bars and key of music, by signal processing alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from soundwright.tools.assets import Asset, Event, Events, Scores
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.music_analysis.beats import track
from soundwright.tools.music_analysis.key import key_of
from soundwright.tools.music_analysis.spectra import RATE, chroma, onset_strength

_SILENT = 1e-5


class RhythmTool:
    """The tool ``rhythm``: events ``downbeat`` and ``beat`` (``find_beats``); tempo, metre and key as numbers.

    Where nothing beats there is no tempo. ``key_pitch_class`` counts semitones from C (9 is A), ``key_is_minor`` is 0
    or 1, ``key_fit`` from -1 to 1.
    """

    spec = ToolSpec(
        name="rhythm",
        version="1",
        operations=("find_beats", "analyse_music"),
        licence_code="Apache-2.0",
        memory_mb=200,
        take_varies=(),
        determinism="exact",
        rank=50,
        speed=40.0,
        proven="real",
        proven_note="no weights; on composed music of known tempo and key (bench/listening.py)",
        help="Beats of a steady tempo from 40 to 240 a minute, bars of 3 or 4, major and minor keys.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Listen to each piece in turn."""
        return each(batch, context, lambda request: _listen(request, context))

    def close(self) -> None:
        """Nothing to free."""


def _listen(request: Request, context: Context) -> Asset:
    audio = request.audio()
    mono = mono_at(audio, RATE)
    if float(np.max(np.abs(mono), initial=0.0)) < _SILENT:
        raise ToolError("this is silence: there is no music in it")
    beats = track(*onset_strength(mono, context.check))
    if request.op == "find_beats":
        length_s = audio.frames / audio.rate
        return Events(
            tuple(
                Event("downbeat" if (number - beats.first) % beats.bar == 0 else "beat", *clipped(time, time, length_s))
                for number, time in enumerate(beats.times_s)
            )
        )
    key = key_of(chroma(mono, context.check))
    scores = {"beats": float(len(beats.times_s))}
    if len(beats.times_s):
        scores |= {"tempo_bpm": round(beats.bpm, 2), "beats_per_bar": float(beats.bar)}
    if key is not None:
        scores |= {
            "key_pitch_class": float(key.tonic),
            "key_is_minor": float(key.minor),
            "key_fit": round(key.fit, 3),
            "key_lead": round(key.lead, 3),
        }
    return Scores(scores)
