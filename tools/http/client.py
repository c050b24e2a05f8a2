"""Requests to engines: https (plain http on this machine alone), tried again where that helps, cancelled at once."""

from __future__ import annotations

import http.client
import ipaddress
import json
import queue
import random
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from soundwright.tools.base import Context
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.http.keys import Key, redact

MAX_BYTES = 512 * 2**20
_BLOCK = 1 << 14
_POLL_S = 0.05
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_SHOWN = 300


def on_this_machine(url: str) -> bool:
    """Whether an address is of the loopback."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``accepts`` are the beginnings of content types that may come back; empty: any."""

    url: str
    body: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    body: bytes
    content_type: str

    def json(self, who: str) -> Any:  # noqa: ANN401  whatever the server sends
        """The body as JSON.

        Raises:
            ToolError: it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ToolError(f"{who} answered with what is no JSON: {self.body[:_SHOWN]!r}") from error


class _Failed(Exception):
    """One try failed. ``again_s``: None where a further try cannot help, else what the server asks to wait (or 0)."""

    def __init__(self, message: str, again_s: float | None) -> None:
        super().__init__(message)
        self.again_s = again_s


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key and the text elsewhere: it counts as an error."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  urllib's own
        return None


@dataclass(frozen=True, slots=True)
class Client:
    """Talks to one server, called ``who`` in messages."""

    who: str
    key: Key | None = None
    timeout_s: float = 120.0
    tries: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    max_bytes: int = MAX_BYTES
    key_header: str = ""

    def ask(self, call: Call, context: Context, arrived: Callable[[bytes, str], None] | None = None) -> Answer:
        """Send a request and read the answer; ``arrived`` hears of its parts and their content type as they come.

        Raises:
            ToolError: the server cannot be reached, refuses, or answers with what cannot be used.
            Cancelled: the run was cancelled.
        """
        wait_s = self.first_wait_s
        for left in reversed(range(self.tries)):
            heard: list[int] = []

            def take(part: bytes, content_type: str, heard: list[int] = heard) -> None:
                heard.append(len(part))
                if arrived is not None:
                    arrived(part, content_type)

            try:
                return self._once(call, context, take)
            except _Failed as error:
                gone_out = arrived is not None and heard  # what was passed on cannot be taken back
                if error.again_s is None or not left or error.again_s > self.longest_wait_s or gone_out:
                    raise ToolError(redact(str(error), [self.key])) from None
                pause_s = max(error.again_s, wait_s * random.uniform(0.5, 1.0))  # noqa: S311  no secret
                _pause(pause_s, context)
                wait_s = min(2 * wait_s, self.longest_wait_s)
        raise AssertionError("unreachable")

    def _once(self, call: Call, context: Context, take: Callable[[bytes, str], None]) -> Answer:
        content_type, size = "", 0
        parts: list[bytes] = []
        with closing(self._parts(call, context)) as coming:
            for kind, part in coming:
                if not parts and not content_type:
                    content_type = kind
                    self._check_type(call, kind, part)
                size += len(part)
                if size > self.max_bytes:
                    raise _Failed(f"{self.who} sends more than {self.max_bytes / 1e6:.0f} MB", None)
                parts.append(part)
                if part:
                    take(part, content_type)
        return Answer(b"".join(parts), content_type)

    def _check_type(self, call: Call, content_type: str, part: bytes) -> None:
        if call.accepts and not content_type.startswith(call.accepts):
            raise _Failed(f"{self.who} answered with {content_type or 'no content type'} instead of "
                          f"{' or '.join(call.accepts)}: {_message(part)}", None)  # fmt: skip

    def _parts(self, call: Call, context: Context) -> Generator[tuple[str, bytes]]:
        """(content type, part) as they come. A thread reads, so that a cancel need not wait for the server."""
        heard: queue.SimpleQueue[tuple[str, bytes] | Exception | None] = queue.SimpleQueue()
        line = _Line()

        def read() -> None:
            try:
                with self._open(call) as answer:
                    line.opened(answer)
                    kind = answer.headers.get("Content-Type", "").lower()
                    heard.put((kind, b""))
                    while not line.is_over() and (part := answer.read1(_BLOCK)):
                        heard.put((kind, part))
                    if answer.length:
                        raise http.client.IncompleteRead(b"", answer.length)
                heard.put(None)
            except _Failed as error:
                heard.put(error)
            except (OSError, http.client.HTTPException, ValueError) as error:
                heard.put(_Failed(f"{self.who} cannot be reached: {_reason(error)}", 0.0))

        threading.Thread(target=read, name=self.who, daemon=True).start()
        try:
            while True:
                if context.cancelled():
                    raise Cancelled("cancelled")
                with suppress(queue.Empty):
                    item = heard.get(timeout=_POLL_S)
                    if item is None:
                        return
                    if isinstance(item, Exception):
                        raise item
                    yield item
        finally:
            line.end()

    def _open(self, call: Call) -> http.client.HTTPResponse:
        headers = {"User-Agent": "soundwright", **call.headers}
        if self.key is not None:
            header = self.key_header or "Authorization"
            headers[header] = self.key.reveal() if self.key_header else f"Bearer {self.key.reveal()}"
        request = urllib.request.Request(call.url, call.body, headers, method=call.method)  # noqa: S310  checked: http(s)
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if on_this_machine(call.url):
            handlers.append(urllib.request.ProxyHandler({}))
        try:
            answer: http.client.HTTPResponse = urllib.request.build_opener(*handlers).open(
                request, timeout=self.timeout_s
            )
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error) from None
        return answer

    def _refused(self, error: urllib.error.HTTPError) -> _Failed:
        try:
            said = _message(error.read(1 << 16))
        except (OSError, http.client.HTTPException):
            said = ""
        text = f"{self.who} answered {error.code}{f': {said}' if said else ''}"
        if error.code in {401, 403}:
            return _Failed(f"{text}. Check its key.", None)
        if error.code == 404:
            return _Failed(f"{text}. Check url and model.", None)
        if 300 <= error.code < 400:
            return _Failed(f"{text} (to {error.headers.get('Location')}). Write the address that it names.", None)
        return _Failed(text, _seconds(error.headers.get("Retry-After")) if error.code in _AGAIN else None)


class _Line:
    """The connection of one request, which may be ended while another thread waits for it."""

    def __init__(self) -> None:
        self._guard, self._over = threading.Lock(), False
        self._socket: socket.socket | None = None

    def opened(self, answer: http.client.HTTPResponse) -> None:
        """Keep a second handle of the connection."""
        with self._guard, suppress(OSError):
            if not self._over:
                self._socket = socket.socket(fileno=socket.dup(answer.fileno()))

    def is_over(self) -> bool:
        """Whether nobody wants the rest."""
        return self._over

    def end(self) -> None:
        """Hang up, so that the server need not go on."""
        with self._guard, suppress(OSError):
            self._over = True
            if self._socket is not None:
                with self._socket as line:
                    line.shutdown(socket.SHUT_RDWR)


def multipart(fields: Mapping[str, str | list[str]], name: str, filename: str, data: bytes) -> tuple[bytes, str]:
    """A form with one file, and its content type."""
    mark = f"soundwright{random.getrandbits(96):024x}"
    parts = []
    for key, value in fields.items():
        parts += [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{item}\r\n'.encode()
            for item in ([value] if isinstance(value, str) else value)
        ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    parts += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), data, f"\r\n--{mark}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={mark}"


def _pause(seconds: float, context: Context) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        context.check()
        time.sleep(min(left, _POLL_S))


def _message(body: bytes) -> str:
    """What an error says: the message of its JSON, else its text."""
    text = body.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        return text[:_SHOWN]
    for key in ("error", "message", "detail"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    return (found if isinstance(found, str) else json.dumps(found))[:_SHOWN]


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return "it took too long" if isinstance(reason, TimeoutError) else str(reason) or type(error).__name__


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, float(text or 0))
    except ValueError:  # a date
        return 0.0
