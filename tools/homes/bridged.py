"""A tool of another package that asks for an environment of its own without being written for the host.

Its class runs there as it is, so the environment gets what Soundwright's core requires too; Soundwright and the package
themselves are lent by links, not installed, so that they are the same version on both sides.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import replace
from functools import cache
from pathlib import Path

from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.installing import Tell
from soundwright.tools.homes.settings import Homes
from soundwright.tools.worker.tool import ADAPTER, Launch, WorkerTool

OURS = "soundwright"


@cache
def core_requirements() -> tuple[str, ...]:
    """What Soundwright itself requires, without its extras."""
    return tuple(line for line in importlib.metadata.requires(OURS) or () if "extra ==" not in line)


def with_core(spec: ToolSpec) -> ToolSpec:
    """The spec of such a tool with all that its environment has to hold."""
    return replace(spec, requirements=(*spec.requirements, *core_requirements()))


class BridgedTool(WorkerTool):
    """Runs the tool that ``target`` (an entry point's ``module:name``) names, in the environment of ``spec``."""

    def __init__(self, spec: ToolSpec, target: str, homes: Homes) -> None:
        super().__init__(spec, Launch({}), homes)
        self._target, self._environments = target, Environments(homes)

    def prepare(self, tell: Tell) -> None:
        """Make the environment where it is not there.

        Raises:
            ToolMissing, ToolError, HomeError: it cannot be made.
        """
        self._environments.make(self.spec, tell)

    def launch(self) -> Launch:
        """How the tool is started: by the environment's interpreter, with links to both packages."""
        environment = self._environments.make(self.spec)
        bridge = environment.folder / "bridge"
        bridge.mkdir(exist_ok=True)
        for name in (OURS, self._target.partition(":")[0].partition(".")[0]):
            _link(bridge, name)
        return Launch({"file": str(ADAPTER)}, environment.interpreter, (str(bridge),), target=self._target)


def _link(bridge: Path, name: str) -> None:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ToolMissing(f"the package {name} of a tool is not there any more; install it again")
    origin = Path(spec.origin)
    source = origin.parent if origin.name == "__init__.py" else origin
    link = bridge / source.name
    if link.is_symlink() and link.resolve() == source.resolve():
        return
    link.unlink(missing_ok=True)
    link.symlink_to(source.resolve(), target_is_directory=source.is_dir())
