"""Another project's MCP server, made with the official SDK: it makes tones, listens, misbehaves."""

from __future__ import annotations

import base64
import io
import os
import sys
import time
import wave
from array import array
from math import pi, sin
from pathlib import Path

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import AudioContent, BlobResourceContents, CallToolResult, EmbeddedResource, ResourceLink, TextContent

RATE = 16000
server = MCPServer("sound-studio", version=os.environ.get("STUDIO_VERSION", "1.0"))
print("studio: ready", file=sys.stderr)


def tone(frequency: float, seconds: float) -> bytes:
    samples = array("h", (int(12000 * sin(2 * pi * frequency * n / RATE)) for n in range(int(seconds * RATE))))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def asked(prompt: str) -> bytes:
    return tone(float(prompt.split(maxsplit=1)[0]), 0.5)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@server.tool()
async def make_tone(prompt: str, seconds: float = 1.0, level: str = "normal") -> CallToolResult:
    """A tone whose pitch the prompt says, such as '440 Hz'."""
    first = prompt.split(maxsplit=1)[0]
    frequency = (float(first) if first.isdigit() else 440.0) * (2 if level == "octave" else 1)
    sound = AudioContent(data=encoded(tone(frequency, seconds)), mime_type="audio/wav")
    return CallToolResult(content=[sound], structured_content={"pid": os.getpid()})


@server.tool()
async def tone_resource(prompt: str, embedded: bool = False) -> CallToolResult:
    """The same, linked or embedded."""
    uri = f"studio://tones/{prompt.split(maxsplit=1)[0]}"
    if embedded:
        blob = BlobResourceContents(uri=uri, mime_type="audio/wav", blob=encoded(asked(prompt)))
        return CallToolResult(content=[EmbeddedResource(resource=blob)])
    return CallToolResult(content=[ResourceLink(uri=uri, name="tone", mime_type="audio/wav")])


@server.resource("studio://tones/{frequency}", mime_type="audio/wav")
def tone_at(frequency: str) -> bytes:
    return tone(float(frequency), 0.5)


@server.tool()
async def tone_file(prompt: str, folder: str) -> CallToolResult:
    """The same as a file."""
    path = Path(folder) / "tone.wav"
    path.write_bytes(asked(prompt))
    link = ResourceLink(uri=path.as_uri(), name="tone", mime_type="audio/wav")
    return CallToolResult(content=[link], structured_content={"out": {"file": str(path)}})


@server.tool()
async def tone_data(prompt: str) -> CallToolResult:
    """The same as base64 in structured data."""
    return CallToolResult(content=[], structured_content={"wav": encoded(asked(prompt))})


@server.tool()
async def write_down(file: str = "", sound: str = "", language: str = "en") -> CallToolResult:
    """What is heard: how long it is, as if that had been said."""
    data = base64.b64decode(sound) if sound else Path(file.removeprefix("file://")).read_bytes()
    with wave.open(io.BytesIO(data)) as heard:
        seconds = heard.getnframes() / heard.getframerate()
    text = f"{seconds:.1f} seconds"
    words = [
        {"text": f"{seconds:.1f}", "start_s": 0.0, "end_s": seconds / 2},
        {"text": "seconds", "start_s": seconds / 2, "end_s": seconds},
    ]
    structured = {"text": text, "language": language, "words": words}
    return CallToolResult(content=[TextContent(text=text)], structured_content=structured)


@server.tool()
async def misbehave(prompt: str, ctx: Context) -> CallToolResult:
    """Whatever can go wrong."""
    if prompt == "hang":
        await ctx.report_progress(1, 4)
        await anyio.sleep(600)
    if prompt == "crash":
        print("studio: the speaker caught fire", file=sys.stderr, flush=True)
        time.sleep(0.1)
        os._exit(7)
    if prompt == "say no":
        return CallToolResult(content=[TextContent(text="no tones on Sundays")], is_error=True)
    if prompt == "large":
        return CallToolResult(content=[AudioContent(data=encoded(bytes(3_000_000)), mime_type="audio/wav")])
    if prompt == "environment":
        return CallToolResult(content=[TextContent(text=" ".join(sorted(os.environ)))], is_error=True)
    texts = {"no sound": encoded(b"<html>"), "no base64": "@@@@", "nothing": ""}
    return CallToolResult(content=[AudioContent(data=texts[prompt], mime_type="audio/wav")])


if __name__ == "__main__":
    if sys.argv[1:]:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")
