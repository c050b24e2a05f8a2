"""A running MCP server: one connection for all who call it, on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Waited
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.mcp_client.declaration import Server

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult, ReadResourceResult

T = TypeVar("T")
_POLL_S = 0.05
_CLOSE_S = 8.0
_GUARD = threading.Lock()
_SESSIONS: dict[tuple[str, int], Session] = {}


class Session:
    """A connection to ``server``. ``identity`` is what the server says that it is: name and version."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.identity = ""
        self.tools: tuple[str, ...] = ()
        self._loop = asyncio.new_event_loop()
        self._errors = tempfile.NamedTemporaryFile("a", prefix="soundwright-mcp-")  # noqa: SIM115  closed with us
        self._broken = False
        self._stop: asyncio.Event | None = None
        self._task: asyncio.Task[Any] | None = None
        self._client: Client | None = None
        self._thread = threading.Thread(target=self._run, name=f"mcp {server.name}", daemon=True)
        self._thread.start()
        ready: Future[tuple[str, tuple[str, ...]]] = Future()
        self._ended = self._submit(self._serve(ready))
        try:
            self.identity, self.tools = _waited(ready, server.start_s, self._ended)
        except (Exception, BaseExceptionGroup) as error:  # whatever a stranger's program makes the SDK raise
            reason = self._why(error)
            self.close()
            raise ToolMissing(f"the MCP server {server.name} did not start: {reason}") from error

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        return not self._broken and not self._ended.done()

    def call(
        self, tool: str, arguments: Mapping[str, Any], cancelled: Callable[[], bool], tell: Callable[[float], None]
    ) -> CallToolResult:
        """Call one of the server's tools.

        Raises:
            ToolError: it takes too long, or the connection broke.
            Cancelled: ``cancelled`` became true; the server was told.
        """

        async def heard(progress: float, total: float | None, message: str | None) -> None:
            del message
            if total:
                tell(min(max(progress / total, 0.0), 1.0))

        async def ask() -> CallToolResult:
            assert self._client is not None  # noqa: S101  set before we were ready
            return await self._client.call_tool(tool, dict(arguments), progress_callback=heard)

        return self._wait(ask(), cancelled, f"its tool {tool}")

    def read(self, uri: str, cancelled: Callable[[], bool]) -> ReadResourceResult:
        """Read one of the server's resources; raises as ``call`` does."""

        async def ask() -> ReadResourceResult:
            assert self._client is not None  # noqa: S101
            return await self._client.read_resource(uri)

        return self._wait(ask(), cancelled, f"its resource {uri}")

    def close(self) -> None:
        """End the server: its input is closed, then it is asked to end, then killed."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._leave)
            with contextlib.suppress(
                Exception, asyncio.CancelledError
            ):  # whatever the end of a stranger's program raises
                self._ended.result(_CLOSE_S)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_CLOSE_S)
        self._errors.close()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _leave(self) -> None:
        if self._client is not None and self._stop is not None:
            self._stop.set()
        elif self._task is not None:  # it never became ready
            self._task.cancel()

    async def _serve(self, ready: Future[tuple[str, tuple[str, ...]]]) -> None:
        """Keep the connection open until asked to leave. Enters and leaves it in one task, as the SDK wants it."""
        self._stop, self._task = asyncio.Event(), asyncio.current_task()
        async with contextlib.AsyncExitStack() as stack:
            client = await stack.enter_async_context(_client(self.server, self._errors, stack))
            listed = await client.list_tools()
            info = client.server_info
            self._client = client
            name = f"{info.name} {info.version}".strip() if info is not None else self.server.name
            ready.set_result((name, tuple(tool.name for tool in listed.tools)))
            await self._stop.wait()

    def _wait(self, work: Coroutine[Any, Any, T], cancelled: Callable[[], bool], what: str) -> T:
        future = self._submit(work)
        until = time.monotonic() + self.server.timeout_s
        while True:
            try:
                return future.result(_POLL_S)
            except Waited as error:
                if future.done():
                    raise ToolError(f"{self.server.name}: {what} failed: {self._why(error)}") from error
            except Exception as error:  # the boundary to another program: whatever it or the SDK raises
                self._broken = not _is_answer(error)
                raise ToolError(f"{self.server.name}: {what} failed: {self._why(error)}") from error
            reason = self._reason_to_stop(cancelled, until, what)
            if reason is not None:
                future.cancel()
                raise reason

    def _reason_to_stop(self, cancelled: Callable[[], bool], until: float, what: str) -> Exception | None:
        if cancelled():
            return Cancelled("cancelled")
        if time.monotonic() > until:
            return ToolError(f"{self.server.name}: {what} gave nothing within {self.server.timeout_s:g} s")
        if not self.alive:
            return ToolError(f"{self.server.name}: the server ended during a call. {self._tail()}".rstrip())
        return None

    def _why(self, error: BaseException) -> str:
        while isinstance(error, BaseExceptionGroup) and error.exceptions:
            error = error.exceptions[0]
        tail = self._tail()
        return f"{str(error) or type(error).__name__}{f' (it said: {tail})' if tail else ''}"

    def _tail(self) -> str:
        """The last line that the server wrote to its standard error."""
        try:
            said = Path(self._errors.name).read_bytes()[-2000:].decode("utf-8", "replace")
        except OSError:  # closed, and gone
            return ""
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return lines[-1][:300] if lines else ""


def session(server: Server, *, offline: bool = False) -> Session:
    """The connection to a server, made when first asked for, and again where the server has ended.

    Raises:
        ToolMissing: the server cannot be reached, lies on the network while that is not wanted, or the SDK is missing.
        ToolError: it came back as another version than the one that results of this run are kept by.
    """
    if offline and server.url and not _is_near(server.url):
        raise ToolMissing(f"the MCP server {server.name} ({server.url}) lies on the network, and we are offline")
    key = (repr(server), os.getpid())
    with _GUARD:
        known = _SESSIONS.get(key)
        if known is not None and known.alive:
            return known
        made = Session(server)
        if known is not None:
            known.close()
            if known.identity != made.identity:
                made.close()
                raise ToolError(f"{server.name} is {made.identity} now, and was {known.identity}. Run again.")
        _SESSIONS[key] = made
        return made


@atexit.register
def close_all() -> None:
    """End all servers that this process started."""
    with _GUARD:
        mine = [key for key in _SESSIONS if key[1] == os.getpid()]
        ending = [_SESSIONS.pop(key) for key in mine]
    for each in ending:
        each.close()


def _waited(ready: Future[T], timeout_s: float, ended: Future[None]) -> T:
    until = time.monotonic() + timeout_s
    while not ready.done():
        if ended.done():
            ended.result()
            raise ToolMissing("it ended at once")
        if time.monotonic() > until:
            raise ToolMissing(f"it was not ready within {timeout_s:g} s")
        time.sleep(_POLL_S / 5)
    return ready.result()


def _client(server: Server, errors: Any, stack: contextlib.AsyncExitStack) -> Client:  # noqa: ANN401  a text file
    try:
        from mcp import Client  # noqa: PLC0415
        from mcp.client.stdio import StdioServerParameters, stdio_client  # noqa: PLC0415
        from mcp_types import Implementation  # noqa: PLC0415
    except ImportError as error:
        raise ToolMissing("The MCP SDK is not installed. Run: pip install 'soundwright[mcp]'") from error
    us = Implementation(name="soundwright", version="0")
    if server.url:
        return Client(_http(server, stack), client_info=us)
    parameters = StdioServerParameters(
        command=server.command[0], args=list(server.command[1:]), env=dict(_resolved(server.env)),
        cwd=Path(server.cwd).expanduser() if server.cwd else None,
    )  # fmt: skip
    return Client(stdio_client(parameters, errlog=errors), client_info=us)


def _http(server: Server, stack: contextlib.AsyncExitStack) -> Any:  # noqa: ANN401  a transport of the SDK
    import httpx2  # noqa: PLC0415
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    token = dict(_resolved({"token": server.token}))["token"]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    http = httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(server.start_s, read=server.timeout_s))
    stack.push_async_callback(http.aclose)
    return streamable_http_client(server.url, http_client=http)


def _resolved(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """``env:NAME`` becomes the variable of that name.

    Raises:
        ToolMissing: it is not set.
    """
    for name, value in values.items():
        if not value.startswith("env:"):
            yield name, value
        elif value[4:] in os.environ:
            yield name, os.environ[value[4:]]
        else:
            raise ToolMissing(f"the variable {value[4:]} is not set")


def _is_answer(error: Exception) -> bool:
    """Whether it is the server that said no: then it is still there."""
    from mcp.shared.exceptions import MCPError  # noqa: PLC0415
    from mcp_types import CONNECTION_CLOSED  # noqa: PLC0415

    return isinstance(error, MCPError) and error.error.code != CONNECTION_CLOSED


def _is_near(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
