"""Environments of engines, where the user has made them: tests make none, for each takes gigabytes."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pytest

from soundwright.tools.base import Place
from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.homes.settings import Homes
from soundwright.tools.testing import conformance
from soundwright.tools.worker.tool import Launch

FOUND = Environments()
"""Those of the user, looked for before a test sets another home."""
_TOYS_S = 600
T = TypeVar("T", bound=IsolatedTool)


class Made:
    """Makes an isolated tool that uses the user's environment; the kit of conformance takes it for the tool's class."""

    def __init__(self, kind: type[IsolatedTool]) -> None:
        self.kind, self.spec, self.__module__ = kind, kind.spec, kind.__module__

    def __call__(self) -> IsolatedTool:
        tool = self.kind()
        tool.settle(Homes(environments=FOUND.folder))
        return tool

    @property
    def absent(self) -> str:
        """Why it cannot be tried here; empty where it can."""
        if FOUND.find(self.spec) is not None:
            return ""
        return f"its environment takes gigabytes and is not made: soundwright environments make {self.spec.name}"

    @contextmanager
    def loaded(self, weights: Mapping[str, Path]) -> Iterator[IsolatedTool]:
        """The tool with these weights, closed in the end."""
        tool = self()
        try:
            tool.load(Place(weights=weights, threads=1))
            yield tool
        finally:
            tool.close()

    def conforms(self, weights: Callable[[Path], Mapping[str, Path]]) -> Callable[..., None]:
        """The kit of conformance on toy weights, where the environment is made."""
        test = conformance(self, weights=weights, threads=1)
        for mark in (pytest.mark.engines, pytest.mark.skipif(bool(self.absent), reason=self.absent)):
            test = mark(test)
        return test

    def toys(self, script: Path, folder: Path) -> Path:
        """What ``script`` writes, such as ``hum_toys.py``, into ``hum`` in ``folder``: once, and where it can be."""
        if self.absent:
            pytest.skip(self.absent)
        name = script.stem.removesuffix("_toys")
        if not (folder / name).is_dir():
            self._write(script, folder / f"{name}.begun").rename(folder / name)
        return folder / name

    def _write(self, script: Path, folder: Path) -> Path:
        """Have the environment's interpreter write toy weights into ``folder``."""
        there = FOUND.find(self.spec)
        assert there is not None
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(there.interpreter), "-I", str(script), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TOYS_S)
        assert done.returncode == 0, done.stderr
        return folder


@contextmanager
def stood_in(kind: type[T], engine: str, folder: Path, weights: Mapping[str, Path] | None = None) -> Iterator[T]:
    """Our side of a tool, loaded, with a program in place of its engine that needs no environment."""
    file = folder / "stands_in.py"
    file.write_text(engine)

    def launch(self: IsolatedTool) -> Launch:
        return Launch({"file": str(self.engine)})

    made: Any = type(kind.__name__, (kind,), {"engine": file, "launch": launch})
    tool: T = made()
    tool.load(Place(weights=weights or {}))
    try:
        yield tool
    finally:
        tool.close()


def engine_module(kind: type[IsolatedTool]) -> ModuleType:
    """An engine's file in this process: what reads its checkpoints needs torch alone."""
    spec = importlib.util.spec_from_file_location(f"{kind.engine.stem}_read", kind.engine)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
