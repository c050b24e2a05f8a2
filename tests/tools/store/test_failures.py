"""Fetching that goes wrong: broken connections, busy servers, wrong bytes, kills, full disks, several at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundwright.tools.errors import Cancelled, ToolMissing
from soundwright.tools.model_store import ModelStore, PullProgress
from soundwright.tools.store import pulling
from soundwright.tools.store.fetch import Fetcher
from soundwright.tools.store.listing import Hub, Model
from soundwright.tools.store.web import Web

WEIGHTS = "model.safetensors"
PROGRAM = """
import resource, signal, sys
from pathlib import Path
from soundwright.tools.model_store import ModelStore
from soundwright.tools.store.listing import Hub, Model
root, url, most_bytes = sys.argv[1:]
if int(most_bytes):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), resource.RLIM_INFINITY))
listing = {"toy": Model("toy", "x", "MIT", (), hub=Hub("acme/toy", pickles=("*.bin",)))}
store = ModelStore(Path(root), listing=listing, environ={"HF_ENDPOINT": url})
store.pull("toy")
print("here")
"""


def start(root: Path, url: str, most_bytes: int = 0) -> subprocess.Popen[str]:
    """A process that pulls ``toy``; no file of it can grow beyond ``most_bytes``, as on a full disk."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root), url, str(most_bytes)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PIP_CONFIG_FILE": os.devnull},
    )  # fmt: skip


def test_a_broken_download_goes_on_where_it_stopped(store: Any, hub: Any) -> None:
    hub.cut_after[WEIGHTS] = 100_000
    made = store()
    made.pull("toy")
    ranges = [each.range for each in hub.asked if each.path.endswith(WEIGHTS)]
    assert ranges == [None, "bytes=100000-"]
    assert made.path("toy", WEIGHTS).read_bytes() == hub.files[WEIGHTS]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(store: Any, hub: Any, status: int) -> None:
    hub.statuses = {WEIGHTS: [status, status], "tree": [status]}
    made = store()
    made.pull("toy")
    assert made.is_ready("toy")


@pytest.mark.parametrize("status", [404, 403, 501])
def test_an_answer_that_is_final_is_not_asked_for_again(store: Any, hub: Any, status: int) -> None:
    hub.statuses = {WEIGHTS: [status] * 9}
    with pytest.raises(ToolMissing, match=str(status)):
        store().pull("toy")
    assert hub.served().count(WEIGHTS) == 1


def test_a_server_that_stays_busy_is_given_up(store: Any, hub: Any) -> None:
    hub.statuses = {WEIGHTS: [503] * 99}
    with pytest.raises(ToolMissing, match="503"):
        store().pull("toy")
    assert hub.served().count(WEIGHTS) < 9


def test_pauses_grow_and_the_server_has_its_say(hub: Any, tmp_path: Path) -> None:
    hub.files["a"] = b"x"
    hub.statuses = {"a": [503, 503]}
    naps: list[float] = []
    Web(pause=naps.append).download(f"{hub.url}/acme/toy/resolve/main/a", tmp_path / "a", lambda _n: None)
    assert naps == [0.0, 0.0]  # Retry-After: 0
    hub.retry_after, hub.statuses, naps[:] = None, {"a": [503, 503]}, []
    Web(pause=naps.append).download(f"{hub.url}/acme/toy/resolve/main/a", tmp_path / "b", lambda _n: None)
    assert naps == [1.0, 2.0]


def test_a_short_body_is_not_taken_for_the_file(store: Any, hub: Any) -> None:
    tree = hub.tree()
    hub.tree = lambda: tree
    hub.files["config.json"] = b"{"
    with pytest.raises(ToolMissing, match="1 bytes, not 2"):
        store().pull("toy")
    assert not store().is_ready("toy")


