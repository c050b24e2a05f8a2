"""The composer: music from its description, composed as notes and played through a soundfont."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from soundwright.tools.assets import Asset, Audio, Notes
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.music.compose import compose
from soundwright.tools.music.soundfont import SoundFont, render_notes, render_piece

RATE = 48000
FONT_FILE = "MuseScore_General.sf3"


class ComposerTool:
    """Composes by style, mood, tempo, key and instruments of the description; exact in length, seamless as a loop."""

    spec = ToolSpec(
        name="composer",
        version="1",
        operations=("generate_music", "render_notes"),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="local",
        modules=("symusic", "scipy", "soxr", "pyebur128"),
        models=("musescore-general",),
        memory_mb=700,
        max_length_s=3600,
        honours=("description", "length", "loop", "take"),
        speed=40.0,
        proven="real",
        proven_note="no weights but a soundfont",
        help="Composes music from a description and plays it through a General MIDI soundfont.",
    )

    def __init__(self) -> None:
        self._font: SoundFont | None = None

    def load(self, place: Place) -> None:
        """Open the soundfont.

        Raises:
            ToolMissing: symusic or the soundfont is not there.
        """
        path = place.weights.get(FONT_FILE)
        if path is None or not path.is_file():
            raise ToolMissing(f"composer: {FONT_FILE} is missing; run: soundwright models pull musescore-general")
        try:
            self._font = SoundFont(path, RATE)
        except ImportError as error:
            raise ToolMissing("composer: symusic is missing; run: pip install 'soundwright[local]'") from error

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Compose and play each request, or play the notes that are fed to ``render_notes``."""
        yield from each(batch, context, self._do)

    def close(self) -> None:
        """Forget the soundfont."""
        self._font = None

    def _do(self, request: Request) -> Audio:
        if self._font is None:
            raise ToolError("composer ran before it was loaded", addressee="developer")
        if request.op == "render_notes":
            notes = request.inputs.get("notes")
            if not isinstance(notes, Notes):
                raise ToolError("render_notes needs notes at input 'notes'", addressee="developer")
            return Audio(render_notes(notes, self._font), RATE)
        p = request.params
        piece = compose(p["description"], p["length"], p["loop"], request.seed, p["take"])
        return Audio(render_piece(piece, self._font), RATE)
