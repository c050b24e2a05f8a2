"""Tools in worker processes: the same bits as in this process, and nothing that an engine does takes the run down."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.assets import (
    Asset,
    Audio,
    Event,
    Events,
    Image,
    Note,
    Notes,
    Part,
    Scores,
    Speech,
    Stems,
    Text,
    Transcript,
    Voice,
    Word,
    content_hash,
)
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import Cancelled, ToolDefect, ToolError, ToolMissing
from soundwright.tools.homes.settings import Homes
from soundwright.tools.signal.tool import SignalTool
from soundwright.tools.testing.checks import Folders, streams_what_it_gives
from soundwright.tools.testing.kit import Kit
from soundwright.tools.tts.hibari import HibariTool
from soundwright.tools.worker import host
from soundwright.tools.worker.tool import Launch, WorkerTool, adapted
from soundwright.tools.worker.values import asset_of, plain_asset

HERE = Path(__file__).parent
SPEC = ToolSpec("misbehaving", "0.7", ("generate_sound",), "MIT", timeout_s=3.0, max_batch=8)
NOISE = Audio(np.random.default_rng(1).standard_normal((2, 24000)).astype(np.float32) * 0.1, 48000)
Results = dict[int, Asset | ToolError]


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def ends_soon(pid: int) -> bool:
    until = time.monotonic() + 5
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def asks(*deeds: str, **inputs: Asset) -> list[Request]:
    return [
        Request("generate_sound", {"description": deed}, inputs, seed, "cues[0]") for seed, deed in enumerate(deeds, 1)
    ]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerTool]:
    monkeypatch.syspath_prepend(str(HERE))
    tool = WorkerTool(SPEC, adapted("misbehaving:Misbehaving"), Homes(cancel_s=0.5))
    yield tool
    tool.close()


@pytest.fixture
def do(worker: WorkerTool, tmp_path: Path) -> Callable[..., Results]:
    def run(*deeds: str, **inputs: Asset) -> Results:
        return dict(worker.run(asks(*deeds, **inputs), Context(tmp_path)))

    return run


def process_of(worker: WorkerTool) -> int:
    assert worker._process is not None
    return worker._process.pid


def message(result: Asset | ToolError) -> str:
    assert isinstance(result, ToolError)
    return str(result)


def level(result: Asset | ToolError) -> float:
    assert isinstance(result, Audio)
    return round(float(result.samples[0, 0]), 6)


@pytest.mark.parametrize(("op", "given"), [("low_pass", {"cutoff": 900}), ("reverb", {}), ("stretch", {"factor": 1.3})])
def test_a_worker_gives_the_bits_of_this_process(op: str, given: dict[str, Any], tmp_path: Path) -> None:
    request = Request(op, builtin()[op].resolve(given), {"audio": NOISE}, 5)
    here, there = SignalTool(), WorkerTool(SignalTool.spec, adapted("soundwright.tools.signal.tool:SignalTool"))
    here.load(Place())
    there.load(Place())
    try:
        (ours,) = dict(here.run([request], Context(tmp_path))).values()
        theirs = dict(there.run([request, request], Context(tmp_path)))
    finally:
        there.close()
    assert isinstance(ours, Audio)
    assert [content_hash(sound) for sound in theirs.values() if isinstance(sound, Audio)] == [content_hash(ours)] * 2


@pytest.mark.parametrize(
    ("deed", "how"),
    [
        ("leave", "ended with exit code 7; its last lines: something went very wrong"),
        ("crash", "was ended by SIGSEGV"),
        ("hang", "took longer than its limit of 3 s and was killed"),
        ("child", "was ended by SIGKILL"),
    ],
)
def test_what_ends_a_worker_is_a_failure_of_one_request(deed: str, how: str, do: Callable[..., Results]) -> None:
    results = do("", deed, "")
    assert how in message(results[1])
    assert "misbehaving 0.7" in message(results[1])
    assert (level(results[0]), level(results[2])) == (0.001, 0.003)
    assert level(do("")[0]) == 0.001  # started anew


def test_what_a_worker_started_ends_with_it(do: Callable[..., Results], tmp_path: Path) -> None:
    assert "SIGKILL" in message(do("child")[0])
    assert ends_soon(int((tmp_path / "child").read_text()))


def test_a_fork_that_goes_on_cannot_send_results(
    do: Callable[..., Results], worker: WorkerTool, tmp_path: Path
) -> None:
    results = do("fork", "", "")
    assert (level(results[0]), level(results[2])) == (0.2, 0.003)
    pid = int((tmp_path / "child").read_text())
    worker.close()
    assert ends_soon(pid)


def test_prints_cannot_break_the_frames(do: Callable[..., Results]) -> None:
    assert level(do("chatter")[0]) == 0.1


def test_large_sounds_pass(do: Callable[..., Results], worker: WorkerTool) -> None:
    minutes = Audio(np.full((2, 48000 * 120), 0.25, np.float32), 48000)
    result = do("big", audio=minutes)[0]
    assert isinstance(result, Audio)
    assert result.samples.shape == minutes.samples.shape
    assert (result.samples == -0.25).all()
    assert worker._process is not None
    assert list(worker._process.folder.iterdir()) == []


def test_chunks_and_progress_come_through(worker: WorkerTool, tmp_path: Path) -> None:
    heard: list[float] = []
    told: list[float] = []
    context = Context(tmp_path, told.append, emit=lambda chunk: heard.append(level(chunk)))
    assert level(dict(worker.run(asks("chunks"), context))[0]) == 0.1
    assert heard == [0, 0.1, 0.2]
    assert told[-1] == 1.0


def test_a_worker_streams_as_its_engine_does(tmp_path: Path) -> None:
    launch = adapted("soundwright.tools.tts.hibari:HibariTool")
    kit = Kit(lambda: WorkerTool(HibariTool.spec, launch))
    streams_what_it_gives(kit, "speak", Folders.below(tmp_path, tmp_path))
    tool = kit.drop()
    assert tool is not None
    tool.close()


def test_what_is_no_asset_is_a_defect_of_its_request(do: Callable[..., Results]) -> None:
    results = do("nothing_at_all", "")
    assert message(results[0]) == "gave str, which is no asset"
    assert level(results[1]) == 0.002


def test_refusals_are_results_and_the_batch_goes_on(do: Callable[..., Results], worker: WorkerTool) -> None:
    do("")
    pid = process_of(worker)
    results = do("refuse", "")
    assert message(results[0]) == "cannot do that; do something else"
    assert level(results[1]) == 0.002
    assert process_of(worker) == pid


@pytest.mark.parametrize(
    ("deed", "what"),
    [
        ("raises", "raised ValueError: axes don't match"),
        ("leaves_the_interpreter", "raised SystemExit: bye"),
    ],
)
def test_what_an_engine_raises_is_raised_with_its_traceback(deed: str, what: str, do: Callable[..., Results]) -> None:
    with pytest.raises(ToolDefect, match=what) as caught:
        do(deed)
    assert "misbehaving.py" in "".join(caught.value.__notes__)
    assert level(do("")[0]) == 0.001


@pytest.mark.parametrize(("deed", "within_s"), [("heed", 0.5), ("hang", 1.5)])
def test_a_cancel_ends_the_engine_or_kills_it(deed: str, within_s: float, worker: WorkerTool, tmp_path: Path) -> None:
    cancel = threading.Event()
    worker.load(Place())
    pid = process_of(worker)
    threading.Timer(0.2, cancel.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        list(worker.run(asks(deed), Context(tmp_path, cancelled=cancel.is_set)))
    assert time.monotonic() - start < 0.2 + within_s
    if deed == "hang":
        assert ends_soon(pid)


@pytest.mark.parametrize(
    ("dtype", "error", "text"),
    [
        ("missing", ToolMissing, "its weights are not here; pull them"),
        ("ends", ToolError, "ended with exit code 3; its last lines: the driver is broken"),
        ("raises", ToolDefect, "raised OSError: no such device"),
    ],
)
def test_a_load_that_fails_says_how(dtype: str, error: type[Exception], text: str, worker: WorkerTool) -> None:
    with pytest.raises(error, match=text):
        worker.load(Place(dtype=dtype))


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    tool = WorkerTool(SPEC, replace(adapted("misbehaving:Misbehaving"), python=tmp_path / "python"))
    with pytest.raises(ToolError, match="cannot be started"):
        tool.load(Place())


def test_an_idle_worker_is_ended_and_started_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("MISBEHAVING_CLOSED", str(tmp_path / "closed"))
    tool = WorkerTool(SPEC, adapted("misbehaving:Misbehaving"), Homes(idle_s=0.1))
    list(tool.run(asks(""), Context(tmp_path)))
    pid = process_of(tool)
    assert ends_soon(pid)
    assert (tmp_path / "closed").read_text() == "closed"
    assert level(dict(tool.run(asks(""), Context(tmp_path)))[0]) == 0.001
    tool.close()


PARENT = """
import sys, time
from pathlib import Path
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.worker.tool import WorkerTool, adapted
from misbehaving import Misbehaving

