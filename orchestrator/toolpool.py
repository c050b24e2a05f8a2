"""Loaded tools, lent to one task at a time and kept for the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from soundwright.orchestrator.weights import Weights
from soundwright.tools.base import Place, Tool, ToolSpec
from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.bridged import BridgedTool
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.registry import Registry

_Key = tuple[str, str, str]
"""Name, device and dtype of a loaded tool."""


def _silent(text: str) -> None:
    del text


class ToolPool:
    """Makes tools as they are asked for. Idle ones are closed, longest idle first, when memory is short.

    The same goes for the GPU's memory: ``gpu_bytes``, 0 where it is not known and so not watched.
    """

    def __init__(self, registry: Registry, weights: Weights, memory_mb: int, gpu_bytes: int = 0) -> None:
        self._registry, self._weights, self._memory_mb, self._gpu_bytes = registry, weights, memory_mb, gpu_bytes
        self._idle: list[tuple[_Key, Tool]] = []
        self._loaded: dict[int, _Key] = {}
        self._loaded_mb = self._loaded_gpu_bytes = 0
        self._guard = threading.Lock()

    @contextmanager
    def lease(self, spec: ToolSpec, device: str, dtype: str, tell: Callable[[str], None] = _silent) -> Iterator[Tool]:
        """A loaded tool of one's own. One that raised is closed: nobody knows what state it is in.

        ``tell`` hears of weights that have to be fetched first.

        Raises:
            ToolMissing: a package or weight is missing.
        """
        key = (spec.name, device, dtype)
        tool = self._take(key) or self._make(spec, device, dtype, tell)
        try:
            yield tool
        except BaseException:
            self._close(tool)
            raise
        with self._guard:
            self._idle.append((key, tool))

    def close(self) -> None:
        """Close the idle tools."""
        with self._guard:
            idle, self._idle = self._idle, []
        for _, tool in idle:
            self._close(tool)

    def _take(self, key: _Key) -> Tool | None:
        with self._guard:
            for n, (held, tool) in enumerate(self._idle):
                if held == key:
                    del self._idle[n]
                    return tool
        return None

    def _make(self, spec: ToolSpec, device: str, dtype: str, tell: Callable[[str], None]) -> Tool:
        while (old := self._surplus_else_reserved(spec, device)) is not None:
            self._close(old)
        try:
            tool = self._made(spec, device, dtype, tell)
        except BaseException:
            with self._guard:
                self._give_back(spec, device)
            raise
        with self._guard:
            self._loaded[id(tool)] = (spec.name, device, dtype)
        return tool

    def _made(self, spec: ToolSpec, device: str, dtype: str, tell: Callable[[str], None]) -> Tool:
        tool = self._registry.create(spec.name)
        if isinstance(tool, IsolatedTool | BridgedTool):
            tool.prepare(tell)
        files = self._files(spec, tell)
        # The number of threads decides the order of sums in some engines: it belongs to the tool, not to the run.
        tool.load(Place(device, dtype, files, max(1, spec.cores)))
        self._confirm(tool)
        return tool

    def _confirm(self, tool: Tool) -> None:
        """What was loaded is what was checked: weights that changed in between are never used."""
        try:
            self._weights.confirm(tool.spec.models)
        except ToolMissing:
            tool.close()
            raise

    def _files(self, spec: ToolSpec, tell: Callable[[str], None]) -> dict[str, Path]:
        for model in spec.models:
            if not self._weights.is_ready(model):
                tell(f"fetching the model {model} for {spec.name}")
                self._weights.pull(model)
        return self._weights.paths(spec.models)

    def _surplus_else_reserved(self, spec: ToolSpec, device: str) -> Tool | None:
        """The tool that has been idle for longest and whose memory is wanted; where none is, the memory is taken.

        Looking and taking are one step, so that two tools that are loaded at the same time do not count on the same
        memory.
        """
        gpu_bytes = _gpu_bytes(spec, device)
        with self._guard:
            if self._idle and self._loaded_mb + spec.memory_mb > self._memory_mb:
                return self._idle.pop(0)[1]
            if self._gpu_bytes and self._loaded_gpu_bytes + gpu_bytes > self._gpu_bytes:
                for n, (key, tool) in enumerate(self._idle):
                    if _gpu_bytes(tool.spec, key[1]):
                        del self._idle[n]
                        return tool
            self._loaded_mb += spec.memory_mb
            self._loaded_gpu_bytes += gpu_bytes
        return None

    def _close(self, tool: Tool) -> None:
        """Its memory is free only when it has ended, well or not."""
        try:
            tool.close()
        finally:
            with self._guard:
                _, device, _ = self._loaded.pop(id(tool))
                self._give_back(tool.spec, device)

    def _give_back(self, spec: ToolSpec, device: str) -> None:
        """Count memory as free; the guard is held."""
        self._loaded_mb -= spec.memory_mb
        self._loaded_gpu_bytes -= _gpu_bytes(spec, device)


def _gpu_bytes(spec: ToolSpec, device: str) -> int:
    return 0 if device == "cpu" else spec.gpu_bytes
