"""What a server gave, as an asset. Nothing of it is trusted: sizes are bounded, sounds decoded by our own reader."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools import audio_files
from soundwright.tools.assets import Asset, Audio, Event, Events, Scores, Speech, Text, Transcript, Word
from soundwright.tools.errors import ToolError
from soundwright.tools.mcp_client.declaration import Mapped

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ReadResourceResult

_SUFFIXES = {"wav": ".wav", "x-wav": ".wav", "wave": ".wav", "flac": ".flac", "x-flac": ".flac", "mpeg": ".mp3",
             "mp3": ".mp3", "ogg": ".ogg", "opus": ".opus"}  # fmt: skip


@dataclass(frozen=True)
class Taker:
    """Takes results of a mapped tool. ``read`` asks the server for a resource; files go to ``scratch``."""

    mapped: Mapped
    scratch: Path
    read: Callable[[str], ReadResourceResult]

    def asset(self, result: CallToolResult, kind: Kind, params: Mapping[str, Any]) -> Asset:
        """The asset that a call gave.

        Raises:
            ToolError: the server said that it failed, or what it gave cannot be used.
        """
        if result.is_error:
            raise ToolError(f"{self._who()} says: {_said(result) or 'that it failed'}")
        if kind in {Kind.AUDIO, Kind.SPEECH}:
            audio = self._sound(result)
            if kind is Kind.AUDIO:
                return audio
            return Speech(audio.samples, audio.rate, 0, str(params.get("text", "")), str(params.get("language", "")))
        if kind is Kind.TEXT:
            return Text(self._text(result))
        if kind is Kind.TRANSCRIPT and not isinstance(result.structured_content, Mapping):
            return Transcript(self._text(result), str(params.get("language", "")))
        return self._from_data(result.structured_content, kind)

    def _sound(self, result: CallToolResult) -> Audio:
        data, kind = self._bytes(result)
        if len(data) > self.mapped.server.max_bytes:
            raise self._wrong(f"a sound of {len(data) / 1e6:.0f} MB, more than max_mb allows")
        suffix = _SUFFIXES.get(kind.rpartition("/")[2].split(";")[0].strip().lower(), ".wav")
        file = self.scratch / f"{self.mapped.name}{suffix}"
        file.write_bytes(data)
        try:
            return audio_files.read(file)
        except audio_files.AudioFileError as error:
            raise self._wrong(f"{kind or 'bytes'} that are no sound ({error})") from error
        finally:
            file.unlink()

    def _bytes(self, result: CallToolResult) -> tuple[bytes, str]:
        """The bytes of a sound where the mapping says that they are, and their media type where it is told."""
        form, _, name = self.mapped.result.partition(":")
        if form == "base64":
            return self._decoded(_field(result.structured_content, name)), ""
        if form == "path":
            return self._local(str(_field(result.structured_content, name) or "")), ""
        for block in result.content:
            if form == "audio" and block.type == "audio":
                return self._decoded(block.data), block.mime_type
            if form == "resource" and block.type == "resource_link":
                return self._linked(block.uri, block.mime_type or "")
            if form == "resource" and block.type == "resource":
                return self._decoded(getattr(block.resource, "blob", None)), block.resource.mime_type or ""
        raise self._wrong(f"no {self.mapped.result}, but {', '.join(b.type for b in result.content) or 'nothing'}")

    def _linked(self, uri: str, kind: str) -> tuple[bytes, str]:
        """What a link leads to: a file of this machine, or a resource of the server."""
        if uri.startswith("file:"):
            return self._local(_file_of(uri)), kind
        contents = self.read(uri).contents
        blob = getattr(contents[0], "blob", None) if contents else None
        return self._decoded(blob), (contents[0].mime_type if contents else "") or kind

    def _local(self, name: str) -> bytes:
        """A file that the server wrote: only where the user said that its files lie, links resolved."""
        folders = [folder.resolve() for folder in (*self.mapped.server.folders, self.scratch)]
        try:
            path = Path(name).resolve()
            if not any(path.is_relative_to(folder) for folder in folders):
                raise self._wrong(
                    f"the file {name}; to have it read, add its folder to folders of mcp.{self._server()}"
                )
            if path.stat().st_size > self.mapped.server.max_bytes:
                raise self._wrong(f"a file of {path.stat().st_size / 1e6:.0f} MB, more than max_mb allows")
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise self._wrong(f"the file {name!r}, which cannot be read ({error})") from error

    def _decoded(self, text: object) -> bytes:
        if not isinstance(text, str) or not text:
            raise self._wrong("no bytes")
        if len(text) > self.mapped.server.max_bytes * 4 // 3 + 4:
            raise self._wrong("more bytes than max_mb allows")
        try:
            return base64.b64decode(text, validate=True)
        except ValueError as error:  # of binascii, or not even ASCII
            raise self._wrong("bytes that are not base64") from error

    def _text(self, result: CallToolResult) -> str:
        text = _said(result)
        if not text:
            raise self._wrong("no text")
        return text[: self.mapped.server.max_bytes]

    def _from_data(self, data: object, kind: Kind) -> Asset:
        if not isinstance(data, Mapping):
            raise self._wrong(f"no structured data, from which {kind.value} could be read")
        try:
            if kind is Kind.TRANSCRIPT:
                words = tuple(
                    Word(str(w["text"]), float(w["start_s"]), float(w["end_s"])) for w in data.get("words") or ()
                )
                return Transcript(str(data["text"]), str(data.get("language", "")), words)
            if kind is Kind.EVENTS:
                return Events(tuple(_event(raw) for raw in data["events"]))
            return Scores({str(name): float(value) for name, value in data["scores"].items()})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._wrong(f"data that is no {kind.value} ({type(error).__name__}: {error})") from error

    def _who(self) -> str:
        return f"{self.mapped.tool} of {self._server()}"

    def _server(self) -> str:
        return self.mapped.server.name

    def _wrong(self, what: str) -> ToolError:
        return ToolError(f"{self._who()} gave {what}")


def _file_of(uri: str) -> str:
    try:
        return url2pathname(unquote(urlsplit(uri).path))
    except ValueError:  # no URL: then it is the name of a file that there is not
        return uri


def _event(raw: Mapping[str, Any]) -> Event:
    return Event(str(raw["label"]), float(raw["start_s"]), float(raw["end_s"]), float(raw.get("score", 1.0)))


def _field(data: object, path: str) -> object:
    """``a.b`` of structured data, None where that is not there."""
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _said(result: CallToolResult) -> str:
    blocks: Sequence[Any] = result.content
    return "\n".join(block.text for block in blocks if block.type == "text").strip()