tool = WorkerTool(Misbehaving.spec, adapted("misbehaving:Misbehaving"))
tool.load(Place())
print(tool._process.pid, flush=True)
if sys.argv[1] == "busy":
    list(tool.run([Request("generate_sound", {"description": "hang"})], Context(Path.cwd())))
if sys.argv[1] == "killed":
    time.sleep(60)
"""


@pytest.mark.parametrize("how", ["ends", "killed", "busy"])
def test_nothing_is_left_when_the_parent_is_gone(how: str, tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, how], cwd=tmp_path, stdout=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": str(HERE)},
    )  # fmt: skip
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if how != "ends":
            time.sleep(0.2)
            parent.send_signal(signal.SIGKILL)
        parent.wait(20)
    assert ends_soon(pid)


# --- engines that are plain files --------------------------------------------------------------------------------

PLAIN = '''
"""An engine without soundwright."""
import numpy as np

class Engine:
    def load(self, place):
        self.level = 0.5 if place["device"] == "cpu" else 0.0

    def run(self, requests, context):
        for index, request in enumerate(requests):
            if request["params"].get("fail"):
                yield index, {"error": "asked to fail"}
            else:
                yield index, {"kind": "Audio", "samples": np.full(100, self.level), "rate": 8000}
'''


def test_an_engine_may_be_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "engine.py").write_text(PLAIN)
    tool = WorkerTool(SPEC, Launch({"file": str(tmp_path / "engine.py")}))
    tool.load(Place())
    requests = [Request("generate_sound", {}), Request("generate_sound", {"fail": True})]
    results = dict(tool.run(requests, Context(tmp_path)))
    tool.close()
    assert isinstance(results[0], Audio)
    assert (results[0].samples.shape, results[0].rate) == ((1, 100), 8000)
    assert level(results[0]) == 0.5
    assert message(results[1]) == "asked to fail"


def test_the_host_is_python_3_8_and_imports_nothing_but_numpy() -> None:
    tree = ast.parse(Path(host.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names}
    assert tops - {"numpy"} <= set(sys.stdlib_module_names)


# --- values ------------------------------------------------------------------------------------------------------

WORDS = (Word("one", 0.0, 0.2), Word("two", 0.3, 0.5))
ASSETS: tuple[Asset, ...] = (
    NOISE,
    Audio(np.zeros((1, 10), np.float32), 8000, tail=4),
    Speech(NOISE.samples, 48000, 0, "one two", "en", WORDS),
    Speech(NOISE.samples, 48000, 0, "one two", "en"),
    Text("ü \U0001f600"),
    Transcript("one two", "en", WORDS),
    Events((Event("rain", 0.0, 1.0, 0.5),)),
    Scores({"quality": 3.5}),
    Notes((Part((Note(60, 0.0, 0.5),), 3, False, "piano"),)),
    Stems({"vocals": NOISE, "rest": NOISE}),
    Voice("kokoro", b"\x00\xff"),
    Image(b"\x89PNG"),
)


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: str(asset.kind.value))
def test_every_kind_of_asset_passes_unchanged(asset: Asset, tmp_path: Path) -> None:
    exchange = host.Exchange(str(tmp_path))
    again = asset_of(exchange.unpack(exchange.pack(plain_asset(asset))))
    assert type(again) is type(asset)
    assert content_hash(again) == content_hash(asset)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a sound", "'str', which is no asset"),
        ({"kind": "Sound"}, "'Sound', which is no asset"),
        ({"kind": "Audio", "samples": np.zeros(3, np.int16), "rate": 8000}, "must be floats"),
        ({"kind": "Audio", "samples": np.zeros((1, 1, 3)), "rate": 8000}, "shape"),
        ({"kind": "Audio", "samples": np.zeros(3)}, "rate"),
        ({"kind": "Audio", "samples": np.zeros(3), "rate": 8000, "gain": 1}, "no field 'gain'"),
        ({"kind": "Text", "text": 3}, "3 is no str"),
    ],
)
def test_a_value_that_is_no_asset_says_why(value: object, text: str) -> None:
    with pytest.raises(ToolDefect, match=text):
        asset_of(value)


@pytest.mark.parametrize("name", ["../secret.npy", "/etc/passwd", "1-1.npy", 3])
def test_an_array_is_read_from_the_exchange_alone(name: object, tmp_path: Path) -> None:
    with pytest.raises(host.BadFrame):
        host.Exchange(str(tmp_path)).unpack({"$array": name})
