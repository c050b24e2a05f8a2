"""Binaural sound for headphones, with a head that is computed, one that was measured, or the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.signal import carry
from soundwright.tools.space.head import Head, SphericalHead
from soundwright.tools.space.moving import place as placed
from soundwright.tools.space.sets import kemar, sofa

KEMAR_FILE = "mit_kemar_normal_pinna.bz2"


class SphereTool:
    """The tool ``sphere``: a computed head; needs nothing."""

    spec = ToolSpec(
        name="sphere",
        version="1",
        operations=("spatialize",),
        licence_code="Apache-2.0",
        modules=("scipy",),
        memory_mb=150,
        honours=("path",),
        take_varies=(),
        determinism="exact",
        rank=40,
        speed=40.0,
        proven="real",
        proven_note="no weights; measured differences of time and level between the ears",
        help="Binaural sound through a computed spherical head; sides well, front and back less well.",
    )

    def __init__(self) -> None:
        self._head: Head | None = None

    def load(self, place: Place) -> None:
        """Nothing to read."""
        del place
        self._head = SphericalHead()

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Place each sound in turn."""
        return each(batch, context, lambda request: self._place(request, context))

    def close(self) -> None:
        """Forget the head."""
        self._head = None

    def _place(self, request: Request, context: Context) -> Audio:
        if self._head is None:
            raise ToolError(f"{self.spec.name} ran before it was loaded", addressee="developer")
        audio = request.audio()
        samples = placed(audio.samples.mean(axis=0), audio.rate, request.params.get("path") or (), self._head, context)
        return carry.with_samples(audio, samples, audio.tail + samples.shape[1] - audio.frames)


class KemarTool(SphereTool):
    """The tool ``kemar``: the ears of a dummy head, as measured."""

    spec = ToolSpec(
        name="kemar",
        version="1",
        operations=("spatialize",),
        licence_code="Apache-2.0",
        licence_weights="LicenseRef-MIT-KEMAR",
        modules=("scipy", "soxr"),
        models=("kemar",),
        memory_mb=250,
        honours=("path",),
        take_varies=(),
        determinism="exact",
        rank=60,
        speed=25.0,
        proven="real",
        proven_note="the measured responses; differences of time and level between the ears",
        help="Binaural sound through the ears of the KEMAR dummy head (MIT Media Lab).",
    )

    def load(self, place: Place) -> None:
        """Read the responses.

        Raises:
            ToolMissing: they are not there.
        """
        path = place.weights.get(KEMAR_FILE)
        if path is None:
            raise ToolMissing("kemar has no responses. Run: soundwright models pull kemar")
        self._head = kemar(path)


class SofaTool(SphereTool):
    """The tool ``sofa``: a head of the user's own, from a SOFA file."""

    spec = ToolSpec(
        name="sofa",
        version="1",
        operations=("spatialize",),
        licence_code="Apache-2.0",
        licence_weights="of the file's makers",
        extra="space",
        modules=("h5py", "scipy", "soxr"),
        models=("sofa-head",),
        memory_mb=400,
        honours=("path",),
        take_varies=(),
        determinism="exact",
        rank=50,
        speed=25.0,
        proven="tiny",
        proven_note="a SOFA file with the responses of a computed head",
        help="Binaural sound through a head of your own: any SOFA file (SimpleFreeFieldHRIR).",
    )

    def load(self, place: Place) -> None:
        """Read the SOFA file.

        Raises:
            ToolMissing: there is none, or h5py is not installed.
            ToolError: it holds no head.
        """
        files = [path for path in place.weights.values() if path.suffix.lower() == ".sofa"]
        if len(files) != 1:
            found = f"{len(files)} SOFA files" if files else "no SOFA file"
            raise ToolMissing(f"sofa has {found}. Run: soundwright models add sofa-head FOLDER, with one in it")
        self._head = sofa(files[0])
