"""Tools of another MCP server (a real one, in a process of its own, made with the official SDK) as tools of ours."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mcp", reason="needs the extra mcp")

from soundwright.orchestrator.binding import Options
from soundwright.orchestrator.errors import ConfigError, ExecutionError
from soundwright.orchestrator.perform import perform
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.extensions import installed
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio, Transcript
from soundwright.tools.errors import Cancelled, ToolMissing
from soundwright.tools.mcp_client.declaration import DeclarationError, read_servers
from soundwright.tools.mcp_client.session import close_all

SERVER = Path(__file__).with_name("studio_server.py")
PROGRAM = str(Path(sys.executable).with_name("soundwright"))
TONES = """
[[mcp.studio.tools]]
tool = "make_tone"
name = "tones"
operation = "generate_sound"
parameters = {description = "prompt", length = "seconds"}
arguments = {level = "octave"}
licence = "MIT"
commercial = true
rank = 1
"""


@pytest.fixture(autouse=True)
def _servers_end() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workshop]:
    """Write settings with the server and mapped tools, and open a workshop with them."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(home))

    def write(tools: str, **server: Any) -> Workshop:
        reached = {"command": sys.executable, "args": [str(SERVER)]} if "url" not in server else {}
        lines = [f"{key} = {_toml(value)}" for key, value in {**reached, **server}.items()]
        (home / "config.toml").write_text("[mcp.studio]\n" + "\n".join(lines) + "\n" + tools, encoding="utf-8")
        return Workshop.open()

    return write


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {json.dumps(it)}" for key, it in value.items()) + "}"
    return json.dumps(value)


def sound(tool: str, result: str = "audio", *, name: str = "it", **arguments: Any) -> str:
    return (
        f'[[mcp.studio.tools]]\ntool = "{tool}"\nname = "{name}"\noperation = "generate_sound"\n'
        f'parameters = {{description = "prompt"}}\narguments = {_toml(arguments)}\nresult = "{result}"\n'
    )


def make(workshop: Workshop, description: str, tool: str = "it", **more: Any) -> Any:
    options = Options(tools={"generate_sound": tool})
    return perform("generate_sound", {"description": description}, {}, workshop=workshop, options=options, **more)


def pitch_hz(audio: Audio) -> float:
    spectrum = np.abs(np.fft.rfft(audio.samples[0]))
    return float(np.argmax(spectrum) * audio.rate / audio.frames)


def test_a_tone_of_another_server_is_a_sound_of_ours(settings: Any) -> None:
    workshop = settings(TONES)
    done = make(workshop, "220 Hz", "tones")
    assert isinstance(done.asset, Audio)
    assert pitch_hz(done.asset) == pytest.approx(440, abs=3)  # the argument that is always sent: an octave higher
    assert done.licence_weights == "MIT"
    assert done.tool == "tones mcp"
    again = make(Workshop.open(), "220 Hz", "tones")
    assert again.reused
    stored = workshop.cache.get(done.key)
    assert stored is not None
    assert stored.record["weights"] == {"mcp": "sound-studio 1.0, make_tone"}


def test_another_version_of_the_server_makes_it_anew(settings: Any) -> None:
    first = make(settings(TONES), "220 Hz", "tones")
    close_all()
    second = make(settings(TONES, env={"STUDIO_VERSION": "1.1"}), "220 Hz", "tones")
    assert not second.reused
    assert first.key != second.key


def test_sound_is_taken_from_wherever_it_is(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    folder = {"folder": str(tmp_path / "theirs")}
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("tone_resource", "resource", {}),
        ("tone_resource", "resource", {"embedded": True}),
        ("tone_data", "base64:wav", {}),
        ("tone_file", "resource", folder),
        ("tone_file", "path:out.file", folder),
    ]
    mappings = [sound(*way[:2], name=f"way-{n}", **way[2]) for n, way in enumerate(ways)]
    workshop = settings("".join(mappings), folders=[str(tmp_path / "theirs")])
    for n, way in enumerate(ways):
        done = make(workshop, "330 Hz", f"way-{n}")
        assert pitch_hz(done.asset) == pytest.approx(330, abs=3), way


