"""Running a plan: order, sharing, batches, resources, contract, failures, cancel; the same whatever the workers."""

from __future__ import annotations

import inspect
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.errors import ExecutionError, Failure
from soundwright.orchestrator.executor import Execution, execute
from soundwright.orchestrator.journal import Journal
from soundwright.orchestrator.observers import Job, NullObserver
from soundwright.orchestrator.plan import Plan
from soundwright.scripts_compiler.graph import Node
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.assets import Asset, Audio, Scores, Speech, Stems, Text, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.null import NullTool

MakeNode = Callable[..., Node]
MakePlan = Callable[..., Plan]
TONE = Audio(np.full((1, 2400), 0.1, np.float32), 24000)


class Scripted:
    """A tool that yields what a function says, and notes what it was asked."""

    def __init__(self, answer: Callable[[Sequence[Request], Context], Iterator[Any]], **spec: Any) -> None:
        self.spec = ToolSpec("scripted", "3.1", ("generate_sound", "trim_silence"), "MIT", **spec)
        self.answer = answer

    def load(self, place: Place) -> None:
        pass

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        yield from self.answer(batch, context)

    def close(self) -> None:
        pass


def hashes(execution: Execution) -> dict[str, str]:
    return {str(node): asset.content_hash for node, asset in execution.assets.items()}


def failures(execution: Execution) -> list[str]:
    return [str(failure) for failure in execution.failures]


