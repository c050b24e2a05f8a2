"""The worker's side: runs one engine in a process of its own. Standard library and numpy only, Python 3.8 or newer.

Started by its path, with the interpreter of the engine's environment; it never imports soundwright. An engine is a file
or a module with ``load(place)``, ``run(requests, context)`` and, where there is something to free, ``close()``; or with
a class ``Engine`` that has these methods. ``place`` and requests are plain dicts; sounds in them are
``{"kind": "Audio", "samples": float32 array of shape (channels, frames), "rate": Hz}``. ``run`` yields
``(index, result)``: a result is such a dict, or ``{"error": "what could not be done, and what would help"}``.

Frames on standard input and output are JSON with its length before it (4 bytes, big endian). Arrays lie beside, each in
a ``.npy`` file of the folder of exchange, read once and removed: unlike shared memory they cannot outgrow a container's
/dev/shm, leave nothing to track when a process is killed, and no interpreter older than 3.13 unlinks them too early.
What the engine prints goes to standard error, so that it cannot break a frame.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import queue
import re
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

PROTOCOL = 1
MAX_FRAME = 1 << 26
LOST = 70
_LENGTH = struct.Struct(">I")
_FILE = re.compile(r"[0-9]+-[0-9]+\.npy")
_PROGRESS_S = 0.05


class BadFrame(Exception):
    """What arrived is no frame, or names an array that is not there."""


class Cancelled(Exception):
    """The run was cancelled."""


def write_frame(stream: Any, message: dict[str, Any]) -> None:
    """Send one message; ``stream`` is unbuffered."""
    data = json.dumps(message).encode()
    if len(data) > MAX_FRAME:
        raise BadFrame(f"a message of {len(data)} bytes is too long; sounds belong into arrays")
    data = _LENGTH.pack(len(data)) + data
    while data:
        data = data[stream.write(data) :]


def read_frame(stream: Any) -> dict[str, Any] | None:
    """The next message; None at the end of the stream."""
    head = _exactly(stream, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise BadFrame(f"a frame of {length} bytes was announced")
    body = _exactly(stream, length)
    if body is None:
        return None
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BadFrame(f"a frame is no JSON: {error}") from error
    if not isinstance(message, dict):
        raise BadFrame("a frame is no JSON object")
    return message


def _exactly(stream: Any, count: int) -> bytes | None:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class Exchange:
    """The folder through which arrays pass, beside the frames."""

    def __init__(self, folder: str) -> None:
        self.folder, self._count = folder, 0

    def pack(self, value: Any) -> Any:
        """A JSON value in which each array (and each bytes object) is a file of the folder."""
        if isinstance(value, np.ndarray):
            return {"$array": self._save(value)}
        if isinstance(value, (bytes, bytearray)):
            return {"$bytes": self._save(np.frombuffer(value, np.uint8))}
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, dict):
            return {str(key): self.pack(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.pack(item) for item in value]
        return value

    def unpack(self, value: Any) -> Any:
        """The value that was packed; its files are read and removed."""
        if isinstance(value, list):
            return [self.unpack(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"$array"}:
            return self._load(value["$array"])
        if set(value) == {"$bytes"}:
            return self._load(value["$bytes"]).tobytes()
        return {key: self.unpack(item) for key, item in value.items()}

    def _save(self, array: Any) -> str:
        self._count += 1
        name = f"{os.getpid()}-{self._count}.npy"
        np.save(os.path.join(self.folder, name), array, allow_pickle=False)
        return name

    def _load(self, name: Any) -> Any:
        if not isinstance(name, str) or not _FILE.fullmatch(name):
            raise BadFrame(f"{name!r} is no array of this exchange")
        path = os.path.join(self.folder, name)
        try:
            array = np.load(path, allow_pickle=False)
            os.remove(path)
        except (OSError, ValueError, EOFError) as error:
            raise BadFrame(f"the array {name} cannot be read: {error}") from error
        return array


class Context:
    """What an engine may use while it runs: ``scratch`` (a folder), progress, cancelling, chunks of sound."""

    def __init__(self, send: Callable[[dict[str, Any]], None], cancelled: threading.Event, scratch: str) -> None:
        self._send, self._cancelled, self._told = send, cancelled, 0.0
        self.scratch = scratch

    def progress(self, fraction: float) -> None:
        """Tell how much is done, from 0 to 1."""
        now = time.monotonic()
        if fraction >= 1 or now - self._told >= _PROGRESS_S:
            self._told = now
            self._send({"type": "progress", "fraction": float(fraction)})

    def cancelled(self) -> bool:
        """Whether the run was cancelled; the process is killed a few seconds later."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Leave at once when the run was cancelled."""
        if self.cancelled():
            raise Cancelled("cancelled")

    def emit(self, chunk: dict[str, Any]) -> None:
        """Hand over a piece of sound before the whole is ready."""
        self._send({"type": "chunk", "asset": chunk})


