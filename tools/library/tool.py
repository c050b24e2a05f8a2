"""Sounds from the user's own folder: the recording whose name, tags or caption fit the description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.library.index import UNNAMED, Entry, Library, library_folder, open_library
from soundwright.tools.library.search import Match, by_meaning, by_words
from soundwright.tools.one_thread import products_on_one_thread
from soundwright.tools.understanding.text_embedding import MINILM, TextEmbedder

_LEAST_FIT, _GENERATED_FIT = 0.34, 0.75
_LEAST_COSINE = 0.35
_FADE_S = 0.02


class LibraryTool:
    """The tool ``library``: ``retrieve_sound``, and ``generate_sound`` where a recording fits it really well.

    ``take`` 1, 2, ... are the next best recordings.
    """

    spec = ToolSpec(
        name="library",
        version="1",
        operations=("retrieve_sound", "generate_sound"),
        licence_code="Apache-2.0",
        modules=("soundfile",),
        languages=("en",),
        exact_length=False,
        honours=("description", "length", "take"),
        take_varies=("recording",),
        determinism="exact",
        rank=70,
        speed=500.0,
        proven="real",
        proven_note="no weights; folders of recordings",
        help="Recordings of your own (setting `library`), found by the words of their names, folders and notes.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load: the folder is looked at for each request."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Find a recording for each request."""
        return each(batch, context, self._retrieve)

    def close(self) -> None:
        """Nothing to free."""

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why there is no recording for this; for ``generate_sound`` it must fit well, be long enough, and not loop."""
        if op == "generate_sound" and (library_folder() is None or params.get("loop")):
            return UNNAMED if library_folder() is None else "A recording does not loop by itself."
        try:
            library = open_library()
            match = self._choice(library, op, params)
            longest = _length_s(library, match.entry) if op == "generate_sound" and params.get("length") else None
        except (ToolError, ToolMissing) as error:
            return str(error)
        if longest is not None and longest + 0.05 < float(params["length"]):
            return f"{match.entry.path} lasts {longest:.1f} s only"
        return ""

    def outside(self, op: str, params: Mapping[str, Any]) -> str:
        """The sha256 of the recording that is chosen."""
        library = open_library()
        return library.sha256(self._choice(library, op, params).entry)

    def _retrieve(self, request: Request) -> Audio:
        library = open_library()
        match = self._choice(library, request.op, request.params)
        try:
            audio = audio_files.read(library.path(match.entry))
        except audio_files.AudioFileError as error:
            raise ToolError(str(error)) from error
        length = request.params.get("length")
        return audio if length is None else cut_to(audio, float(length))

    def _choice(self, library: Library, op: str, params: Mapping[str, Any]) -> Match:
        """The recording for a take.

        Raises:
            ToolError: none fits, or fewer than the take asks for.
        """
        description, take = str(params["description"]), int(params.get("take", 0))
        least = _GENERATED_FIT if op == "generate_sound" else _LEAST_FIT
        fitting = [match for match in self._matches(library, description) if match.fit >= least]
        if not fitting:
            raise ToolError(f"none of the {len(library.entries)} recordings in {library.folder} fits {description!r}")
        if take >= len(fitting):
            raise ToolError(f"only {len(fitting)} recordings fit {description!r}: take {take} is one too many")
        return fitting[take]

    def _matches(self, library: Library, description: str) -> list[Match]:
        return by_words(library, description)


class LibraryMeaningTool(LibraryTool):
    """The tool ``library-meaning``: ``retrieve_sound`` by what names and captions mean, not by their words alone."""

    spec = replace(
        LibraryTool.spec,
        name="library-meaning",
        operations=("retrieve_sound",),
        licence_weights="Apache-2.0",
        extra="local",
        modules=("soundfile", "threadpoolctl"),
        models=(MINILM,),
        memory_mb=300,
        rank=75,
        help="Recordings of your own (setting `library`), found by what their names and notes mean (MiniLM, English).",
    )

    def __init__(self) -> None:
        self._embedder: Any = None
        self._known: tuple[str, NDArray[np.float32]] | None = None

    def load(self, place: Place) -> None:
        """Read the network of meanings.

        Raises:
            ToolMissing: threadpoolctl or the weights are not there.
        """
        products_on_one_thread()
        self._embedder = TextEmbedder.read(place.weights)

    def close(self) -> None:
        """Free the weights."""
        self._embedder = self._known = None

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why there is no library; what fits is known only once the network is loaded."""
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

    def _matches(self, library: Library, description: str) -> list[Match]:
        if self._known is None or self._known[0] != library.state:
            self._known = library.state, self._embedder.embed([entry.words for entry in library.entries])
        found = by_meaning(library, description, self._embedder, self._known[1])
        return [match for match in found if match.score >= _LEAST_COSINE]


def _length_s(library: Library, entry: Entry) -> float:
    import soundfile  # noqa: PLC0415  heavy

    try:
        return float(soundfile.info(str(library.path(entry))).duration)
    except soundfile.LibsndfileError as error:
        raise ToolError(f"{entry.path} cannot be read: {error}") from error


def cut_to(audio: Audio, length_s: float) -> Audio:
    """At most the first ``length_s``, faded out where something was cut off."""
    frames = max(1, round(length_s * audio.rate))
    if frames >= audio.frames:
        return audio
    samples = audio.samples[:, :frames].copy()
    fade = min(frames, round(_FADE_S * audio.rate))
    samples[:, frames - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return Audio(samples, audio.rate)
