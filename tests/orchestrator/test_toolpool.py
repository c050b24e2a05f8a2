"""Loaded tools give their memory back in the order in which they were last needed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from soundwright.orchestrator.budget import Budget, gpu_memory_bytes
from soundwright.orchestrator.plan import Bound
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.orchestrator.weights import NoWeights
from soundwright.scripts_compiler.graph import Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.base import Place
from soundwright.tools.errors import ToolError
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry

GB = 10**9


class Model(NullTool):
    """Notes in ``here`` which models are loaded."""

    here: set[str]

    def load(self, place: Place) -> None:
        self.here.add(self.spec.name)

    def close(self) -> None:
        self.here.discard(self.spec.name)


def pool(here: set[str], gpu_bytes: int, **sizes: int) -> ToolPool:
    tools = [Model(name, memory_mb=10, gpu_bytes=size) for name, size in sizes.items()]
    for tool in tools:
        tool.here = here
    return ToolPool(Registry(tools), NoWeights(), 10_000, gpu_bytes)


def use(pool: ToolPool, name: str, device: str = "cuda:0") -> None:
    with pool.lease(pool._registry.specs[name], device, "float32"):
        pass


def test_the_longest_idle_model_leaves_the_gpu_first() -> None:
    here: set[str] = set()
    models = pool(here, 10 * GB, speech=4 * GB, music=4 * GB, words=0, effects=3 * GB)
    for name in ("speech", "words", "music", "speech", "effects"):
        use(models, name)
    assert here == {"speech", "words", "effects"}
    models.close()
    assert here == set()


def test_the_gpu_is_not_counted_on_the_cpu_nor_where_its_size_is_not_known() -> None:
    for gpu_bytes, device in ((1 * GB, "cpu"), (0, "cuda:0")):
        here: set[str] = set()
        models = pool(here, gpu_bytes, speech=4 * GB, music=4 * GB)
        use(models, "speech", device)
        use(models, "music", device)
        assert here == {"speech", "music"}


class Slow(Model):
    """Loads until it may end."""

    loading: dict[str, threading.Event]
    go_on: threading.Event

    def load(self, place: Place) -> None:
        super().load(place)
        self.loading[self.spec.name].set()
        assert self.go_on.wait(60)


def test_two_that_load_at_once_do_not_count_on_the_same_memory() -> None:
    here: set[str] = set()
    loading, go_on = {name: threading.Event() for name in ("music", "effects")}, threading.Event()
    slow = [Slow(name, memory_mb=10, gpu_bytes=4 * GB) for name in loading]
    idle = Model("speech", memory_mb=10, gpu_bytes=4 * GB)
    for tool in (*slow, idle):
        tool.here = here
    for tool in slow:
        tool.loading, tool.go_on = loading, go_on
    models = ToolPool(Registry([*slow, idle]), NoWeights(), 10_000, 8 * GB)
    use(models, "speech")
    with ThreadPoolExecutor(2) as both:
        done = []
        try:
            for name, started in loading.items():  # the second begins while the first is not loaded yet
                done.append(both.submit(use, models, name))
                assert started.wait(60)
            assert here == {"music", "effects"}
        finally:
            go_on.set()
    for future in done:
        future.result()
    models.close()
    assert (models._loaded_gpu_bytes, models._loaded_mb) == (0, 0)


class Broken(Model):
    """Cannot be loaded."""

    def load(self, place: Place) -> None:
        raise ToolError("no")


def test_what_could_not_be_loaded_holds_no_memory() -> None:
    broken, model = Broken("broken", memory_mb=10, gpu_bytes=8 * GB), Model("speech", memory_mb=10, gpu_bytes=4 * GB)
    model.here = set()
    models = ToolPool(Registry([broken, model]), NoWeights(), 10_000, 8 * GB)
    use(models, "speech")
    with pytest.raises(ToolError):
        use(models, "broken")
    assert (models._loaded_gpu_bytes, models._loaded_mb) == (0, 0)


def bound(gpu_bytes: int, device: str = "cuda:0") -> Bound:
    node = Node(NodeId("n"), "generate_sound", {}, {}, Kind.AUDIO)
    return Bound(node, NullTool(gpu_bytes=gpu_bytes).spec, {}, 0, device=device)


def test_tasks_share_the_memory_of_the_gpu() -> None:
    shared = Budget(8, 8000, 10 * GB)
    assert shared.take(bound(6 * GB))
    assert not shared.take(bound(6 * GB))
    assert shared.take(bound(4 * GB))
    assert shared.take(bound(6 * GB, "cpu"))
    shared.give(bound(6 * GB))
    assert shared.take(bound(5 * GB))


def test_a_task_has_the_gpu_alone_where_its_memory_is_not_known() -> None:
    shared = Budget(8, 8000)
    assert shared.take(bound(1 * GB))
    assert not shared.take(bound(1 * GB))


@pytest.mark.parametrize(("said", "size"), [("81559\n24564", 24564 * 2**20), ("N/A", 0)])
def test_the_smallest_gpu_counts(said: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nprintf '{said}\\n'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert gpu_memory_bytes() == size
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert gpu_memory_bytes() == 0
