"""Our MCP server over HTTP: the SDK's client reaches it, pages of strangers do not."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("mcp", reason="needs the extra mcp")
import anyio
from mcp import Client

EVERYWHERE = "0.0.0.0"  # noqa: S104  what is refused
PROGRAM = str(Path(sys.executable).with_name("soundwright"))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_client_of_the_sdk_works_over_http(served: Any, shelf: Path, mode: str) -> None:
    told: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        del total, message
        told.append(progress)

    async def main(url: str) -> Any:
        async with Client(url, mode=mode, read_timeout_seconds=120) as client:
            tools = (await client.list_tools()).tools
            made = await client.call_tool("render", {"file": "rain.yaml"}, progress_callback=hear)
            return [tool.name for tool in tools], made

    names, made = anyio.run(main, served())
    assert "render" in names
    assert not made.is_error
    assert made.structured_content["duration_s"] > 2
    assert told[-1] == 1.0


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_cancel_over_http_ends_the_work(served: Any, fresh_home: Path, mode: str) -> None:
    journal = fresh_home / "journal.jsonl"
    lines = "".join(f"  - {{type: sound, description: rain on roof {n}, length: 20}}\n" for n in range(60))

    def made() -> int:
        return len(journal.read_text().splitlines()) if journal.exists() else 0

    async def main(url: str) -> Any:
        async with Client(url, mode=mode, read_timeout_seconds=120) as client:
            with anyio.move_on_after(60) as scope:

                async def stop_when_it_works(progress: float, total: float | None, message: str | None) -> None:
                    del total
                    if progress > 0 and message and "generate_sound" in message:
                        scope.cancel()

                script = f"version: 1\ntitle: Long\ncues:\n{lines}"
                await client.call_tool("render", {"script": script}, progress_callback=stop_when_it_works)
            count = -1
            while count != made():
                count = made()
                await anyio.sleep(1.5)
            return (await client.call_tool("voices", {})).is_error, count

    failed, count = anyio.run(main, served("--jobs", "1", home=fresh_home))
    assert not failed
    assert count < 60


def _status(url: str, **headers: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), int(parts.port or 0), timeout=20)
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    connection.request("POST", parts.path, body, {name.replace("_", "-"): value for name, value in sent.items()})
    status = connection.getresponse().status
    connection.close()
    return status


def test_strangers_are_refused(served: Any) -> None:
    url = served()
    port = urlsplit(url).port
    assert _status(url, Host=f"evil.example:{port}") == 421
    assert _status(url, Origin="https://evil.example") == 403
    assert _status(url, Origin=f"http://localhost:{port}") not in {401, 403, 421}


def test_a_token_is_asked_for_where_one_is_set(served: Any) -> None:
    url = served(token="s3cret")  # noqa: S106
    assert _status(url) == 401
    assert _status(url, Authorization="Bearer other") == 401
    assert _status(url, Authorization="Bearer s3cret") != 401


@pytest.mark.parametrize(
    ("more", "token", "message"),
    [
        (("--host", EVERYWHERE), "", "set a token in SOUNDWRIGHT_MCP_TOKEN"),
        (("--host", EVERYWHERE), "t", "say with --name"),
        (("--host", "198.51.100.7"), "t", "cannot be had"),
        (("--only", "hammer"), "", "there is no tool 'hammer' to offer"),
        (("--allow", "/nowhere"), "", "/nowhere is not a folder"),
    ],
)
def test_what_cannot_be_served_ends_with_a_message(
    arguments: list[str], home: Path, more: tuple[str, ...], token: str, message: str
) -> None:
    done = subprocess.run(
        [PROGRAM, *arguments, "--http", "--port", "0", *more], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "SOUNDWRIGHT_HOME": str(home), "SOUNDWRIGHT_MCP_TOKEN": token},
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
