"""``soundwright models``: what it prints, asks and ends with. The hub is a server on this machine."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.choice import Chooser, Need
from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import ModelStore
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry
from soundwright.tools.store.listing import Hub, Model

PROGRAM = str(Path(sys.executable).with_name("soundwright"))
FILES = {"config.json": b"{}", "model.safetensors": b"weights" * 100}


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables for a command: an empty home, and a hub that has every repository."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            names = [{"rfilename": name, "size": len(data)} for name, data in FILES.items()]
            tree = json.dumps({"sha": "a" * 40, "siblings": names}).encode()
            body = tree if self.path.startswith("/api/") else FILES[self.path.rpartition("/")[2]]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield {
        **os.environ, "SOUNDWRIGHT_HOME": str(tmp_path / "home"), "HF_ENDPOINT": f"http://127.0.0.1:{httpd.server_port}",
    }  # fmt: skip
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "models", *arguments], capture_output=True, text=True, check=False, timeout=120, env=environ
    )


def test_weights_are_accepted_fetched_checked_and_dropped(environ: dict[str, str]) -> None:
    refused = run(environ, "pull", "musicgen-small")
    assert refused.returncode == 4
    assert "Not for commercial use" in refused.stderr
    assert "--accept-licence" in refused.stderr
    pulled = run(environ, "pull", "musicgen-small", "bark-small", "--accept-licence", "-q")
    assert pulled.returncode == 0, pulled.stderr
    facts = json.loads(run(environ, "info", "musicgen-small", "--json").stdout)
    assert facts["state"] == "ready"
    assert facts["commit"] == "a" * 40
    assert facts["accepted"]
    assert "musicgen" in facts["used_by"]
    rows = json.loads(run(environ, "verify", "--json").stdout)
    assert {row["state"] for row in rows} == {"ready"}
    (Path(facts["folder"]) / "config.json").write_text("[]")
    assert run(environ, "verify").returncode == 4
    assert run(environ, "verify", "dia-1.6b").returncode == 4  # not here
    removed = run(environ, "remove", "musicgen-small", "--json")
    assert json.loads(removed.stdout)[0]["model"] == "musicgen-small"
    assert not Path(facts["folder"]).exists()


@pytest.mark.parametrize("command", ["info", "pull", "verify", "remove"])
def test_a_name_that_there_is_not_is_wrong_input(environ: dict[str, str], command: str) -> None:
    done = run(environ, command, "musicgen-smal")
    assert done.returncode == 2
    assert "Did you mean musicgen-small" in done.stderr


def test_waste_goes_only_when_it_is_wanted(environ: dict[str, str]) -> None:
    pulled = run(environ, "pull", "whisper-small", "-q")
    assert pulled.returncode == 0, pulled.stderr
    folder = Path(environ["SOUNDWRIGHT_HOME"]) / "models" / "whisper-small"
    (folder / "old.bin").write_bytes(b"123")
    shown = json.loads(run(environ, "gc", "--dry-run", "--json").stdout)
    assert "whisper-small" in {row["model"] for row in shown}
    asked = run(environ, "gc")
    assert "nothing was removed" in asked.stderr
    assert (folder / "old.bin").exists()
    assert run(environ, "gc", "--yes").returncode == 0
    assert not (folder / "old.bin").exists()


def test_the_list_of_tools_says_what_a_render_would_refuse(environ: dict[str, str]) -> None:
    done = subprocess.run([PROGRAM, "tools", "list", "--json"], env=environ, capture_output=True, text=True, check=True)
    states = {row["tool"]: row["state"] for row in json.loads(done.stdout)}
    if "not installed" in states["musicgen"] or "pip install" in states["musicgen"]:
        pytest.skip("torch is not installed")
    assert "soundwright models pull musicgen-small --accept-licence" in states["musicgen"]
    assert "soundwright models pull whisper-small" in states["whisper-small"]
    assert "on first use" in states["kokoro"]


def test_weights_of_ones_own_are_added(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.safetensors").write_bytes(b"x")
    added = run(environ, "add", "my-voice", str(tmp_path / "mine"), "--licence", "CC0-1.0")
    assert added.returncode == 0
    assert "1 files" in added.stderr
    listed = {row["model"]: row for row in json.loads(run(environ, "list", "--json").stdout)}
    assert listed["my-voice"]["licence"] == "CC0-1.0"
    assert listed["my-voice"]["state"] == "ready"
    assert listed["musicgen-small"]["state"] == "licence to accept"
    assert run(environ, "add", "my-voice", str(tmp_path / "nowhere")).returncode == 2


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 4)])
def test_a_terminal_is_asked(environ: dict[str, str], answer: str, code: int) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "models", "pull", "musicgen-small"], stdin=theirs, stdout=theirs, stderr=theirs, env=environ
    )
    os.close(theirs)
    said = b""
    while b"accept this licence" not in said:
        said += os.read(ours, 1024)
    assert b"Not for commercial use" in said
    os.write(ours, answer.encode())
    try:
        while os.read(ours, 1024):
            pass
    except OSError:  # the terminal is closed when the command ends
        pass
    assert process.wait(timeout=60) == code
    os.close(ours)


@pytest.mark.parametrize(
    ("model", "reason", "remedy"),
    [
        ({"commercial_ok": False, "terms": "Not for money."}, "Not for money", "models pull toy --accept-licence"),
        ({}, "from acme/toy) were not fetched yet", "soundwright models pull toy"),
        ({"hub": None, "own": "Ask its authors."}, "Ask its authors", "soundwright models add toy FOLDER"),
    ],
)
def test_a_render_never_fetches_what_a_person_has_to_decide(
    tmp_path: Path, model: Any, reason: str, remedy: str
) -> None:
    toy = Model("toy", "a toy", "MIT", (), **{"hub": Hub("acme/toy"), **model})
    store = ModelStore(tmp_path, listing={"toy": toy}, environ={})
    chooser = Chooser(Registry([NullTool(models=("toy",))]), store)
    with pytest.raises(ToolMissing) as raised:
        chooser.choose(Need("speak"))
    assert raised.value.exit_code == 4
    assert reason in str(raised.value)
    assert remedy in str(raised.value)
