"""The tool that reads recordings and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Image
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError

MAX_PICTURE_BYTES = 50_000_000
PICTURE_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM")


class FilesTool:
    """Reads a file as it is: its own rate, its own channels. ``file`` is an absolute path that was checked before."""

    spec = ToolSpec(
        name="files",
        version="1",
        operations=("load_file", "load_image"),
        licence_code="Apache-2.0",
        modules=("soundfile",),
        honours=("file",),
        take_varies=(),
        speed=300.0,
        proven="real",
        proven_note="no weights; files of every format",
        help="Reads recordings (WAV, FLAC, MP3, Ogg, Opus, AIFF and what else libsndfile reads) and pictures.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Read each file; one that is missing or damaged yields an error that names it."""
        return each(batch, context, _read)

    def close(self) -> None:
        """Nothing to free."""


def _read(request: Request) -> Asset:
    path = Path(str(request.params["file"]))
    if request.op == "load_image":
        return _picture(path)
    try:
        return audio_files.read(path)
    except audio_files.AudioFileError as error:
        raise ToolError(str(error)) from error


def _picture(path: Path) -> Image:
    """The file's bytes, if it is a picture that is not too large."""
    size = path.stat().st_size
    if size > MAX_PICTURE_BYTES:
        raise ToolError(f"{path.name} has {size / 1e6:.0f} MB; pictures have at most {MAX_PICTURE_BYTES / 1e6:.0f} MB")
    data = path.read_bytes()
    if not data.startswith(PICTURE_HEADS):
        raise ToolError(f"{path.name} is no PNG, JPEG, WebP, GIF or BMP picture")
    return Image(data)
