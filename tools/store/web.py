"""Reading from the web with the standard library: https only, short waits, tried again, resumable, with progress."""

from __future__ import annotations

import contextlib
import functools
import http
import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from soundwright.tools.store.tokens import origin

T = TypeVar("T")
CONNECT_S = 4.0
_CHUNK = 1 << 18
_MAX_TRIES = 5
_MAX_WAIT_S = 30.0
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SourceFailed(Exception):
    """One source of a file could not serve it; the message says why."""


class Refused(SourceFailed):
    """The server wants to know who asks, or does not let them (401, 403)."""


class _Busy(SourceFailed):
    """The server cannot answer now; asking again after ``wait_s`` may help (None: it did not say)."""

    def __init__(self, message: str, wait_s: float | None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class _BrokeOff(SourceFailed):
    """The connection ended before the file did."""


class _NothingLeft(SourceFailed):
    """The server has no bytes after those that are here already."""


@dataclass
class Web:
    """Reads addresses. Remembers hosts that cannot be reached, so that each costs its waiting time only once.

    ``tokens`` by origin (scheme, host, port) go to that origin alone: a redirect to another one never carries them.
    """

    cert: str = ""
    timeout_s: float = 15.0
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    pause: Callable[[float], None] = time.sleep
    _dead: dict[tuple[str, int], str] = field(default_factory=dict)

    def text(self, url: str, *, accept: str, limit: int) -> tuple[str, str, str]:
        """A page: its text, content type and final address.

        Raises:
            SourceFailed: it could not be read.
        """
        return self._persist(lambda: self._text_once(url, accept, limit), lambda: 0)

    def download(self, url: str, to: Path, arrived: Callable[[int], None]) -> None:
        """Fetch ``url`` into ``to``, going on where an earlier try stopped; ``arrived`` is told of every byte count.

        Raises:
            SourceFailed: it could not be read; what arrived stays in ``to`` for the next try.
            OSError: it could not be written.
        """
        self._persist(lambda: self._download_once(url, to, arrived), lambda: _size(to))

    def _persist(self, attempt: Callable[[], T], have: Callable[[], int]) -> T:
        """Try again while the server is only busy, or while each try brings more."""
        tries = 0
        while True:
            before = have()
            try:
                return attempt()
            except (_Busy, _BrokeOff) as failure:
                tries = 0 if have() > before else tries + 1
                if tries >= _MAX_TRIES or (isinstance(failure, _BrokeOff) and tries > 1):
                    raise
                wait_s = failure.wait_s if isinstance(failure, _Busy) else 0.0
                self.pause(min(_MAX_WAIT_S, 0.5 * 2**tries if wait_s is None else wait_s))

    def _text_once(self, url: str, accept: str, limit: int) -> tuple[str, str, str]:
        with self._open(url, {"Accept": accept}) as answer:
            try:
                body = answer.read(limit + 1)
            except (OSError, http.client.HTTPException) as error:
                raise _BrokeOff(f"{url}: {error}") from error
            if len(body) > limit:
                raise SourceFailed(f"{url}: longer than {limit} bytes")
            return body.decode("utf-8", "replace"), answer.headers.get("Content-Type", ""), answer.geturl()

    def _download_once(self, url: str, to: Path, arrived: Callable[[int], None]) -> None:
        have = _size(to)
        headers = {"Range": f"bytes={have}-"} if have else {}
        try:
            answer = self._open(url, headers | {"Accept-Encoding": "identity"})
        except _NothingLeft:
            return
        going_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        if going_on and not (answer.headers.get("Content-Range") or f"bytes {have}-").startswith(f"bytes {have}-"):
            answer.close()
            to.unlink()
            raise _BrokeOff(f"{url}: sent another part than was asked for")
        with answer, to.open("ab" if going_on else "wb") as file:
            if going_on:
                arrived(have)
            self._copy(url, answer, file, arrived)

    def _copy(
        self, url: str, answer: http.client.HTTPResponse, file: IO[bytes], arrived: Callable[[int], None]
    ) -> None:
        expected, count = answer.length, 0
        while block := self._read(url, answer, count):
            file.write(block)
            count += len(block)
            arrived(len(block))
        file.flush()
        if expected is not None and count < expected:
            raise _BrokeOff(f"{url}: broke off after {count} of {expected} bytes")

    @staticmethod
    def _read(url: str, answer: http.client.HTTPResponse, count: int) -> bytes:
        try:
            return answer.read(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _BrokeOff(f"{url}: broke off after {count} bytes ({error})") from error

    def _open(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        _check_address(url, near=True)
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._check_reachable(parts.hostname or "", port, parts.scheme)
        request = urllib.request.Request(url, headers={"User-Agent": "soundwright"} | headers)  # noqa: S310  checked above
        _authorise(request, self.tokens)
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=self.timeout_s)
        except urllib.error.HTTPError as error:
            with error:
                raise _failure(url, error, "Range" in headers) from error
        except (OSError, http.client.HTTPException) as error:
            raise SourceFailed(f"{url}: {error}") from error
        return answer

    @functools.cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context(cafile=self.cert or None)
        return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _Redirects(self.tokens))

    def _check_reachable(self, host: str, port: int, scheme: str) -> None:
        if urllib.request.getproxies().get(scheme) and not urllib.request.proxy_bypass(host):
            return  # the proxy is asked, not the host
        if (host, port) not in self._dead:
            self._dead[host, port] = _connect_failure(host, port)
        if self._dead[host, port]:
            raise SourceFailed(f"{host}: {self._dead[host, port]}")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https alone, with a token only where it belongs."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = tokens

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str  # noqa: ANN401
    ) -> urllib.request.Request | None:  # fmt: skip
        """The request for the new address; the token of the first one is not among the headers that are kept."""
        _check_address(newurl, near=urlsplit(req.full_url).hostname in _LOOPBACK)
        made = super().redirect_request(req, fp, code, msg, headers, newurl)
        if made is not None:
            _authorise(made, self._tokens)
        return made


def _authorise(request: urllib.request.Request, tokens: Mapping[str, str]) -> None:
    token = tokens.get(origin(request.full_url))
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")


def _check_address(url: str, *, near: bool) -> None:
    """Https only; without it only to this machine, and that only from this machine (``near``)."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (near and parts.hostname in _LOOPBACK):
        raise SourceFailed(f"{url}: only https is read")


def _failure(url: str, error: urllib.error.HTTPError, resumed: bool) -> SourceFailed:
    said = f"{url}: {error.code} {error.reason}"
    if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and resumed:
        return _NothingLeft(url)
    if error.code in {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN}:
        return Refused(said)
    if error.code in _BUSY:
        wait_s = None
        with contextlib.suppress(ValueError):  # none, or a date
            wait_s = max(0.0, float(error.headers.get("Retry-After", "")))
        return _Busy(said, wait_s)
    return SourceFailed(said)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _connect_failure(host: str, port: int) -> str:
    """Why ``host`` cannot be reached, empty when it can. In a thread, as looking up a name knows no time limit."""
    outcome: list[str] = []

    def attempt() -> None:
        try:
            socket.create_connection((host, port), timeout=CONNECT_S).close()
            outcome.append("")
        except OSError as error:
            outcome.append(f"cannot be reached ({error})")

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(CONNECT_S)
    return outcome[0] if outcome else f"no answer within {CONNECT_S:.0f} s"
