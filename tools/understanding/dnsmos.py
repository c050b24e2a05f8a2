"""How good speech sounds, without a reference: DNSMOS P.835 (Reddy, Gopal and Cutler, ICASSP 2022).

The network hears 9.01 s at 16 kHz and predicts what listeners would say of the voice, the background and the whole.
A second-degree curve for each, fitted by its authors, brings the predictions to the scale of the listeners.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from soundwright.tools.assets import Asset, Samples, Scores
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.networks import session, weights_file

MODEL = "dnsmos"
RATE = 16000
_WINDOW, _STEP = 144160, 16000
_CURVES = {
    "signal_mos": (0.0052439, 1.22083953, -0.08397278),
    "background_mos": (-0.39604546, 1.60915514, -0.13166888),
    "overall_mos": (0.04602535, 1.11546468, -0.06766283),
}


class DnsmosTool:
    """The tool ``dnsmos``: ``overall_mos``, ``signal_mos`` (the voice) and ``background_mos``, each from 1 to 5."""

    spec = ToolSpec(
        name="dnsmos",
        version="P.835",
        operations=("score_speech",),
        licence_code="MIT",
        licence_weights="MIT",
        extra="local",
        modules=("onnxruntime",),
        models=(MODEL,),
        memory_mb=150,
        take_varies=(),
        determinism="exact",
        rank=60,
        speed=20.0,
        proven="real",
        proven_note="clean speech above the same in noise (bench/listening.py)",
        help="Predicted opinion of listeners on voice, background and the whole, 1 to 5. Learnt from telephone speech.",
    )

    def __init__(self) -> None:
        self._network: Any = None

    def load(self, place: Place) -> None:
        """Open the network.

        Raises:
            ToolMissing: onnxruntime or the weights are not there.
        """
        self._network = session(weights_file(place.weights, "dnsmos.onnx", MODEL), "DNSMOS")

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Rate each recording in turn."""
        return each(batch, context, lambda request: self._rate(request, context))

    def close(self) -> None:
        """Free the network."""
        self._network = None

    def _rate(self, request: Request, context: Context) -> Scores:
        mono = np.clip(mono_at(request.audio(), RATE), -1.0, 1.0)
        if float(np.max(np.abs(mono), initial=0.0)) == 0:
            raise ToolError("this is silence: there is no speech to rate")
        rows = []
        for start, window in _windows(mono):
            context.check()
            context.progress(start / mono.size)
            rows.append(self._network.run(None, {"input_1": window[None]})[0][0])
        raw = np.asarray(rows, dtype=np.float64)
        return Scores(
            {
                name: round(float(np.clip(polynomial.polyval(raw[:, column], curve), 1.0, 5.0).mean()), 3)
                for column, (name, curve) in enumerate(_CURVES.items())
            }
        )


def _windows(mono: Samples) -> Iterator[tuple[int, Samples]]:
    """(begin, window): windows of 9.01 s, one every second; a shorter sound is repeated until it fills one."""
    if mono.size < _WINDOW:
        mono = np.tile(mono, -(-_WINDOW // mono.size))[:_WINDOW]
    for start in range(0, mono.size - _WINDOW + 1, _STEP):
        yield start, np.ascontiguousarray(mono[start : start + _WINDOW], dtype=np.float32)
