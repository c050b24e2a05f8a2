"""Sounds and words in one space by CLAP (Wu et al., ICASSP 2023): any description is found, rated, or retrieved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Audio, Event, Events, Samples, Scores
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.library.index import open_library
from soundwright.tools.library.tool import cut_to
from soundwright.tools.mono import mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.tagging.frames import events
from soundwright.tools.windows import cut

RATE = 48000
_WINDOW_S = 10.0
_FINE_WINDOW_S, _FINE_HOP_S = 2.0, 1.0
_NOTHING = ("silence", "background noise")
_SILENT = 1e-5
_LIBRARY_WINDOWS = 3
_Matrix = NDArray[np.float32]


class ClapTool(Listener):
    """The tool ``clap``: ``detect`` by any words, and ``score_match``: ``similarity`` from -1 to 1.

    A window's score for a description is its share beside "silence" and "background noise".
    """

    network = "ClapModel"
    reader = "ClapProcessor"
    spec = ToolSpec(
        name="clap",
        version="1",
        operations=("detect", "score_match"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en",),
        extra="neural",
        modules=("torch", "transformers"),
        models=("clap-htsat",),
        cores=2,
        memory_mb=1800,
        gpu_bytes=2 << 30,
        honours=("descriptions", "threshold", "description"),
        take_varies=(),
        determinism="device",
        rank=45,
        speed=5.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Finds sounds by any description, and rates how well a sound fits one. Onsets to about a second.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """Events of descriptions, or the cosine with one."""
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        if request.op == "score_match":
            sound = self.of_sound(mono, context)
            return Scores(
                {"similarity": round(float(sound @ self.of_texts([str(request.params["description"])])[0]), 4)}
            )
        found = [] if _is_silent(mono) else list(self._detected(mono, request, context, length_s))
        return Events(tuple(sorted(found, key=lambda event: (event.start_s, event.label))))

    def _detected(self, mono: Samples, request: Request, context: Context, length_s: float) -> Iterator[Event]:
        wanted = [str(text) for text in request.params["descriptions"]]
        texts = self.of_texts([*wanted, *_NOTHING])
        rows = []
        for _, piece in cut(mono, round(_FINE_WINDOW_S * RATE), round(_FINE_HOP_S * RATE)):
            context.check()
            rows.append(self._of_window(piece))
        logits = np.stack(rows) @ texts.T * float(self.model.logit_scale_a.exp())
        beside = logits[:, len(wanted) :]
        for column, text in enumerate(wanted):
            both = np.column_stack([logits[:, column], beside])
            both = np.exp(both - both.max(axis=1, keepdims=True))
            share = np.asarray(both[:, 0] / both.sum(axis=1), np.float32)
            threshold = float(request.params.get("threshold", 0.3))
            yield from events(text, share, threshold, _FINE_HOP_S, _FINE_WINDOW_S, length_s)

    def of_texts(self, texts: Sequence[str]) -> _Matrix:
        """(texts, width), each of length one. One at a time: padding would make one depend on the others."""
        rows = []
        for text in texts:
            inputs = self.on_device(self.processor.tokenizer([text], return_tensors="pt", truncation=True))
            rows.append(_unit(self.model.get_text_features(**inputs)))
        return np.concatenate(rows)

    def of_sound(self, mono: Samples, context: Context, most: int | None = None) -> NDArray[np.float32]:
        """(width,) of a sound at 48 kHz: the mean over windows of 10 s (at most ``most``), of length one."""
        rows = []
        for number, (_, piece) in enumerate(cut(mono, round(_WINDOW_S * RATE), round(_WINDOW_S * RATE))):
            if number == most:
                break
            context.check()
            rows.append(self._of_window(piece[: max(1, mono.size)]))
        mean = np.mean(rows, axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    def _of_window(self, piece: Samples) -> NDArray[np.float32]:
        """At most 10 s: what is longer the processor would cut at random."""
        inputs = self.processor.feature_extractor(piece, sampling_rate=RATE, return_tensors="pt")
        return np.asarray(_unit(self.model.get_audio_features(**self.on_device(inputs)))[0])


class ClapLibraryTool(ClapTool):
    """The tool ``library-clap``: ``retrieve_sound`` by the sound of the recordings, whatever they are called."""

    spec = replace(
        ClapTool.spec,
        name="library-clap",
        operations=("retrieve_sound",),
        honours=("description", "length", "take"),
        take_varies=("recording",),
        exact_length=False,
        rank=40,
        help="Recordings of your own (setting `library`), found by how they sound. Hears all of them first.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, _Matrix] = {}

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why there is no library."""
        del op, params
        try:
            open_library()
        except ToolMissing as error:
            return str(error)
        return ""

    def outside(self, op: str, params: Mapping[str, Any]) -> str:
        """A hash of the library: the choice is not known before the network is loaded."""
        del op, params
        return open_library().state

    def listen(self, request: Request, context: Context) -> Asset:
        """The recording whose sound is nearest to the description; ``take`` counts on from it."""
        library = open_library()
        take = int(request.params.get("take", 0))
        if take >= len(library.entries):
            raise ToolError(f"the library holds {len(library.entries)} recordings: take {take} is one too many")
        rows = [self._heard(f"{entry.path} {entry.stamp}", library.path(entry), context) for entry in library.entries]
        cosines = np.stack(rows) @ self.of_texts([str(request.params["description"])])[0]
        chosen = library.entries[int(np.argsort(-cosines, kind="stable")[take])]
        audio = audio_files.read(library.path(chosen))
        length = request.params.get("length")
        return audio if length is None else cut_to(audio, float(length))

    def _heard(self, key: str, path: Path, context: Context) -> _Matrix:
        if key not in self._known:
            try:
                audio: Audio = audio_files.read(path)
            except audio_files.AudioFileError as error:
                raise ToolError(str(error)) from error
            self._known[key] = self.of_sound(mono_at(audio, RATE), context, _LIBRARY_WINDOWS)
        return self._known[key]


def _unit(features: Any) -> _Matrix:  # noqa: ANN401  a tensor, or an output that holds one
    rows = getattr(features, "pooler_output", features).float().cpu().numpy()
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def _is_silent(mono: Samples) -> bool:
    return float(np.max(np.abs(mono), initial=0.0)) < _SILENT
