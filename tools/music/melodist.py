"""The tool ``melodist``: melodies for lyrics, with chords."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from soundwright.tools.assets import Asset, Notes, Text, Transcript
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.music.lyric_melody import melody_for


class MelodistTool:
    """Finds a melody by rules: stresses on beats, a phrase for each line, the chords of the description's mode."""

    spec = ToolSpec(
        name="melodist",
        version="1",
        operations=("lyrics_to_melody",),
        licence_code="Apache-2.0",
        extra="local",
        modules=("hibari",),
        memory_mb=150,
        honours=("description", "tempo", "take"),
        take_varies=("seed", "melody"),
        speed=1000.0,
        proven="real",
        proven_note="needs no weights",
        help="A singable melody with chords for English lyrics, by rules.",
    )

    def load(self, place: Place) -> None:
        """Read the lexicon.

        Raises:
            ToolMissing: hibari-tts is not installed.
        """
        del place
        try:
            from soundwright.tools.tts.g2p import phonemes  # noqa: PLC0415  reads a lexicon

            phonemes("la", british=False)
        except ImportError as error:
            raise ToolMissing("melodist needs hibari-tts. Run: pip install 'soundwright[local]'") from error

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Find a melody for each request."""
        return each(batch, context, _melody)

    def close(self) -> None:
        """Nothing to free."""


def _melody(request: Request) -> Notes:
    fed, p = request.inputs.get("text"), request.params
    if not isinstance(fed, Text | Transcript):
        raise ToolError("lyrics_to_melody needs lyrics at input 'text'", addressee="developer")
    tempo = p.get("tempo")
    seed = request.seed + int(p.get("take", 0))
    return melody_for(fed.text, str(p.get("description", "")), None if tempo is None else float(tempo), seed)
