"""Engines behind HTTP: OpenAI's audio endpoints, any JSON server by a mapping, and what goes wrong."""

from __future__ import annotations

import base64
import json
import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Asset, Audio, Speech, Text, Transcript, Word
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.http.arriving import Arriving
from soundwright.tools.http.base import HttpTool
from soundwright.tools.http.client import Call, Client, on_this_machine
from soundwright.tools.http.engines import http_tool
from soundwright.tools.http.keys import KeyUnusable, key_for
from soundwright.tools.http.settings import HttpSettingError, read_tables, variable_of
from soundwright.tools.http.sound import decoded, flac_bytes, from_pcm, to_pcm, wav_bytes

Server = Any
"""The one of the fixture ``server``, beside this file."""
KEY = "sk-test-1234567890"
RATE_HZ = 24000
TEXT = "Hello there."
SPEAK = {"text": TEXT, "preset": "nova", "language": "en"}
NOTHING = Audio(np.zeros((1, 0), np.float32), 24000)
NOISE = Audio(np.random.default_rng(0).uniform(-0.5, 0.5, (2, 44100)).astype(np.float32), 44100)


@pytest.fixture(autouse=True)
def _key_and_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_HTTP_STUDIO_KEY", KEY)
    monkeypatch.setattr(HttpTool, "first_wait_s", 0.01)


def ask(server: Server, op: str, params: dict[str, Any], context: Context | None = None, **table: Any) -> Asset:
    """One request to the tool ``studio``; a failure is raised."""
    inputs: dict[str, Asset] = {port: table.pop(port) for port in ("audio", "text") if port in table}
    given = {"url": server.address, "timeout_s": 10, **table}
    tool = http_tool("studio", read_tables("config.toml", {"studio": given})["studio"])
    tool.load(Place())
    ((_, result),) = tool.run([Request(op, params, inputs, 7)], context or Context())
    tool.close()
    if isinstance(result, ToolError):
        raise result
    return result


def speech(
    server: Server, params: dict[str, Any] | None = None, context: Context | None = None, **table: Any
) -> Speech:
    given = {"kind": "speech", "model": "tts-1", "voices": ["alloy", "nova"], **table}
    made = ask(server, "speak", SPEAK if params is None else params, context, **given)
    assert isinstance(made, Speech)
    return made


def pitch_hz(sound: Audio) -> float:
    return float(np.abs(np.fft.rfft(sound.samples[0])).argmax() * sound.rate / sound.frames)


# --- speech ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["wav", "pcm", "flac", "mp3"])
def test_speech_comes_in_every_form(form: str, server: Server) -> None:
    made = speech(server, format=form)
    assert (made.rate, made.text, made.language, made.words) == (RATE_HZ, TEXT, "en", None)
    assert made.length_s == pytest.approx(0.1 * len(TEXT), abs=0.15 if form == "mp3" else 1e-6)
    assert pitch_hz(made) == pytest.approx(440, abs=2)
    if form != "mp3":
        assert np.array_equal(made.samples, from_pcm(server.tone(440, TEXT)))


def test_the_request_is_what_the_form_asks_for(server: Server) -> None:
    speech(server, {**SPEAK, "speed": 1.5, "emotion": "weary"}, instructions=True)
    (asked,) = server.asked
    assert asked["path"] == "/v1/audio/speech"
    assert asked["headers"]["Authorization"] == f"Bearer {KEY}"
    assert json.loads(asked["body"]) == {
        "model": "tts-1", "input": TEXT, "voice": "nova", "response_format": "wav", "speed": 1.5,
        "instructions": "Speak in this mood: weary.",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["pcm", "wav"])
def test_samples_are_passed_on_as_they_come(form: str, server: Server) -> None:
    chunks: list[Audio] = []
    made = speech(server, {**SPEAK, "text": TEXT * 3}, Context(emit=chunks.append), format=form)
    assert len(chunks) > (3 if form == "pcm" else 1)
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks], axis=1), made.samples)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"\xff\xe3" + bytes(40000), "audio/mpeg"),  # a form of MP3 that is not told by its first bytes
        (b"\xff\xf1" + bytes(40000), "audio/aac"),
        (b"RF64" + bytes(40000), "audio/wav"),
    ],
)
def test_what_is_no_raw_sound_is_never_passed_on_as_samples(answer: bytes, kind: str, server: Server) -> None:
    chunks: list[Audio] = []
    server.answers.append((200, {"Content-Type": kind}, answer))
    with pytest.raises(ToolError, match=f"studio sent {kind} that is no sound"):
        speech(server, context=Context(emit=chunks.append))
    assert chunks == []


