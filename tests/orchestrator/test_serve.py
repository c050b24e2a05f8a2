"""``serve``: OpenAI's own client against our server, our client against it, and what it refuses."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import openai
import pytest
import soundfile

import soundwright as sw
from soundwright.orchestrator.errors import ConfigError
from soundwright.orchestrator.serving.server import serving
from soundwright.orchestrator.serving.sounds import Engines
from soundwright.orchestrator.workshop import Workshop
from soundwright.tools.assets import Audio, Speech, Transcript
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.http.engines import http_tool
from soundwright.tools.http.settings import read_tables
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.hibari import HibariTool

pytestmark = pytest.mark.xdist_group("serve")
TEXT = "The rain has stopped. Come to the window."
KEY = "sk-our-own-key-123456"


@pytest.fixture(scope="module")
def address(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOUNDWRIGHT_HOME", str(home))
        engines = Engines(Workshop.open(offline=True), at_once=1)
        with serving(engines, "127.0.0.1", 0, key=KEY, said=lambda text: None) as served:
            yield served


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=address, api_key=KEY, max_retries=0) as made:
        yield made


def ask(address: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    given = {"Authorization": f"Bearer {KEY}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.request(method, path, body or None, given)
    answer = connection.getresponse()
    status, found = answer.status, json.loads(answer.read())
    connection.close()
    return status, found


@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "opus", "pcm"])
def test_the_official_client_gets_speech_in_every_form(form: Any, client: openai.OpenAI) -> None:
    answer = client.audio.speech.create(model="hibari", voice="heart", input=TEXT, response_format=form)
    data = answer.read()
    if form == "pcm":
        samples, rate = np.frombuffer(data, "<i2").astype(np.float32) / 32768, 24000
    else:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert 1.5 < len(samples) / rate < 6
    assert 0.01 < float(np.sqrt(np.mean(samples**2))) < 0.5


def test_what_is_served_is_what_the_engine_says(client: openai.OpenAI) -> None:
    tool = HibariTool()
    tool.load(Place())
    params = {"text": TEXT, "preset": "heart", "language": "en-US", "speed": 1.0, "emotion": "", "voice": "",
              "pronounce": [], "take": 0}  # fmt: skip
    (ours,) = dict(tool.run([Request("speak", params)], Context())).values()
    assert isinstance(ours, Speech)
    data = client.audio.speech.create(model="hibari", voice="heart", input=TEXT, response_format="pcm").read()
    assert np.abs(np.frombuffer(data, "<i2") / 32767 - ours.samples[0]).max() < 1 / 32767


def test_the_official_client_lists_models_and_streams(client: openai.OpenAI) -> None:
    assert "hibari" in {model.id for model in client.models.list()}
    speech = client.audio.speech.with_streaming_response
    with speech.create(model="tts-1", voice="onyx", input="Yes.", response_format="pcm") as answer:
        assert sum(len(part) for part in answer.iter_bytes(4096)) > 10000


def test_voices_are_listed(address: str) -> None:
    status, found = ask(address, "GET", "/v1/audio/voices")
    assert status == 200
    assert {"id": "heart", "model": "hibari"}.items() <= next(
        voice for voice in found["voices"] if voice["model"] == "hibari"
    ).items()


SERVER_STORY = """
version: 1
title: Served
language: en
voices: [{name: Ann, tool: far, preset: heart, description: a woman}]
cues: [{type: speech, voice: Ann, text: "I come from a server."}]
"""


def test_a_story_is_spoken_by_a_server(
    address: str, fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh_home / "config.toml").write_text(
        f'[http.far]\nkind = "speech"\nurl = "{address}"\nmodel = "hibari"\nformat = "pcm"\nlanguages = ["en"]\n'
        'voices = [{preset = "heart", gender = "female", language = "en-US"}]\n'
    )
    monkeypatch.setenv("SOUNDWRIGHT_HTTP_FAR_KEY", KEY)
    (tmp_path / "story.yaml").write_text(SERVER_STORY)
    out = tmp_path / "story.flac"
    rendered = sw.render(tmp_path / "story.yaml", out)
    assert 1 < rendered.duration_s < 6
    host = urlsplit(address).netloc
    manifest = out.with_suffix(".manifest.json").read_text()
    assert f"hibari@{host}" in manifest
    assert KEY not in manifest
    assert sw.render(tmp_path / "story.yaml", out).made == 0


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"model": "gpt-5"}, 404, "The model 'gpt-5' does not exist; there are"),
        ({"voice": "nobody"}, 400, "voice 'nobody' does not exist"),
        ({"input": " "}, 400, "input must be a text"),
        ({"input": "x" * 5000}, 400, "1 to 4096 characters"),
        ({"response_format": "aac"}, 400, "response_format 'aac' cannot be had"),
        ({"stream_format": "sse"}, 400, "'sse' cannot be had"),
        ({"speed": 9}, 400, "speed: Input should be less than or equal to 2"),
        ({"speed": "fast"}, 400, "speed: Input should be a valid number"),
    ],
)
def test_what_cannot_be_spoken_is_refused(fields: dict[str, Any], status: int, text: str, address: str) -> None:
    asked = {"model": "hibari", "voice": "heart", "input": "Yes.", **fields}
    found = ask(address, "POST", "/v1/audio/speech", json.dumps(asked).encode())
    assert found[0] == status
    assert text in found[1]["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/v1/nothing", b"", {}, 404),
        ("POST", "/v1/chat/completions", b"{}", {}, 404),
        ("POST", "/v1/audio/speech", b"{", {}, 400),
        ("POST", "/v1/audio/speech", b"[]", {}, 400),
        ("POST", "/v1/audio/speech", b"{}", {"Content_Length": "999999999999"}, 413),
        ("POST", "/v1/audio/transcriptions", b"{}", {"Content_Type": "application/json"}, 400),
        ("POST", "/v1/audio/transcriptions", b"--x\r\n", {"Content_Type": "multipart/form-data; boundary=x"}, 400),
        ("GET", "/v1/models", b"", {"Authorization": "Bearer other"}, 401),
        ("GET", "/v1/models", b"", {"Host": "evil.example.org"}, 403),
        ("GET", "/v1/models", b"", {"Origin": "https://evil.example.org"}, 403),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    method: str, path: str, body: bytes, headers: dict[str, str], status: int, address: str
) -> None:
    found = ask(address, method, path, body, **headers)
    assert found[0] == status
    assert found[1]["error"]["message"]


def test_it_serves_this_machine_alone() -> None:
    with pytest.raises(ConfigError, match="not an address of this machine"), serving(None, "0.0.0.0", 0):  # type: ignore[arg-type]  # noqa: S104  refused before it is used
        pass


def test_the_command_serves_until_it_is_interrupted(home: Path) -> None:
    script = "from soundwright.orchestrator.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", script, "serve", "--port", "0", "--offline", "-q"], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        served = process.stdout.readline().strip()
        assert ask(served, "GET", "/v1/models")[0] == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter not in ".,")


@pytest.mark.engines
@pytest.mark.parametrize("by", ["official", "ours"])
def test_what_is_spoken_is_heard_again(by: str, address: str, client: openai.OpenAI, models_folder: Path) -> None:
    pytest.importorskip("faster_whisper")
    ModelStore(models_folder).pull("whisper-base")
    data = client.audio.speech.create(model="hibari", voice="heart", input=TEXT, response_format="flac").read()
    if by == "official":
        heard: Any = client.audio.transcriptions.create(
            model="whisper-1", file=("sound.flac", data), language="en", response_format="verbose_json",
            timestamp_granularities=["word"],
        )  # fmt: skip
        text, words = heard.text, [(word.word, word.start, word.end) for word in heard.words]
        captions = client.audio.transcriptions.create(model="whisper-1", file=("a.flac", data), response_format="srt")
        assert "00:00:0" in str(captions)
        assert "window" in str(captions)
    else:
        table = {"kind": "transcription", "url": address, "model": "whisper", "languages": ["en"]}
        tool = http_tool("ears", read_tables("config.toml", {"ears": table})["ears"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOUNDWRIGHT_HTTP_EARS_KEY", KEY)
            tool.load(Place())
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
        audio = Audio(samples[None], rate)
        (made,) = dict(tool.run([Request("transcribe", {"language": "en"}, {"audio": audio})], Context())).values()
        assert isinstance(made, Transcript)
        text, words = made.text, [(word.text, word.start_s, word.end_s) for word in made.words]
    assert bare(text) == bare(TEXT)
    assert [word.strip(" .,").lower() for word, _, _ in words] == bare(TEXT).split()
    assert all(start < end for _, start, end in words)