def test_a_chain_is_made_in_order_and_found_again(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    nodes = [sound("a"), treated("b", "a"), treated("c", "b", "low_pass", cutoff=100)]
    plan, cache = plan_of(nodes, NullTool()), Cache(tmp_path / "assets")
    first = execute(plan, cache)
    assert (first.made, first.reused, set(first.assets)) == (3, 0, {"a", "b", "c"})
    again = execute(plan, cache)
    assert (again.made, again.reused) == (0, 3)
    assert hashes(again) == hashes(first)


def test_the_result_does_not_depend_on_the_number_of_workers(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    nodes = [node for n in range(30) for node in (sound(f"s{n}", delay=n), treated(f"t{n}", f"s{n}"))]
    runs = []
    for jobs, inline in ((1, True), (1, False), (2, False), (8, False)):
        plan = plan_of(nodes, NullTool(max_batch=4))
        runs.append(execute(plan, Cache(tmp_path / f"{jobs}{inline}" / "assets"), jobs=jobs, inline=inline))
    assert all(hashes(run) == hashes(runs[0]) for run in runs)
    assert all(list(run.assets) == list(runs[0].assets) for run in runs)


def test_equal_requests_are_made_once(tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan) -> None:
    nodes = [sound("a", "rain"), sound("b", "rain"), treated("c", "a"), treated("d", "b"), sound("e", "rain", take=1)]
    execution = execute(plan_of(nodes, NullTool(delay_s=0.05)), Cache(tmp_path / "assets"), jobs=4)
    assert (execution.made, execution.reused) == (3, 2)
    assert execution.assets[nodes[0].id] == execution.assets[nodes[1].id]
    assert execution.assets[nodes[2].id] == execution.assets[nodes[3].id]
    assert len({asset.content_hash for asset in execution.assets.values()}) == 2  # the effect changes nothing


def test_equal_content_of_different_requests_is_treated_once(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    def answer(batch: Sequence[Request], context: Context) -> Iterator[Any]:
        yield from ((n, TONE) for n in range(len(batch)))

    nodes = [sound("a"), sound("b"), treated("c", "a"), treated("d", "b")]
    execution = execute(plan_of(nodes, Scripted(answer)), Cache(tmp_path / "assets"), jobs=1)
    assert (execution.made, execution.reused) == (3, 1)


def test_another_version_seed_or_input_is_made_anew(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    cache = Cache(tmp_path / "assets")
    nodes = [sound("a"), treated("b", "a")]
    assert execute(plan_of(nodes, NullTool()), cache).made == 2
    assert execute(plan_of(nodes, NullTool(version="2")), cache).made == 2
    assert execute(plan_of(nodes, NullTool(), script_seed=5), cache).made == 2
    # Only the generator's version changes, and its sound stays: what comes after is still good.
    other = execute(plan_of(nodes, NullTool("second"), {"trim_silence": NullTool()}), cache)
    assert (other.made, other.reused) == (1, 1)


def test_requests_of_one_tool_go_together_up_to_its_batch(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    sizes: list[int] = []

    def answer(batch: Sequence[Request], context: Context) -> Iterator[Any]:
        sizes.append(len(batch))
        yield from ((n, TONE) for n in reversed(range(len(batch))))

    plan = plan_of([sound(f"s{n}") for n in range(10)], Scripted(answer, max_batch=4))
    assert execute(plan, Cache(tmp_path / "assets"), jobs=1).made == 10
    assert sorted(sizes) == [2, 4, 4]


def test_results_are_stored_as_they_come(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    cache = Cache(tmp_path / "assets")
    seen: list[int] = []

    def answer(batch: Sequence[Request], context: Context) -> Iterator[Any]:
        for n in range(len(batch)):
            yield n, TONE
            seen.append(cache.info().assets)

    execute(plan_of([sound(f"s{n}") for n in range(3)], Scripted(answer, max_batch=3)), cache)
    assert seen == [1, 2, 3]


def test_cores_bound_what_runs_at_once(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    for cores, memory_mb, expected in ((1, 10, 4), (2, 10, 2), (9, 10, 1), (1, 450, 2)):
        at_once, peak, guard = [0], [0], threading.Lock()

        def answer(
            batch: Sequence[Request],
            context: Context,
            at_once: list[int] = at_once,
            peak: list[int] = peak,
            guard: threading.Lock = guard,
        ) -> Iterator[Any]:
            with guard:
                at_once[0] += 1
                peak[0] = max(peak[0], at_once[0])
            time.sleep(0.05)
            with guard:
                at_once[0] -= 1
            yield 0, TONE

        tool = Scripted(answer, cores=cores, memory_mb=memory_mb)
        cache = Cache(tmp_path / f"{cores}-{memory_mb}" / "assets")
        execute(plan_of([sound(f"s{n}") for n in range(8)], tool), cache, jobs=4, memory_mb=1000)
        assert peak[0] == expected, (cores, memory_mb)


def test_a_tool_instance_serves_one_task_at_a_time_and_is_kept(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan
) -> None:
    log: list[tuple[str, int]] = []

    class Counting(NullTool):
        def load(self, place: Place) -> None:
            log.append(("load", id(self)))

        def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
            log.append(("run", id(self)))
            yield from super().run(batch, context)
            log.append(("ran", id(self)))

        def close(self) -> None:
            log.append(("close", id(self)))

    plan = plan_of([sound(f"s{n}") for n in range(12)], Counting(delay_s=0.01))
    execute(plan, Cache(tmp_path / "assets"), jobs=3)
    loaded = [who for what, who in log if what == "load"]
    assert 1 <= len(loaded) <= 3
    assert sorted(loaded) == sorted(who for what, who in log if what == "close")
    for one in loaded:
        events = [what for what, who in log if who == one and what in {"run", "ran"}]
        assert events == ["run", "ran"] * (len(events) // 2)


BAD_RESULTS: dict[str, tuple[Any, str]] = {
    "nan": (Audio(np.full((1, 10), np.nan, np.float32), 24000), "not finite"),
    "infinite": (Audio(np.array([[0, np.inf]], np.float32), 24000), "not finite"),
    "empty": (Audio(np.zeros((1, 0), np.float32), 24000), "empty sound"),
    "no channels": (Audio(np.zeros((0, 10), np.float32), 24000), "empty sound"),
    "swapped axes": (Audio(np.zeros((24000, 1), np.float32), 24000), "axes swapped"),
    "integer scale": (Audio(np.full((1, 10), 30000, np.float32), 24000), "full scale is 1.0"),
    "absurd rate": (Audio(np.zeros((1, 10), np.float32), 8), "8 Hz"),
    "wrong kind": (Text("a text"), "gave Text where Audio was asked for"),
    "no asset": ({"samples": []}, "gave dict, which is no asset"),
    "nothing": (None, "gave NoneType"),
    "no stems": (Stems({}), "gave Stems where Audio"),
    "words outside": (
        Speech(TONE.samples, 24000, 0, "hi", "en", (Word("hi", 0.0, 9.0),)),
        "outside the sound",
    ),
    "words backwards": (
        Speech(TONE.samples, 24000, 0, "a b", "en", (Word("a", 0.05, 0.06), Word("b", 0.01, 0.02))),
        "not in order",
    ),
}


@pytest.mark.parametrize("name", BAD_RESULTS)
def test_a_bad_result_is_a_failure_and_is_not_stored(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan, name: str
) -> None:
    result, cause = BAD_RESULTS[name]
    cache = Cache(tmp_path / "assets")
    plan = plan_of([sound("a")], Scripted(lambda batch, context: iter([(0, result)])))
    with pytest.raises(ExecutionError, match=cause) as caught:
        execute(plan, cache)
    assert str(caught.value).startswith("cues (a): generate_sound by scripted 3.1 failed: gave ")
    assert cache.info().assets == 0


@pytest.mark.parametrize(
    ("kind", "result", "cause"),
    [
        (Kind.STEMS, Stems({}), "no stems"),
        (Kind.STEMS, Stems({"a": TONE, "b": Audio(TONE.samples[:, :9], 24000)}), "different rates or lengths"),
        (Kind.SCORES, Scores({"loudness_lufs": float("-inf")}), "not a finite number"),
    ],
)
def test_bad_results_of_other_kinds_fail_too(
    tmp_path: Path, treated: MakeNode, sound: MakeNode, plan_of: MakePlan, kind: Kind, result: Asset, cause: str
) -> None:
    bad = Scripted(lambda batch, context: iter([(0, result)]))
    plan = plan_of([sound("a"), treated("b", "a", kind=kind)], NullTool(), {"trim_silence": bad})
    with pytest.raises(ExecutionError, match=cause):
        execute(plan, Cache(tmp_path / "assets"))


def too_few(batch: Sequence[Request], context: Context) -> Iterator[Any]:
    yield 1, TONE


def too_many(batch: Sequence[Request], context: Context) -> Iterator[Any]:
    yield from ((n, TONE) for n in range(len(batch)))
    yield 0, TONE


def wrong_index(batch: Sequence[Request], context: Context) -> Iterator[Any]:
    yield 7, TONE


def no_pairs(batch: Sequence[Request], context: Context) -> Iterator[Any]:
    yield TONE


def raises_late(batch: Sequence[Request], context: Context) -> Iterator[Any]:
    yield 0, TONE
    raise ZeroDivisionError("in the engine")


@pytest.mark.parametrize(
    ("answer", "cause", "stored"),
    [
        (too_few, "gave no result", 1),
        (too_many, "gave a result for request 0, which is none of those it still owes", 2),
        (wrong_index, "gave a result for request 7", 0),
        (no_pairs, "TypeError", 0),
        (raises_late, "ZeroDivisionError: in the engine", 1),
    ],
)
def test_a_tool_that_breaks_its_contract_fails_what_is_left(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan, answer: Any, cause: str, stored: int
) -> None:
    cache = Cache(tmp_path / "assets")
    plan = plan_of([sound("a"), sound("b")], Scripted(answer, max_batch=2))
    execution = execute(plan, cache, keep_going=True)
    assert cache.info().assets == len(execution.assets) == stored
    if stored < 2:
        assert cause in failures(execution)[0]


def test_a_traceback_is_kept_for_who_mends_the_tool(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    execution = execute(plan_of([sound("a")], Scripted(raises_late_first)), Cache(tmp_path / "assets"), keep_going=True)
    assert "raises_late_first" in execution.failures[0].details
    assert "Traceback" not in str(execution.failures[0])


def raises_late_first(batch: Sequence[Request], context: Context) -> Iterator[Any]:
    raise KeyError("weights")
    yield


def test_a_failure_names_cue_operation_tool_version_and_cause(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan
) -> None:
    plan = plan_of([sound("a"), sound("b", "wind")], NullTool(fail_on="wind", version="2.5"))
    with pytest.raises(ExecutionError) as caught:
        execute(plan, Cache(tmp_path / "assets"))
    assert str(caught.value) == "cues (b): generate_sound by null 2.5 failed: was told to fail on 'wind'"
    assert caught.value.exit_code == 3


def test_with_keep_going_only_what_depends_on_a_failure_is_left_out(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    nodes = [
        sound("a", "wind"), sound("b"), treated("c", "a"), treated("d", "b"), treated("e", "c", "low_pass"),
        sound("f", "wind"), treated("g", "f"),
    ]  # fmt: skip
    execution = execute(plan_of(nodes, NullTool(fail_on="wind")), Cache(tmp_path / "assets"), keep_going=True)
    assert set(execution.assets) == {"b", "d"}
    assert [failure.node for failure in execution.failures] == ["a", "f"]
    assert [failure.places for failure in execution.failures] == [("cues (a)",), ("cues (f)",)]
    assert execution.skipped == ("c", "e", "g")


def test_after_a_failure_a_second_run_makes_only_the_rest(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    cache = Cache(tmp_path / "assets")
    nodes = [sound("a"), sound("b", "wind")]
    with pytest.raises(ExecutionError):
        execute(plan_of(nodes, NullTool(fail_on="wind")), cache, inline=True)
    assert execute(plan_of(nodes, NullTool()), cache).made == 1


def test_a_package_that_is_missing_when_loading_is_exit_code_four(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan
) -> None:
    class Absent(NullTool):
        def load(self, place: Place) -> None:
            raise ToolMissing("install it: pip install 'soundwright[local]'")

    with pytest.raises(ExecutionError, match="install it") as caught:
        execute(plan_of([sound("a")], Absent()), Cache(tmp_path / "assets"))
    assert caught.value.exit_code == 4


def test_a_cancel_ends_running_tools_and_keeps_what_is_finished(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan
) -> None:
    cache, cancel = Cache(tmp_path / "assets"), threading.Event()

    class CancelAfter(NullObserver):
        done = 0

        def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
            self.done += 1
            if self.done == 2:
                cancel.set()

    slow = NullTool("slow", delay_s=30)
    nodes = [sound("s0"), sound("s1"), Node(sound("s2").id, "low_pass", {}, {}, Kind.AUDIO)]
    plan = plan_of(nodes, NullTool(), {"low_pass": slow})
    started = time.monotonic()
    with pytest.raises(Cancelled, match="2 of 3 assets are finished and kept"):
        execute(plan, cache, jobs=2, cancel=cancel, observer=CancelAfter())
    assert time.monotonic() - started < 5
    assert cache.info().assets == 2


def test_a_tool_that_does_not_heed_a_cancel_is_left_behind(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, freed = threading.Event(), threading.Event()

    def deaf(batch: Sequence[Request], context: Context) -> Iterator[Any]:
        cancel.set()
        freed.wait(20)
        yield 0, TONE

    monkeypatch.setattr("soundwright.orchestrator.run._GRACE_S", 0.2)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        execute(plan_of([sound("a")], Scripted(deaf)), Cache(tmp_path / "assets"), cancel=cancel)
    assert time.monotonic() - started < 5
    freed.set()


def test_a_cancelled_event_stops_before_anything_is_made(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        execute(plan_of([sound("a")], NullTool()), Cache(tmp_path / "assets"), cancel=cancel)


def test_a_damaged_input_fails_once_and_is_made_anew(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    cache = Cache(tmp_path / "assets")
    first = execute(plan_of([sound("a", length=5.0)], NullTool()), cache)
    path = first.assets[sound("a").id].path
    assert path is not None
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)
    plan = plan_of([sound("a", length=5.0), treated("b", "a")], NullTool())
    with pytest.raises(ExecutionError, match="has changed on disk"):
        execute(plan, cache)
    assert execute(plan, cache).made == 2


def test_a_full_disk_is_a_failure_that_says_so(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Cache, "put", full)
    with pytest.raises(ExecutionError, match=r"could not be stored: .*No space left on device"):
        execute(plan_of([sound("a")], NullTool()), Cache(tmp_path / "assets"))


def test_every_made_asset_is_noted_once(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    cache, journal = Cache(tmp_path / "assets"), Journal(tmp_path / "mine.jsonl")
    plan = plan_of([sound(f"s{n}") for n in range(5)], NullTool())
    for _ in range(2):
        execution = execute(plan, cache, journal=journal)
    lines = list(journal.lines())
    assert sorted(line.node for line in lines) == [f"s{n}" for n in range(5)]
    assert {line.content_hash for line in lines} == {asset.content_hash for asset in execution.assets.values()}


def test_observers_hear_every_node_in_the_callers_thread(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    heard: list[tuple[str, str]] = []
    threads = set()

    class Listening(NullObserver):
        def started(self, job: Job) -> None:
            heard.append(("started", job.node))
            threads.add(threading.get_ident())

        def finished(self, job: Job, seconds: float, *, reused: bool) -> None:
            heard.append(("reused" if reused else "made", job.node))
            threads.add(threading.get_ident())

        def failed(self, failure: Failure) -> None:
            heard.append(("failed", str(failure.node)))

    nodes = [sound("a"), sound("b", "a"), sound("c", "wind")]
    execute(
        plan_of(nodes, NullTool(fail_on="wind")),
        Cache(tmp_path / "assets"),
        observer=Listening(),
        jobs=2,
        keep_going=True,
    )
    assert sorted(heard) == [
        ("failed", "c"), ("made", "a"), ("reused", "b"), ("started", "a"), ("started", "c"),
    ]  # fmt: skip
    assert threads == {threading.get_ident()}


def test_an_observer_that_raises_ends_the_run_and_its_tools(tmp_path: Path, sound: MakeNode, plan_of: MakePlan) -> None:
    class Broken(NullObserver):
        def started(self, job: Job) -> None:
            raise RuntimeError("a mistake of mine")

    with pytest.raises(RuntimeError, match="a mistake of mine"):
        execute(plan_of([sound("a")], NullTool(delay_s=30)), Cache(tmp_path / "assets"), observer=Broken())


def test_a_long_chain_needs_no_deep_stack(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    nodes = [sound("n0", length=0.01), *(treated(f"n{n}", f"n{n - 1}", threshold=n) for n in range(1, 400))]
    plan, cache = plan_of(nodes, NullTool()), Cache(tmp_path / "assets")
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    try:
        assert execute(plan, cache, inline=True).made == 400
        assert execute(plan, cache).reused == 400
    finally:
        sys.setrecursionlimit(usual)


def test_a_plan_tells_what_a_run_would_take(
    tmp_path: Path, sound: MakeNode, treated: MakeNode, plan_of: MakePlan
) -> None:
    nodes = [sound("a", length=2.0), treated("b", "a"), sound("c", length=3.0), treated("d", "c")]
    cache = Cache(tmp_path / "assets")
    execute(plan_of(nodes[:2], NullTool()), cache)
    forecast = plan_of(nodes, NullTool(speed=10.0)).describe(cache)
    assert (forecast.nodes, forecast.cached, forecast.to_make, forecast.unsure) == (4, 2, 2, 1)
    assert forecast.cached_share == 0.5
    assert forecast.seconds == pytest.approx((3.0 + 1.0) / 10.0)
    assert forecast.by_tool == {"null": 2}
    assert plan_of(nodes, NullTool()).describe().cached == 0


@pytest.mark.parametrize("seed", range(25))
def test_random_graphs_with_failures_end_as_they_must(
    tmp_path: Path, sound: MakeNode, plan_of: MakePlan, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    nodes: list[Node] = []
    doomed: set[str] = set()
    failing: set[str] = set()
    for n in range(30):
        name = f"n{n}"
        if n < 4 or chance.random() < 0.3:
            what = str(chance.choice(["rain", "sea", "wind", "fire"]))
            nodes.append(sound(name, what))
            if what == "wind":
                failing.add(name)
        else:
            sources = [nodes[int(k)].id for k in chance.choice(n, size=int(chance.integers(1, 4)))]
            ports = {"audio" if k == 0 else f"other.{k}": source for k, source in enumerate(sources)}
            params = {"cutoff": int(chance.integers(1, 3))}
            nodes.append(Node(sound(name).id, str(chance.choice(["low_pass", "gain"])), params, ports, Kind.AUDIO))
            if any(source in failing | doomed for source in sources):
                doomed.add(name)
    tool = NullTool(fail_on="wind", max_batch=int(chance.integers(1, 5)), delay_s=0.001)
    cache = Cache(tmp_path / "assets")
    execution = execute(plan_of(nodes, tool), cache, jobs=3, keep_going=True)
    assert {str(failure.node) for failure in execution.failures} == failing
    assert set(execution.skipped) == doomed
    assert set(execution.assets) == {str(node.id) for node in nodes} - failing - doomed
    assert execution.made + execution.reused == len(execution.assets)
    assert execution.made == cache.info().assets
    again = execute(plan_of(nodes, NullTool()), cache, jobs=3)
    assert len(again.assets) == 30
