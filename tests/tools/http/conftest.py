"""A small server of the form that OpenAI documents for ``/v1/audio/*``: strict about what it takes, as theirs is."""

from __future__ import annotations

import io
import json
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
import soundfile

RATE_HZ = 24000
KEY = "sk-test-1234567890"
SPEECH_FIELDS = {"model", "input", "voice", "response_format", "speed", "instructions", "stream_format"}
VOICES = {"alloy": 220.0, "nova": 440.0}


@dataclass
class Server:
    """``asked`` holds what came; ``answers`` are sent (status, headers, body) instead of the real answer, in turn."""

    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    delay_s: float = 0.0
    released: threading.Event = field(default_factory=threading.Event)
    key: str = KEY
    rate_hz: int = RATE_HZ

    def tone(self, hz: float, text: str) -> bytes:
        """What the server says: a tone, a tenth of a second for each letter."""
        return tone(hz, text).tobytes()

    def streamed_wav(self, pcm: bytes) -> bytes:
        """A WAV file as a streaming server writes it."""
        return streamed_wav(pcm)


def tone(hz: float, text: str) -> np.ndarray[Any, Any]:
    """A tenth of a second for each letter."""
    time_s = np.arange(len(text) * RATE_HZ // 10) / RATE_HZ
    return np.rint(0.3 * 32767 * np.sin(2 * np.pi * hz * time_s)).astype("<i2")


def streamed_wav(pcm: bytes) -> bytes:
    """A WAV file as a streaming server writes it: its sizes are not known."""
    facts = struct.pack("<HHIIHH", 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    endless = b"\xff\xff\xff\xff"
    return b"RIFF" + endless + b"WAVEfmt " + struct.pack("<I", 16) + facts + b"data" + endless + pcm


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Server

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.state.asked.append({"path": self.path, "headers": dict(self.headers), "body": body})
        if self.state.answers:
            status, headers, answer = self.state.answers.pop(0)
            return self.reply(status, answer, **headers)
        if self.state.delay_s:
            self.state.released.wait(self.state.delay_s)
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self.refuse(401, "Incorrect API key provided: sk-te*********890.")
        if self.path == "/v1/audio/speech":
            return self.speak(body)
        if self.path == "/v1/audio/transcriptions":
            return self.transcribe(body)
        return self.refuse(404, f"Invalid URL (POST {self.path})")

    def speak(self, body: bytes) -> None:  # noqa: PLR0911  one line for each refusal
        if self.headers["Content-Type"] != "application/json":
            return self.refuse(400, "you must provide a JSON body")
        asked = json.loads(body)
        if set(asked) - SPEECH_FIELDS:
            return self.refuse(400, f"Unrecognized request argument: {sorted(set(asked) - SPEECH_FIELDS)[0]}")
        if asked.get("voice") not in VOICES or not 0.25 <= asked.get("speed", 1.0) <= 4.0:
            return self.refuse(400, "voice or speed is not valid")
        if asked["model"] != "tts-1":
            return self.refuse(404, f"The model '{asked['model']}' does not exist")
        pcm = tone(VOICES[asked["voice"]], asked["input"]).tobytes()
        form = asked.get("response_format", "mp3")
        if form == "pcm":
            return self.stream(pcm)
        if form == "wav":
            return self.reply(200, streamed_wav(pcm), **{"Content-Type": "audio/wav"})
        file = io.BytesIO()
        soundfile.write(file, np.frombuffer(pcm, "<i2"), RATE_HZ, format=form.upper())
        return self.reply(200, file.getvalue(), **{"Content-Type": {"mp3": "audio/mpeg"}.get(form, f"audio/{form}")})

    def stream(self, pcm: bytes) -> None:
        """Chunks that end within samples, some time apart."""
        self.send_response(200)
        self.send_header("Content-Type", "audio/pcm")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(pcm), 9001):
            part = pcm[start : start + 9001]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            time.sleep(0.01)
        self.wfile.write(b"0\r\n\r\n")

    def transcribe(self, body: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields: dict[Any, list[Any]] = {}
        files: dict[Any, Any] = {}
        form: Any = BytesParser(policy=HTTP).parsebytes(head + body)
        for part in form.iter_parts():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            fields.setdefault(name, []).append(data)
            if part.get_filename():
                files[name] = (part.get_filename(), data)
        self.state.asked[-1]["fields"] = fields
        if fields.get("model") != [b"whisper-1"] or "file" not in files:
            return self.refuse(400, "model and file are required")
        samples, rate = soundfile.read(io.BytesIO(files["file"][1]))
        answer: dict[str, Any] = {"text": " One two. "}
        if fields.get("response_format") == [b"verbose_json"]:
            answer |= {"task": "transcribe", "language": "english", "duration": len(samples) / rate}
            if fields.get("timestamp_granularities[]") == [b"word"]:
                answer["words"] = [
                    {"word": "One", "start": 0.1, "end": 0.4},
                    {"word": "two", "start": 0.5, "end": 99.0},
                ]
        return self.reply(200, json.dumps(answer).encode(), **{"Content-Type": "application/json"})

    def refuse(self, status: int, message: str) -> None:
        error = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
        self.reply(status, json.dumps(error).encode(), **{"Content-Type": "application/json"})

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of the loopback."""
    state = Server()
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    state.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