def test_bytes_left_by_another_version_do_not_spoil_the_file(store: Any, hub: Any) -> None:
    hub.cut_after[WEIGHTS] = 1000
    hub.statuses = {}
    made = store()
    good, hub.files[WEIGHTS] = hub.files[WEIGHTS], bytes(len(hub.files[WEIGHTS]))
    tree = _tree_of(hub, good)
    hub.tree = lambda: tree
    with pytest.raises(ToolMissing):  # zeros come first, and their rest too
        made.pull("toy")
    (partial,) = _leave_half(made, hub, good)
    assert partial.stat().st_size == 1000
    made.pull("toy")
    assert made.path("toy", WEIGHTS).read_bytes() == good


def _tree_of(hub: Any, weights: bytes) -> bytes:
    kept, hub.files[WEIGHTS] = hub.files[WEIGHTS], weights
    tree: bytes = hub.tree()
    hub.files[WEIGHTS] = kept
    return tree


def _leave_half(made: ModelStore, hub: Any, good: bytes) -> list[Path]:
    """Put 1000 wrong bytes where an earlier try would have left right ones."""
    hub.files[WEIGHTS] = good
    url = f"{hub.url}/acme/toy/resolve/{hub.commit}/{WEIGHTS}"
    name = hashlib.sha256(f"{url} {hashlib.sha256(good).hexdigest()}".encode()).hexdigest()[:32]
    partial = made.root / "toy" / ".incoming" / f"{name}.part"
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(b"?" * 1000)
    return [partial]


def test_a_killed_pull_goes_on_in_the_next(tmp_path: Path, hub: Any) -> None:
    hub.wait_s = 0.05
    process = start(tmp_path / "store", hub.url)
    partial = _wait_for(lambda: [p for p in (tmp_path / "store").rglob("*.part") if p.stat().st_size >= 100_000])
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    had = partial[0].stat().st_size
    assert not (tmp_path / "store" / "toy" / WEIGHTS).exists()
    hub.wait_s, hub.asked[:] = 0.0, []
    again = start(tmp_path / "store", hub.url)
    out, err = again.communicate(timeout=60)
    assert out == "here\n", err
    assert f"bytes={had}-" in {each.range for each in hub.asked}
    assert (tmp_path / "store" / "toy" / WEIGHTS).read_bytes() == hub.files[WEIGHTS]
    assert not (tmp_path / "store" / "toy" / ".incoming").exists()


def test_two_processes_fetch_a_model_once(tmp_path: Path, hub: Any) -> None:
    hub.wait_s = 0.02
    both = [start(tmp_path / "store", hub.url) for _ in range(2)]
    ended = [process.communicate(timeout=60) for process in both]
    assert [out for out, _ in ended] == ["here\n"] * 2, ended
    assert hub.served().count(WEIGHTS) == 1


def test_a_disk_that_fills_up_is_told_of_and_the_pull_goes_on_later(tmp_path: Path, hub: Any) -> None:
    process = start(tmp_path / "store", hub.url, 200_000)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "could not be written" in err
    assert "Make room and pull again" in err
    assert not (tmp_path / "store" / "toy" / WEIGHTS).exists()
    assert start(tmp_path / "store", hub.url).communicate(timeout=60)[0] == "here\n"


def test_room_is_looked_for_beforehand(store: Any, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "_SPARE_BYTES", 1 << 60)
    with pytest.raises(ToolMissing, match=r"no room for toy: .* are to come, .* are free in"):
        store().pull("toy")
    assert hub.served() == []


