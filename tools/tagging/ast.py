"""Tags and events by the Audio Spectrogram Transformer (Gong et al., 2021): 527 kinds of sound (AudioSet)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Asset, Event, Events, Samples
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.tagging.frames import events
from soundwright.tools.tagging.matching import matching
from soundwright.tools.windows import cut

RATE = 16000
_WINDOW_S, _HOP_S = 10.24, 5.12
_FINE_WINDOW_S, _FINE_HOP_S = 1.0, 0.5
_SILENT = 1e-5


class AstTool(Listener):
    """The tool ``ast``: the labels of a whole sound (``tag``), and where described sounds are (``detect``)."""

    network = "ASTForAudioClassification"
    reader = "AutoFeatureExtractor"
    spec = ToolSpec(
        name="ast",
        version="1",
        operations=("tag", "detect"),
        licence_code="Apache-2.0",
        licence_weights="BSD-3-Clause",
        languages=("en",),
        extra="neural",
        modules=("torch", "transformers"),
        models=("ast-audioset",),
        cores=2,
        memory_mb=1200,
        gpu_bytes=2 << 30,
        honours=("top", "descriptions", "threshold"),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=4.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="527 kinds of sound, more exactly than YAMNet. A description is matched to them by its words.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """Tags of the whole, the mean over windows; or events by windows of a second."""
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        if float(np.max(np.abs(mono), initial=0.0)) < _SILENT:
            return Events(())
        if request.op == "detect":
            found = self._detected(mono, request, context, length_s)
            return Events(tuple(sorted(found, key=lambda event: (event.start_s, event.label))))
        mean = self._scores(mono, _WINDOW_S, _HOP_S, context).mean(axis=0)
        top = np.argsort(-mean, kind="stable")[: int(request.params.get("top", 10))]
        return Events(tuple(Event(self.labels[k], 0.0, length_s, round(float(mean[k]), 4)) for k in top))

    @property
    def labels(self) -> list[str]:
        """The network's labels in its order."""
        names = self.model.config.id2label
        return [str(names[number]) for number in range(len(names))]

    def _detected(self, mono: Samples, request: Request, context: Context, length_s: float) -> Iterator[Event]:
        rows = {label: row for row, label in enumerate(self.labels)}
        wanted = {text: matching(text, self.labels) for text in request.params["descriptions"]}
        strange = [text for text, labels in wanted.items() if not labels]
        if strange:
            raise ToolError(
                f"no label of {self.spec.name} is named like {strange[0]!r}; name it plainly, or choose clap"
            )
        scores = self._scores(mono, _FINE_WINDOW_S, _FINE_HOP_S, context)
        for text, labels in wanted.items():
            best = scores[:, [rows[label] for label in labels]].max(axis=1)
            threshold = float(request.params.get("threshold", 0.3))
            yield from events(text, best, threshold, _FINE_HOP_S, _FINE_WINDOW_S, length_s)

    def _scores(self, mono: Samples, window_s: float, hop_s: float, context: Context) -> NDArray[np.float32]:
        """(windows, labels) likelihoods, each label by itself."""
        rows = []
        for _, piece in cut(mono, round(window_s * RATE), round(hop_s * RATE)):
            context.check()
            inputs = self.processor(piece, sampling_rate=RATE, return_tensors="pt")
            logits = self.model(**self.on_device(inputs)).logits[0]
            rows.append(self.runtime.torch.sigmoid(logits.float()).cpu().numpy())
        return np.stack(rows)
