"""Which tools there are: built-in ones and plug-ins enter by the same door, the entry points of one group.

Discovery imports the modules that the entry points name and nothing else, so these have to be light: packages and
weights are for ``Tool.load``.
"""

from __future__ import annotations

import copy
import difflib
import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from soundwright.scripts_compiler import first_import
from soundwright.scripts_compiler.errors import Addressee, SoundwrightError
from soundwright.tools.base import Foreseeing, Home, Identified, Networked, Outward, Tool, ToolSpec
from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.bridged import BridgedTool, with_core
from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.settings import Homes
from soundwright.tools.http.base import HttpTool
from soundwright.tools.worker.tool import WorkerTool, adapted

GROUP = "soundwright.tools"
DISTRIBUTION = "soundwright"
_MOST_NAMED = 8


class RegistryError(SoundwrightError):
    """Two tools of one name, or something that is no tool was registered."""

    addressee: Addressee = "developer"


@dataclass(frozen=True, slots=True)
class Unusable:
    """An entry point that gave no tool: its name, the package that declared it, and why."""

    name: str
    owner: str
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What a tool lacks: ``modules`` that cannot be imported, and the pip command that brings them."""

    modules: tuple[str, ...]
    install: str

    def __str__(self) -> str:
        return f"needs {', '.join(self.modules)}: {self.install}"


@dataclass(frozen=True, slots=True)
class _Entry:
    spec: ToolSpec
    owner: str
    make: Callable[[], Tool] = field(compare=False)
    target: str = ""

    @property
    def ours(self) -> bool:
        """Whether it comes with Soundwright itself."""
        return self.owner.partition(" ")[0] == DISTRIBUTION


class Registry:
    """Tools by name. ``Registry(tools)`` takes tool classes, factories without arguments, or unloaded tools.

    ``homes`` says which of the installed ones run in a worker process: by default those of other packages.
    """

    def __init__(self, tools: Iterable[Tool | Callable[[], Tool]] = (), homes: Homes | None = None) -> None:
        self.homes = homes or Homes()
        self.environments = Environments(self.homes)
        self._entries: dict[str, _Entry] = {}
        self._missing: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.unusable: tuple[Unusable, ...] = ()
        self._identities: dict[str, Mapping[str, str]] = {}
        for tool in tools:
            self._add(_entry(tool, getattr(tool, "__module__", "") or type(tool).__module__))

    @classmethod
    def discover(cls, homes: Homes | None = None, declared: Mapping[str, Tool] | None = None) -> Registry:
        """The tools of all installed packages, and those that the user ``declared``, by whoever says so.

        One that cannot be imported is kept in ``unusable`` with the reason.

        Raises:
            RegistryError: two packages declare a tool of one name; both are named.
        """
        registry = cls(homes=homes)
        broken: list[Unusable] = []
        points = importlib.metadata.entry_points(group=GROUP)
        for point in sorted(points, key=lambda p: (p.name, p.value)):
            owner = _owner(point)
            made = _opened(point, owner)
            if isinstance(made, Unusable):
                broken.append(made)
            else:
                registry._add(made)
        for owner, tool in (declared or {}).items():
            registry._add(_entry(tool, owner))
        registry.unusable = tuple(broken)
        return registry

    @property
    def specs(self) -> Mapping[str, ToolSpec]:
        """Specs by the tool's name, in order of names."""
        return {name: self._entries[name].spec for name in sorted(self._entries)}

    def owner(self, name: str) -> str:
        """The package, with its version, that brings a tool."""
        return self._entries[name].owner

    def package(self, name: str) -> str:
        """The package of another author that brings a tool, with its version; empty for our own, and for no package."""
        entry = self._entries.get(name)
        return entry.owner if entry is not None and entry.target and not entry.ours else ""

    def tools_for(self, op: str) -> tuple[ToolSpec, ...]:
        """Tools that do an operation, installed or not: best rank first, then by name."""
        fitting = [spec for spec in self.specs.values() if op in spec.operations]
        return tuple(sorted(fitting, key=lambda spec: (-spec.rank, spec.name)))

    def create(self, name: str) -> Tool:
        """A new, unloaded tool, in the home that it has.

        Raises:
            ToolMissing: no tool of that name is installed.
        """
        if name not in self._entries:
            raise ToolMissing(self.unknown(name))
        entry = self._entries[name]
        if entry.target and self.home(name) == "worker":
            return WorkerTool(entry.spec, adapted(entry.target), self.homes)
        tool = self._made(name)
        if entry.target and entry.spec.home == "venv" and not isinstance(tool, WorkerTool):
            return BridgedTool(entry.spec, entry.target, self.homes)
        if isinstance(tool, WorkerTool):
            tool.settle(self.homes)
        return tool

    def identity(self, name: str) -> Mapping[str, str]:
        """What a tool finds out of itself only when it is asked, such as the version of a server; asked once."""
        if name not in self._identities:
            tool = self._made(name)
            self._identities[name] = tool.identity() if isinstance(tool, Identified) else {}
        return self._identities[name]

    def home(self, name: str) -> Home:
        """Where a tool runs: as the user's settings say, else as it says itself."""
        entry = self._entries[name]
        return self.homes.home_of(entry.spec, ours=entry.ours or not entry.target)

    def obstacle(self, spec: ToolSpec) -> tuple[str, str]:
        """Why a tool that is installed cannot run now, and what would help; empty texts where nothing is in its way."""
        tool = self._entries[spec.name].make() if spec.home == "http" else None
        return tool.obstacle() if isinstance(tool, HttpTool) else self.environments.obstacle(spec)

    def refusal(self, name: str, op: str, params: Mapping[str, Any]) -> str:
        """Why a tool cannot do a request, as far as it can tell beforehand; empty where nothing speaks against it."""
        tool = self._made(name)
        return tool.refusal(op, params) if isinstance(tool, Foreseeing) else ""

    def outside(self, name: str, op: str, params: Mapping[str, Any]) -> str:
        """A hash of what else a tool's result depends on beside weights and inputs; empty for most tools.

        Raises:
            ToolError, ToolMissing: what it depends on cannot serve the request.
        """
        tool = self._entries[name].make()
        return tool.outside(op, params) if isinstance(tool, Outward) else ""

    def unknown(self, name: str, op: str = "") -> str:
        """What to say about a name that is no tool, where one was wanted for ``op``."""
        for broken in self.unusable:
            if broken.name == name:
                return f"the tool {name!r} of {broken.owner} cannot be used: {broken.reason.rstrip('. ')}"
        able = [spec.name for spec in self.tools_for(op)] if op else []
        near = difflib.get_close_matches(name, self._entries, n=3)
        hints = [f"near names are {', '.join(near)}"] if near else []
        if able:
            hints.append(f"{op} is done by {_some(able)}")
        elif not near:
            hints.append(f"there are {_some(sorted(self._entries)) or 'none'}")
        return f"no tool {name!r} is installed; {'; '.join(hints)}"

    def missing(self, spec: ToolSpec) -> Missing | None:
        """The modules that a tool needs and that are not installed; None when all are there."""
        if spec.modules not in self._missing:  # looked up once: a large script asks thousands of times
            self._missing[spec.modules] = tuple(module for module in spec.modules if not _importable(module))
        absent = self._missing[spec.modules]
        if not absent:
            return None
        if spec.extra:
            return Missing(absent, f"pip install '{DISTRIBUTION}[{spec.extra}]'")
        return Missing(absent, f"pip install {' '.join(dict.fromkeys(m.partition('.')[0] for m in absent))}")

    def _made(self, name: str) -> Tool:
        """A new tool, which knows whether it may ask the network."""
        tool = self._entries[name].make()
        if isinstance(tool, Networked):
            tool.offline_only = self.homes.offline
        return tool

    def _add(self, entry: _Entry) -> None:
        other = self._entries.get(entry.spec.name)
        if other is not None:
            raise RegistryError(
                f"two tools are called {entry.spec.name!r}: one of {other.owner}, one of {entry.owner}. "
                "Uninstall one of the packages, or have its author rename the tool."
            )
        self._entries[entry.spec.name] = entry