def test_several_files_come_at_once_within_bounds(tmp_path: Path, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = [0], [0]
    guard, fetch = threading.Lock(), Fetcher.fetch

    def counted(self: Fetcher, *args: Any) -> str:
        with guard:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        try:
            return fetch(self, *args)
        finally:
            with guard:
                at_once[0] -= 1

    monkeypatch.setattr(Fetcher, "fetch", counted)
    hub.files |= {f"part-{n}.safetensors": bytes([n]) * 200_000 for n in range(9)}
    hub.wait_s = 0.02
    listing = {name: Model(name, "x", "MIT", (), hub=Hub(f"acme/{name}", skip=("unet/*",))) for name in ("a", "b")}
    made = ModelStore(tmp_path / "store", listing=listing, environ={"HF_ENDPOINT": hub.url})
    seen: list[PullProgress] = []
    made.pull_all(["a", "b"], seen.append)
    assert 2 <= most[0] <= pulling.AT_ONCE
    last = {(each.model, each.file): each.done for each in seen}
    assert last["a", WEIGHTS] == last["b", WEIGHTS] == len(hub.files[WEIGHTS])
    assert {each.total for each in seen if each.file == WEIGHTS} == {len(hub.files[WEIGHTS])}


def test_a_cancel_ends_a_pull_and_keeps_what_arrived(store: Any, hub: Any) -> None:
    hub.wait_s = 0.05
    stop = threading.Event()

    def watch(progress: PullProgress) -> None:
        if progress.file == WEIGHTS and progress.done > 100_000:
            stop.set()

    began = time.monotonic()
    made = store()
    with pytest.raises(Cancelled):
        made.pull_all(["toy"], watch, stop.is_set)
    assert time.monotonic() - began < 5
    assert list(made.root.rglob("*.part"))


@pytest.mark.parametrize("harm", ["other bytes", "short", "gone"])
def test_weights_harmed_between_check_and_use_are_never_used(store: Any, harm: str) -> None:
    made = store()
    made.pull("toy")
    path = made.paths(["toy"])[WEIGHTS]
    made.confirm(["toy"])
    stat = path.stat()
    if harm == "gone":
        path.unlink()
    else:
        with path.open("r+b") as file:
            file.write(b"?") if harm == "other bytes" else file.truncate(10)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as if nothing had been
    with pytest.raises(ToolMissing, match="changed while it was being loaded"):
        made.confirm(["toy"])
    with pytest.raises(ToolMissing, match="models pull toy"):
        made.paths(["toy"])


TROUBLES = st.lists(
    st.one_of(
        st.sampled_from(["forge", "shorten", "mend"]),
        st.tuples(st.sampled_from(["config.json", WEIGHTS, "tree"]), st.sampled_from([429, 500, 503, 404])),
        st.tuples(st.just("cut"), st.integers(1, 500_000)),
    ),
    max_size=6,
)


@given(rounds=st.lists(TROUBLES, min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_goes_wrong_only_the_right_bytes_are_handed_out(
    rounds: list[list[Any]], store: Any, hub: Any, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    right = dict(hub.files)
    tree = hub.tree()
    hub.tree = lambda: tree
    for troubles in rounds:
        hub.statuses, hub.cut_after = {}, {}
        _cause(hub, troubles, right)
        with contextlib.suppress(ToolMissing):
            store().pull("toy")
        _only_right_bytes(store(), right)
    hub.files.update(right)
    hub.statuses, hub.cut_after = {}, {}
    store().pull("toy")
    assert set(store().verify("toy").values()) == {"ready"}
    del hub.tree


def _cause(hub: Any, troubles: list[Any], right: dict[str, bytes]) -> None:
    for trouble in troubles:
        if trouble == "forge":
            hub.files[WEIGHTS] = b"?" * len(right[WEIGHTS])
        elif trouble == "shorten":
            hub.files["config.json"] = right["config.json"][:1]
        elif trouble == "mend":
            hub.files.update(right)
        elif trouble[0] == "cut":
            hub.cut_after[WEIGHTS] = trouble[1]
        else:
            hub.statuses.setdefault(trouble[0], []).append(trouble[1])


def _only_right_bytes(made: ModelStore, right: dict[str, bytes]) -> None:
    with contextlib.suppress(ToolMissing):
        for name, path in made.paths(["toy"]).items():
            assert name == "toy" or path.read_bytes() == right[name]


def _wait_for(look: Callable[[], list[Path]]) -> list[Path]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen")