class Host:
    """Takes commands from one stream and answers on another; the engine runs in the main thread."""

    def __init__(self, commands: Any, answers: Any) -> None:
        self._commands, self._answers = commands, answers
        self._writing, self._cancelled = threading.Lock(), threading.Event()
        self._tasks: queue.Queue[dict[str, Any]] = queue.Queue()
        self._exchange: Exchange
        self._engine: Any = None

    def serve(self) -> None:
        """Do as told until told to close."""
        threading.Thread(target=self._listen, daemon=True).start()
        self._send({"type": "ready", "protocol": PROTOCOL, "python": sys.version.split()[0], "numpy": np.__version__})
        while True:
            message = self._tasks.get()
            if message["type"] == "close":
                break
            self._do(message)
        close = getattr(self._engine, "close", None)
        if close is not None:
            close()

    def _listen(self) -> None:
        """Runs in a thread of its own, so that a busy engine can be cancelled; ends the process with its parent."""
        try:
            while True:
                message = read_frame(self._commands)
                if message is None:
                    break
                if message["type"] == "ping":
                    self._send({"type": "pong"})
                elif message["type"] == "cancel":
                    self._cancelled.set()
                else:
                    self._tasks.put(message)
        except (OSError, BadFrame, KeyError) as error:
            sys.stderr.write(f"worker: {error}\n")
        end_group()

    def _do(self, message: dict[str, Any]) -> None:
        try:
            if message["type"] == "load":
                self._load(message)
                self._send({"type": "loaded"})
            else:
                self._run(message)
                self._send({"type": "done"})
        except (Exception, SystemExit) as error:  # the boundary to the engine's code
            details = traceback.format_exc()
            self._send({"type": "failed", "details": details, **described(error)})

    def _load(self, message: dict[str, Any]) -> None:
        for folder in reversed(message.get("path", [])):
            if folder not in sys.path:
                sys.path.insert(0, folder)
        self._exchange = Exchange(message["exchange"])
        module = imported(message["engine"])
        self._engine = module.Engine() if hasattr(module, "Engine") else module
        self._engine.load(message["place"])

    def _run(self, message: dict[str, Any]) -> None:
        self._cancelled.clear()
        requests = self._exchange.unpack(message["requests"])
        context = Context(self._send, self._cancelled, message["scratch"])
        for index, result in self._engine.run(requests, context):
            if isinstance(result, dict) and "error" in result:
                self._send({"type": "error", "index": int(index), "error": "ToolError", "message": str(result["error"]),
                            "addressee": result.get("addressee", "user")})  # fmt: skip
            else:
                self._send({"type": "result", "index": int(index), "asset": result})
            del result  # large, and not needed while the next one is made

    def _send(self, message: dict[str, Any]) -> None:
        with self._writing:
            if "asset" in message:
                message = dict(message, asset=self._exchange.pack(message["asset"]))
            write_frame(self._answers, message)


def described(error: BaseException) -> dict[str, str]:
    """An exception as plain values: its class, whom it addresses, and what it says."""
    return {"error": type(error).__name__, "addressee": getattr(error, "addressee", ""), "message": str(error)}


def imported(engine: dict[str, str]) -> Any:
    """The engine's module: a file (``file``), or a module of the environment (``module``)."""
    if "module" in engine:
        return importlib.import_module(engine["module"])
    spec = importlib.util.spec_from_file_location("engine", engine["file"])
    if spec is None or spec.loader is None:
        raise ImportError(f"{engine['file']} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["engine"] = module
    spec.loader.exec_module(module)
    return module


def private_streams() -> tuple[Any, Any]:
    """Standard input and output, put aside for frames: the engine gets an empty input, and prints to standard error.

    A fork of the engine's keeps neither, so that it cannot send frames nor hold the pipes open.
    """
    commands, answers = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    empty = os.open(os.devnull, os.O_RDWR)
    os.dup2(empty, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def cut_off() -> None:
        os.dup2(empty, commands.fileno())
        os.dup2(empty, answers.fileno())

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=cut_off)
    return commands, answers


def end_group() -> None:
    """End this process and what it started, without waiting for a busy engine."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(LOST)


def main() -> None:
    """Serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then cancels
    Host(*private_streams()).serve()


if __name__ == "__main__":
    main()
