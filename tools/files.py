"""The tool that reads recordings, pictures, notes, texts and voices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from soundwright.tools import audio_files, foreign, midi, voice_file
from soundwright.tools.assets import Asset, Image, Notes, Text, Voice
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError

MAX_PICTURE_BYTES = 50_000_000
MAX_NOTES_BYTES = 10_000_000
MAX_TEXT_BYTES = 1_000_000
PICTURE_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM")


class FilesTool:
    """Reads a file as it is: its own rate, its own channels. ``file`` is an absolute path that was checked before."""

    spec = ToolSpec(
        name="files",
        version="1",
        operations=("load_file", "load_image", "load_notes", "load_text", "load_voice"),
        licence_code="Apache-2.0",
        modules=("soundfile",),
        honours=("file",),
        take_varies=(),
        speed=300.0,
        proven="real",
        proven_note="no weights; files of every format",
        help="Reads recordings (WAV, FLAC, MP3, Ogg, Opus, AIFF and what else libsndfile reads; with pydub "
        "and ffmpeg also AAC, WMA, AMR and videos), pictures, MIDI files, texts and saved voices.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Read each file; one that is missing or damaged yields an error that names it."""
        return each(batch, context, lambda request: _read(request, context))

    def close(self) -> None:
        """Nothing to free."""


def _read(request: Request, context: Context) -> Asset:
    path = Path(str(request.params["file"]))
    try:
        if request.op in _WHOLE:
            return _WHOLE[request.op](path)
        if foreign.is_foreign(path):
            return foreign.read(path, cancelled=context.cancelled)
        return audio_files.read(path)
    except audio_files.AudioFileError as error:
        raise ToolError(str(error)) from error
    except (midi.MidiError, voice_file.VoiceFileError) as error:
        raise ToolError(f"{path.name} cannot be read: {error}") from error


def _picture(path: Path) -> Image:
    """The file's bytes, if it is a picture that is not too large."""
    data = _bytes(path, MAX_PICTURE_BYTES)
    if not data.startswith(PICTURE_HEADS):
        raise ToolError(f"{path.name} is no PNG, JPEG, WebP, GIF or BMP picture")
    return Image(data)


def _notes(path: Path) -> Notes:
    return midi.decode(_bytes(path, MAX_NOTES_BYTES))


def _text(path: Path) -> Text:
    try:
        return Text(_bytes(path, MAX_TEXT_BYTES).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ToolError(f"{path.name} is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _voice(path: Path) -> Voice:
    return voice_file.decode(_bytes(path, voice_file.MAX_BYTES))


def _bytes(path: Path, most: int) -> bytes:
    size = path.stat().st_size
    if size > most:
        raise ToolError(f"{path.name} has {size / 1e6:.1f} MB; at most {most / 1e6:g} MB are read")
    return path.read_bytes()


_WHOLE: Mapping[str, Callable[[Path], Asset]] = {
    "load_image": _picture, "load_notes": _notes, "load_text": _text, "load_voice": _voice,
}  # fmt: skip
