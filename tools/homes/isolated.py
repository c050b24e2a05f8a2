"""A tool whose engine runs in a worker process with an environment of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from soundwright.scripts_compiler.extensions import installed
from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
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

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """As in any worker; a request without an input that its operation needs never reaches the engine."""
        whole = []
        for index, request in enumerate(batch):
            missing = _missing_input(request)
            if missing:
                yield index, ToolError(f"{request.op} needs {missing}", addressee="developer")
            else:
                whole.append(index)
        if whole:
            for position, result in super().run([batch[index] for index in whole], context):
                yield whole[position], result

    def launch(self) -> Launch:
        """How the engine is started: by the environment's interpreter, which is made where it is not there."""
        environment = self._environments.make(self.spec)
        return Launch({"file": str(self.engine)}, python=environment.interpreter)


def _missing_input(request: Request) -> str:
    """The first input that the operation needs and that nothing is fed to; empty where all is there."""
    operation = installed().get(request.op)
    fed = {port.partition(".")[0] for port in request.inputs}
    ports = operation.inputs if operation is not None else ()
    return next((port.name for port in ports if not port.optional and port.name not in fed), "")
