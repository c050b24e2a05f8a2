"""The emotion of speech by HuBERT (Hsu et al., 2021), taught on acted dialogue: neutral, happy, angry, sad."""

from __future__ import annotations

import numpy as np

from soundwright.tools.asr.pieces import watched
from soundwright.tools.assets import Asset, Event, Events
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.neural.listener import Listener

RATE = 16000
_LONGEST_S, _SHORTEST_S, _SILENT_DB = 8.0, 0.3, -55.0
_NAMES = {"neu": "neutral", "hap": "happy", "ang": "angry", "sad": "sad"}


class EmotionTool(Listener):
    """The tool ``hubert-emotion``: one event for each stretch of up to eight seconds, cut in the pauses."""

    network = "AutoModelForAudioClassification"
    reader = "AutoFeatureExtractor"
    spec = ToolSpec(
        name="hubert-emotion",
        version="1",
        operations=("recognize_emotion",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        extra="neural",
        modules=("torch", "transformers"),
        models=("hubert-emotion",),
        cores=2,
        memory_mb=2500,
        gpu_bytes=3 << 30,
        take_varies=(),
        determinism="device",
        rank=50,
        speed=3.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="neutral, happy, angry or sad, stretch by stretch; taught on acted English dialogue.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """The likeliest emotion of each stretch; stretches that are as good as silent are left out."""
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        names = self.model.config.id2label
        found = []
        for first, end in watched(mono, RATE, _LONGEST_S, context):
            piece = mono[first:end]
            loud = float(np.mean(np.square(piece))) if piece.size else 0.0
            if piece.size < _SHORTEST_S * RATE or loud < 10 ** (_SILENT_DB / 10):
                continue
            inputs = self.on_device(self.processor(piece, sampling_rate=RATE, return_tensors="pt"))
            shares = self.runtime.torch.softmax(self.model(**inputs).logits[0].float(), dim=-1).cpu().numpy()
            best = int(shares.argmax())
            label = _NAMES.get(str(names[best]), str(names[best]))
            found.append(Event(label, *clipped(first / RATE, end / RATE, length_s), round(float(shares[best]), 4)))
        return Events(tuple(found))
