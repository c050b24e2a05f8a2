"""``soundwright serve``: an HTTP server on this machine in the form of OpenAI's audio endpoints."""

from __future__ import annotations

import itertools
import json
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from soundwright.orchestrator.errors import ConfigError
from soundwright.orchestrator.serving.answers import Answer
from soundwright.orchestrator.serving.form import read_form
from soundwright.orchestrator.serving.refusal import Refused
from soundwright.orchestrator.serving.running import Gone
from soundwright.orchestrator.serving.sounds import Engines
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.http.client import on_this_machine

MAX_BODY = 200 * 2**20
_WAIT_S = 60


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    engines: Engines
    key: str
    said: Callable[[str], None]


class _Handler(BaseHTTPRequestHandler):
    """One connection. Pages of other sites cannot use the server: it answers to its own names only."""

    protocol_version = "HTTP/1.1"
    timeout = _WAIT_S
    server: _Server
    _begun = False

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401  as the base class has it
        """Say what was asked, on standard error."""
        self.server.said(format % args)

    def do_GET(self) -> None:
        """Lists."""
        self._guarded(self._list)

    def do_POST(self) -> None:
        """Speech and transcriptions."""
        self._guarded(self._make)

    def _guarded(self, do: Callable[[str], None]) -> None:
        self._begun = False
        try:
            self._check()
            do(urlsplit(self.path).path.rstrip("/"))
        except Refused as refused:
            self._refuse(refused)
        except SoundwrightError as error:
            self._refuse(Refused(500, str(error)))
        except (Gone, BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True  # nobody hears the rest

    def _check(self) -> None:
        origin = self.headers.get("Origin", "")
        if not on_this_machine(f"http://{self.headers.get('Host', '')}") or (origin and not on_this_machine(origin)):
            raise Refused(403, "this server answers to programs of this machine alone")
        if self.server.key and self.headers.get("Authorization") != f"Bearer {self.server.key}":
            raise Refused(401, "the key is not the one of SOUNDWRIGHT_SERVE_KEY")

    def _list(self, path: str) -> None:
        engines = self.server.engines
        lists = {"/v1/models": engines.models, "/v1/audio/voices": engines.voices}
        if path not in lists:
            raise Refused(404, f"there is no {path}; there are {', '.join(lists)}")
        self._send(lists[path](), "application/json")

    def _make(self, path: str) -> None:
        body = self._body()
        if path == "/v1/audio/speech":
            self._answer(self.server.engines.speak(_json(body), self._is_there))
        elif path == "/v1/audio/transcriptions":
            form = read_form(self.headers.get("Content-Type", ""), body)
            self._send(*self.server.engines.transcribe(form, self._is_there))
        else:
            raise Refused(404, f"there is no {path}; there are /v1/audio/speech and /v1/audio/transcriptions")

    def _is_there(self) -> bool:
        """Whether the client still listens: one that went away has closed its side."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.connection, selectors.EVENT_READ)
            try:
                return not waiting.select(0) or self.connection.recv(1, socket.MSG_PEEK) != b""
            except OSError:
                return False

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            raise Refused(413 if length.isdigit() else 411, f"the body must have a length of at most {MAX_BODY} bytes")
        return self.rfile.read(int(length))

    def _answer(self, answer: Answer) -> None:
        try:
            if isinstance(answer.body, bytes):
                self._send(answer.body, answer.content_type)
            else:
                self._send_parts(answer.body, answer.content_type)
        finally:
            answer.stop()

    def _send(self, content: bytes | dict[str, Any], content_type: str, status: int = 200) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self._begin(content_type, status, ("Content-Length", str(len(body))))
        self.wfile.write(body)

    def _send_parts(self, parts: Iterator[bytes], content_type: str) -> None:
        """Each part as soon as it is there. Where the empty one at the end lacks, something failed."""
        self._begin(content_type, 200, ("Transfer-Encoding", "chunked"))
        for part in itertools.chain(parts, [b""]):
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")

    def _begin(self, content_type: str, status: int, size: tuple[str, str]) -> None:
        self._begun = True
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header(*size)
        self.end_headers()

    def _refuse(self, refused: Refused) -> None:
        if self._begun:
            self.log_message("broken off: %s", refused)
            self.close_connection = True
            return
        if self.command == "POST" and refused.status in {401, 403, 411, 413}:
            self.close_connection = True  # its body was not read
        self._send(refused.to_json(), "application/json", refused.status)


@contextmanager
def serving(
    engines: Engines, host: str, port: int, *, key: str = "", said: Callable[[str], None] = print
) -> Iterator[str]:
    """Serve in threads; gives the address. ``port`` 0 takes a free one.

    Raises:
        ConfigError: the host is not of this machine, or the port is taken.
    """
    if not on_this_machine(f"http://{host}"):
        raise ConfigError(f"{host!r} is not an address of this machine; serve on 127.0.0.1")
    try:
        server = _Server((host, port), _Handler)
    except OSError as error:
        raise ConfigError(f"cannot serve on {host}:{port}: {error.strerror}. Choose another --port.") from error
    server.engines, server.key, server.said = engines, key, said
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        engines.close()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refused(400, f"the body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise Refused(400, "the body is no JSON object")
    return found
