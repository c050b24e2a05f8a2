"""A server on this machine that speaks both of OpenAI's APIs, answers as it is told and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import pytest

Json: TypeAlias = dict[str, Any]
SCHEMA: Json = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "lines": {"type": "integer", "minimum": 1, "maximum": 9}},
    "required": ["title", "lines"],
    "additionalProperties": False,
}
MODELS = ("tiny-0", "tiny-2")


@dataclass(frozen=True)
class Says:
    """A good answer; ``finish`` and ``refusal`` as in Chat Completions. ``silent_s`` waits before each piece."""

    text: str = ""
    finish: str = "stop"
    refusal: str | None = None
    usage: tuple[int, int] | None = (12, 34)
    breaks_after: int | None = None
    wait: threading.Event | None = None

    @property
    def pieces(self) -> list[str]:
        return [self.text[at : at + 7] for at in range(0, len(self.text), 7)]


@dataclass(frozen=True)
class Fails:
    """An error as OpenAI words it. Status 0 breaks the connection off without an answer."""

    status: int
    message: str = "went wrong"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """Something that is no such API."""

    body: str
    kind: str = "text/html"


Step = Says | Fails | Raw


class FakeServer:
    """``steps`` are used up one per request; the last one stays. ``asked`` holds path, headers and body of each."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.asked: list[Json] = []
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.httpd.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.httpd.server_address[1]}/v1"

    def will(self, *steps: Step) -> FakeServer:
        self.steps = list(steps)
        self.asked.clear()
        return self

    def next(self) -> Step:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]

    @property
    def bodies(self) -> list[Json]:
        return [asked["body"] for asked in self.asked if asked["method"] == "POST"]


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            del format, args

        def do_GET(self) -> None:
            self._note({})
            if self.path == "/v1/models" and not isinstance(server.steps[0], Raw):
                self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]})
            else:
                self._send(404, b"404 page not found", "text/plain")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._note(body)
            if not self.path.startswith("/v1/"):
                self._send(404, b"404 page not found", "text/plain")
                return
            self._step(server.next(), responses=self.path.endswith("/responses"), streams=bool(body.get("stream")))

        def _note(self, body: Json) -> None:
            server.asked.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body,
                }
            )

        def _step(self, step: Step, *, responses: bool, streams: bool) -> None:
            if isinstance(step, Raw):
                self._send(200, step.body.encode(), step.kind)
            elif isinstance(step, Fails):
                self._fail(step)
            elif streams:
                self._stream(step, (_response_events if responses else _chat_chunks)(step))
            else:
                self._json(200, (_response if responses else _chat)(step))

        def _fail(self, step: Fails) -> None:
            if step.status == 0:
                self.close_connection = True
                return
            error = {"message": step.message, "type": "error", "code": step.code, "param": None}
            self._json(step.status, {"error": error}, step.headers)

        def _json(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
            self._send(status, json.dumps(body).encode(), "application/json", headers)

        def _send(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, step: Says, events: Sequence[tuple[str, Json]]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for number, (name, event) in enumerate(events):
                if step.wait is not None and number == 2:
                    step.wait.wait(20)
                if number == step.breaks_after:
                    return
                head = f"event: {name}\n" if name else ""
                self.wfile.write(f"{head}data: {json.dumps(event)}\n\n".encode())
                self.wfile.flush()
            if not events[-1][0]:
                self.wfile.write(b"data: [DONE]\n\n")

    return Handler


def _chat(step: Says) -> Json:
    message = {"role": "assistant", "content": step.text or None, "refusal": step.refusal}
    choice = {"index": 0, "message": message, "finish_reason": step.finish, "logprobs": None}
    whole: Json = {"id": "c1", "object": "chat.completion", "created": 1, "model": "tiny-1-0101", "choices": [choice]}
    return whole | _chat_usage(step)


def _chat_usage(step: Says) -> Json:
    if step.usage is None:
        return {}
    into, out = step.usage
    return {"usage": {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}}


def _chat_chunks(step: Says) -> list[tuple[str, Json]]:
    def chunk(delta: Json, finish: str | None = None) -> tuple[str, Json]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return "", {
            "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "tiny-1-0101", "choices": [choice],
        }  # fmt: skip

    said = [chunk({"refusal": step.refusal})] if step.refusal else [chunk({"content": piece}) for piece in step.pieces]
    last = chunk({})[1] | {"choices": []} | _chat_usage(step)
    return [chunk({"role": "assistant", "content": ""}), *said, chunk({}, step.finish), ("", last)]


def _response(step: Says) -> Json:
    part: Json = {"type": "output_text", "text": step.text, "annotations": []}
    if step.refusal:
        part = {"type": "refusal", "refusal": step.refusal}
    message = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [part]}
    why = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(step.finish)
    into, out = step.usage or (0, 0)
    return {
        "id": "r1", "object": "response", "created_at": 1, "model": "tiny-1-0101", "error": None,
        "status": "incomplete" if why else "completed", "incomplete_details": {"reason": why} if why else None,
        "output": [{"type": "reasoning", "id": "t1", "summary": []}, message],
        "usage": {
            "input_tokens": into, "output_tokens": out, "total_tokens": into + out,
            "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
        },
    }  # fmt: skip


def _response_events(step: Says) -> list[tuple[str, Json]]:
    def event(kind: str, **fields: Any) -> tuple[str, Json]:
        return kind, {"type": kind, "sequence_number": 1, **fields}

    at = {"item_id": "m1", "output_index": 0, "content_index": 0}
    started = _response(step) | {"output": [], "usage": None, "status": "in_progress", "incomplete_details": None}
    kind, pieces = ("output_text", step.pieces) if not step.refusal else ("refusal", [step.refusal])
    said = [event(f"response.{kind}.delta", **at, delta=piece) for piece in pieces]
    whole = _response(step)
    return [event("response.created", response=started), *said, event(f"response.{whole['status']}", response=whole)]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """The server, for one test."""
    fake = FakeServer()
    thread = threading.Thread(target=lambda: fake.httpd.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    yield fake
    fake.httpd.shutdown()
    fake.httpd.server_close()
    thread.join(5)


class Naps:
    """A sleep that takes no time and keeps how long it should have taken."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def naps() -> Naps:
    """The sleep of one test."""
    return Naps()


@pytest.fixture
def schema() -> Json:
    """What the tests ask for: a title and a number of lines."""
    return SCHEMA


@pytest.fixture
def says() -> Callable[..., Says]:
    """Makes good answers."""
    return Says


@pytest.fixture
def fails() -> Callable[..., Fails]:
    """Makes errors."""
    return Fails


@pytest.fixture
def raw() -> Callable[..., Raw]:
    """Makes answers of something else."""
    return Raw
