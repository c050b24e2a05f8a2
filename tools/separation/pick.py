"""One stem of several, by its name: what ``clip: parts.vocals`` in a script asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from soundwright.tools.assets import Asset, Audio, Stems
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError


class PickTool:
    """Takes one stem as it is."""

    spec = ToolSpec(
        name="stems",
        version="1",
        operations=("pick_stem",),
        licence_code="Apache-2.0",
        honours=("stem",),
        take_varies=(),
        speed=10000.0,
        memory_mb=50,
        proven="real",
        proven_note="no weights; stems of each separator",
        help="One stem of a recording that was taken apart.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Pick each; a name that is no stem's yields an error that lists those there are."""
        return each(batch, context, _pick)

    def close(self) -> None:
        """Nothing to free."""


def _pick(request: Request) -> Audio:
    given, name = request.inputs.get("stems"), str(request.params["stem"])
    if not isinstance(given, Stems):
        raise ToolError("pick_stem needs stems", addressee="developer")
    if name not in given.stems:
        raise ToolError(f"there is no stem {name!r}; there are {', '.join(given.stems)}")
    return given.stems[name]
