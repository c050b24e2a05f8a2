"""Where an OpenAI-compatible server is: its URL, whether a key may go there, how long to wait for it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from soundwright.orchestrator.llm.errors import ModelUnavailable
from soundwright.orchestrator.llm.keys import OPENAI_KEY, OWN_KEY, Key, find_key, redact

OPENAI_URL = "https://api.openai.com/v1"
BASE_URL = "OPENAI_BASE_URL"
TIMEOUT = "SOUNDWRIGHT_LLM_TIMEOUT"
DEFAULT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Server:
    """``url`` without credentials; ``key`` None where the server is used without one. ``timeout_s`` is of silence."""

    url: str
    key: Key | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    local: bool = field(default=False)

    @property
    def official(self) -> bool:
        """OpenAI's own service: the Responses API, and the prices that are listed."""
        return urlsplit(self.url).hostname == "api.openai.com"

    @property
    def shown(self) -> str:
        """The URL for messages: without the query, which may hold anything."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def find_server(given: str | None, environ: Mapping[str, str]) -> Server:
    """The server at the URL ``given`` by the user, else OPENAI_BASE_URL, else OpenAI's, with its key and time-out.

    Plain http goes to this machine only, unless the user wrote the URL into the model's name himself.

    Raises:
        ModelUnavailable: no URL, plain http to elsewhere, a service that needs a key and none is set, or a time-out
            that is no number.
    """
    url = (given or environ.get(BASE_URL, "").strip() or OPENAI_URL).rstrip("/")
    scheme, host = _scheme_and_host(url)
    local = _is_loopback(host)
    if scheme == "http" and not local and given is None:
        raise ModelUnavailable(
            f"{BASE_URL} names {redact(url)}, which is neither encrypted nor on this machine. Use https, or write "
            "openai:MODEL@URL to say that you mean it."
        )
    key = find_key(url, environ)
    if key is None and scheme == "https" and not local:
        raise ModelUnavailable(_no_key(host))
    return Server(url, key, find_timeout_s(environ), local)


def _scheme_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise ModelUnavailable(f"{redact(url)!r} is no URL. Write for example http://localhost:11434/v1.") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ModelUnavailable(f"{redact(url)!r} is no URL of a server. Write for example http://localhost:11434/v1.")
    if parts.username or parts.password:
        raise ModelUnavailable(f"The URL of {host} holds a name or password. Take it out and set {OWN_KEY}.")
    return parts.scheme, host


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _no_key(host: str) -> str:
    if host == "api.openai.com":
        return f"There is no key for OpenAI. Set {OPENAI_KEY}, or name a local server: openai:MODEL@http://localhost:11434/v1"
    return f"There is no key for {host}. Set {OWN_KEY}, or keep it with: keyring set soundwright {host}"


def find_timeout_s(environ: Mapping[str, str]) -> float:
    """Seconds that a server may be silent: SOUNDWRIGHT_LLM_TIMEOUT, else 300.

    Raises:
        ModelUnavailable: the variable holds no number of seconds.
    """
    text = environ.get(TIMEOUT, "").strip()
    if not text:
        return DEFAULT_TIMEOUT_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise ModelUnavailable(f"{TIMEOUT}={text[:40]!r} is no time-out. Write seconds, such as 120.")
    return seconds
