"""A small model hub on this machine: repositories, gates, redirects, and every trouble that a server can make."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.model_store import ModelStore
from soundwright.tools.store.listing import Hub, Model

COMMIT = "c0ffee" + "0" * 34
WEIGHTS = bytes(range(256)) * 2048  # half a megabyte
FILES = {
    "config.json": b"{}",
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": b"a pickle",
    "unet/config.json": b'{"deep": 1}',
    "unet/weights.bin": b"a pickle that is needed",
    "run.py": b"raise SystemExit",
    ".gitattributes": b"x",
    "onnx/model.onnx": b"another form",
}
WANTED = ["config.json", "model.safetensors", "unet/config.json", "unet/weights.bin"]
TOY = Hub("acme/toy", pickles=("*.bin",))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Asked:
    """One request that came in."""

    path: str
    range: str | None
    authorization: str | None


@dataclass
class HubServer:
    """``files`` by path. ``statuses`` are answered before a path is served; ``cut_after`` bytes the first answer ends.

    ``token`` is asked for; ``redirect`` sends file requests to that address, ``moved`` to another one here; ``wait_s``
    between blocks makes it slow.
    """

    port: int = 0
    commit: str = COMMIT
    files: dict[str, bytes] = field(default_factory=dict)
    lfs: set[str] = field(default_factory=set)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    cut_after: dict[str, int] = field(default_factory=dict)
    token: str = ""
    redirect: str = ""
    moved: bool = False
    retry_after: str | None = "0"
    wait_s: float = 0.0
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tree(self) -> bytes:
        siblings: list[dict[str, Any]] = []
        for name, data in self.files.items():
            entry: dict[str, Any] = {"rfilename": name, "size": len(data)}
            if name in self.lfs:
                entry["lfs"] = {"sha256": sha(data), "size": len(data)}
            siblings.append(entry)
        return json.dumps({"sha": self.commit, "siblings": siblings}).encode()

    def served(self) -> list[str]:
        return [each.path.rpartition("/")[2] for each in self.asked if "/resolve/" in each.path]


@contextmanager
def running(server: HubServer) -> Iterator[HubServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(Asked(self.path, self.headers.get("Range"), self.headers.get("Authorization")))
            name = self.path.partition("?")[0].partition("/resolve/")[2].partition("/")[2]
            trouble = server.statuses.get(name or "tree", [])
            if trouble:
                self._end(trouble.pop(0), {} if server.retry_after is None else {"Retry-After": server.retry_after})
            elif self.path.startswith("/api/models/"):
                self._send(server.tree())
            elif server.moved and "moved=1" not in self.path:
                self._end(307, {"Location": self.path + "?moved=1"})
            elif server.redirect:
                self._end(302, {"Location": server.redirect + self.path})
            elif server.token and self.headers.get("Authorization") != f"Bearer {server.token}":
                self._end(401)
            elif name not in server.files:
                self._end(404)
            else:
                self._file(name, server.files[name])

        def _file(self, name: str, data: bytes) -> None:
            start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                return self._end(416)
            return self._send(data, start, server.cut_after.pop(name, None))

        def _send(self, data: bytes, start: int = 0, stop: int | None = None) -> None:
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            body = data[start:stop]
            try:
                for at in range(0, len(body), 1 << 16):
                    self.wfile.write(body[at : at + (1 << 16)])
                    time.sleep(server.wait_s)
            except (BrokenPipeError, ConnectionResetError):  # the other side was killed, as tests do
                return

        def _end(self, status: int, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = httpd.server_port
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub with one repository, ``acme/toy``."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with running(HubServer(files=dict(FILES), lfs={"model.safetensors"})) as server:
        yield server


@pytest.fixture
def other_hub() -> Iterator[HubServer]:
    """Another host with the same files."""
    with running(HubServer(files=dict(FILES))) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path, hub: HubServer) -> Callable[..., ModelStore]:
    """A store with the model ``toy``: call it with ``environ``, ``offline`` and fields of ``Model``."""

    def make(*, environ: dict[str, str] | None = None, offline: bool = False, **fields: Any) -> ModelStore:
        model = Model("toy", "a toy", "MIT", (), **{"hub": TOY, **fields})
        variables = {"HF_ENDPOINT": hub.url, **(environ or {})}
        return ModelStore(tmp_path / "store", listing={"toy": model}, environ=variables, offline=offline)

    return make
