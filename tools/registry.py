"""Which tools there are: built-in ones and plug-ins enter by the same door, the entry points of one group.

Discovery imports the modules that the entry points name and nothing else, so these have to be light: packages and
weights are for ``Tool.load``.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from soundwright.scripts_compiler.owners import owner_of
from soundwright.tools.asking import Asking
from soundwright.tools.base import Home, Tool, ToolSpec
from soundwright.tools.entries import DISTRIBUTION, GROUP, Entry, RegistryError, Unusable, entry_of, opened
from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.bridged import BridgedTool
from soundwright.tools.homes.environments import Environments
from soundwright.tools.homes.settings import Homes
from soundwright.tools.worker.tool import WorkerTool, adapted

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Missing:
    """What a tool lacks: ``modules`` that cannot be imported, and the pip command that brings them."""

    modules: tuple[str, ...]
    install: str

    def __str__(self) -> str:
        return f"needs {', '.join(self.modules)}: {self.install}"


class Registry:
    """Tools by name. ``Registry(tools)`` takes tool classes, factories without arguments, or unloaded tools.

    ``homes`` says which of the installed ones run in a worker process: by default those of other packages.
    """

    def __init__(self, tools: Iterable[Tool | Callable[[], Tool]] = (), homes: Homes | None = None) -> None:
        self.homes = homes or Homes()
        self.environments = Environments(self.homes)
        self._entries: dict[str, Entry] = {}
        self._missing: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.unusable: tuple[Unusable, ...] = ()
        self._identities: dict[str, Mapping[str, str]] = {}
        self._asking = Asking(self.homes)
        for tool in tools:
            self._add(entry_of(tool, getattr(tool, "__module__", "") or type(tool).__module__))

    @classmethod
    def discover(cls, homes: Homes | None = None, declared: Mapping[str, Tool] | None = None) -> Registry:
        """The tools of all installed packages, and those that the user ``declared``, by whoever says so.

        One that cannot be used is kept in ``unusable`` with the reason. Of several tools with one name the first is
        kept: ours, then what the user declared, then those of other packages in the order of their names.

        Raises:
            RegistryError: the user declared a tool that is called as one of ours.
        """
        registry = cls(homes=homes)
        points = [(owner_of(point), point) for point in importlib.metadata.entry_points(group=GROUP)]
        made = [opened(point, owner) for owner, point in sorted(points, key=lambda pair: (pair[0], pair[1].name))]
        unusable = [one for one in made if isinstance(one, Unusable)]
        entries = [one for one in made if isinstance(one, Entry)]
        for entry in (one for one in entries if one.ours):
            registry._add(entry)
        for owner, tool in (declared or {}).items():
            registry._add(entry_of(tool, owner))
        for entry in (one for one in entries if not one.ours):
            other = registry._entries.get(entry.spec.name)
            if other is None:
                registry._add(entry)
            else:
                unusable.append(Unusable(entry.spec.name, entry.owner, _twice(entry, other)))
        registry.unusable = tuple(sorted(unusable, key=lambda one: (one.name, one.owner)))
        return registry

    @property
    def specs(self) -> Mapping[str, ToolSpec]:
        """Specs by the tool's name, in order of names."""
        return {name: self._entries[name].spec for name in sorted(self._entries)}

    @property
    def lost(self) -> frozenset[str]:
        """Names of tools that a package brings and that cannot be used."""
        return frozenset(one.name for one in self.unusable if one.name not in self._entries)

    def owner(self, name: str) -> str:
        """The package, with its version, that brings a tool."""
        return self._entries[name].owner

    def package(self, name: str) -> str:
        """The package of another author that brings a tool, with its version; empty for our own, and for no package."""
        entry = self._entries.get(name)
        return entry.owner if entry is not None and entry.foreign else ""

    @property
    def broken(self) -> Mapping[str, str]:
        """What was found to be broken when it was asked about itself, by the tool's name."""
        return dict(self._asking.broken)

    def tools_for(self, op: str) -> tuple[ToolSpec, ...]:
        """Tools that do an operation, installed or not: best rank first, then by name."""
        fitting = [spec for spec in self.specs.values() if op in spec.operations]
        return tuple(sorted(fitting, key=lambda spec: (-spec.rank, spec.name)))

    def create(self, name: str) -> Tool:
        """A new, unloaded tool, in the home that it has.

        Raises:
            ToolMissing: no tool of that name is installed, or it is broken.
        """
        if name not in self._entries:
            raise ToolMissing(self.unknown(name))
        entry = self._entries[name]
        if entry.target and self.home(name) == "worker":
            return WorkerTool(entry.spec, adapted(entry.target, offline=self.homes.offline), self.homes)
        tool = self._asking.made(entry)
        if entry.target and entry.spec.home == "venv" and not isinstance(tool, WorkerTool):
            return BridgedTool(entry.spec, entry.target, self.homes)
        if isinstance(tool, WorkerTool):
            tool.settle(self.homes)
        return tool

    def identity(self, name: str) -> Mapping[str, str]:
        """What a tool finds out of itself only when it is asked, such as the version of a server; asked once.

        Raises:
            ToolMissing: it cannot be found out; ToolBroken where that is the tool's fault.
        """
        if name not in self._identities:
            self._identities[name] = self._asking.texts(self._entries[name], self.home(name), "identity")
        return self._identities[name]

    def home(self, name: str) -> Home:
        """Where a tool runs: as the user's settings say, else as it says itself."""
        entry = self._entries[name]
        return self.homes.home_of(entry.spec, ours=entry.ours or not entry.target)

    def obstacle(self, spec: ToolSpec) -> tuple[str, str]:
        """Why a tool that is installed cannot run now, and what would help; empty texts where nothing is in its way."""
        if spec.home == "http":
            return self._asking.obstacle(self._entries[spec.name])
        return self.environments.obstacle(spec)

    def refusal(self, name: str, op: str, params: Mapping[str, Any]) -> str:
        """Why a tool cannot do a request, as far as it can tell beforehand; empty where nothing speaks against it.

        Raises:
            ToolBroken: it failed to answer.
        """
        return self._asking.text(self._entries[name], self.home(name), "refusal", op, dict(params))

    def outside(self, name: str, op: str, params: Mapping[str, Any]) -> str:
        """A hash of what else a tool's result depends on beside weights and inputs; empty for most tools.

        Raises:
            ToolError, ToolMissing: what it depends on cannot serve the request.
            ToolBroken: it failed to answer.
        """
        return self._asking.text(self._entries[name], self.home(name), "outside", op, dict(params))

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

    def _add(self, entry: Entry) -> None:
        other = self._entries.get(entry.spec.name)
        if other is not None:
            raise RegistryError(
                f"two tools are called {entry.spec.name!r}: one of {other.owner}, one of {entry.owner}. "
                "Uninstall one of the packages, or have its author rename the tool."
            )
        self._entries[entry.spec.name] = entry


def _twice(entry: Entry, other: Entry) -> str:
    remedy = f"uninstall {entry.owner.partition(' ')[0]}, or have its author rename the tool"
    return f"another tool is called {entry.spec.name} too, that of {other.owner}, which is kept; {remedy}"


def _some(names: Sequence[str]) -> str:
    """Names, not more than can be read."""
    more = f" and {len(names) - _MOST_NAMED} more (soundwright tools list)" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # its parent package is missing, or broken
        return False
