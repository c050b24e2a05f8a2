"""What the command line says about environments of engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from soundwright.orchestrator.reports import size_text
from soundwright.orchestrator.workshop import Workshop
from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolMissing
from soundwright.tools.registry import Registry

Row = dict[str, Any]


def rows(*, packages: bool) -> list[Row]:
    """Every tool with an environment of its own: what it requires, and what its environment holds."""
    registry = Workshop.open(offline=True).registry
    return [_row(registry, spec, packages) for spec in _isolated(registry).values()]


def make(names: Sequence[str], tell: Callable[[str], None]) -> Iterator[str]:
    """Make the environments of tools; yields the name of each that is ready.

    Raises:
        ToolMissing: a name is no such tool, or its environment cannot be made here.
        ToolError: its requirements cannot be had.
    """
    registry = Workshop.open().registry
    for spec in _named(registry, names):
        registry.environments.make(spec, tell)
        yield spec.name


def remove(names: Sequence[str]) -> Iterator[str]:
    """Remove the environments of tools; yields a line for each.

    Raises:
        ToolMissing: a name is no such tool.
    """
    registry = Workshop.open(offline=True).registry
    if list(names) == ["all"]:
        yield f"{registry.environments.remove_all()} environments removed"
        return
    for spec in _named(registry, names):
        yield f"{spec.name}: {'removed' if registry.environments.remove(spec) else 'there was none'}"


def _row(registry: Registry, spec: ToolSpec, packages: bool) -> Row:
    there = registry.environments.find(spec)
    obstacle, _ = registry.environments.obstacle(spec, offline=False)
    row: Row = {
        "tool": spec.name,
        "requirements": list(spec.requirements),
        "python": there.version if there is not None else spec.python,
        "state": "ready" if there is not None else obstacle or "made on first use",
        "size": size_text(there.size) if there is not None else "",
    }
    if packages:
        row |= {"folder": str(there.folder) if there else "", "packages": list(there.packages) if there else []}
    return row


def _isolated(registry: Registry) -> dict[str, ToolSpec]:
    return {name: spec for name, spec in registry.specs.items() if spec.home == "venv"}


def _named(registry: Registry, names: Sequence[str]) -> list[ToolSpec]:
    isolated = _isolated(registry)
    if list(names) == ["all"]:
        return list(isolated.values())
    for name in names:
        if name not in isolated:
            known = registry.unknown(name) if name not in registry.specs else f"{name} needs no environment of its own"
            raise ToolMissing(f"{known}; those that do are {', '.join(isolated) or 'none'}")
    return [isolated[name] for name in names]
