"""Reading from the web with the standard library: https only, short waits, resumable, with progress."""

from __future__ import annotations

import http
import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

CONNECT_S = 4.0
_CHUNK = 1 << 18
_MAX_RETRIES = 3


class SourceFailed(Exception):
    """One source of a file could not serve it; the message says why."""


@dataclass
class Web:
    """Reads addresses. Remembers hosts that cannot be reached, so that each costs its waiting time only once."""

    cert: str = ""
    timeout_s: float = 15.0
    _dead: dict[tuple[str, int], str] = field(default_factory=dict)

    def text(self, url: str, *, accept: str, limit: int) -> tuple[str, str, str]:
        """A page: its text, content type and final address.

        Raises:
            SourceFailed: it could not be read.
        """
        with self._open(url, {"Accept": accept}) as answer:
            try:
                body = answer.read(limit)
            except (OSError, http.client.HTTPException) as error:
                raise SourceFailed(f"{url}: {error}") from error
            return body.decode("utf-8", "replace"), answer.headers.get("Content-Type", ""), answer.geturl()

    def download(self, url: str, to: Path, arrived: Callable[[int], None]) -> None:
        """Fetch ``url`` into ``to``, going on where an earlier try stopped; ``arrived`` is told of every byte count.

        Raises:
            SourceFailed: it could not be read; what arrived stays in ``to`` for the next try.
        """
        for attempt in range(_MAX_RETRIES):
            before = to.stat().st_size if to.exists() else 0
            try:
                return self._download_once(url, to, arrived)
            except SourceFailed:
                after = to.stat().st_size if to.exists() else 0
                if after <= before or attempt == _MAX_RETRIES - 1:
                    raise

    def _download_once(self, url: str, to: Path, arrived: Callable[[int], None]) -> None:
        have = to.stat().st_size if to.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        try:
            answer = self._open(url, headers | {"Accept-Encoding": "identity"})
        except _NothingLeft:
            return
        with answer, to.open("ab" if answer.status == http.HTTPStatus.PARTIAL_CONTENT else "wb") as file:
            if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
                arrived(have)
            self._copy(url, answer, file.write, arrived)

    def _copy(
        self, url: str, answer: http.client.HTTPResponse, write: Callable[[bytes], int], arrived: Callable[[int], None]
    ) -> None:
        expected = answer.length
        count = 0
        try:
            while block := answer.read(_CHUNK):
                write(block)
                count += len(block)
                arrived(len(block))
        except (OSError, http.client.HTTPException) as error:
            raise SourceFailed(f"{url}: broke off after {count} bytes ({error})") from error
        if expected is not None and count < expected:
            raise SourceFailed(f"{url}: broke off after {count} of {expected} bytes")

    def _open(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise SourceFailed(f"{url}: only https is read")
        self._check_reachable(
            parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), parts.scheme
        )
        request = urllib.request.Request(url, headers={"User-Agent": "soundwright"} | headers)  # noqa: S310  checked above
        try:
            answer: http.client.HTTPResponse = self._opener().open(request, timeout=self.timeout_s)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and "Range" in headers:
                raise _NothingLeft(url) from error
            raise SourceFailed(f"{url}: {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise SourceFailed(f"{url}: {error}") from error
        return answer

    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context(cafile=self.cert or None)
        return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))

    def _check_reachable(self, host: str, port: int, scheme: str) -> None:
        if urllib.request.getproxies().get(scheme) and not urllib.request.proxy_bypass(host):
            return  # the proxy is asked, not the host
        if (host, port) not in self._dead:
            self._dead[host, port] = _connect_failure(host, port)
        if self._dead[host, port]:
            raise SourceFailed(f"{host}: {self._dead[host, port]}")


class _NothingLeft(SourceFailed):
    """The server has no bytes after those that are here already."""


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