def test_a_packed_answer_is_heard_once_it_is_whole(server: Server) -> None:
    chunks: list[Audio] = []
    packed = flac_bytes(NOISE, RATE_HZ)
    server.answers.append((200, {"Content-Type": "audio/flac"}, packed))
    made = speech(server, context=Context(emit=chunks.append))
    assert [chunk.frames for chunk in chunks] == [made.frames]


def test_nothing_is_kept_of_what_cannot_be_heard_in_parts() -> None:
    arriving = Arriving("studio", RATE_HZ, lambda _: pytest.fail("it was emitted"))
    for _ in range(3):
        arriving.take(b"fLaC" * 1000, "audio/flac")
    arriving.flush()
    assert not arriving.emitted
    assert arriving._waiting == b""


def test_a_text_may_come_from_another_step(server: Server) -> None:
    assert speech(server, {"text": ""}, text=Text("From elsewhere.")).text == "From elsewhere."


def test_the_identity_is_model_and_server() -> None:
    table = {"kind": "speech", "url": "https://api.example.org/v1", "model": "tts-1", "voices": ["alloy"],
             "languages": ["de"], "price_usd_per_minute": 0.015}  # fmt: skip
    spec = http_tool("studio", read_tables("c", {"studio": table})["studio"]).spec
    assert (spec.version, spec.home, spec.determinism) == ("tts-1@api.example.org", "http", "none")
    assert (spec.voices[0].preset, spec.voices[0].language, spec.price_usd_per_minute) == ("alloy", "de", 0.015)


# --- transcription -----------------------------------------------------------------------------------------------


def test_transcription_has_word_times_and_a_language(server: Server) -> None:
    made = ask(server, "transcribe", {"language": "en-GB"}, audio=NOISE, kind="transcription", model="whisper-1")
    assert made == Transcript("One two.", "en", (Word("One", 0.1, 0.4), Word("two", 0.5, 1.0)))
    fields = server.asked[0]["fields"]
    assert (fields["model"], fields["language"]) == ([b"whisper-1"], [b"en"])
    assert (fields["response_format"], fields["timestamp_granularities[]"]) == ([b"verbose_json"], [b"word"])
    assert fields["file"][0][:4] == b"fLaC"


def test_transcription_without_word_times(server: Server) -> None:
    made = ask(server, "transcribe", {}, audio=NOISE, kind="transcription", model="whisper-1", words=False)
    assert made == Transcript("One two.", "")
    assert "response_format" not in server.asked[0]["fields"]


# --- any JSON server ---------------------------------------------------------------------------------------------