def _opened(point: importlib.metadata.EntryPoint, owner: str) -> _Entry | Unusable:
    """A plug-in is somebody else's code: whatever its import raises counts against it, not against us."""
    reason = "" if owner.partition(" ")[0] == DISTRIBUTION else first_import.obstacle(point)
    if reason:
        return Unusable(point.name, owner, reason)
    try:
        return _at_home(replace(_entry(point.load(), owner), target=point.value.partition(" ")[0]))
    except RegistryError as error:
        return Unusable(point.name, owner, str(error))
    except (Exception, SystemExit) as error:  # the boundary to other people's packages
        return Unusable(point.name, owner, f"{type(error).__name__}: {error}")


def _at_home(entry: _Entry) -> _Entry:
    """A tool that was not written for a worker's host needs our core in its environment."""
    if entry.spec.home != "venv" or isinstance(entry.make(), WorkerTool):
        return entry
    return replace(entry, spec=with_core(entry.spec))


def _entry(tool: Any, owner: str) -> _Entry:  # noqa: ANN401  whatever an entry point names
    if isinstance(getattr(tool, "spec", None), ToolSpec):
        # A class makes a new tool each time; an instance, which is unloaded, is copied for each worker.
        make = tool if isinstance(tool, type) else lambda: copy.copy(tool)
        return _Entry(tool.spec, owner, make)
    spec = getattr(tool(), "spec", None) if callable(tool) else None
    if isinstance(spec, ToolSpec):
        return _Entry(spec, owner, tool)
    raise RegistryError(
        f"{tool!r} has no spec: an entry point of {GROUP} names a tool class or a function that makes one"
    )


def tool_of(found: Any) -> Tool:  # noqa: ANN401  whatever an entry point names
    """A new tool of the class, function or tool that an entry point names.

    Raises:
        RegistryError: it makes none.
    """
    return _entry(found, "").make()


def _some(names: Sequence[str]) -> str:
    """Names, not more than can be read."""
    more = f" and {len(names) - _MOST_NAMED} more (soundwright tools list)" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _owner(point: importlib.metadata.EntryPoint) -> str:
    dist = point.dist
    return point.value if dist is None else f"{dist.name} {dist.version}"


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # its parent package is missing, or broken
        return False
