"""Serving: over standard input and output, or over HTTP on this machine."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from soundwright.scripts_compiler.errors import SoundwrightError

if TYPE_CHECKING:
    from mcp.server import Server
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/mcp"
TOKEN = "SOUNDWRIGHT_MCP_TOKEN"  # noqa: S105  the name of a variable
SETTLE_S = 6.0
"""How long a server that ends waits for work that was cancelled."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ServingError(SoundwrightError):
    """The server cannot be started as it was asked for."""


def over_stdio(server: Server[Any]) -> None:
    """Serve the program that started us until it closes our standard input."""
    import anyio  # noqa: PLC0415
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    async def serve() -> None:
        async with stdio_server() as (received, sent):
            await server.run(received, sent, server.create_initialization_options())

    anyio.run(serve)


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address; port 0 takes a free one.

    Raises:
        ServingError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)  # from now on callers wait in line instead of being turned away
    except OSError as error:
        made.close()
        raise ServingError(f"{host} port {port} cannot be had: {error.strerror or error}.") from error
    return made


def over_http(server: Server[Any], bound: socket.socket, *, host: str, names: Sequence[str], token: str) -> None:
    """Serve streamable HTTP at ``/mcp`` until interrupted.

    Requests must name this server in ``Host`` (``names`` are further names that it goes by), and where a browser sends
    an ``Origin``, it must be ours too: a page of somebody else's cannot call us. With ``token``, every request has to
    carry it.
    """
    import uvicorn  # noqa: PLC0415
    from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415

    known = [_bracketed(name) for name in (host, *LOOPBACK, *names) if name not in {"0.0.0.0", "::"}]  # noqa: S104
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[form for name in known for form in (name, f"{name}:*")],
        allowed_origins=[f"{scheme}://{name}{port}" for name in known for scheme in ("http", "https")
                         for port in ("", ":*")],
    )  # fmt: skip
    app: ASGIApp = server.streamable_http_app(streamable_http_path=PATH, host=host, transport_security=security)
    if token:
        app = Guarded(app, token)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[bound])


def check_address(host: str, names: Sequence[str], token: str) -> None:
    """Whether we may serve at ``host``: this machine always, others only with a token and names to be called by.

    Raises:
        ServingError: not so.
    """
    if is_loopback(host):
        return
    if not token:
        raise ServingError(f"{host} can be reached by others: set a token in {TOKEN}, which clients have to send.")
    if host in {"0.0.0.0", "::"} and not names:  # noqa: S104
        raise ServingError(f"{host} is every address: say with --name by which name clients call this server.")


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach ``host``."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class Guarded:
    """Lets requests through that carry the token (``Authorization: Bearer ...``); compared in constant time."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._wanted = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            sent = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
            if not hmac.compare_digest(sent, self._wanted):
                await _refuse(send)
                return
        await self._app(scope, receive, send)


async def _refuse(send: Send) -> None:
    headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b"A token is needed: Authorization: Bearer TOKEN."})


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name