TONE = 0.3 * np.sin(2 * np.pi * 300 * np.arange(RATE_HZ // 4) / RATE_HZ)
WAV = wav_bytes(Audio(TONE[None].astype(np.float32), RATE_HZ))


def mapped(server: Server, sent: bytes, content_type: str, audio: Audio | None = None, **table: Any) -> Asset:
    server.answers.append((200, {"Content-Type": content_type}, sent))
    inputs = {} if audio is None else {"audio": audio}
    op = table.pop("op", "generate_sound")
    given: dict[str, Any] = {"kind": "json", "operations": [op], **table, **inputs}
    return ask(server, op, {"description": 'rain "on" tin', "length": 2.5}, **given)


def test_a_mapping_sends_parameters_and_takes_a_sound(server: Server) -> None:
    made = mapped(
        server, WAV, "audio/wav", model="m1", headers={"X-Mode": "fast"},
        body={"prompt": "sound of {description}", "seconds": "{length}", "opts": [{"seed": "{seed}", "m": "{model}"}]}
    )  # fmt: skip
    assert isinstance(made, Audio)
    assert pitch_hz(made) == pytest.approx(300, abs=4)
    (asked,) = server.asked
    assert json.loads(asked["body"]) == {
        "prompt": 'sound of rain "on" tin', "seconds": 2.5, "opts": [{"seed": 7, "m": "m1"}],
    }  # fmt: skip
    assert asked["headers"]["X-Mode"] == "fast"


@pytest.mark.parametrize("prefix", ["", "data:audio/wav;base64,"])
def test_a_mapping_finds_the_sound_in_the_answer(prefix: str, server: Server) -> None:
    answer = json.dumps({"data": [{"audio": prefix + base64.b64encode(WAV).decode()}]}).encode()
    made = mapped(server, answer, "application/json", answer="data.0.audio")
    assert isinstance(made, Audio)
    assert made.rate == RATE_HZ


@pytest.mark.parametrize("upload", ["json", "form", "body"])
def test_a_mapping_sends_a_sound(upload: str, server: Server) -> None:
    body = {"audio": "{audio}"} if upload == "json" else {}
    made = mapped(server, WAV, "audio/wav", NOISE, op="enhance", upload=upload, body=body)
    assert isinstance(made, Audio)
    sent = server.asked[0]["body"]
    sent = base64.b64decode(json.loads(sent)["audio"]) if upload == "json" else sent[sent.index(b"RIFF") :]
    heard = decoded(sent, "audio/wav", 8000, "test")
    assert (heard.rate, heard.channels) == (44100, 2)
    assert np.abs(heard.samples[:, :44100] - NOISE.samples).max() < 1e-4


def test_a_mapping_takes_a_text(server: Server) -> None:
    made = mapped(
        server, b'{"choices": ["a dog barks"]}', "application/json", NOISE, op="transcribe", result="text",
        answer="choices.0", upload="body",
    )  # fmt: skip
    assert made == Transcript("a dog barks")


@pytest.mark.parametrize(
    ("table", "answer", "text"),
    [
        ({"body": {"p": "{colour}"}}, WAV, r"its body names \{colour\}; there are description, length"),
        ({"answer": "data.3"}, b'{"data": []}', "the answer has no data.3; at '3' there is list"),
        ({"answer": "sound"}, b'{"data": 1}', "the answer has no sound; at 'sound' there is data"),
        ({"answer": "data"}, b'{"data": 1}', "data is no base64 text"),
        ({"answer": "data"}, b'{"data": "#"}', "data is no base64 text"),
        ({"answer": "data"}, b"oops", "what is no JSON: b'oops'"),
        ({}, b"", "an empty sound"),
        ({"result": "text", "answer": "data"}, b'{"data": 1}', "data is no text"),
    ],
)
def test_a_mapping_that_does_not_fit_says_where(
    table: dict[str, Any], answer: bytes, text: str, server: Server
) -> None:
    with pytest.raises(ToolError, match=text):
        mapped(server, answer, "application/octet-stream", **table)


def test_another_mapping_is_another_tool() -> None:
    table = {"kind": "json", "url": "https://a.org/x", "operations": ["generate_sound"], "body": {"p": "{description}"}}
    other = {**table, "body": {"p": "loud {description}"}}
    one, two = (http_tool("a", read_tables("c", {"a": it})["a"]).spec for it in (table, other))
    assert one.version != two.version
    assert "description" in one.honours


# --- what goes wrong ---------------------------------------------------------------------------------------------

BUSY = (429, {"Retry-After": "0", "Content-Type": "application/json"}, b'{"error": {"message": "slow down"}}')


def test_a_busy_server_is_asked_again(server: Server) -> None:
    server.answers += [BUSY, (503, {}, b"starting")]
    assert speech(server).frames
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("answers", "count", "text"),
    [
        ([BUSY] * 4, 4, "studio answered 429: slow down"),
        ([(429, {"Retry-After": "3600"}, b"")], 1, "studio answered 429"),
        ([(400, {}, b'{"error": {"message": "no such voice"}}')], 1, "answered 400: no such voice"),
        ([(401, {}, b'{"detail": "who are you"}')], 1, "answered 401: who are you. Check its key"),
        ([(404, {}, b"nothing here")], 1, "answered 404: nothing here. Check url and model"),
        ([(307, {"Location": "https://elsewhere.org/"}, b"")], 1, "answered 307 .to https://elsewhere.org/."),
        ([(200, {"Content-Type": "text/html"}, b"<html>")], 1, "answered with text/html instead of audio/"),
        ([(200, {"Content-Type": "application/json"}, b'{"error": "no credit"}')], 1, "application/json"),
        ([(200, {"Content-Type": "audio/wav"}, b"RIFF....WAVE")], 1, "a WAV file without samples"),
        ([(200, {"Content-Type": "audio/mpeg"}, b"ID3 nonsense")], 1, "a sound that cannot be read"),
        ([(200, {"Content-Type": "audio/wav"}, wav_bytes(NOTHING))], 1, "sent an empty sound"),
        ([(200, {"Content-Type": "audio/wav", "Content-Length": "5000"}, b"RIFF")] * 4, 4, "cannot be reached"),
    ],
)
def test_what_a_server_refuses_is_said(
    answers: list[tuple[int, dict[str, str], bytes]], count: int, text: str, server: Server
) -> None:
    server.answers += answers
    with pytest.raises(ToolError, match=text):
        speech(server, timeout_s=2)
    assert len(server.asked) == count


def test_a_key_is_never_shown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers.append((400, {}, f"bad key {KEY}".encode()))
    with pytest.raises(ToolError) as caught:
        speech(server)
    assert KEY not in str(caught.value)
    assert "[key]" in str(caught.value)
    monkeypatch.setenv("SOUNDWRIGHT_HTTP_STUDIO_KEY", "two words")
    with pytest.raises(KeyUnusable, match="SOUNDWRIGHT_HTTP_STUDIO_KEY"):
        speech(server)


def test_a_server_that_is_not_there_is_said() -> None:
    gone = SimpleNamespace(address="http://127.0.0.1:9/v1")
    with pytest.raises(ToolError, match="studio cannot be reached"):
        speech(gone)


def test_an_answer_that_is_too_large_is_refused(server: Server) -> None:
    small = Client("studio", max_bytes=1000)
    call = Call(f"{server.address}/audio/speech", b"{}", {"Content-Type": "application/json"})
    server.answers.append((200, {"Content-Type": "audio/wav"}, bytes(5000)))
    with pytest.raises(ToolError, match="sends more than 0 MB"):
        small.ask(call, Context())


def test_a_cancel_does_not_wait_for_the_server(server: Server) -> None:
    server.delay_s = 20
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        speech(server, context=Context(cancelled=cancel.is_set))
    assert time.monotonic() - start < 5


def test_nothing_to_speak_is_not_sent(server: Server) -> None:
    with pytest.raises(ToolError, match="nothing to speak"):
        speech(server, {"text": "  "})
    assert server.asked == []


def test_a_proxy_is_not_asked_for_this_machine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert speech(server).frames


def test_offline_asks_only_servers_of_this_machine(server: Server) -> None:
    tables = read_tables("c", {
        "far": {"kind": "transcription", "url": "https://api.example.org/v1"},
        "near": {"kind": "transcription", "url": server.address},
    })  # fmt: skip
    far, near = (http_tool(name, table, offline=True) for name, table in tables.items())
    assert far.obstacle() == ("it is on api.example.org, and we are offline", "")
    assert near.obstacle() == ("", "")
    with pytest.raises(ToolError, match="we are offline"):
        far.load(Place())


# --- settings, keys, sounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            {"kind": "speech", "url": "http://api.example.org/v1", "voices": ["a"]},
            "http.studio.url: .* is not encrypted",
        ),
        ({"kind": "speech", "url": "ftp://a.org", "voices": ["a"]}, "http.studio.url: .* is no address"),
        ({"kind": "speech", "url": "https://key@a.org/v1", "voices": ["a"]}, "SOUNDWRIGHT_HTTP_STUDIO_KEY"),
        ({"kind": "speech", "url": "https://a.org/v1"}, "http.studio.voices: Field required"),
        (
            {"kind": "speech", "url": "https://a.org/v1", "voices": ["a"], "colour": 1},
            "http.studio.colour: Extra inputs",
        ),
        ({"kind": "poem", "url": "https://a.org/v1"}, "http.studio: .*speech"),
        ({"url": "https://a.org/v1"}, "http.studio: .*kind"),
        (
            {"kind": "json", "url": "https://a.org", "operations": ["enhance"], "headers": {"X-Api-Key": "1"}},
            "a key does",
        ),
        ("here", "http.studio: "),
    ],
)
def test_a_table_that_cannot_be_used_is_named(table: Any, text: str) -> None:
    with pytest.raises(HttpSettingError, match=text):
        read_tables("config.toml", {"studio": table})


