"""Tags and events by YAMNet (Plakal and Ellis, Google), in numpy: 521 kinds of sound.

YAMNet learnt from recordings and has never heard digital silence, and little that is very soft: sounds are brought to
one peak and laid over a soft noise floor first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Asset, Audio, Event, Events, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.networks import weights_file
from soundwright.tools.one_thread import products_on_one_thread
from soundwright.tools.tagging.frames import events
from soundwright.tools.tagging.matching import matching
from soundwright.tools.tagging.yamnet_network import FRAME, PATCH_S, RATE, Yamnet
from soundwright.tools.understanding.text_embedding import MINILM, TextEmbedder

MODEL = "yamnet"
_PEAK, _FLOOR_DB, _SILENT = 0.85, -50.0, 1e-5
_FINE_HOP = 16  # frames between the windows of ``detect``
_LEAST_LIKENESS, _NEAR = 0.4, 0.06


class YamnetTool:
    """The tool ``yamnet``: the labels of a whole sound (``tag``), and where described sounds are (``detect``)."""

    spec = ToolSpec(
        name="yamnet",
        version="1",
        operations=("tag", "detect"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en",),
        extra="local",
        modules=("threadpoolctl",),
        models=(MODEL,),
        memory_mb=150,
        honours=("top", "descriptions", "threshold"),
        take_varies=(),
        determinism="exact",
        rank=60,
        speed=40.0,
        proven="real",
        proven_note="on synthesised effects and recordings (bench/effects.py)",
        help="521 kinds of sound. A description is matched to them by its words; onsets to about 0.3 s.",
    )

    def __init__(self) -> None:
        self._network: Any = None

    def load(self, place: Place) -> None:
        """Read the weights.

        Raises:
            ToolMissing: threadpoolctl or the weights are not there.
        """
        products_on_one_thread()
        index, data, names = (
            weights_file(place.weights, file, MODEL) for file in ("yamnet.index", "yamnet.data", "yamnet_class_map.csv")
        )
        self._network = Yamnet(index.read_bytes(), data.read_bytes(), names.read_text(encoding="utf-8"))

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Listen to each sound in turn."""
        return each(batch, context, lambda request: self._listen(request, context))

    def close(self) -> None:
        """Free the weights."""
        self._network = None

    @property
    def network(self) -> Yamnet:
        """The network, once loaded.

        Raises:
            ToolError: it was not.
        """
        if self._network is None:
            raise ToolError(f"{self.spec.name} ran before it was loaded", addressee="developer")
        return self._network  # type: ignore[no-any-return]  # declared Any above

    def rows_for(self, description: str) -> list[int]:
        """The columns of the network's scores that a description means.

        Raises:
            ToolError: none is meant.
        """
        labels = set(self.labels_for(description))
        return [row for row, name in enumerate(self.network.names) if name in labels]

    def labels_for(self, description: str) -> list[str]:
        """The labels that a description means, by its words.

        Raises:
            ToolError: none is meant.
        """
        found = matching(description, self._network.names)
        if not found:
            raise ToolError(
                f"no sound that YAMNet knows is named like {description!r}; name it plainly (dog barking, siren), "
                "or choose the tool yamnet-meaning, which compares meanings"
            )
        return found

    def _listen(self, request: Request, context: Context) -> Events:
        audio = request.audio()
        if request.op == "detect":
            return self._detect(audio, request, context)
        if _is_silent(audio):
            return Events(())
        found = self._network.top(prepared(audio), int(request.params.get("top", 10)), context.check)
        length_s = audio.frames / audio.rate
        return Events(tuple(Event(name, 0.0, length_s, round(score, 4)) for name, score in found))

    def _detect(self, audio: Audio, request: Request, context: Context) -> Events:
        wanted = {description: self.labels_for(description) for description in request.params["descriptions"]}
        if _is_silent(audio):
            return Events(())
        scores = self._network.scores(prepared(audio), _FINE_HOP, context.check)
        rows = {name: row for row, name in enumerate(self._network.names)}
        step_s, length_s = _FINE_HOP * FRAME / RATE, audio.frames / audio.rate
        threshold = float(request.params.get("threshold", 0.3))
        heard = [
            event
            for description, labels in wanted.items()
            for event in events(
                description, scores[:, [rows[label] for label in labels]].max(axis=1), threshold, step_s, PATCH_S,
                length_s,
            )
        ]  # fmt: skip
        return Events(tuple(sorted(heard, key=lambda event: (event.start_s, event.label))))


class YamnetMeaningTool(YamnetTool):
    """The tool ``yamnet-meaning``: as ``yamnet``, but a description without a label's words is matched by meaning."""

    spec = replace(
        YamnetTool.spec,
        name="yamnet-meaning",
        operations=("detect",),
        models=(MODEL, MINILM),
        honours=("descriptions", "threshold"),
        memory_mb=350,
        rank=65,
        help="521 kinds of sound. A description is matched to them by its words, else by its meaning (MiniLM).",
    )

    def load(self, place: Place) -> None:
        """Read both networks' weights.

        Raises:
            ToolMissing: threadpoolctl or weights are not there.
        """
        super().load(place)
        self._embedder = TextEmbedder.read(place.weights)
        self._known: NDArray[np.float32] | None = None

    def labels_for(self, description: str) -> list[str]:
        """The labels that a description means, by its words, else those nearest in meaning.

        Raises:
            ToolError: none is near.
        """
        found = matching(description, self._network.names)
        if found:
            return found
        if self._known is None:  # takes a second or two, and most descriptions have a label's words
            self._known = self._embedder.embed([name.lower() for name in self._network.names])
        likeness = self._known @ self._embedder.embed([description])[0]
        best = np.argsort(-likeness, kind="stable")[:3]
        if likeness[best[0]] < _LEAST_LIKENESS:
            near = ", ".join(self._network.names[k] for k in best)
            raise ToolError(f"no sound that YAMNet knows means {description!r}; the nearest are {near}")
        return [self._network.names[k] for k in best if likeness[k] >= likeness[best[0]] - _NEAR]


def prepared(audio: Audio) -> Samples:
    """Mono at 16 kHz, at a peak of 0.85, over noise at -50 dB."""
    mono = mono_at(audio, RATE)
    peak = float(np.max(np.abs(mono), initial=0.0))
    return np.asarray(mono * (_PEAK / max(peak, _SILENT)) + _floor(mono.size), dtype=np.float32)


def _floor(frames: int) -> Samples:
    """Soft low-passed noise, always the same."""
    rng = np.random.default_rng(0)
    white = rng.standard_normal(frames + 64)
    soft = np.convolve(white, np.exp(-np.arange(65) / 12.0), "valid")
    level = float(np.sqrt(np.mean(np.square(soft)))) if frames else 1.0
    return np.asarray(soft * (10 ** (_FLOOR_DB / 20) / max(level, 1e-12)), dtype=np.float32)


def _is_silent(audio: Audio) -> bool:
    return float(np.max(np.abs(audio.samples), initial=0.0)) < _SILENT
