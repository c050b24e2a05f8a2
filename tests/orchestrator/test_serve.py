"""``serve``: OpenAI's own client against our server, our client against it, and what it refuses."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hibari
import httpx2
import numpy as np
import openai
import pytest
import soundfile

import soundwright as sw
from soundwright.orchestrator.errors import ConfigError
from soundwright.orchestrator.serving.encoders import PCM_RATE_HZ, TYPES, encoded, in_pieces
from soundwright.orchestrator.serving.running import Running
from soundwright.orchestrator.serving.server import serving
from soundwright.orchestrator.serving.sounds import Engines
from soundwright.orchestrator.workshop import Workshop
from soundwright.tools.assets import Audio, Speech, Transcript
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.http.engines import http_tool
from soundwright.tools.http.settings import read_tables
from soundwright.tools.http.sound import decoded
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.hibari import RATE as RATE_HZ
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


def spoken_by_hibari(text: str) -> Speech:
    tool = HibariTool()
    tool.load(Place())
    params = {"text": text, "preset": "heart", "language": "en-US", "speed": 1.0, "emotion": "", "voice": "",
              "pronounce": [], "take": 0}  # fmt: skip
    (made,) = dict(tool.run([Request("speak", params)], Context())).values()
    assert isinstance(made, Speech)
    return made


def test_what_is_served_is_what_the_engine_says(client: openai.OpenAI) -> None:
    data = client.audio.speech.create(model="hibari", voice="heart", input=TEXT, response_format="pcm").read()
    assert np.abs(np.frombuffer(data, "<i2") / 32767 - spoken_by_hibari(TEXT).samples[0]).max() < 1 / 32767


def test_the_official_client_lists_models_and_streams(client: openai.OpenAI) -> None:
    assert "hibari" in {model.id for model in client.models.list()}
    speech = client.audio.speech.with_streaming_response
    with speech.create(model="tts-1", voice="onyx", input="Yes.", response_format="pcm") as answer:
        assert sum(len(part) for part in answer.iter_bytes(4096)) > 10000


PARAGRAPH = " ".join(
    f"The {number} boat came home through the fog that evening, and nobody on the quay had a word to say about it."
    for number in ("first", "second", "third", "fourth", "fifth", "sixth")
)


class Gate:
    """Lets hibari say its first piece; the others are said once ``opened`` is set. ``said`` counts them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.opened, self.said, self.wrong = threading.Event(), 0, ""
        original = hibari.Hibari.from_phonemes

        def from_phonemes(*given: Any) -> Any:
            self.said += 1
            if self.said > 1 and not self.opened.wait(60):
                raise TimeoutError("nobody heard the first piece")
            if self.wrong and self.said > 1:
                raise RuntimeError(self.wrong)
            return original(*given)

        patch.setattr(hibari.Hibari, "from_phonemes", from_phonemes)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


@pytest.mark.parametrize("form", ["pcm", "wav", "mp3", "opus"])
def test_speech_is_heard_before_the_whole_is_made(form: Any, client: openai.OpenAI, gate: Gate) -> None:
    speech, parts = client.audio.speech.with_streaming_response, list[bytes]()
    with speech.create(model="hibari", voice="heart", input=PARAGRAPH, response_format=form) as answer:
        for part in answer.iter_bytes():
            parts.append(part)
            if sum(map(len, parts)) > 4000:  # more than any head
                gate.opened.set()
    assert gate.said > 2
    whole = spoken_by_hibari(PARAGRAPH)
    if form == "pcm":
        samples = np.frombuffer(b"".join(parts), "<i2") / 32767
    else:
        samples, _ = soundfile.read(io.BytesIO(b"".join(parts)))
    assert len(samples) == pytest.approx(whole.frames, abs=0.1 * RATE_HZ if form == "mp3" else 0)
    if form in {"pcm", "wav"}:
        assert np.abs(samples - whole.samples[0]).max() < 1.1 / 32767


