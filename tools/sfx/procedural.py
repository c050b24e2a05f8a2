"""Sound effects and ambiences computed from their description, on any machine, exactly repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from soundwright.scripts_compiler.catalogue.generate import GenerateSound
from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.sfx import library, parse
from soundwright.tools.sfx.arrange import arrange
from soundwright.tools.sfx.dsp import RATE


class ProceduralSoundTool:
    """``generate_sound`` by physical and signal models: modal bodies, shaped noise, random grains, simple voices.

    The description chooses among known sounds and steers them (heavy, distant, slow, on gravel, approaching ...);
    several sounds in one description are mixed. Output is 48 kHz, mono for single foreground sounds without a room,
    else stereo.
    """

    spec = ToolSpec(
        name="procedural-sound",
        version="2",
        operations=("generate_sound",),
        licence_code="Apache-2.0",
        honours=("description", "length", "loop", "take"),
        determinism="exact",
        memory_mb=400,
        rank=40,
        speed=20.0,
        max_batch=16,
        max_length_s=3600.0,
        proven="real",
        proven_note="no weights; heard by YAMNet",
        help="Sound effects and ambiences by synthesis: about 150 sounds and 30 places; no weights, no recordings.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""
        del place

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Make each sound; one that is not known yields a ``ToolError`` that lists the nearest."""
        yield from each(batch, context, self._make)

    def close(self) -> None:
        """Nothing to free."""

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why a description cannot be made: no known sound fits."""
        del op
        try:
            parse.parse(str(params["description"]))
        except ToolError as error:
            return str(error)
        return ""

    def _make(self, request: Request) -> Asset:
        params = GenerateSound(**request.params)
        layers = parse.parse(params.description)
        samples = arrange(layers, params.length, loop=params.loop, seed=request.seed, take=params.take)
        return Audio(samples, RATE)


def known_sounds() -> list[str]:
    """Names of all sounds and places that the procedural tool knows, sorted."""
    return library.known_sounds()


def nearest_sounds(text: str) -> list[str]:
    """Up to five known sounds whose names are most like ``text``."""
    return parse.nearest_sounds(text)