def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(HttpSettingError, match="is no name for a tool"):
        read_tables("c", {"My Studio": {"kind": "transcription", "url": "https://a.org"}})
    with pytest.raises(HttpSettingError, match="must hold tables"):
        read_tables("c", "a server")


def test_keys_go_where_they_belong() -> None:
    environ = {"OPENAI_API_KEY": "sk-open", "SOUNDWRIGHT_HTTP_STUDIO_KEY": "own"}
    variable = (variable_of("studio"),)
    found = [key_for(url, variables, environ) for url, variables in (
        ("https://api.openai.com/v1", ()), ("https://a.org/v1", ()), ("https://a.org/v1", variable),
    )]  # fmt: skip
    assert [key and key.reveal() for key in found] == ["sk-open", None, "own"]
    assert variable_of("my-studio") == "SOUNDWRIGHT_HTTP_MY_STUDIO_KEY"


@pytest.mark.parametrize(
    ("url", "here"),
    [("http://localhost:1", True), ("http://127.8.0.1", True), ("http://[::1]:8", True),
     ("http://127.0.0.1.org", False), ("https://10.0.0.1", False), ("http://0.0.0.0", False)],
)  # fmt: skip
def test_what_is_on_this_machine(url: str, here: bool) -> None:
    assert on_this_machine(url) is here


def test_sounds_survive_the_way_to_bytes_and_back() -> None:
    for data, kind in ((wav_bytes(NOISE), "audio/wav"), (to_pcm(NOISE.samples[:1]), "audio/pcm;rate=44100")):
        heard = decoded(data, kind, 8000, "test")
        assert heard.rate == 44100
        assert np.abs(heard.samples - NOISE.samples[: heard.channels]).max() < 1e-4
    small = decoded(flac_bytes(NOISE, 16000), "audio/flac", 8000, "test")
    assert (small.rate, small.channels, small.frames) == (16000, 1, 16000)
