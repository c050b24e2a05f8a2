"""A tool whose engine runs in a worker process with an environment of its own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from soundwright.tools.base import ToolSpec
from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.installing import Tell
from soundwright.tools.homes.settings import Homes
from soundwright.tools.worker.tool import Launch, WorkerTool


class IsolatedTool(WorkerTool):
    """Base of tools with ``home="venv"``: ``engine`` is the file that the host of the worker runs.

    The file may import what the spec's ``requirements`` bring, and nothing of soundwright.
    """

    spec: ToolSpec
    engine: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__(self.spec, Launch({"file": str(self.engine)}))
        self._environments = Environments()

    def settle(self, homes: Homes) -> None:
        """Take the user's settings, before anything is loaded."""
        super().settle(homes)
        self._environments = Environments(homes)

    def prepare(self, tell: Tell) -> None:
        """Make the environment where it is not there.

        Raises:
            ToolMissing, ToolError, HomeError: it cannot be made.
        """
        self._environments.make(self.spec, tell)

    def launch(self) -> Launch:
        """How the engine is started: by the environment's interpreter, which is made where it is not there."""
        environment = self._environments.make(self.spec)
        return Launch({"file": str(self.engine)}, python=environment.interpreter)