def test_speech_comes_as_events(client: openai.OpenAI, gate: Gate) -> None:
    speech, sound, last = client.audio.speech.with_streaming_response, b"", {}
    with speech.create(
        model="hibari", voice="heart", input=PARAGRAPH, response_format="pcm", stream_format="sse"
    ) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        for line in answer.iter_lines():
            if line:
                last = json.loads(line.removeprefix("data: "))
                sound += base64.b64decode(last.get("audio", ""))
                gate.opened.set()
    assert last == {
        "type": "speech.audio.done", "usage": {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    }  # fmt: skip
    assert len(sound) == 2 * spoken_by_hibari(PARAGRAPH).frames


def test_our_own_client_passes_on_what_arrives(address: str, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_HTTP_FAR_KEY", KEY)
    table = {"kind": "speech", "url": address, "model": "hibari", "voices": ["heart"], "languages": ["en"]}
    tool, chunks = http_tool("far", read_tables("config.toml", {"far": table})["far"]), list[Audio]()

    def heard(chunk: Audio) -> None:
        chunks.append(chunk)
        gate.opened.set()

    tool.load(Place())
    ((_, made),) = tool.run([Request("speak", {"text": PARAGRAPH, "preset": "heart"})], Context(emit=heard))
    assert isinstance(made, Speech)
    assert gate.said > 2
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks], axis=1), made.samples)


def test_the_engine_stops_when_the_client_goes_away(
    client: openai.OpenAI, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Running.stop

    def stopped(running: Running) -> None:
        stop(running)
        gate.opened.set()

    monkeypatch.setattr(Running, "stop", stopped)
    speech = client.audio.speech.with_streaming_response
    with speech.create(model="hibari", voice="heart", input=PARAGRAPH, response_format="pcm") as answer:
        next(answer.iter_bytes())
    assert gate.opened.wait(60)
    client.audio.speech.create(model="hibari", voice="heart", input="Yes.")  # waits for the engine: there is one
    assert gate.said == 3


def test_what_fails_half_way_is_broken_off(client: openai.OpenAI, address: str, gate: Gate) -> None:
    gate.wrong = "out of breath"
    gate.opened.set()
    speech = client.audio.speech.with_streaming_response
    with (
        speech.create(model="hibari", voice="heart", input=PARAGRAPH, response_format="pcm") as answer,
        pytest.raises(Exception, match="without sending complete message body"),
    ):
        answer.read()
    gate.said = 0
    asked = {"model": "hibari", "voice": "heart", "input": PARAGRAPH, "response_format": "pcm", "stream_format": "sse"}
    with httpx2.stream("POST", f"{address}/audio/speech", json=asked, headers={"Authorization": f"Bearer {KEY}"}) as it:
        last = [line for line in it.iter_lines() if line][-1]
    assert "hibari: raised RuntimeError: out of breath" in json.loads(last.removeprefix("data: "))["error"]["message"]


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100])
@pytest.mark.parametrize("form", ["pcm", "wav", "mp3", "opus"])
def test_pieces_are_together_the_whole(form: str, rate: int) -> None:
    time_s = np.arange(3 * rate) / rate
    tone = Audio((0.4 * np.sin(2 * np.pi * 440 * time_s))[None].astype(np.float32), rate)
    cuts = (0, 700, rate, 2 * rate + 5, 3 * rate)
    parts = (Audio(tone.samples[:, start:end], rate) for start, end in pairwise(cuts))
    found = [
        decoded(data, TYPES[form], PCM_RATE_HZ, "the test")
        for data in (b"".join(in_pieces(parts, form)), encoded(tone, form))
    ]
    for sound in found:
        assert sound.length_s == pytest.approx(3, abs=0.15 if form == "mp3" else 0.001)
        spectrum = np.abs(np.fft.rfft(sound.samples[0]))
        assert spectrum.argmax() * sound.rate / sound.frames == pytest.approx(440, abs=1)
        assert np.sqrt(np.mean(sound.samples**2)) == pytest.approx(
            0.4 / np.sqrt(2), rel=0.07 if form == "mp3" else 0.01
        )
    if form in {"pcm", "wav"}:
        assert np.abs(found[0].samples - found[1].samples).max() <= 1.1 / 32768


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
        ({"stream_format": "video"}, 400, "'video' cannot be had; there are audio and sse"),
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


def test_the_engine_that_the_settings_pin_stands_for_a_clients_own_names(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(home))
    shop = Workshop.open(offline=True)
    engines = Engines(replace(shop, config=replace(shop.config, tools={"speak": "pico"})), at_once=1)
    try:
        specs = [engines._spec("tts-1", "speak"), engines._voice("tts-1", "nova")[0]]
        assert [spec.name for spec in specs] == ["pico", "pico"]
        assert engines._voice("hibari", "heart")[0].name == "hibari"
    finally:
        engines.close()
