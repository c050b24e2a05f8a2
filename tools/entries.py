"""The door through which tools enter: what an entry point names becomes a tool that may be used, or the reason why not.

A package of others is somebody else's code. Its first import, and the first making of its tool, happen in a process of
their own (:mod:`soundwright.scripts_compiler.first_import`); its spec is held against the rules.
"""

from __future__ import annotations

import copy
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from soundwright.scripts_compiler import first_import
from soundwright.scripts_compiler.errors import Addressee, SoundwrightError
from soundwright.scripts_compiler.paths import printable
from soundwright.tools import spec_rules
from soundwright.tools.base import Tool, ToolSpec
from soundwright.tools.homes.bridged import with_core
from soundwright.tools.worker.tool import WorkerTool

GROUP = "soundwright.tools"
DISTRIBUTION = "soundwright"
QUESTIONS = ("refusal", "outside", "identity")
"""What a tool may be asked about itself before it is loaded."""


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
class Entry:
    """A tool that may be used: how it is made, who brings it, which of the QUESTIONS it answers.

    ``target`` is what its entry point names; empty for a tool that came otherwise.
    """

    spec: ToolSpec
    owner: str
    make: Callable[[], Tool] = field(compare=False)
    target: str = ""
    answers: frozenset[str] = frozenset()

    @property
    def ours(self) -> bool:
        """Whether it comes with Soundwright itself."""
        return is_ours(self.owner)

    @property
    def foreign(self) -> bool:
        """Whether a package of another author brings it."""
        return bool(self.target) and not self.ours

    @property
    def title(self) -> str:
        """Name, version and package, for messages."""
        package = f" of {self.owner}" if self.foreign else ""
        return f"{self.spec.name} {self.spec.version}{package}"


def is_ours(owner: str) -> bool:
    """Whether a package, with its version, is Soundwright."""
    return owner.partition(" ")[0] == DISTRIBUTION


def entry_of(tool: Any, owner: str) -> Entry:  # noqa: ANN401  whatever an entry point names
    """The entry of a tool class, a function that makes a tool, or an unloaded tool.

    Raises:
        RegistryError: it is none of these.
    """
    if isinstance(getattr(tool, "spec", None), ToolSpec):
        # A class makes a new tool each time; an instance, which is unloaded, is copied for each worker.
        make = tool if isinstance(tool, type) else lambda: copy.copy(tool)
        return Entry(tool.spec, owner, make, answers=_answers(tool))
    made = tool() if callable(tool) else None
    spec = getattr(made, "spec", None)
    if isinstance(spec, ToolSpec):
        return Entry(spec, owner, tool, answers=_answers(made))
    raise RegistryError(
        f"{tool!r} has no spec: an entry point of {GROUP} names a tool class or a function that makes one"
    )


def tool_of(found: Any) -> Tool:  # noqa: ANN401  whatever an entry point names
    """A new tool of the class, function or tool that an entry point names.

    Raises:
        RegistryError: it makes none.
    """
    return entry_of(found, "").make()


def opened(point: importlib.metadata.EntryPoint, owner: str) -> Entry | Unusable:
    """What an entry point names; whatever goes wrong counts against it, not against us."""
    reason = "" if is_ours(owner) else first_import.obstacle(point)
    if reason:
        return Unusable(point.name, owner, printable(reason))
    try:
        entry = replace(entry_of(point.load(), owner), target=point.value.partition(" ")[0])
        return entry if entry.ours else _tried(entry, point.name)
    except RegistryError as error:
        return Unusable(point.name, owner, printable(error))
    except (Exception, SystemExit) as error:  # the boundary to other people's packages
        return Unusable(point.name, owner, printable(f"{type(error).__name__}: {error}"))


def _tried(entry: Entry, name: str) -> Entry:
    """A tool of others, made once and held against the rules.

    Raises:
        RegistryError: it keeps one of them not.
    """
    from soundwright.scripts_compiler.extensions import installed  # noqa: PLC0415  only where there are packages

    found = [*spec_rules.faults(entry.spec, installed())]
    if not found and entry.spec.name != name:
        found.append(f"its name is {entry.spec.name!r}, but the entry point is called {name!r}; call both the same")
    if found:
        raise RegistryError(f"its spec is wrong: {'; '.join(found)}. Mend it, or uninstall its package")
    tool = entry.make()
    lacking = [part for part in ("load", "run", "close") if not callable(getattr(tool, part, None))]
    if lacking:
        raise RegistryError(f"it has no {', '.join(lacking)}: it is no tool")
    entry = replace(entry, answers=_answers(tool))
    # A tool that was not written for a worker's host needs our core in its environment.
    bridged = entry.spec.home == "venv" and not isinstance(tool, WorkerTool)
    return replace(entry, spec=with_core(entry.spec)) if bridged else entry


def _answers(tool: object) -> frozenset[str]:
    return frozenset(question for question in QUESTIONS if callable(getattr(tool, question, None)))
