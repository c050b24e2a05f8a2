"""Our MCP server, asked by the client of the official SDK: a program that is not ours."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import soundfile

pytest.importorskip("mcp", reason="needs the extra mcp")
import anyio
from mcp.shared.exceptions import MCPError

BOTH_ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])


def test_tools_are_listed_with_sound_schemas(talk: Any) -> None:
    async def use(client: Any) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in talk(use)}
    assert {"make", "plan", "render", "check", "voices", "gain", "reverb", "generate_sound", "mix"} <= set(tools)
    assert not {"load_file", "pick_stem"} & set(tools)
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.input_schema["additionalProperties"] is False
        assert tool.description
    gain = tools["gain"].input_schema
    assert gain["required"][0] == "audio"
    assert gain["properties"]["gain"]["type"] == "number"
    assert tools["mix"].input_schema["properties"]["audio"]["type"] == "array"
    assert tools["voices"].annotations.read_only_hint


def test_only_what_is_asked_for_is_offered(talk: Any) -> None:
    async def use(client: Any) -> Any:
        return [tool.name for tool in (await client.list_tools()).tools]

    assert talk(use, "--only", "render", "--only", "gain") == ["render", "gain"]


@BOTH_ERAS
def test_an_effect_on_a_file_gives_a_link_that_can_be_read(talk: Any, shelf: Path, mode: str) -> None:
    async def use(client: Any) -> Any:
        made = await client.call_tool("gain", {"audio": str(shelf / "tone.wav"), "gain": -6.0})
        link = made.content[1]
        again = await client.call_tool("reverse", {"audio": link.uri})
        return made, await client.read_resource(link.uri), again

    made, read, again = talk(use, mode=mode)
    assert not made.is_error
    facts = made.structured_content
    assert facts["result"] == {"seconds": 1.0, "rate": 24000, "channels": 1}
    assert facts["tool"].startswith("signal ")
    assert facts["licence"]["code"] == "Apache-2.0"
    assert facts["loudness_lufs"] == pytest.approx(-19.6, abs=1.0)
    assert made.content[1].type == "resource_link"
    assert not any(block.type == "audio" for block in made.content)
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(read.contents[0].blob)))
    assert rate == 24000
    assert abs(samples).max() == pytest.approx(0.3 * 10 ** (-6 / 20), abs=0.01)
    assert not again.is_error


def test_stems_are_parts_of_a_result_that_other_tools_take(talk: Any, shelf: Path, tmp_path: Path) -> None:
    async def use(client: Any) -> Any:
        made = await client.call_tool("separate", {"audio": "tone.wav", "tool": "split"})
        parts = {block.name: block.uri for block in made.content[1:]}
        uri = next(iter(parts.values()))
        quieter = await client.call_tool("gain", {"audio": uri, "gain": -3})
        whole = await client.call_tool("gain", {"audio": made.structured_content["asset"], "gain": -3})
        saved = await client.call_tool("separate", {"audio": "tone.wav", "tool": "split", "save_as": "parts"})
        return parts, (await client.read_resource(uri)).contents[0], quieter, whole, saved

    parts, read, quieter, whole, saved = talk(use)
    assert len(parts) >= 2
    assert read.mime_type == "audio/flac"
    assert not quieter.is_error, quieter.content
    assert "is of several stems" in whole.content[0].text
    assert {Path(file).parent for file in saved.structured_content["files"]} == {tmp_path / "out" / "parts"}


def test_a_client_that_goes_away_ends_the_server(arguments: list[str], fresh_home: Path) -> None:
    lines = "".join(f"  - {{type: sound, description: storm at sea number {n}, length: 20}}\n" for n in range(60))
    process = started([*arguments, "--jobs", "1"], fresh_home)
    assert process.stdin is not None
    for message in asked("render", {"script": f"version: 1\ntitle: Long\ncues:\n{lines}"}):
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
    until = time.monotonic() + 60
    while lines_of(fresh_home / "journal.jsonl") < 1 and time.monotonic() < until:
        time.sleep(0.05)
    began = time.monotonic()
    process.communicate(timeout=30)  # closes its standard input
    assert process.returncode == 0
    assert time.monotonic() - began < 15
    assert 1 <= lines_of(fresh_home / "journal.jsonl") < 60


def test_a_render_tells_its_progress_and_gives_files(talk: Any, shelf: Path, tmp_path: Path, fresh_home: Path) -> None:
    told: list[tuple[float, float | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        del message
        told.append((progress, total))

    async def use(client: Any) -> Any:
        file = (shelf / "rain.yaml").as_uri()
        made = await client.call_tool(
            "render", {"file": file, "name": "rain.flac", "srt": True}, progress_callback=hear
        )
        text = await client.call_tool("render", {"script": (shelf / "rain.yaml").read_text(), "name": "again.wav"})
        checked = await client.call_tool("check", {"file": file})
        listed = await client.list_resources()
        return made, text, checked, [resource.uri for resource in listed.resources]

    made, text, checked, listed = talk(use, home=fresh_home)
    assert not made.is_error, made.content
    sound = tmp_path / "out" / "rain.flac"
    assert soundfile.info(sound).duration == pytest.approx(made.structured_content["duration_s"], abs=0.01)
    assert sound.as_uri() in {block.uri for block in made.content[1:]}
    assert sound.as_uri() in listed
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (1.0, 1.0)
    assert len(told) >= 3
    assert text.structured_content["made"] == 0  # all of it was in the cache
    assert (tmp_path / "out" / "again.wav").is_file()
    assert checked.structured_content["to_make"] == 0


def test_an_idea_becomes_a_drama_and_its_script_can_be_changed(talk: Any, tmp_path: Path) -> None:
    async def use(client: Any) -> Any:
        planned = await client.call_tool("plan", {"idea": "MARA: Is it raining?\n[thunder]\nTOM: It is."})
        script = Path(planned.structured_content["file"]).read_text(encoding="utf-8")
        checked = await client.call_tool("check", {"script": script.replace("Is it raining?", "Is it snowing?")})
        schema = await client.read_resource("soundwright://schema/script")
        return planned, checked, schema

    planned, checked, schema = talk(use)
    assert "raining" in planned.content[0].text
    assert Path(planned.structured_content["file"]).parent == tmp_path / "out"
    assert checked.structured_content["to_make"] > 0
    assert '"cues"' in schema.contents[0].text


def test_a_script_is_changed_in_words_and_the_change_taken_back(talk: Any, shelf: Path) -> None:
    before = (shelf / "rain.yaml").read_text(encoding="utf-8")

    async def use(client: Any) -> Any:
        seen = await client.call_tool("edit", {"file": "rain.yaml", "request": "make the rain louder", "preview": True})
        unchanged = (shelf / "rain.yaml").read_text(encoding="utf-8")
        done = await client.call_tool("edit", {"file": "rain.yaml", "request": "make the rain louder"})
        changed = (shelf / "rain.yaml").read_text(encoding="utf-8")
        undone = await client.call_tool("undo", {"file": "rain.yaml"})
        return seen, unchanged, done, changed, undone

    seen, unchanged, done, changed, undone = talk(use)
    assert not seen.is_error, seen.content
    assert seen.structured_content["done"] is False
    assert unchanged == before
    assert done.structured_content["done"] is True
    assert changed != before
    assert not undone.is_error, undone.content
    assert (shelf / "rain.yaml").read_text(encoding="utf-8") == before


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("gain", {"audio": "tone.wav", "gan": 3}, 'gain: gan: unknown field "gan". Did you mean "gain"?'),
    ("gain", {"audio": "tone.wav", "gain": "loud"}, "gain"),
    ("gain", {"audio": "/etc/passwd", "gain": 1}, "lies outside the folders that this server may read"),
    ("gain", {"audio": "../out/../../x.wav", "gain": 1}, "lies outside the folders"),
    ("gain", {"audio": "file://elsewhere/x.wav", "gain": 1}, "on another machine"),
    ("gain", {"audio": "https://example.org/x.wav", "gain": 1}, "is no file"),
    ("gain", {"audio": "soundwright://assets/" + "0" * 64, "gain": 1}, "not kept any more"),
    ("gain", {"audio": "nothing.wav", "gain": 1}, "there is no file 'nothing.wav'"),
    ("gain", {"audio": "tone\0.wav", "gain": 1}, "not a usable file name"),
    ("gain", {"audio": "rain.yaml", "gain": 1}, "rain.yaml"),
    ("gain", {"gain": 1.0}, "gain needs a file (Audio) here"),
    ("gain", {"audio": "tone.wav", "gain": 1, "save_as": "../../evil.flac"}, "is no name for a file in"),
    ("gain", {"audio": "tone.wav", "gain": 1, "save_as": "x.exe"}, "ends in none of"),
    ("gain", {"audio": "tone.wav", "gain": 1, "tool": "hammer"}, "hammer"),
    ("render", {"file": "rain.yaml", "script": "version: 1"}, "give either script or file"),
    ("render", {"script": "version: 1\ncues: []"}, "cues"),
    ("render", {"file": "rain.yaml", "stems": "yes"}, "'yes' is not of type 'boolean'"),
    ("make", {"idea": ""}, "idea"),
    ("make", {"file": "/etc/hostname"}, "lies outside the folders"),
    ("plan", {"idea": "rain", "loud": True}, "loud"),
    ("edit", {"request": "louder"}, "'file' is a required property"),
    ("edit", {"file": "rain.yaml"}, "give either request or patch"),
    ("edit", {"file": "rain.yaml", "patch": {"edits": 1}}, "edits"),
    ("undo", {"file": "rain.yaml"}, "has no history yet"),
]


def test_mistakes_are_told_in_the_words_of_the_command_line(talk: Any) -> None:
    async def use(client: Any) -> Any:
        return [await client.call_tool(tool, given) for tool, given, _ in MISTAKES]

    for (tool, given, message), answer in zip(MISTAKES, talk(use), strict=True):
        assert answer.is_error, (tool, given)
        assert message in answer.content[0].text, (tool, given)
        assert "Traceback" not in answer.content[0].text
        assert "defect" not in answer.content[0].text


def test_an_idea_that_names_a_file_is_only_words(talk: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The password is swordfish", encoding="utf-8")

    async def use(client: Any) -> Any:
        return await client.call_tool("plan", {"idea": str(secret)})

    assert "swordfish" not in str(talk(use).content)


def test_links_that_lead_out_of_the_folders_are_followed_to_their_end(talk: Any, shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "private.wav").write_bytes((shelf / "tone.wav").read_bytes())
    (shelf / "innocent.wav").symlink_to(tmp_path / "private.wav")

    async def use(client: Any) -> Any:
        return await client.call_tool("gain", {"audio": str(shelf / "innocent.wav"), "gain": 0.0})

    assert "lies outside the folders" in talk(use).content[0].text


def test_what_is_too_large_or_not_ours_is_not_sent(talk: Any, shelf: Path, tmp_path: Path) -> None:
    (shelf / "long.bin").write_bytes(bytes(2_000_000))
    (tmp_path / "private.txt").write_text("secret")

    async def use(client: Any) -> Any:
        said = []
        for uri in (
            (shelf / "long.bin").as_uri(),
            (tmp_path / "private.txt").as_uri(),
            "soundwright://assets/zz",
            "x:y",
        ):
            with pytest.raises(MCPError) as raised:
                await client.read_resource(uri)
            said.append(str(raised.value))
        return said

    large, private, nonsense, other = talk(use, "--max-read", "1")
    assert "more than the 1 MB" in large
    assert "lies outside the folders" in private
    assert "no address of a result" in nonsense
    assert other


def test_an_unknown_tool_is_an_error_of_the_protocol(talk: Any) -> None:
    async def use(client: Any) -> Any:
        with pytest.raises(MCPError) as raised:
            await client.call_tool("load_file", {"file": "/etc/passwd"})
        return str(raised.value)

    assert "there is no tool 'load_file'" in talk(use)


def lines_of(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


@BOTH_ERAS
def test_a_cancel_ends_the_work_within_seconds(talk: Any, fresh_home: Path, mode: str) -> None:
    journal = fresh_home / "journal.jsonl"
    lines = "".join(f"  - {{type: sound, description: storm at sea number {n}, length: 20}}\n" for n in range(60))
    script = f"version: 1\ntitle: Long\ncues:\n{lines}"

    async def use(client: Any) -> Any:
        with anyio.move_on_after(60) as scope:

            async def stop_when_it_works(progress: float, total: float | None, message: str | None) -> None:
                del total
                if progress > 0 and message and "generate_sound" in message:
                    scope.cancel()

            await client.call_tool("render", {"script": script}, progress_callback=stop_when_it_works)
        assert scope.cancelled_caught
        cancelled = time.monotonic()
        answer = await client.call_tool("voices", {"language": "de"})  # the server is still there
        made = -1
        while made != lines_of(journal):
            made = lines_of(journal)
            await anyio.sleep(1.5)
        return answer, made, time.monotonic() - cancelled

    answer, made, took_s = talk(use, "--jobs", "1", mode=mode, home=fresh_home)
    assert not answer.is_error
    assert made < 60
    assert took_s < 15


def test_the_example_for_desktop_clients_starts_it(home: Path, tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "examples" / "desktop-client.json"
    entry = json.loads(example.read_text(encoding="utf-8"))["mcpServers"]["soundwright"]
    (tmp_path / "Music").mkdir()
    done = subprocess.run(
        [str(Path(sys.executable).with_name(entry["command"])), *entry["args"]], stdin=subprocess.DEVNULL, check=False,
        capture_output=True, text=True, timeout=60,
        env={**os.environ, "SOUNDWRIGHT_HOME": str(home), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def asked(tool: str, given: Any) -> list[dict[str, Any]]:
    """What a client of an earlier protocol sends to call a tool."""
    info = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a test", "version": "0"}}
    return [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": info},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": tool, "arguments": given}},
    ]


def started(arguments: list[str], home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("soundwright")), *arguments], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "SOUNDWRIGHT_HOME": str(home)},
    )  # fmt: skip


def test_standard_output_carries_the_protocol_alone(arguments: list[str], home: Path) -> None:
    process = started(arguments, home)
    assert process.stdin is not None
    assert process.stdout is not None
    for message in asked("plan", {"idea": "rain in a harbour"}):
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline())]
    while answers[-1].get("id") != 2:
        answers.append(json.loads(process.stdout.readline()))
    rest, _ = process.communicate(timeout=30)
    assert answers[0]["result"]["serverInfo"]["name"] == "soundwright"
    assert answers[-1]["result"]["isError"] is False
    assert rest == ""
    assert process.returncode == 0