def test_files_elsewhere_are_not_read(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    workshop = settings(sound("tone_file", "path:out.file", folder=str(tmp_path / "elsewhere")))
    with pytest.raises(ExecutionError, match=r"add its folder to folders of mcp\.studio"):
        make(workshop, "330 Hz")


def test_recordings_are_sent_and_transcripts_taken(settings: Any, tmp_path: Path) -> None:
    audio_files.write(tmp_path / "take.wav", Audio(np.zeros((1, 24000), np.float32) + 0.1, 16000))
    ways = ("path:file", "uri:file", "base64:sound")
    tools = "".join(
        f'[[mcp.studio.tools]]\ntool = "write_down"\nname = "clerk-{n}"\noperation = "transcribe"\nresult = "data"\n'
        f'inputs = {{audio = "{how}"}}\nparameters = {{language = "language"}}\n'
        for n, how in enumerate(ways)
    )
    workshop = settings(tools)
    for n in range(len(ways)):
        options = Options(tools={"transcribe": f"clerk-{n}"})
        files = {"audio": tmp_path / "take.wav"}
        done = perform("transcribe", {"language": "de"}, files, workshop=workshop, options=options)
        assert isinstance(done.asset, Transcript)
        assert done.asset.text == "1.5 seconds"
        assert [word.text for word in done.asset.words] == ["1.5", "seconds"]
        assert done.asset.language == "de"


FAULTS = {
    "say no": "says: no tones on Sundays",
    "no sound": "gave audio/wav that are no sound",
    "no base64": "not base64",
    "nothing": "no bytes",
    "large": "more bytes than max_mb allows",
    "crash": "the speaker caught fire",
}


def test_a_server_that_misbehaves_fails_one_request_with_a_reason(settings: Any) -> None:
    workshop = settings(sound("misbehave") + sound("make_tone", name="good"), max_mb=2)
    for prompt, message in FAULTS.items():
        with pytest.raises(ExecutionError, match=message) as raised:
            make(workshop, prompt)
        assert raised.value.exit_code == 3
        assert "Traceback" not in str(raised.value)
    assert pitch_hz(make(workshop, "440 Hz", "good").asset) == pytest.approx(440, abs=3)  # it is started again


def test_a_call_that_takes_too_long_is_ended(settings: Any) -> None:
    began = time.monotonic()
    with pytest.raises(ExecutionError, match="gave nothing within 1 s"):
        make(settings(sound("misbehave"), timeout_s=1), "hang")
    assert time.monotonic() - began < 15


def test_a_cancel_ends_a_call(settings: Any) -> None:
    stop = threading.Event()
    threading.Timer(2.0, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        make(settings(sound("misbehave")), "hang", cancel=stop)
    assert time.monotonic() - began < 10


def test_the_server_gets_the_variables_that_it_is_given_and_no_others(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_SECRET", "x")
    monkeypatch.setenv("TONE_KEY", "y")
    workshop = settings(sound("misbehave"), env={"KEY": "env:TONE_KEY"})
    with pytest.raises(ExecutionError) as raised:
        make(workshop, "environment")
    assert " KEY " in str(raised.value)
    assert "OUR_SECRET" not in str(raised.value)
    close_all()
    with pytest.raises(ToolMissing, match="the variable NOT_THERE is not set"):
        make(settings(sound("misbehave"), env={"KEY": "env:NOT_THERE"}), "environment")


def test_servers_end_with_us(settings: Any) -> None:
    make(settings(TONES), "220 Hz", "tones")
    children = _children()
    assert children
    close_all()
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists() and "Z" not in _state(pid)]


def test_a_server_that_never_answers_is_ended(settings: Any) -> None:
    with pytest.raises(ToolMissing, match="was not ready within 1 s"):
        make(settings(TONES, start_s=1, args=["-c", f"import time; time.sleep(60)  # {SERVER.name}"]), "1 Hz", "tones")
    assert not [pid for pid in _children() if "Z" not in _state(pid)]


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = (stat.parent / "cmdline").read_bytes()
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == os.getpid() and SERVER.name.encode() in command:
            found.append(int(stat.parent.name))
    return found


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.mark.parametrize(
    ("server", "tools", "message"),
    [
        ({"command": "no-such-program"}, TONES, "did not start"),
        ({"args": ["-c", "import sys; sys.exit('no licence')"]}, TONES, "no licence"),
        ({}, TONES.replace("make_tone", "make_noise"), "has no tool 'make_noise'; it has make_tone"),
    ],
)
def test_a_server_that_cannot_be_used_is_missing(
    settings: Any, server: dict[str, Any], tools: str, message: str
) -> None:
    with pytest.raises(ToolMissing, match=message) as raised:
        make(settings(tools, start_s=20, **server), "220 Hz", "tones")
    assert raised.value.exit_code == 4


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"Bad Name": {}}, "small letters"),
        ({"s": {}}, "either a command or a url"),
        ({"s": {"command": "x", "url": "https://x"}}, "either a command or a url"),
        ({"s": {"url": "http://example.org/mcp"}}, "must be https"),
        ({"s": {"command": ["x", "-y"]}}, "arguments go to args"),
        ({"s": {"command": "x"}}, "maps no tools"),
        ({"s": {"command": "x", "shell": True}}, "no setting ['shell']"),
        (
            {"s": {"command": "x", "tools": [{"tool": "t", "operation": "generate_sond"}]}},
            "Did you mean generate_sound",
        ),
        ({"s": {"command": "x", "tools": [{"tool": "t", "operation": "separate"}]}}, "gives Stems"),
        ({"s": {"command": "x", "tools": [{"tool": "t", "operation": "transcribe"}]}}, 'audio = "path:file"'),
        (
            {
                "s": {
                    "command": "x",
                    "tools": [{"tool": "t", "operation": "generate_sound", "parameters": {"tempo": "x"}}],
                }
            },
            "no parameter 'tempo'",
        ),
        (
            {"s": {"command": "x", "tools": [{"tool": "t", "operation": "generate_sound", "result": "smell"}]}},
            "none of audio",
        ),
        ({"s": {"command": "x", "timeout_s": 0, "tools": []}}, "timeout_s is above 0"),
        ([], "must be a table"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told_with_its_place(table: Any, message: str) -> None:
    with pytest.raises(DeclarationError) as raised:
        read_servers("config.toml", table, installed())
    assert message in str(raised.value)
    assert str(raised.value).startswith("config.toml: mcp")
    assert isinstance(raised.value, SoundwrightError)
    assert not isinstance(raised.value, ConfigError)


def test_commands_list_explain_and_try_it(settings: Any, tmp_path: Path) -> None:
    settings(TONES)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path
        )

    assert "tones" in run("tools", "list").stdout
    why = run("tools", "why", "generate_sound")
    assert "tones" in why.stdout
    info = run("tools", "info", "tones")
    assert "[mcp.studio] of config.toml" in info.stdout
    done = run("do", "generate_sound", "-p", "description=110 Hz", "--tool", "tones", "-o", "low.wav")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "low.wav").is_file()
    doctor = run("tools", "doctor", "tones")
    assert doctor.returncode == 0, doctor.stdout
    assert "works" in doctor.stdout
    (tmp_path / "home" / "config.toml").write_text("[mcp.studio]\ncommand = 3\n")
    broken = run("tools", "list")
    assert broken.returncode == 2
    assert "mcp.studio" in broken.stderr


def test_a_story_uses_a_tool_of_another_server(settings: Any, tmp_path: Path) -> None:
    settings(TONES)
    (tmp_path / "story.yaml").write_text(
        "version: 1\ntitle: Tones\ncues:\n  - {type: sound, description: 330 Hz, length: 1.5}\n", encoding="utf-8"
    )
    done = subprocess.run(
        [PROGRAM, "render", "story.yaml", "-o", "story.wav", "--tool", "generate_sound=tones", "-q"],
        capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = (tmp_path / "story.manifest.json").read_text(encoding="utf-8")
    assert "sound-studio 1.0, make_tone" in manifest


def test_a_server_over_http(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(SERVER), str(port)], stderr=subprocess.DEVNULL)
    try:
        _until_open(port)
        workshop = settings(TONES, url=f"http://127.0.0.1:{port}/mcp")
        assert pitch_hz(make(workshop, "220 Hz", "tones").asset) == pytest.approx(440, abs=3)
        close_all()
    finally:
        process.terminate()
        process.wait(timeout=20)


def _until_open(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")
