"""Environments of engines, where the user has made them: tests make none, for each takes gigabytes."""

from __future__ import annotations

import subprocess
from pathlib import Path

from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.homes.settings import Homes

FOUND = Environments()
"""Those of the user, looked for before a test sets another home."""
_TOYS_S = 600


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

    def write_toys(self, script: Path, folder: Path) -> Path:
        """Have the environment's interpreter write toy weights into ``folder``."""
        there = FOUND.find(self.spec)
        assert there is not None
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(there.interpreter), "-I", str(script), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TOYS_S)
        assert done.returncode == 0, done.stderr
        return folder
