"""The tool that reads recordings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from soundwright.tools import audio_files
from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError


class FilesTool:
    """Reads a file as it is: its own rate, its own channels. ``file`` is an absolute path that was checked before."""

    spec = ToolSpec(
        name="files",
        version="1",
        operations=("load_file",),
        licence_code="Apache-2.0",
        modules=("soundfile",),
        honours=("file",),
        take_varies=(),
        speed=300.0,
        proven="real",
        proven_note="no weights; files of every format",
        help="Reads recordings: WAV, FLAC, MP3, Ogg, Opus, AIFF and what else libsndfile reads.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Read each file; one that is missing or damaged yields an error that names it."""
        return each(batch, context, _read)

    def close(self) -> None:
        """Nothing to free."""


def _read(request: Request) -> Asset:
    try:
        return audio_files.read(Path(str(request.params["file"])))
    except audio_files.AudioFileError as error:
        raise ToolError(str(error)) from error
